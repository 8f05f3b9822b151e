"""What an account asks of its members' sign-in."""

from __future__ import annotations

from datetime import date, datetime, time

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ventanilla.accounts.commands.accounts import update_account
from ventanilla.accounts.commands.system_mail import write_mail
from ventanilla.accounts.models import Account, User
from ventanilla.kit import row_by_row
from ventanilla.kit.clock import now, zone
from ventanilla.kit.errors import Invalid
from ventanilla.signin.errors import SecondStepAsked, SecondStepFirst
from ventanilla.signin.selectors import asked_for_second_step, vouchable, with_second_step

_MOST_DAYS_AHEAD = 366


@transaction.atomic
def ask_for_second_step(account: Account, *, since: date | None, by: User) -> Account:
    """From the beginning of that day on (in the account's time zone; today is at once) every member needs a second step.

    None asks it of nobody. Who has none is mailed the day. Raises SecondStepFirst when `by` has none, or Invalid.
    Records account.updated.
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
    before = account.second_step_from, account.second_step_in_force
    begins = now() if at_once else moment
    account = update_account(account, by=by, second_step_from=begins, second_step_in_force=at_once)
    # Saved again as it was, it is no news.
    if not before[1] if at_once else before[0] != moment:
        _announce(account, since)
    return account


def _announce(account: Account, since: date) -> None:
    """Nobody learns of it first by standing before a closed door. Not those a provider vouches for: it opens to them."""
    members = User.objects.filter(
        memberships__account=account,
        memberships__invited_email="",
        is_active=True,
        confirmed_at__isnull=False,
    )
    ids = set(members.values_list("pk", flat=True))
    told = ids - with_second_step(ids) - vouchable(account.pk, ids)
    for user in members.filter(pk__in=told).order_by("pk").iterator():
        locale = str(user.ui_settings.get("locale") or "")
        locale = locale if locale in dict(settings.LANGUAGES) else account.locale
        with translation.override(locale.replace("_", "-")):
            heading = _("%(account)s asks for a second step") % {"account": account.name}
            day = date_format(since, "DATE_FORMAT")
            at_once = account.second_step_in_force
            write_mail(
                user.email,
                locale=locale,
                subject=heading,
                heading=heading,
                paragraphs=[
                    _(
                        "From now on you need a second step when you sign in: an app on your phone, or a passkey."
                    )
                    if at_once
                    else _(
                        "From %(day)s on you need a second step when you sign in: an app on your phone, or a passkey."
                    )
                    % {"day": day},
                    _("You set it up in a minute. Until you do, you can't open this account.")
                    if at_once
                    else _("You set it up in a minute. If you haven't by then, you can't open this account."),
                ],
                button_label=_("Set up the second step"),
                button_path=f"/app/accounts/{account.pk}/settings/security",
                user=user,
                purpose="second_step_rule",
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
