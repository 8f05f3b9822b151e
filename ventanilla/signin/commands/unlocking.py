"""The operator's way to let someone in again."""

from __future__ import annotations

from django.db import transaction

from ventanilla.accounts.actors import SYSTEM
from ventanilla.accounts.models import Account, Membership, Role, User
from ventanilla.events.log import record_all
from ventanilla.signin.commands.providers import set_only
from ventanilla.signin.events import Unlocked
from ventanilla.signin.models import Authenticator, Passkey, RecoveryCode


@transaction.atomic
def unlock(user: User) -> None:
    """Take every second factor of theirs away, and let the accounts they administer open by passwords again.

    Records user.unlocked, account.only_single_sign_on_changed.
    """
    Authenticator.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    closed = Account.objects.filter(
        only_single_sign_on=True, memberships__user=user, memberships__role=Role.ADMINISTRATOR
    )
    for account in closed.select_for_update(of=("self",)):
        set_only(account, only=False, by=None)
    accounts = list(Membership.objects.filter(user=user).values_list("account_id", flat=True))
    record_all([Unlocked(account_id=account_id, user_id=user.pk) for account_id in accounts], actor=SYSTEM)
