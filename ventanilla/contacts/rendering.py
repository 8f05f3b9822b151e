"""Contacts as the contract shows them (A.7), in batches: a page costs the same few queries however long it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ventanilla.accounts.avatars import avatar_url
from ventanilla.accounts.models import Membership, Presence
from ventanilla.accounts.policies import is_present
from ventanilla.accounts.rendering import agent_json
from ventanilla.accounts.selectors import agents_by_id, last_seen
from ventanilla.contacts.models import Contact, ContactInbox, ContactNote
from ventanilla.contacts.said import TOLD
from ventanilla.contacts.visitors import sees_own_record, told_of
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.policies import sees_all_inboxes
from ventanilla.inboxes.rendering import inbox_brief, inbox_json
from ventanilla.inboxes.selectors import inbox_ids_for
from ventanilla.kit.clock import epoch, now


def contact_json(contact: Contact, *, online: bool = False) -> dict[str, Any]:
    """One contact from its own row, without a query."""
    shown: dict[str, Any] = {
        "additional_attributes": contact.additional_attributes,
        "availability_status": "online" if online else "offline",
        "blocked": contact.blocked,
        "email": contact.email,
        "id": contact.pk,
        "name": contact.name,
        "phone_number": contact.phone_number,
        "identifier": contact.identifier,
        "thumbnail": avatar_url(contact.avatar.name or ""),
        "custom_attributes": contact.custom_attributes,
        "contact_type": contact.contact_type,
        "labels": contact.label_titles,
        "created_at": epoch(contact.created_at),
    }
    if contact.last_activity_at is not None:
        shown["last_activity_at"] = epoch(contact.last_activity_at)
    return shown


def sender_json(contact: Contact) -> dict[str, Any]:
    """A contact as the sender of a message."""
    return {
        "additional_attributes": contact.additional_attributes,
        "custom_attributes": contact.custom_attributes,
        "email": contact.email,
        "id": contact.pk,
        "identifier": contact.identifier,
        "name": contact.name,
        "phone_number": contact.phone_number,
        "thumbnail": avatar_url(contact.avatar.name or ""),
        "type": "contact",
    }


def told_sender_json(contact: Contact, session: ContactInbox) -> dict[str, Any]:
    """The same as this session of theirs may be told it; what agents noted down is not for visitors."""
    session.contact = contact
    all_of_it = sees_own_record(session)
    told = told_of(session)
    return {
        **sender_json(contact),
        **{key: told[key] for key in TOLD},
        "additional_attributes": {},
        "custom_attributes": {},
        "thumbnail": avatar_url(contact.avatar.name or "") if all_of_it or not session.has_joined else "",
    }


def contacts_json(
    contacts: Sequence[Contact], *, with_inboxes: bool = True, reader: Membership | None = None
) -> list[dict[str, Any]]:
    """A page of contacts of one account: one query for who is online, two more for their inboxes.

    A `reader` is shown the whole inbox (A.7) and only inboxes they may open (I-12). Without one, as for an event that goes
    to many, inboxes are shown in brief.
    """
    if not contacts:
        return []
    online = online_ids(contacts[0].account_id, [contact.pk for contact in contacts])
    shown = [contact_json(contact, online=contact.pk in online) for contact in contacts]
    if with_inboxes:
        inboxes = _contact_inboxes([contact.pk for contact in contacts], reader=reader)
        for item in shown:
            item["contact_inboxes"] = inboxes.get(item["id"], [])
    return shown


def online_ids(account_id: int, contact_ids: Iterable[int]) -> set[int]:
    """Those of the contacts who are connected now."""
    seen = last_seen(account_id, kind=Presence.Kind.CONTACT, ids=list(contact_ids))
    moment = now()
    return {contact_id for contact_id, at in seen.items() if is_present(at, at=moment)}


def contact_inbox_json(source_id: str, inbox: Inbox) -> dict[str, Any]:
    """How an inbox knows a contact, to someone who may open it. Keys and passwords are for the inbox's own page."""
    return {"source_id": source_id, "inbox": inbox_json(inbox, for_administrator=False)}


def _contact_inboxes(
    contact_ids: Sequence[int], *, reader: Membership | None
) -> dict[int, list[dict[str, Any]]]:
    rows = (
        ContactInbox.objects.filter(contact_id__in=contact_ids, inbox__deleted_at__isnull=True)
        .select_related("inbox")
        .defer("inbox__secrets", "inbox__hmac_token", "inbox__external_token")  # opening a seal costs time
        .order_by("pk")
    )
    if reader is not None and not sees_all_inboxes(reader):
        rows = rows.filter(inbox__in=inbox_ids_for(reader))
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        shown = (
            contact_inbox_json(row.source_id, row.inbox)
            if reader is not None
            else {"source_id": row.source_id, "inbox": inbox_brief(row.inbox)}
        )
        found.setdefault(row.contact_id, []).append(shown)
    return found


def notes_json(notes: Sequence[ContactNote]) -> list[dict[str, Any]]:
    """Notes with their authors; an author who left the account is absent. Two queries for any number of notes."""
    if not notes:
        return []
    authors = agents_by_id(notes[0].account_id, [note.user_id for note in notes if note.user_id])
    shown = []
    for note in notes:
        item: dict[str, Any] = {
            "id": note.pk,
            "content": note.content,
            "account_id": note.account_id,
            "contact_id": note.contact_id,
            "created_at": epoch(note.created_at),
            "updated_at": epoch(note.updated_at),
        }
        author = authors.get(note.user_id) if note.user_id else None
        if author is not None:
            item["user"] = agent_json(author)
        shown.append(item)
    return shown
