"""What a room declares: its keys, their kinds and the operators they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from ventanilla.kit.conditions.rules import Row, Rule

if TYPE_CHECKING:
    from ventanilla.kit.errors import Text


class Operator(StrEnum):
    """The contract's operators, and two of ours for ranges of days that include both ends."""

    EQUAL_TO = "equal_to"
    NOT_EQUAL_TO = "not_equal_to"
    CONTAINS = "contains"
    DOES_NOT_CONTAIN = "does_not_contain"
    STARTS_WITH = "starts_with"
    IS_PRESENT = "is_present"
    IS_NOT_PRESENT = "is_not_present"
    IS_GREATER_THAN = "is_greater_than"
    IS_LESS_THAN = "is_less_than"
    DAYS_BEFORE = "days_before"
    IS_ON_OR_AFTER = "is_on_or_after"
    IS_ON_OR_BEFORE = "is_on_or_before"


class Kind(StrEnum):
    """How the values of a key are read and compared."""

    TEXT = "text"  # letter case does not matter
    NUMBER = "number"
    ID = "id"  # a foreign key or another whole number
    CHOICE = "choice"  # a word on the wire that `choices` maps to what is stored
    BOOLEAN = "boolean"
    PHONE = "phone"  # E.164 in the row, with or without + in the value
    MOMENT = "moment"  # a time in the row, a day in the value
    DATE = "date"  # a day as text (custom attributes)
    RELATION = "relation"  # rows elsewhere: labels


_EQUALITY = frozenset({Operator.EQUAL_TO, Operator.NOT_EQUAL_TO})
_PRESENCE = frozenset({Operator.IS_PRESENT, Operator.IS_NOT_PRESENT})
_CONTAINMENT = frozenset({Operator.CONTAINS, Operator.DOES_NOT_CONTAIN})
_ORDER = frozenset({Operator.IS_GREATER_THAN, Operator.IS_LESS_THAN})


class Takes:
    """The usual sets of operators, to declare fields with."""

    EQUALITY = _EQUALITY
    EQUALITY_OR_PRESENCE = _EQUALITY | _PRESENCE
    TEXT = _EQUALITY | _CONTAINMENT
    PHONE = _EQUALITY | _CONTAINMENT | {Operator.STARTS_WITH}
    MOMENT = _ORDER | {Operator.DAYS_BEFORE, Operator.IS_ON_OR_AFTER, Operator.IS_ON_OR_BEFORE}
    MOMENT_OR_PRESENCE = MOMENT | _PRESENCE


@dataclass(frozen=True, kw_only=True)
class Offer:
    """How people meet a key in an editor; a key without one is understood and not offered.

    `title` is its name. What to choose from is one of these: `titles` names the words of a closed choice; `source` are
    rows of the account (agents, bots, teams, inboxes, channels, labels); `codes` are languages or regions, whose names
    every browser knows, and other words may be written beside them.
    """

    title: Text
    titles: Mapping[str, Text] = field(default_factory=dict)
    source: str = ""
    codes: Sequence[str] = ()
    names: str = ""  # of the codes: "language" or "region", as Intl.DisplayNames calls them


@dataclass(frozen=True, kw_only=True)
class FieldSpec:
    """One key.

    `lookup` is the ORM path of the column; with `json_key` it is a JSON column and the key inside it.
    `choices` maps words on the wire to stored values (Kind.CHOICE); `any_choice` is the word that matches all;
    `words` maps them to rules instead, where a word means more than one column says. `where` narrows to the rows in
    which the column counts, `also` names further text columns, any of which may match.
    `related` answers, for Kind.RELATION, the primary keys of the rows that have one of the given values, or any
    at all for None; `held` answers the same of one row at hand. `offer` is for editors.
    """

    kind: Kind
    operators: frozenset[Operator]
    lookup: str = ""
    json_key: str = ""
    choices: Mapping[str, Any] = field(default_factory=dict)
    any_choice: str = ""
    words: Mapping[str, Rule] = field(default_factory=dict)
    where: Rule | None = None
    also: Sequence[str] = ()
    held: Callable[[Row, Sequence[str] | None], bool] | None = None
    related: Callable[[Sequence[str] | None], QuerySet[Any, Any]] | None = None
    offer: Offer | None = None


_CUSTOM_KINDS: dict[str, tuple[Kind, frozenset[Operator]]] = {
    "text": (Kind.TEXT, _EQUALITY | _PRESENCE | _CONTAINMENT),
    "link": (Kind.TEXT, _EQUALITY | _PRESENCE | _CONTAINMENT),
    "list": (Kind.TEXT, _EQUALITY | _PRESENCE),
    "number": (Kind.NUMBER, _EQUALITY | _PRESENCE | _ORDER),
    "currency": (Kind.NUMBER, _EQUALITY | _PRESENCE | _ORDER),
    "percent": (Kind.NUMBER, _EQUALITY | _PRESENCE | _ORDER),
    "date": (Kind.DATE, _EQUALITY | _PRESENCE | _ORDER | {Operator.DAYS_BEFORE}),
    "checkbox": (Kind.BOOLEAN, _EQUALITY),
}


@dataclass(frozen=True, kw_only=True)
class CustomField:
    """One definition of a custom attribute.

    `display_type` is the contract's name (F.16), `model` is "conversation_attribute" or "contact_attribute",
    `lookup` the ORM path of the JSON column that holds its values ("custom_attributes", "contact__custom_attributes").
    `title` and `values` (of a list) are for editors.
    """

    key: str
    display_type: str
    model: str
    lookup: str = "custom_attributes"
    title: str = ""
    values: Sequence[str] = ()

    def spec(self) -> FieldSpec:
        """The same as a field."""
        kind, operators = _CUSTOM_KINDS.get(self.display_type, _CUSTOM_KINDS["text"])
        offer = Offer(title=self.title or self.key, titles={value: value for value in self.values})
        return FieldSpec(kind=kind, operators=operators, lookup=self.lookup, json_key=self.key, offer=offer)


__all__ = ["CustomField", "FieldSpec", "Kind", "Offer", "Operator", "Takes"]
