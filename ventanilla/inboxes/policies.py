"""Who may open an inbox."""

from __future__ import annotations

from ventanilla.accounts.models import Membership
from ventanilla.accounts.policies import Capability, may


def sees_all_inboxes(membership: Membership) -> bool:
    """Administrators open every inbox, analysts look at every inbox; agents need to be members (I-12)."""
    return may(membership, Capability.INBOXES_READ_ALL)
