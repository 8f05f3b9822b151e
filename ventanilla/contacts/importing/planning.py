"""What a row would do: make a contact, change one, find it as it is, or stay out. The same for the check and the import."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ventanilla.contacts.importing.known import COLUMNS, Book, Known
from ventanilla.contacts.importing.options import Options
from ventanilla.contacts.importing.reading import Row
from ventanilla.contacts.importing.values import Person, Reader, Refused
from ventanilla.contacts.normal import KEYS, completed, is_blank, merged, whole_name
from ventanilla.contacts.said import is_nameless


class Outcome(StrEnum):
    """What became of a row; each row has exactly one."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(slots=True)
class Planned:
    """A row and what it does. `who`: a name for people, also of a row that stays out."""

    row: Row
    outcome: Outcome
    refused: Refused | None = None
    who: str = ""
    person: Person | None = None


@dataclass
class Planner:
    """Reads rows in their order. `lines` remembers where each row stood, so that the same line twice is said to be so."""

    options: Options
    reader: Reader
    lines: dict[int, int] = field(default_factory=dict)

    def pass_over(self, row: Row) -> None:
        """The row was done before; the next ones may still repeat it."""
        self.lines.setdefault(_print(row), row.line)

    def plan(self, rows: Sequence[Row], book: Book) -> list[Planned]:
        """The rows against `book`, which takes in what they do."""
        read = [(row, self._read(row)) for row in rows]
        book.open(person for _row, person in read if isinstance(person, Person))
        return [self._planned(row, person, book) for row, person in read]

    def _read(self, row: Row) -> Person | Refused:
        before = self.lines.setdefault(_print(row), row.line)
        person = self.reader.person(row)
        if before != row.line and isinstance(person, Person):
            return Refused("repeated", details={"line": before}, value=_name_of(person))
        return person

    def _planned(self, row: Row, person: Person | Refused, book: Book) -> Planned:
        if isinstance(person, Refused):
            return Planned(row, Outcome.REFUSED, person, who=_who(row, self.options))
        matched = _match(person, book)
        if isinstance(matched, Refused):
            return Planned(row, Outcome.REFUSED, matched, who=_name_of(person), person=person)
        if matched is None:
            book.add(_new(person, self.options.labels))
            return Planned(row, Outcome.CREATED, who=_name_of(person), person=person)
        if self.options.on_existing == "keep":
            return Planned(row, Outcome.UNCHANGED, person=person)
        changed = self._change(matched, person, book)
        if changed:
            book.changed(matched)
        return Planned(row, Outcome.UPDATED if changed else Outcome.UNCHANGED, person=person)

    def _change(self, known: Known, person: Person, book: Book) -> bool:
        over = self.options.on_existing == "update"
        values: dict[str, Any] = {}
        for name, value in person.fields.items():
            before = getattr(known, name)
            if name in KEYS and before and before != value and book.find(name, value) is known:
                continue  # one of their further addresses: the first one stays
            if over or is_blank(before) or (name == "name" and is_nameless(before)):
                values[name] = value
        if "name" in values or "last_name" in values:
            values |= whole_name(values.get("name", known.name), values.get("last_name", known.last_name))
        join = merged if over else completed
        values["additional_attributes"] = join(known.additional_attributes, person.extra)
        values["custom_attributes"] = join(known.custom_attributes, person.custom)
        values["label_titles"] = sorted({*known.label_titles, *self.options.labels})
        return known.take(values)


def _print(row: Row) -> int:
    return hash(tuple(cell.strip() for cell in row.cells))


def _match(person: Person, book: Book) -> Known | Refused | None:
    found = {key: known for key in KEYS if (known := book.find(key, person.key(key))) is not None}
    if not found:
        return None
    different: list[Known] = []
    for known in found.values():
        if not any(known is other for other in different):
            different.append(known)
    if len(different) > 1:
        names = {"first": str(different[0]), "second": str(different[1])}
        return Refused("two_people", value=_name_of(person), details=names)
    known = different[0]
    if "identifier" not in found and _differ(known.identifier, person.key("identifier")):
        return Refused("other_identifier", value=person.fields["identifier"], details={"name": str(known)})
    if list(found) == ["phone_number"] and _differ(known.email, person.key("email")):
        return Refused("other_email", value=person.fields["email"], details={"name": str(known)})
    return known


def _differ(ours: str | None, theirs: str | None) -> bool:
    return bool(ours and theirs and ours.lower() != theirs.lower())


def _new(person: Person, labels: Iterable[str]) -> Known:
    known = Known(id=None, version=0)
    values: dict[str, Any] = {name: value for name, value in person.fields.items() if name in COLUMNS}
    values |= whole_name(values.get("name", ""), values.get("last_name", ""))
    values |= {
        "additional_attributes": dict(person.extra),
        "custom_attributes": dict(person.custom),
        "label_titles": sorted(labels),
    }
    known.take(values)
    return known


def _name_of(person: Person) -> str:
    fields = person.fields
    own = whole_name(fields.get("name", ""), fields.get("last_name", ""))["name"]
    return own or fields.get("email") or fields.get("phone_number") or fields.get("identifier", "")


def _who(row: Row, options: Options) -> str:
    """A name for a row that could not be read, if its column has one."""
    if row.fault:
        return ""
    cells = {
        target: row.cells[index].strip()
        for index, target in enumerate(options.targets)
        if index < len(row.cells)
    }
    return f"{cells.get('name', '')} {cells.get('last_name', '')}".strip().replace("\x00", "")[:255]
