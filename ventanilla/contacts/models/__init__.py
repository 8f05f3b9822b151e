"""Contacts, how inboxes know them, and the files of contacts that are imported."""

from ventanilla.contacts.models.addresses import ContactAddress, ContactMerge
from ventanilla.contacts.models.contacts import (
    AvatarDownload,
    Contact,
    ContactClaim,
    ContactInbox,
    ContactLabel,
    ContactNote,
)
from ventanilla.contacts.models.imports import ContactImport, ImportedContact, RefusedRow

__all__ = [
    "AvatarDownload",
    "Contact",
    "ContactAddress",
    "ContactClaim",
    "ContactImport",
    "ContactInbox",
    "ContactLabel",
    "ContactMerge",
    "ContactNote",
    "ImportedContact",
    "RefusedRow",
]
