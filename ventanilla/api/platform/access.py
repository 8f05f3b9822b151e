"""What an app may touch. Anything else looks the same whether it exists or not."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import Account, PlatformApp, PlatformPermit, User
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
    """The user. Raises NotPermissible."""
    permit = PlatformPermit.objects.select_related("user").filter(app=app, user_id=user_id).first()
    if permit is None or permit.user is None:
        raise NotPermissible
    return permit.user
