"""From the cells of a row to what a contact is made of, in its stored form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from ventanilla.attributes.models import AttributeDefinition, DisplayType
from ventanilla.attributes.values import Misfit, clean_value
from ventanilla.contacts.importing.options import CUSTOM, KEY_FIELDS, NEW, SKIP, Options
from ventanilla.contacts.importing.reading import UNREADABLE, Row
from ventanilla.contacts.normal import clean_email, folded
from ventanilla.kit import limits, phones
from ventanilla.kit.errors import Invalid
from ventanilla.kit.texts import seen

EXTRA = frozenset({"company_name", "city", "country_code", "description"})
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_THOUSANDS = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?")
_YES = {"si", "s", "yes", "y", "true", "verdadero", "x", "1", "on"}
_NO = {"no", "n", "false", "falso", "0", "off"}
_NUMBERS = {DisplayType.NUMBER, DisplayType.CURRENCY, DisplayType.PERCENT}


@dataclass(frozen=True)
class Refused:
    """Why a row stays out: a code of importing.reasons, what it is about, and the cell that is wrong."""

    code: str
    value: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


class _Wrong(Exception):
    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code, self.details = code, details


@dataclass(slots=True)
class Person:
    """What a row says of someone, blank cells left out; `country_added`: its phone was written without one."""

    fields: dict[str, str]
    extra: dict[str, Any]
    custom: dict[str, Any]
    country_added: bool = False

    def key(self, name: str) -> str | None:
        """identifier, email or phone_number, if it has one."""
        return self.fields.get(name)


class Reader:
    """Reads rows by the options of one import and the account's attributes."""

    def __init__(self, options: Options, definitions: Sequence[AttributeDefinition]) -> None:
        self._options = options
        self._definitions = {row.key: row for row in definitions}
        self._columns = [(index, target) for index, target in enumerate(options.targets) if target != SKIP]

    def person(self, row: Row) -> Person | Refused:
        """Who the row is about, or why no one can tell."""
        if row.fault:
            return Refused(row.fault, value=row.cells[0][:255] if row.cells else "")
        if len(row.cells) > len(self._options.targets) and any(
            cell.strip() for cell in row.cells[len(self._options.targets) :]
        ):
            return Refused(
                "too_many_cells", details={"count": len(row.cells), "columns": len(self._options.targets)}
            )
        person = Person({}, {}, {})
        for index, target in self._columns:
            cell = row.cells[index].strip() if index < len(row.cells) else ""
            if not cell:
                continue
            try:
                self._take(person, target, cell)
            except _Wrong as wrong:
                details = {"column": self._options.columns[index], **wrong.details}
                return Refused(wrong.code, value=cell[:255].replace("\x00", "␀"), details=details)
        if not any(key in person.fields for key in KEY_FIELDS):
            return Refused("no_key", value=person.fields.get("name", ""))
        return person

    def _take(self, person: Person, target: str, cell: str) -> None:
        if "\x00" in cell:
            raise _Wrong("not_text")
        if UNREADABLE in cell:
            raise _Wrong("unreadable")
        if target.startswith(CUSTOM):
            key = target.removeprefix(CUSTOM)
            person.custom[key] = self._attribute(self._definitions.get(key), cell)
        elif target.startswith(NEW):
            person.custom[target] = _text(cell, limits.MAX_ATTRIBUTE_CHARS)
        elif target in EXTRA:
            person.extra[target] = (
                _country(cell) if target == "country_code" else _text(cell, limits.MAX_ATTRIBUTE_CHARS)
            )
        elif target == "phone_number":
            person.fields[target], person.country_added = _phone(cell, self._options.region)
        else:
            person.fields[target] = _FIELDS[target](cell)

    def _attribute(self, definition: AttributeDefinition | None, cell: str) -> Any:
        _text(cell, limits.MAX_ATTRIBUTE_CHARS)
        if definition is None:
            return cell
        kind = DisplayType(definition.display_type)
        if kind == DisplayType.DATE:
            return _date(cell, day_first=self._options.day_first)
        if kind in _NUMBERS:
            cell = _plain_number(cell, decimal_comma=self._options.decimal_comma)
        if kind == DisplayType.CHECKBOX:
            return _yes_or_no(cell)
        if kind == DisplayType.LIST:
            cell = _choice(definition, cell)
        try:
            return clean_value(definition, cell)
        except Misfit as misfit:
            raise _Wrong("misfit", said=str(misfit)) from misfit


def _text(cell: str, longest: int) -> str:
    if len(cell) > longest:
        raise _Wrong("too_long", longest=longest)
    return cell


def _email(cell: str) -> str:
    try:
        cleaned = clean_email(cell)
    except Invalid as refusal:
        raise _Wrong(_email_trouble(cell)) from refusal
    if cleaned is None:
        raise _Wrong("bad_email")
    return cleaned


def _email_trouble(cell: str) -> str:
    local, at, domain = cell.partition("@")
    if not at:
        return "email_no_at"
    if not domain or not local:
        return "email_cut"
    return "email_comma" if "," in domain else "bad_email"


@lru_cache(maxsize=4096)
def _phone(cell: str, region: str) -> tuple[str, bool]:
    written = cell.strip().lstrip("'")
    try:
        number = phones.to_e164(written, region=region or None)
    except Invalid as refusal:
        digits = sum(char.isdigit() for char in written)
        code = (
            "phone_no_country"
            if not region and not written.startswith(("+", "00")) and digits > 6
            else "bad_phone"
        )
        raise _Wrong(code, digits=digits) from refusal
    return number, not written.startswith(("+", "00"))


def _language(cell: str) -> str:
    word = folded(cell)
    known = {"espanol": "es", "castellano": "es", "spanish": "es", "ingles": "en", "english": "en",
             "portugues": "pt", "portuguese": "pt", "frances": "fr", "french": "fr", "catalan": "ca"}  # fmt: skip
    code = known.get(word, word.replace("_", "-"))
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})?", code):
        raise _Wrong("bad_language")
    return code


def _country(cell: str) -> str:
    code = cell.upper()
    if code in phones.REGIONS:
        return code
    found = _countries().get(folded(cell))
    if found is None:
        raise _Wrong("bad_country")
    return found


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    return {
        "espana": "ES", "spain": "ES", "mexico": "MX", "chile": "CL", "argentina": "AR", "colombia": "CO",
        "peru": "PE", "uruguay": "UY", "ecuador": "EC", "bolivia": "BO", "paraguay": "PY", "venezuela": "VE",
        "costa rica": "CR", "panama": "PA", "guatemala": "GT", "honduras": "HN", "el salvador": "SV",
        "nicaragua": "NI", "cuba": "CU", "republica dominicana": "DO", "puerto rico": "PR", "brasil": "BR",
        "brazil": "BR", "portugal": "PT", "francia": "FR", "france": "FR", "italia": "IT", "italy": "IT",
        "alemania": "DE", "germany": "DE", "reino unido": "GB", "united kingdom": "GB", "estados unidos": "US",
        "united states": "US", "usa": "US", "andorra": "AD",
    }  # fmt: skip


_FIELDS: Mapping[str, Callable[[str], str]] = {
    "name": lambda cell: _text(cell, limits.MAX_SHORT_TEXT_CHARS),
    "last_name": lambda cell: _text(cell, limits.MAX_SHORT_TEXT_CHARS),
    "email": _email,
    "identifier": lambda cell: _text(seen(cell), limits.MAX_SHORT_TEXT_CHARS),
    "preferred_language": _language,
}


def _date(cell: str, *, day_first: bool) -> str:
    try:
        if found := _DAY.fullmatch(cell):
            first, second, year = (int(part) for part in found.groups())
            year += 2000 if year < 70 else 1900 if year < 100 else 0
            day, month = (first, second) if day_first else (second, first)
            return date(year, month, day).isoformat()
        return date.fromisoformat(cell[:10]).isoformat()
    except ValueError as error:
        raise _Wrong("bad_date") from error


def _plain_number(cell: str, *, decimal_comma: bool) -> str:
    text = re.sub(r"[\s\u00a0$€£%]", "", cell)
    if decimal_comma and (_THOUSANDS.fullmatch(text) or "," in text):
        return text.replace(".", "").replace(",", ".")
    return text.replace(",", "")


def _yes_or_no(cell: str) -> bool:
    word = folded(cell)
    if word not in _YES | _NO:
        raise _Wrong("not_yes_or_no")
    return word in _YES


def _choice(definition: AttributeDefinition, cell: str) -> str:
    """The option as the account writes it, whatever its capitals and accents in the file."""
    return next((str(one) for one in definition.values if folded(str(one)) == folded(cell)), cell)
