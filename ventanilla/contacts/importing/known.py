"""The contacts that a batch of rows is compared with, asked for in sets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models.functions import Lower

from ventanilla.contacts.importing.values import Person
from ventanilla.contacts.models import Contact, ContactAddress
from ventanilla.contacts.normal import KEYS

COLUMNS = (
    "name",
    "last_name",
    "email",
    "phone_number",
    "identifier",
    "preferred_language",
    "additional_attributes",
    "custom_attributes",
    "label_titles",
)


_KEY_OF = {"email": "email", "phone": "phone_number"}


class Known:
    """A contact as the import sees it; `id` is None for one it makes. Far smaller than a row of the model, because the
    check of a whole file keeps all it has met."""

    __slots__ = ("before", "contact_type", "id", "version", *COLUMNS)

    name: str
    last_name: str
    email: str | None
    phone_number: str | None
    identifier: str | None
    preferred_language: str
    additional_attributes: dict[str, Any]
    custom_attributes: dict[str, Any]
    label_titles: list[str]

    def __init__(self, *, id: int | None, version: int) -> None:
        self.id, self.version = id, version
        self.contact_type = Contact.Type.VISITOR.value
        self.before: dict[str, Any] = {}
        self.name = self.last_name = self.preferred_language = ""
        self.email = self.phone_number = self.identifier = None
        self.additional_attributes, self.custom_attributes, self.label_titles = {}, {}, []

    def __str__(self) -> str:
        return self.name or self.email or self.phone_number or self.identifier or ""

    def take(self, values: dict[str, Any]) -> bool:
        """Take on what differs; whether anything did. `before` keeps what stood first."""
        differs = False
        for name, value in values.items():
            now = getattr(self, name)
            if now != value:
                self.before.setdefault(name, now)
                setattr(self, name, value)
                differs = True
        return differs


class Book:
    """Contacts by their keys, as the rows so far leave them.

    With `keeps_all` (a check, which writes nothing) what earlier batches did stays in it; otherwise the database has it.
    """

    def __init__(self, account_id: int, *, keeps_all: bool) -> None:
        self._account_id, self._keeps_all = account_id, keeps_all
        self._by_key: dict[tuple[str, str], Known] = {}
        self._by_id: dict[int, Known] = {}
        self.new: list[Known] = []
        self.touched: dict[int, Known] = {}

    def open(self, people: Iterable[Person]) -> None:
        """Ask for all whom these people may be."""
        wanted: dict[str, set[str]] = {key: set() for key in KEYS}
        for person in people:
            for key in KEYS:
                if value := person.key(key):
                    wanted[key].add(value)
        if not self._keeps_all:
            self._by_key, self._by_id, self.new, self.touched = {}, {}, [], {}
        rows = Contact.objects.filter(account_id=self._account_id)
        for key, values in wanted.items():
            if not values:
                continue
            found = (
                rows.annotate(folded_email=Lower("email")).filter(folded_email__in=values)
                if key == "email"
                else rows.filter(**{f"{key}__in": values})
            )
            for contact in found.values("id", "version", "contact_type", *COLUMNS):
                self._enter(contact)
        self._open_addresses(wanted)

    def _open_addresses(self, wanted: dict[str, set[str]]) -> None:
        """Those who have one of these as a further address are known by it as well."""
        values = wanted["email"] | wanted["phone_number"]
        rows = ContactAddress.objects.filter(
            account_id=self._account_id, kind__in=[*_KEY_OF], value__in=values
        ).values_list("kind", "value", "contact_id")
        by_contact = {contact_id: (_KEY_OF[kind], value) for kind, value, contact_id in rows}
        missing = [pk for pk in by_contact if pk not in self._by_id]
        for contact in Contact.objects.filter(pk__in=missing).values(
            "id", "version", "contact_type", *COLUMNS
        ):
            self._enter(contact)
        for contact_id, key in by_contact.items():
            if contact_id in self._by_id:
                self._by_key.setdefault(key, self._by_id[contact_id])

    def _enter(self, row: dict[str, Any]) -> None:
        if row["id"] in self._by_id:
            return
        known = Known(id=row["id"], version=row["version"])
        for name in ("contact_type", *COLUMNS):
            setattr(known, name, row[name])
        self._by_id[row["id"]] = known
        self._index(known)

    def find(self, key: str, value: str | None) -> Known | None:
        """Who has that key now."""
        return self._by_key.get((key, value)) if value else None

    def add(self, known: Known) -> None:
        """The import makes this one."""
        if not self._keeps_all:
            self.new.append(known)
        self._index(known)

    def changed(self, known: Known) -> None:
        """The import changed this one."""
        for key in KEYS:
            old = known.before.get(key)
            if old and self._by_key.get((key, old)) is known:
                del self._by_key[key, old]
        self._index(known)
        if known.id is not None and not self._keeps_all:
            self.touched[known.id] = known

    def _index(self, known: Known) -> None:
        for key in KEYS:
            if value := getattr(known, key):
                self._by_key[key, value.lower() if key == "email" else value] = known
