"""May they? Pure answers over rows already loaded. The matrix is the contract's (F.25), with the analyst beside it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q

from ventanilla.accounts.models import Availability, CustomRole, Membership, Role, Sight

# Clients say "still here" every 20 s; one lost message must not make a person flicker (contract D.2 asks for 45 s or more).
PRESENCE_LIFETIME = timedelta(seconds=50)


class Capability(StrEnum):
    """What a role may do in its account. What it may see of conversations is decided in that room."""

    CONVERSATIONS_WRITE = (
        "conversations.write"  # answer, note, label, everything that the three below do not name
    )
    CONVERSATIONS_ASSIGN = "conversations.assign"
    CONVERSATIONS_CLOSE = "conversations.close"  # resolve and reopen
    MESSAGES_DELETE = "messages.delete"
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
    HELP_CENTER_WRITE = "help_center.write"
    ACCOUNT_WRITE = "account.write"


_AGENT = frozenset(
    {
        Capability.CONVERSATIONS_WRITE,
        Capability.CONVERSATIONS_ASSIGN,
        Capability.CONVERSATIONS_CLOSE,
        Capability.MESSAGES_DELETE,
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

# What a role of one's own may have. Not what would let its people give themselves more: members, roles, account.
GRANTABLE: frozenset[str] = frozenset(Capability) - {
    Capability.INBOXES_READ_ALL,
    Capability.AGENTS_WRITE,
    Capability.ADMINISTRATION,
    Capability.ACCOUNT_WRITE,
}

# Whoever has these could open for themselves what a role or a team keeps from them.
OPENING = frozenset({Capability.TEAMS_WRITE, Capability.INBOXES_WRITE})

# With one of these they have something to upload for.
WRITING = frozenset(Capability) - {
    Capability.CONTACTS_READ, Capability.INBOXES_READ_ALL, Capability.REPORTS_READ
}  # fmt: skip


def may(membership: Membership, capability: Capability) -> bool:
    """Whether the member's role, their own one before the standard one, has the capability."""
    return capability in capabilities_of(membership)


def capabilities_of(membership: Membership) -> Collection[str]:
    """All that the member may do."""
    role = membership.custom_role
    return MATRIX[membership.role] if role is None else role.capabilities


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
    """The contract's `permissions` of a user in an account (A.7)."""
    role = membership.custom_role
    return [membership.role] if role is None else [*permissions_of_role(role), "custom_role"]


# The contract's words for a role of one's own (F.25) beside ours, the widest sight first.
_SIGHT_WORDS = {
    "conversation_manage": Sight.INBOXES,
    "conversation_unassigned_manage": Sight.UNASSIGNED,
    "conversation_participating_manage": Sight.OWN,
}
_CAPABILITY_WORDS = {
    "contact_manage": frozenset({Capability.CONTACTS_READ, Capability.CONTACTS_WRITE}),
    "report_manage": frozenset({Capability.REPORTS_READ}),
    "knowledge_base_manage": frozenset({Capability.HELP_CENTER_WRITE}),
}
PERMISSIONS = (*_SIGHT_WORDS, *_CAPABILITY_WORDS)


def permissions_of_role(role: CustomRole) -> list[str]:
    """The contract's words that say most of what the role is. Its clients know no teams: whoever sees those of
    their teams manages conversations to them, and the server shows fewer.
    """
    known = Sight.INBOXES if role.sight == Sight.TEAM else role.sight
    words = [word for word, sight in _SIGHT_WORDS.items() if sight == known]
    return words + [word for word, needed in _CAPABILITY_WORDS.items() if needed <= set(role.capabilities)]


def sight_of_permissions(permissions: Collection[str], *, before: str) -> str:
    """The sight that the contract's words ask for; a team's, which they cannot say, stays what it was `before`."""
    asked = next((sight for word, sight in _SIGHT_WORDS.items() if word in permissions), Sight.NONE)
    return before if asked == Sight.INBOXES and before == Sight.TEAM else asked


def capabilities_of_permissions(permissions: Collection[str], *, before: Collection[str]) -> set[str]:
    """What the contract's words give, and of what they cannot say, what was given `before`."""
    sayable = frozenset().union(*_CAPABILITY_WORDS.values())
    given = [needed for word, needed in _CAPABILITY_WORDS.items() if word in permissions]
    kept = set(before) - sayable
    return kept.union(*given)
