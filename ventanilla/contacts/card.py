"""What panel and page show of a contact besides what the contract has: name and surname apart, language, origin, further
addresses, ways to write to them, notes, merges."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, Q, QuerySet

from ventanilla.accounts.models import Membership
from ventanilla.contacts.models import Contact, ContactAddress, ContactInbox, ContactMerge
from ventanilla.contacts.normal import first_name
from ventanilla.contacts.rendering import notes_json
from ventanilla.contacts.selectors import listed_contacts_for, notes_of
from ventanilla.inboxes.policies import sees_all_inboxes
from ventanilla.inboxes.rendering import contract_type
from ventanilla.inboxes.selectors import inbox_ids_for
from ventanilla.kit.clock import epoch

_NOTES, _MERGES = 3, 5


def card_json(contact: Contact, *, reader: Membership, seen: QuerySet[Any] | None) -> dict[str, Any]:
    """Seven statements at most. `seen`: their conversations that the reader sees; None for all of the inboxes they open."""
    sessions = _sessions(contact, reader, seen)
    extra = contact.additional_attributes
    language = contact.preferred_language or extra.get("language") or extra.get("browser_language") or ""
    merges = ContactMerge.objects.filter(contact=contact).order_by("-pk")[:_MERGES]
    return {
        "id": contact.pk,
        "first_name": first_name(contact.name, contact.last_name),
        "last_name": contact.last_name,
        "preferred_language": language if isinstance(language, str) else "",
        "origin": contact.origin or ("channel" if sessions else ""),
        "origin_channel": sessions[0]["name"] if sessions else "",
        "created_at": epoch(contact.created_at),
        "labels": contact.label_titles,
        "addresses": [
            {"id": row.pk, "kind": row.kind, "value": row.value}
            for row in ContactAddress.objects.filter(contact=contact).order_by("pk")
        ],
        "ways": sessions,
        "company": _company(contact, reader),
        "notes": notes_json(list(notes_of(contact)[:_NOTES])),
        "merges": [{"id": row.pk, "name": row.name, "at": epoch(row.created_at)} for row in merges],
    }


def _company(contact: Contact, reader: Membership) -> dict[str, Any] | None:
    """Where they work, and how many contacts that the reader may see work there."""
    if not contact.company:
        return None
    count = listed_contacts_for(reader).filter(company=contact.company).count()
    return {"name": contact.company, "contacts": count}


def _sessions(contact: Contact, reader: Membership, seen: QuerySet[Any] | None) -> list[dict[str, Any]]:
    """By which channel they come, oldest first, and how many conversations came by each."""
    rows = ContactInbox.objects.filter(contact=contact, inbox__deleted_at__isnull=True)
    if not sees_all_inboxes(reader):
        rows = rows.filter(inbox__in=inbox_ids_for(reader))
    found = rows.values("inbox_id", "inbox__name", "inbox__kind").annotate(
        count=Count("conversations", filter=Q(conversations__merged_into__isnull=True))
    )
    seen_in = None if seen is None else Counter(seen.values_list("inbox_id", flat=True))
    return [
        {
            "inbox_id": row["inbox_id"],
            "name": row["inbox__name"],
            "channel": contract_type(row["inbox__kind"]),
            "conversations": row["count"] if seen_in is None else seen_in[row["inbox_id"]],
        }
        for row in found.order_by("inbox_id")
    ]
