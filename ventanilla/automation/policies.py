"""Who may do what with a macro (contract F.18)."""

from __future__ import annotations

from ventanilla.accounts.models import Membership
from ventanilla.automation.models import Macro


def may_share(member: Membership) -> bool:
    """Whether a macro of theirs can be everyone's."""
    return member.is_administrator


def may_update(macro: Macro, member: Membership) -> bool:
    """Its maker, or an administrator where it is everyone's."""
    if macro.created_by_id == member.user_id:
        return True
    return macro.visibility == Macro.Visibility.GLOBAL and member.is_administrator


def may_delete(macro: Macro, member: Membership, *, maker_is_here: bool) -> bool:
    """Its maker, or an administrator where it is everyone's and its maker has left."""
    if macro.created_by_id == member.user_id:
        return True
    return macro.visibility == Macro.Visibility.GLOBAL and member.is_administrator and not maker_is_here
