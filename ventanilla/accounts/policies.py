"""May they? Pure answers over rows already loaded. The matrix is the contract's (F.25), with the analyst beside it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q

from ventanilla.accounts.models import Availability, Membership, Role

# Clients say "still here" every 20 s; one lost message must not make a person flicker (contract D.2 asks for 45 s or more).
PRESENCE_LIFETIME = timedelta(seconds=50)


class Capability(StrEnum):
    """What a role may do in its account. What it may see of conversations is decided in that room."""

    CONVERSATIONS_WRITE = "conversations.write"
    CONTACTS_READ = "contacts.read"
    CONTACTS_WRITE = "contacts.write"
    CONTACTS_DELETE = "contacts.delete"
    CONTACTS_EXCHANGE = "contacts.exchange"  # import and export
    INBOXES_READ_ALL = "inboxes.read_all"
    INBOXES_WRITE = "inboxes.write"
    AGENTS_WRITE = "agents.write"
    TEAMS_WRITE = "teams.write"
    LABELS_WRITE = "labels.write"
    SHARED_SETTINGS_WRITE = "shared_settings.write"  # canned responses, attribute definitions, dashboard apps
    ADMINISTRATION = "administration"  # automation, campaigns, webhooks, audit, roles
    REPORTS_READ = "reports.read"
    ACCOUNT_WRITE = "account.write"


_AGENT = frozenset(
    {
        Capability.CONVERSATIONS_WRITE,
        Capability.CONTACTS_READ,
        Capability.CONTACTS_WRITE,
        Capability.SHARED_SETTINGS_WRITE,
    }
)
_ANALYST = frozenset({Capability.CONTACTS_READ, Capability.INBOXES_READ_ALL, Capability.REPORTS_READ})
MATRIX: dict[str, frozenset[Capability]] = {
    Role.ADMINISTRATOR: frozenset(Capability),
    Role.AGENT: _AGENT,
    Role.ANALYST: _ANALYST,
}


def may(membership: Membership, capability: Capability) -> bool:
    """Whether the member's role has the capability."""
    return capability in MATRIX[membership.role]


def is_present(last_seen_at: datetime | None, *, at: datetime) -> bool:
    """Whether someone last seen connected then counts as connected `at`."""
    return last_seen_at is not None and -PRESENCE_LIFETIME < at - last_seen_at < PRESENCE_LIFETIME


def seen_lately(*, at: datetime) -> Q:
    """The same for rows of Presence. A sign of life in the future was given while a clock ran ahead: it is none."""
    return Q(last_seen_at__gt=at - PRESENCE_LIFETIME, last_seen_at__lt=at + PRESENCE_LIFETIME)


def effective_availability(membership: Membership, *, last_seen_at: datetime | None, at: datetime) -> str:
    """online, busy or offline as others see it (F.4): the configured value, offline while away unless they opted out.

    Who has not accepted the invitation is not here.
    """
    if membership.is_pending:
        return Availability.OFFLINE
    if not membership.auto_offline or is_present(last_seen_at, at=at):
        return membership.availability
    return Availability.OFFLINE


def permissions_of(membership: Membership) -> list[str]:
    """The contract's `permissions` of a user in an account."""
    return [membership.role]
