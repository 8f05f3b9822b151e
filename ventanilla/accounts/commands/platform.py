"""What an operator's program (platform app) does: accounts and users made, granted, handed over and deleted.

An app may touch only what it made or was granted; `permit` is that grant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from ventanilla.accounts.commands.accounts import create_account, update_account
from ventanilla.accounts.commands.agents import leave_account, update_agent
from ventanilla.accounts.commands.users import (
    add_member,
    change_password,
    clean_email,
    clean_name,
    create_user,
    issue_access_token,
    update_profile,
)
from ventanilla.accounts.errors import EmailTaken
from ventanilla.accounts.models import Account, Membership, PlatformApp, PlatformPermit, Role, User
from ventanilla.accounts.passwords import check_new_password
from ventanilla.kit.clock import iso, now

_DELETE_KEY = "delete_requested_at"


@transaction.atomic
def create_platform_app(name: str) -> tuple[PlatformApp, str]:
    """Register an operator's program and return it with its token, which is shown this once. Raises Invalid."""
    app = PlatformApp.objects.create(name=clean_name(name))
    return app, issue_access_token(platform_app=app)


def permit(app: PlatformApp, *, account: Account | None = None, user: User | None = None) -> None:
    """Let the app touch this account or user. Nothing happens when it may already."""
    PlatformPermit.objects.get_or_create(app=app, account=account, user=user)


@transaction.atomic
def create_account_for(app: PlatformApp, *, name: str, locale: str | None = None, **fields: Any) -> Account:
    """Open an account that the app may touch. Raises Invalid. Records account.created."""
    account = create_account(name, by=app, locale=locale, **fields)
    permit(app, account=account)
    return account


def create_user_for(
    app: PlatformApp,
    *,
    email: str,
    name: str,
    password: str | None = None,
    display_name: str | None = None,
    custom_attributes: Mapping[str, Any] | None = None,
) -> User:
    """Make a confirmed user that the app may touch, or find the one it made with that address (contract B.13).

    The contract hands over whoever has the address; whoever has the address of someone else's colleague would then
    sign in as them (docs/adr/0015). Raises EmailTaken for those, or Invalid, naming each broken rule.
    """
    user = User.objects.filter(email=clean_email(email)).first()
    if user is not None:
        if not may_touch(app, user):
            raise EmailTaken
        return user
    if password is not None:
        check_new_password(password, own=(email, name))
    with transaction.atomic():
        user = create_user(
            email, name=name, by=app, password=password, confirmed=True, custom_attributes=custom_attributes
        )
        if display_name:
            update_profile(user, display_name=display_name)
        permit(app, user=user)
    return user


def may_touch(app: PlatformApp, user: User) -> bool:
    """Whether the app made the user (or was granted it), and every account they belong to is the app's, too.

    Who has joined an account of someone else's since is no longer the app's: signing in as them would open it.
    """
    if not PlatformPermit.objects.filter(app=app, user=user).exists():
        return False
    accounts = PlatformPermit.objects.filter(app=app, account__isnull=False).values("account_id")
    return not Membership.objects.filter(user=user).exclude(account_id__in=accounts).exists()


def update_user_for(
    user: User, *, email: str | None = None, password: str | None = None, **fields: Any
) -> User:
    """Change a user; a new address needs no confirmation, the operator vouches for it. Raises EmailTaken or Invalid."""
    if password:
        check_new_password(password, own=(email or user.email, user.name))
    return _update_user_for(user, email=email, password=password, **fields)


@transaction.atomic
def _update_user_for(user: User, *, email: str | None, password: str | None, **fields: Any) -> User:
    if email is not None and clean_email(email) != user.email:
        address = clean_email(email)
        if User.objects.filter(email=address).exists():
            raise EmailTaken
        user.email, user.confirmed_at, user.email_proven_at = address, now(), None
        user.version += 1
        user.save(update_fields=["email", "confirmed_at", "email_proven_at", "version", "updated_at"])
    if password:
        change_password(user, password=password)
    attributes = fields.pop("custom_attributes", None)
    if attributes is not None:
        fields["custom_attributes"] = {**user.custom_attributes, **attributes}
    return update_profile(user, **fields)


@transaction.atomic
def set_member_for(app: PlatformApp, *, account: Account, user: User, role: str = Role.AGENT) -> Membership:
    """Put the user into the account, or change their role in it. Records agent.added or agent.updated."""
    membership = Membership.objects.filter(account=account, user=user).first()
    if membership is None:
        return add_member(account, user=user, role=role, by=app)
    return update_agent(membership, role=role, by=None)


@transaction.atomic
def remove_member_for(app: PlatformApp, *, account: Account, user_id: int) -> None:
    """Take the user out of the account, also the last administrator. Records agent.removed."""
    membership = Membership.objects.filter(account=account, user_id=user_id).first()
    if membership is not None:
        leave_account(membership, by=app)


@transaction.atomic
def delete_user_for(app: PlatformApp, *, user: User) -> None:
    """Take the user out of every account and bar them; a job deletes the row once all rooms have let go of it."""
    for membership in Membership.objects.filter(user=user):
        leave_account(membership, by=app)
    user.is_active = False
    user.left_at = user.left_at or now()
    user.save(update_fields=["is_active", "left_at", "updated_at"])
    PlatformPermit.objects.filter(user=user).delete()


@transaction.atomic
def delete_account_for(app: PlatformApp, *, account: Account) -> None:
    """Close the account at once; a job deletes what is in it. Records account.updated."""
    update_account(
        account,
        by=app,
        status=Account.Status.SUSPENDED,
        settings={**account.settings, _DELETE_KEY: iso(now())},
    )
    PlatformPermit.objects.filter(account=account).delete()


def closed_accounts() -> QuerySet[Account]:
    """The accounts that were asked to be deleted, oldest first."""
    return Account.objects.filter(settings__has_key=_DELETE_KEY).order_by("pk")


def delete_account(account: Account) -> None:
    """Delete the row and what is left of the account; rooms above have emptied it before, in small steps."""
    account.delete()
