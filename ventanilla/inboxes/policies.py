"""Who may open an inbox."""

from __future__ import annotations

from collections.abc import Iterable

from ventanilla.accounts.models import CustomRole, Membership, Sight
from ventanilla.accounts.policies import Capability, may


def sees_all_inboxes(membership: Membership) -> bool:
    """Administrators open every inbox, analysts look at every inbox; agents need to be members (I-12)."""
    return may(membership, Capability.INBOXES_READ_ALL)


def kept_inboxes(membership: Membership, inbox_ids: Iterable[int]) -> set[int]:
    """Those of the inboxes they belong to that their role leaves them."""
    role = membership.custom_role
    return {inbox_id for inbox_id in inbox_ids if is_left(inbox_id, role)}


def is_left(inbox_id: int, role: CustomRole | None) -> bool:
    """Whether a role leaves its people that inbox, once they belong to it."""
    return role is None or (
        role.sight != Sight.NONE and (role.inbox_ids is None or inbox_id in role.inbox_ids)
    )


def answers_in(inbox_id: int, membership: Membership) -> bool:
    """Whether the role of someone who belongs to the inbox lets them answer there."""
    return may(membership, Capability.CONVERSATIONS_WRITE) and is_left(inbox_id, membership.custom_role)
