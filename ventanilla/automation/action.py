"""What every action says of itself.

An action is a verb with its parameters: made from what someone gave, checked once, then applied to one conversation
after another. A subclass in a file of `automation/actions/`, or one that a plug-in registers, is all there is to it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _

from ventanilla.accounts.models import Account, Membership, User
from ventanilla.accounts.policies import Capability, may
from ventanilla.conversations.models import Conversation
from ventanilla.kit.errors import Invalid, Unauthorised

if TYPE_CHECKING:
    from ventanilla.kit.errors import Text


@dataclass(frozen=True, kw_only=True)
class Acting:
    """On whose behalf actions happen, and what made them happen.

    `by` None is the desk itself, which may everything; a person acts as the `member` they are. `caused_by` is the id of
    the event behind it. `marks` go into the content attributes of messages that are written. `event` is what a webhook
    is told happened. `run` is the same each time the same work is tried, and another one for other work.
    """

    account: Account
    by: User | None
    member: Membership | None = None
    caused_by: int | None = None
    event: str = "action.performed"
    marks: Mapping[str, Any] = field(default_factory=dict)
    run: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One field of an action's form.

    `kind` and `shape` are JSON Schema's type and format. Choices are either all here (`choices`: word on the wire and
    title) or rows of the account, fetched from the `source`: agents, teams, inboxes, labels. `many`: a list of them.
    """

    name: str
    title: Text
    kind: str = "string"
    shape: str = ""
    hint: Text = ""
    source: str = ""
    choices: Callable[[], Sequence[tuple[Any, Text]]] | None = None
    many: bool = False
    required: bool = True

    def schema(self) -> dict[str, Any]:
        """As JSON Schema, in the language active now."""
        one: dict[str, Any] = {"type": self.kind}
        if self.shape:
            one["format"] = self.shape
        if self.source:
            one["source"] = self.source
        if self.choices is not None:
            one["oneOf"] = [{"const": value, "title": str(title)} for value, title in self.choices()]
        shown = {"type": "array", "items": one} if self.many else one
        shown["title"] = str(self.title)
        if self.hint:
            shown["description"] = str(self.hint)
        return shown


@dataclass(frozen=True, kw_only=True)
class Step:
    """An action that is asked for: its name and what was given for its parameters, by name."""

    name: str
    given: Mapping[str, Any] = field(default_factory=dict)


class Action:
    """Base of all actions: an instance is one step that someone asked for, read and permitted.

    `name` is the word on the wire, `also_called` are other words that clients have for it. `capability` is what a
    person needs, beyond seeing the conversation. `read` takes what was given; nothing else does.
    """

    name: ClassVar[str] = ""
    also_called: ClassVar[tuple[str, ...]] = ()
    title: ClassVar[Text] = ""
    capability: ClassVar[Capability] = Capability.CONVERSATIONS_WRITE
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    can_be_undone: ClassVar[bool] = False

    def __init__(self, given: Mapping[str, Any], *, acting: Acting) -> None:
        """Raises Unauthorised, Invalid or NotFound, naming parameters."""
        self.acting = acting
        self.require(self.capability)
        missing = [
            one.name for one in self.parameters if one.required and given.get(one.name) in (None, "", [])
        ]
        if missing:
            raise Invalid(fields={name: [_("This is required.")] for name in missing})
        self.read(given)

    def require(self, *needed: Capability) -> None:
        """Raises Unauthorised when it is a person who acts and their role lacks one of these."""
        member = self.acting.member
        if self.acting.by is not None and (member is None or not all(may(member, one) for one in needed)):
            raise Unauthorised

    def read(self, given: Mapping[str, Any]) -> None:
        """Take the parameters, each in its type. Asks the database once, however many conversations follow."""

    def check(self, conversations: Sequence[Conversation]) -> None:
        """Refuse, before the first is touched, what cannot be done to these: NotAll, or what concerns the whole."""

    def apply(self, conversation: Conversation) -> None:
        """Do it to one, by a command. Raises what the command refuses."""
        raise NotImplementedError

    def undoing(self, conversation: Conversation) -> list[Step]:
        """The steps that would bring the conversation back to what it is now. Asked before `apply`."""
        return []

    def shown(self) -> Sequence[str]:
        """The values as people read them."""
        return []

    def sentence(self) -> str:
        """What happens, for a list of steps: "Assign to an agent: Bruno"."""
        values = ", ".join(self.shown())
        return f"{self.title}: {values}" if values else str(self.title)

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Its form as JSON Schema, in the language active now; `required` names what must be filled in."""
        return {
            "type": "object",
            "required": [one.name for one in cls.parameters if one.required],
            "properties": {one.name: one.schema() for one in cls.parameters},
        }

    @classmethod
    def from_list(cls, values: Any) -> dict[str, Any]:
        """The parameters by name from the wire's `action_params`: a list in their order; one of many takes the rest."""
        rest = list(values) if isinstance(values, list | tuple) else [values] if values is not None else []
        given: dict[str, Any] = {}
        for one in cls.parameters:
            if one.many:
                given[one.name], rest = rest, []
            elif rest:
                given[one.name] = rest.pop(0)
        return given

    @classmethod
    def to_list(cls, given: Mapping[str, Any]) -> list[Any]:
        """The same back."""
        values: list[Any] = []
        for one in cls.parameters:
            if one.many:
                values += given.get(one.name) or []
            else:
                values.append(given.get(one.name))
        while values and values[-1] is None:
            values.pop()
        return values


def texts(given: Mapping[str, Any], name: str) -> list[str]:
    """The texts of a parameter that takes many. Raises Invalid for anything else."""
    values = given.get(name)
    found: Iterable[Any] = values if isinstance(values, list | tuple) else [values]
    plain = [value for value in found if isinstance(value, str) and value.strip()]
    if not plain:
        raise Invalid(fields={name: [_("This is required.")]})
    return plain


def text(given: Mapping[str, Any], name: str) -> str:
    """The text of a parameter. Raises Invalid for anything else."""
    value = given.get(name)
    if not isinstance(value, str):
        raise Invalid(fields={name: [_("Enter text.")]})
    return value
