"""The first colleague."""

from __future__ import annotations

from ventanilla.accounts.models import Account, Membership
from ventanilla.onboarding.step import Seen, Step

_SHOWN = 3


class InviteTeam(Step):
    """Done when someone who was invited has come in."""

    place = 2
    name = "team"
    minutes = 1

    @classmethod
    def look(cls, account: Account) -> Seen:
        members = Membership.objects.filter(account=account).select_related("user").order_by("pk")
        joined = [one.user.available_name for one in members if not one.is_pending]
        waiting = [
            {"id": one.user_id, "name": one.user.available_name, "email": one.invited_email}
            for one in members
            if one.is_pending
        ]
        return Seen(len(joined) > 1, {"joined": joined[1 : _SHOWN + 1], "invited": waiting[:_SHOWN]})
