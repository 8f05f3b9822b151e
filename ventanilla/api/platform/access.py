"""What an app may touch. Anything else looks the same whether it exists or not."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.commands.platform import may_touch
from ventanilla.accounts.models import Account, Membership, PlatformApp, PlatformPermit, User
from ventanilla.kit.errors import Unauthorised


class NotPermissible(Unauthorised):
    """The app neither made it nor was granted it (contract A.2)."""

    code = "not_permissible"
    default_message = _("Non permissible resource")


def permitted_account(app: PlatformApp, account_id: int) -> Account:
    """The account. Raises NotPermissible."""
    permit = PlatformPermit.objects.select_related("account").filter(app=app, account_id=account_id).first()
    if permit is None or permit.account is None:
        raise NotPermissible
    return permit.account


def permitted_user(app: PlatformApp, user_id: int) -> User:
    """The user, while they belong to no account but the app's. Raises NotPermissible."""
    permit = PlatformPermit.objects.select_related("user").filter(app=app, user_id=user_id).first()
    if permit is None or permit.user is None or not may_touch(app, permit.user):
        raise NotPermissible
    return permit.user


def permitted_member(app: PlatformApp, account: Account, user_id: int) -> None:
    """Raises NotPermissible for who is neither in the account nor the app's."""
    if not Membership.objects.filter(account=account, user_id=user_id).exists():
        permitted_user(app, user_id)
