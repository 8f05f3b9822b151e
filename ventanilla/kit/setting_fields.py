"""What people may set on a row of ours, each declared once: name, kind, who sees it, what is valid, and its words.

A declaration is a list of these beside the room's models; the column keeps type and default. From it follow what the
command cleans (`clean`), the body an endpoint takes (`body_fields`), what the wire shows (`shown`, `wire_fields`) and the
form (`form`), in the same JSON Schema that channels give for theirs: `title`, `description`, `enum`, `"secret": true`,
beside them `group` (the part of the screen), `when` (the switch that must be on), `half`, `needed` and `multiline`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from ventanilla.kit.clock import zone
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import MAX_SHORT_TEXT_CHARS

Words = Any  # a text, or one that is translated when it is shown (gettext_lazy)
MAX_LONG_TEXT_CHARS = 10_000


class Unacceptable(ValueError):
    """The value is not valid; the sentence is for people."""


def everywhere(_capabilities: Any) -> bool:
    """Whatever the row can do."""
    return True


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One of them. `nullable`: null is an answer and empties it; else null is as good as nothing said."""

    name: str
    label: Words = ""
    hint: Words = ""
    group: str = ""
    when: str = ""
    half: bool = False  # beside its neighbour that is half as wide, too
    needed: bool = False  # never empty
    nullable: bool = False
    is_shown: bool = True  # on the wire
    for_administrators: bool = False  # nobody else sees it
    is_secret: bool = False  # its value stands in no event
    # Given what the row can do, for which rows the form offers it.
    applies: Callable[[Any], bool] = everywhere

    body: ClassVar[Any] = Any  # what a request may carry
    json_type: ClassVar[str] = ""  # of the form; "" for what has a form of its own

    @property
    def wire(self) -> Any:
        """The type of what is shown."""
        return self.body

    def clean(self, value: Any, current: Any) -> Any:
        """The value to keep; `current` is what is kept now. Raises Unacceptable, or Invalid for what has names inside."""
        return value

    def show(self, value: Any) -> Any:
        """The kept value as the wire has it."""
        return value

    def form(self) -> dict[str, Any]:
        """Its property of the form's schema."""
        words = {
            "title": str(self.label),
            "description": str(self.hint),
            "group": self.group,
            "when": self.when,
        }
        marks = {"secret": self.is_secret, "half": self.half, "needed": self.needed}
        given = {key: said for key, said in {**words, **marks}.items() if said}
        return {"type": self.json_type, **given}


@dataclass(frozen=True, kw_only=True)
class Switch(Setting):
    """On or off."""

    body: ClassVar[Any] = bool
    json_type: ClassVar[str] = "boolean"

    def clean(self, value: Any, current: Any) -> bool:
        return bool(value)


@dataclass(frozen=True, kw_only=True)
class Text(Setting):
    """Words. `blank_is_null`: the wire says null for none."""

    longest: int = MAX_LONG_TEXT_CHARS
    blank_is_null: bool = False
    multiline: bool = False
    format: str = ""
    too_long: Words = ""

    body: ClassVar[Any] = str
    json_type: ClassVar[str] = "string"

    @property
    def wire(self) -> Any:
        return str | None if self.blank_is_null else str

    def clean(self, value: Any, current: Any) -> str:
        text = (value or "").strip()
        if len(text) > self.longest:
            raise Unacceptable(str(self.too_long) or _("This text is too long."))
        return text

    def show(self, value: Any) -> Any:
        return value or None if self.blank_is_null else value

    def form(self) -> dict[str, Any]:
        more: dict[str, Any] = {"maxLength": self.longest}
        if self.multiline:
            more["multiline"] = True
        if self.format:
            more["format"] = self.format
        return {**super().form(), **more}


@dataclass(frozen=True, kw_only=True)
class Choice(Setting):
    """One of a few words. `refusal` says which."""

    options: Sequence[tuple[str, Words]]
    refusal: Words

    body: ClassVar[Any] = str
    json_type: ClassVar[str] = "string"

    def clean(self, value: Any, current: Any) -> Any:
        if value not in {word for word, _label in self.options}:
            raise Unacceptable(str(self.refusal))
        return value

    def form(self) -> dict[str, Any]:
        words, labels = [word for word, _label in self.options], [str(label) for _word, label in self.options]
        return {**super().form(), "enum": words, "enumTitles": labels}


@dataclass(frozen=True, kw_only=True)
class Several(Setting):
    """At least one of a few numbers, kept in the order of the options. `refusal` says so."""

    options: Sequence[tuple[int, Words]]
    refusal: Words

    body: ClassVar[Any] = list[int]
    json_type: ClassVar[str] = "array"

    def clean(self, value: Any, current: Any) -> list[int]:
        known = [number for number, _label in self.options]
        if not value or not set(value) <= set(known):
            raise Unacceptable(str(self.refusal))
        return [number for number in known if number in value]

    def form(self) -> dict[str, Any]:
        choices = [{"const": number, "title": str(label)} for number, label in self.options]
        return {**super().form(), "oneOf": choices}


@dataclass(frozen=True, kw_only=True)
class Zone(Setting):
    """The name of a time zone."""

    body: ClassVar[Any] = str
    json_type: ClassVar[str] = "string"

    def clean(self, value: Any, current: Any) -> Any:
        try:
            zone(str(value))
        except ValueError:
            raise Unacceptable(_("This time zone doesn't exist."))
        return value

    def form(self) -> dict[str, Any]:
        return {**super().form(), "format": "time-zone"}


@dataclass(frozen=True, kw_only=True)
class Whole(Setting):
    """A number without a fraction, or none."""

    lowest: int
    highest: int
    refusal: Words

    body: ClassVar[Any] = int
    json_type: ClassVar[str] = "integer"

    @property
    def wire(self) -> Any:
        return int | None if self.nullable else int

    def clean(self, value: Any, current: Any) -> Any:
        if value is not None and not self.lowest <= value <= self.highest:
            raise Unacceptable(str(self.refusal))
        return value

    def form(self) -> dict[str, Any]:
        return {**super().form(), "minimum": self.lowest, "maximum": self.highest}


@dataclass(frozen=True, kw_only=True)
class Structure(Setting):
    """An object or a list with a form of its own. `cleaned` takes what is given and what is kept, and raises Invalid."""

    of: Any  # the type of body and wire
    cleaned: Callable[[Any, Any], Any]
    completed: Callable[[Any], Any] | None = None  # what is shown of what is kept

    @property
    def wire(self) -> Any:
        return self.of

    def clean(self, value: Any, current: Any) -> Any:
        return self.cleaned(value, current)

    def show(self, value: Any) -> Any:
        return value if self.completed is None else self.completed(value)


class Settings:
    """Those of one kind of row, in the order of the wire and of the form."""

    def __init__(self, *settings: Setting) -> None:
        self.all = settings
        self.names = frozenset(setting.name for setting in settings)
        self.nullable = frozenset(setting.name for setting in settings if setting.nullable)
        self.secret = frozenset(setting.name for setting in settings if setting.is_secret)

    def clean(self, given: Mapping[str, Any], current: Callable[[str], Any]) -> dict[str, Any]:
        """What of it is a setting, each valid. `current` gives the kept value. Raises Invalid, naming every field at once;
        what has names inside is looked at when the rest is right.
        """
        values: dict[str, Any] = {}
        problems: dict[str, list[str]] = {}
        told = [setting for setting in self.all if setting.name in given]
        for setting in sorted(told, key=lambda one: isinstance(one, Structure)):
            if problems and isinstance(setting, Structure):
                break
            try:
                values[setting.name] = setting.clean(given[setting.name], current(setting.name))
            except Unacceptable as refusal:
                problems[setting.name] = [str(refusal)]
        if problems:
            raise Invalid(fields=problems)
        return values

    def said(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What a request says of them: null only where it is an answer."""
        return {
            name: value
            for name, value in given.items()
            if name in self.names and (value is not None or name in self.nullable)
        }

    def shown(self, row: Any, *, for_administrator: bool) -> dict[str, Any]:
        """The settings of the row as the wire has them."""
        return {
            setting.name: setting.show(getattr(row, setting.name))
            for setting in self.all
            if setting.is_shown and (for_administrator or not setting.for_administrators)
        }

    def body_fields(self) -> dict[str, Any]:
        """Pydantic's fields of a body that changes them: each may be left out."""
        return {
            one.name: ((one.of if isinstance(one, Structure) else one.body) | None, None) for one in self.all
        }

    def wire_fields(self) -> dict[str, Any]:
        """Pydantic's fields of what is shown; what only administrators see may be absent."""
        return {
            one.name: (one.wire | None, None) if one.for_administrators else (one.wire, ...)
            for one in self.all
            if one.is_shown
        }

    def form(self, capabilities: Any = None) -> dict[str, Any]:
        """JSON Schema of the form for a row that can do this."""
        asked = [one for one in self.all if one.json_type and one.label and one.applies(capabilities)]
        return {"type": "object", "properties": {one.name: one.form() for one in asked}}


def short(**said: Any) -> Text:
    """A text of one line."""
    return Text(**{"longest": MAX_SHORT_TEXT_CHARS, **said})
