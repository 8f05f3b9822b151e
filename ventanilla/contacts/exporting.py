"""Contacts as a table to take away: streamed, page by page, and harmless for a spreadsheet."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ventanilla.accounts.models import Account
from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.selectors import definitions_of
from ventanilla.contacts.models import Contact, ContactAddress
from ventanilla.contacts.selectors import ordered
from ventanilla.kit.tables import csv_text

_AT_ONCE = 500
DEFAULT = ("id", "name", "email", "phone_number")


@dataclass(frozen=True)
class Column:
    """A column: its title for people, and what stands in it."""

    title: Any
    value: Callable[[Contact], Any]


def _moment(value: Any) -> str:
    return value.isoformat(timespec="seconds") if value is not None else ""


COLUMNS: Mapping[str, Column] = {
    "id": Column("id", lambda row: row.pk),
    "name": Column(lazy("Name"), lambda row: row.name),
    "last_name": Column(lazy("Surname"), lambda row: row.last_name),
    "email": Column(lazy("Email"), lambda row: row.email or ""),
    "phone_number": Column(lazy("Phone number"), lambda row: row.phone_number or ""),
    "identifier": Column(lazy("Identifier"), lambda row: row.identifier or ""),
    "company_name": Column(lazy("Company"), lambda row: row.company),
    "city": Column(lazy("City"), lambda row: row.location),
    "country_code": Column(lazy("Country"), lambda row: row.country_code),
    "preferred_language": Column(lazy("Language"), lambda row: row.preferred_language),
    "contact_type": Column(lazy("Kind"), lambda row: row.contact_type),
    "blocked": Column(lazy("Blocked"), lambda row: row.blocked),
    "labels": Column(lazy("Labels"), lambda row: ", ".join(row.label_titles)),
    "created_at": Column(lazy("Creation date"), lambda row: _moment(row.created_at)),
    "last_activity_at": Column(lazy("Last activity"), lambda row: _moment(row.last_activity_at)),
}
_SHOWN = tuple(name for name in COLUMNS if name not in ("id", "contact_type", "blocked"))


def columns_named(names: Sequence[str]) -> list[tuple[str, Column]]:
    """Those of the contract's columns that were asked for, under their own names (F.22)."""
    chosen = [name for name in names if name in COLUMNS] or DEFAULT
    return [(name, COLUMNS[name]) for name in chosen]


def columns_shown(account: Account) -> list[tuple[str, Column]]:
    """All there is to know, under the names that people read: an import of the same file finds each again."""
    own = [(str(COLUMNS[name].title), COLUMNS[name]) for name in _SHOWN]
    for row in definitions_of(account, model=AttributeModel.CONTACT):
        own.append((row.display_name, _attribute(row.key)))
    return own


def _attribute(key: str) -> Column:
    def value(row: Contact) -> Any:
        found = row.custom_attributes.get(key)
        return "" if found is None else found

    return Column(key, value)


def table(
    rows: QuerySet[Contact],
    columns: Sequence[tuple[str, Column]],
    *,
    with_addresses: bool = False,
    sort: str = "",
) -> Iterator[bytes]:
    """The rows as CSV in pieces, in the order `sort` of the lists (contacts.selectors.ordered); by their number without."""
    header = [title for title, _column in columns]
    yield ("\ufeff" + csv_text([[*header, *([_("Other addresses")] if with_addresses else [])]])).encode()
    for page in _pages(rows, sort):
        others = _addresses(page) if with_addresses else {}
        yield csv_text(
            [
                *[column.value(row) for _title, column in columns],
                *([", ".join(others.get(row.pk, []))] if with_addresses else []),
            ]
            for row in page
        ).encode()


def _pages(rows: QuerySet[Contact], sort: str) -> Iterator[list[Contact]]:
    """Each page is asked for by itself, so that someone who reads slowly holds no statement open."""
    if not sort:
        last = 0
        while page := list(rows.filter(pk__gt=last).order_by("pk")[:_AT_ONCE]):
            yield page
            last = page[-1].pk
        return
    # Numbers alone, eight bytes each: an order by name or activity has no place to go on from that stays where it is.
    numbers = array("q", ordered(rows, sort).values_list("pk", flat=True).iterator())
    for start in range(0, len(numbers), _AT_ONCE):
        chunk = numbers[start : start + _AT_ONCE]
        found = Contact.objects.in_bulk(chunk.tolist())
        yield [found[number] for number in chunk if number in found]


def _addresses(page: Sequence[Contact]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = ContactAddress.objects.filter(contact__in=page).order_by("pk")
    for contact_id, value in rows.values_list("contact_id", "value"):
        found.setdefault(contact_id, []).append(value)
    return found
