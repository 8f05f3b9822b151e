"""What an account asks of its members' sign-in."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.commands.accounts import update_account
from ventanilla.accounts.models import Account, User
from ventanilla.kit import row_by_row
from ventanilla.kit.clock import now, zone
from ventanilla.kit.errors import Invalid
from ventanilla.signin.errors import SecondStepAsked, SecondStepFirst
from ventanilla.signin.selectors import asked_for_second_step, with_second_step

_MOST_DAYS_AHEAD = 366


@transaction.atomic
def ask_for_second_step(account: Account, *, since: date | None, by: User) -> Account:
    """From the beginning of that day on (in the account's time zone; today is at once) every member needs a second step.

    None asks it of nobody. Raises SecondStepFirst when `by` has none, or Invalid. Records account.updated.
    """
    if since is None:
        return update_account(account, by=by, second_step_from=None, second_step_in_force=False)
    if by.pk not in with_second_step([by.pk]):
        raise SecondStepFirst
    moment = datetime.combine(since, time(), tzinfo=zone(account.timezone))
    today = now().astimezone(zone(account.timezone)).date()
    if not 0 <= (since - today).days <= _MOST_DAYS_AHEAD:
        raise Invalid(fields={"since": [_("Choose today or a day of the next twelve months.")]})
    at_once = since == today
    return update_account(
        account,
        by=by,
        second_step_from=now() if at_once else moment,
        second_step_in_force=at_once,
    )


def put_in_force() -> None:
    """The day has come: who has none is shown the door, also where a socket is open. Records account.updated."""
    due = Account.objects.filter(second_step_in_force=False, second_step_from__lte=now())
    row_by_row.walk(due.order_by("pk"), _put_in_force, where="signin.second_steps")


def _put_in_force(account: Account) -> int:
    update_account(account, by=None, second_step_in_force=True)
    return 1


def refuse_without_factor(user: User) -> None:
    """After a factor was taken away: raises SecondStepAsked when that was the last and an account asks for one."""
    asking = asked_for_second_step(user)
    if asking:
        raise SecondStepAsked(asking[0].name)
