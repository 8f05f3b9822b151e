"""Whether an account asks every member for a second step, for its administrators."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.accounts.models import Account, Membership
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.proofs import freshly_proved
from ventanilla.api.replies import json_reply
from ventanilla.kit.clock import iso
from ventanilla.kit.errors import Invalid
from ventanilla.signin.commands.rule import ask_for_second_step
from ventanilla.signin.selectors import with_second_step

router = Router(tags=["Desk"])


class SecondStepRuleShape(Schema):
    """`since`: from when, null while it is asked of nobody. `without`: who has none, of so many `members`."""

    since: str | None
    in_force: bool
    members: int
    without: list[int]
    mine: bool


class SecondStepRuleBody(Body):
    """The day from which (`YYYY-MM-DD`, in the account's time zone; today is at once), or null."""

    since: str | None = None


def _rule(account: Account, user_id: int) -> dict[str, Any]:
    members = Membership.objects.filter(account=account, invited_email="").order_by("user_id")
    ids = list(members.values_list("user_id", flat=True))
    having = with_second_step(ids)
    return {
        "since": iso(account.second_step_from) if account.second_step_from else None,
        "in_force": account.second_step_in_force,
        "members": len(ids),
        "without": [one for one in ids if one not in having],
        "mine": user_id in having,
    }


@router.get("/second_step", operation_id="desk_second_step_rule", response=SecondStepRuleShape)
def show(request: Request, account_id: int) -> HttpResponse:
    """What is asked, and of whom it would be too much today."""
    request.auth.require_administrator()
    return json_reply(_rule(request.auth.account, request.auth.person.pk))


@router.patch("/second_step", operation_id="desk_ask_for_second_step", response=SecondStepRuleShape)
def change(request: Request, account_id: int, given: SecondStepRuleBody = Given()) -> HttpResponse:
    """Ask it of everybody from a day on, or of nobody any more."""
    request.auth.require_administrator()
    user = freshly_proved(request)
    account = ask_for_second_step(request.auth.account, since=_day(given.since), by=user)
    return json_reply(_rule(account, user.pk))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(fields={"since": [_("Write the date as YYYY-MM-DD.")]}) from None
