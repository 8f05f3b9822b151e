"""What happens to contacts. `changes` is {field: [old, new]}."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.facts import CABLE, DESK, VISITOR, About, Fact, Hearers, Told, collection


class ContactCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "contact.created"
    told = Told("contact", Hearers.WITH_CONTACTS, DESK | CABLE, "contact_id")
    contact_id: int


class ContactUpdated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "contact.updated"
    told = Told("contact", Hearers.WITH_CONTACTS, DESK | CABLE, "contact_id")
    personal = frozenset({"changes"})
    contact_id: int
    changes: dict[str, list[Any]]


class ContactDeleted(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "contact.deleted"
    administrative = About("contacts.Contact")
    told = Told("gone_contact", Hearers.WITH_CONTACTS, DESK | CABLE, "contact_id")
    contact_id: int


class ContactMerged(Fact, frozen=True, kw_only=True):
    """`mergee_id` is gone; all it had belongs to `contact_id` now."""

    name: ClassVar[str] = "contact.merged"
    # The contact's own sockets are told as well, each with its own token, by which the widget subscribes anew.
    told = Told("contact_merge", Hearers.WITH_CONTACTS, DESK | VISITOR, "contact_id")
    contact_id: int
    mergee_id: int


class ContactUnmerged(Fact, frozen=True, kw_only=True):
    """A merge was undone: `mergee_id` is there again, with what had gone from it to `contact_id`."""

    name: ClassVar[str] = "contact.unmerged"
    told = Told("contact", Hearers.WITH_CONTACTS, DESK | CABLE, "contact_id")
    contact_id: int
    mergee_id: int


class ContactClaimsChanged(Fact, frozen=True, kw_only=True):
    """What visitors say of themselves and the record does not is more, or less, than it was."""

    name: ClassVar[str] = "contact.claims_changed"
    told = Told("contact_claims", Hearers.WITH_CONTACTS, DESK, "contact_id")
    contact_id: int


class ContactNoteCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "contact_note.created"
    contact_id: int
    note_id: int


class ContactNoteUpdated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "contact_note.updated"
    contact_id: int
    note_id: int


class ContactNoteDeleted(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "contact_note.deleted"
    contact_id: int
    note_id: int


class WidgetTriggered(Fact, frozen=True, kw_only=True):
    """A visitor opened the widget. `event_info` is what their browser said: page, language, browser."""

    name: ClassVar[str] = "webwidget.triggered"
    personal = frozenset({"event_info"})
    contact_id: int
    contact_inbox_id: int
    inbox_id: int
    event_info: dict[str, Any]


class ContactImportChanged(Fact, frozen=True, kw_only=True):
    """An import has begun, been checked, ended or been undone."""

    name: ClassVar[str] = "contact_import.changed"
    administrative = About("contacts.ContactImport", "import_id")
    told = collection("contact_import", "import_id")
    import_id: int
    state: str


class ContactsImported(Fact, frozen=True, kw_only=True):
    """A batch of a file's rows is in: one event for all of them, however many contacts it made and changed."""

    name: ClassVar[str] = "contacts.imported"
    import_id: int
    created: list[int]
    updated: list[int]


class ContactsImportUndone(Fact, frozen=True, kw_only=True):
    """What an import had done to a batch of contacts is undone: those it made are gone, the others as they were."""

    name: ClassVar[str] = "contacts.import_undone"
    import_id: int
    deleted: list[int]
    updated: list[int]


class ContactsExported(Fact, frozen=True, kw_only=True):
    """Someone took contacts away as a table, or asked for a link to it (`by_mail`). What they searched for is not kept."""

    name: ClassVar[str] = "contacts.exported"
    administrative = About("contacts.Contact")
    by_mail: bool
    label: str
    filtered: bool


class ImportLinesTaken(Fact, frozen=True, kw_only=True):
    """Someone took away the lines of a file that could not be imported."""

    name: ClassVar[str] = "contact_import.lines_taken"
    administrative = About("contacts.ContactImport", "import_id")
    import_id: int
