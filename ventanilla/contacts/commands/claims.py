"""What visitors say of themselves and no one vouched for: kept, taken over by an agent, declined (decision Q-16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ventanilla.accounts.models import User
from ventanilla.contacts.actors import actor_of
from ventanilla.contacts.commands.contacts import save_changes
from ventanilla.contacts.commands.identities import merge_contacts
from ventanilla.contacts.events import ContactClaimsChanged
from ventanilla.contacts.models import Contact, ContactClaim, ContactInbox
from ventanilla.contacts.normal import KEYS, merged
from ventanilla.contacts.selectors import holder_of, same_claims
from ventanilla.events.log import record
from ventanilla.kit.changes import lock
from ventanilla.kit.clock import now

# Of one session. More is no introduction any more.
MOST_CLAIMS = 20


def keep_claims(session: ContactInbox, claims: Mapping[str, Any]) -> None:
    """Keep what the session says and the record does not. Part of the command that heard it, which holds the contact.

    A key said again changes nothing, so what an agent declined stays declined; of another field the newest word counts.
    Records contact.claims_changed.
    """
    rows = {}
    for row in ContactClaim.objects.filter(contact_inbox=session):
        rows[_place(row.field, row.value)] = row
    changed = False
    for field, value in claims.items():
        known = rows.get(_place(field, value))
        if known is None:
            changed |= _add(session, rows, field, value)
        elif known.value != value:
            known.value, known.said_at = value, now()
            known.save(update_fields=["value", "said_at"])
            changed |= known.state == ContactClaim.State.OPEN
    if changed:
        _record(session.contact, by=session.contact)


def _place(field: str, value: Any) -> tuple[str, str]:
    return field, str(value) if field in KEYS else ""


def _add(session: ContactInbox, rows: dict[tuple[str, str], ContactClaim], field: str, value: Any) -> bool:
    if len(rows) >= MOST_CLAIMS:
        if field not in KEYS:
            return False
        # Who someone is matters more than what their page tells of them; then the newest word.
        oldest = min(rows, key=lambda place: (place[0] in KEYS, rows[place].said_at))
        rows.pop(oldest).delete()
    rows[_place(field, value)] = ContactClaim.objects.create(contact_inbox=session, field=field, value=value)
    return True


@transaction.atomic
def accept_claim(claim: ContactClaim, *, by: User) -> Contact:
    """Believe it: the contact goes into the one who has this key, or takes the value over. The contact that continues.

    Raises ContactKeyTaken when someone took the key a moment ago. Records contact.merged or contact.updated, and
    contact.claims_changed.
    """
    contact = claim.contact_inbox.contact
    known = holder_of(claim)
    if known is not None:
        contact = merge_contacts(known, mergee=contact, by=by)
    else:
        lock(contact)
        save_changes(contact, _taken_over(contact, claim), by=by)
    same_claims(claim).delete()
    _record(contact, by=by)
    return contact


def _taken_over(contact: Contact, claim: ContactClaim) -> dict[str, Any]:
    column, *path = claim.field.split(".")
    if not path:
        return {column: claim.value}
    value: Any = claim.value
    for key in reversed(path):
        value = {key: value}
    return {column: merged(getattr(contact, column), value)}


@transaction.atomic
def decline_claim(claim: ContactClaim, *, by: User) -> Contact:
    """Do not believe it; said again by the same visitor it is not shown again. Records contact.claims_changed."""
    contact = claim.contact_inbox.contact
    same_claims(claim).update(state=ContactClaim.State.DECLINED, decided_by=by)
    _record(contact, by=by)
    return contact


def _record(contact: Contact, *, by: User | Contact) -> None:
    fact = ContactClaimsChanged(account_id=contact.account_id, contact_id=contact.pk)
    record(fact, actor=actor_of(by))
