"""Accounts: opened, changed, chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.commands.installation import adopt_first_account, set_address
from ventanilla.accounts.commands.users import add_member, create_user
from ventanilla.accounts.errors import AlreadyInstalled
from ventanilla.accounts.events import AccountCreated, AccountUpdated
from ventanilla.accounts.models import Account, Membership, PlatformApp, Role, User
from ventanilla.accounts.passwords import check_new_password
from ventanilla.accounts.selectors import is_installed
from ventanilla.accounts.settings import SETTINGS, nearest_locale
from ventanilla.events.log import record
from ventanilla.kit import limits
from ventanilla.kit.changes import assign, lock
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid, NotFound

# Keys of PATCH account that are kept among the account's attributes (contract B.5).
ATTRIBUTE_FIELDS = ("industry", "company_size", "logo", "onboarding_step", "plan_name")


def known_locale(locale: str | None) -> str:
    """The nearest language we speak: "es_CL" is Spanish; the installation's own for one we do not know."""
    return nearest_locale(locale) or settings.LANGUAGE_CODE


@transaction.atomic
def create_account(
    name: str, *, by: User | PlatformApp | None, locale: str | None = None, **fields: Any
) -> Account:
    """Open an account with no one in it. Raises Invalid. Records account.created."""
    values = _clean_account({"name": name, **fields}, of=None)
    account = Account.objects.create(locale=known_locale(locale), **values)
    record(AccountCreated(account_id=account.pk), actor=actor_of(by))
    return account


@transaction.atomic
def update_account(account: Account, *, by: User | PlatformApp | None, **fields: Any) -> Account:
    """Change name, locale, domain, support_email, timezone, auto_resolve_duration (days), day_starts_at, working_days,
    features, limits, status, settings or custom_attributes; other known words are kept among the attributes.

    Raises Invalid. Records account.updated.
    """
    lock(account)
    attributes = {key: fields.pop(key) for key in ATTRIBUTE_FIELDS if key in fields}
    if attributes or "custom_attributes" in fields:
        fields["custom_attributes"] = {
            **account.custom_attributes,
            **(fields.get("custom_attributes") or {}),
            **attributes,
        }
        limits.check_attributes(fields["custom_attributes"])
    if "features" in fields:
        fields["features"] = {**account.features, **{k: bool(v) for k, v in fields["features"].items()}}
    changes = assign(account, _clean_account(fields, of=account))
    if changes:
        account.save(update_fields=[*changes, "updated_at"])
        # An address may hold a key: that it changed is told, not to what.
        told = {name: [None, None] if name in SETTINGS.secret else sides for name, sides in changes.items()}
        record(AccountUpdated(account_id=account.pk, changes=told), actor=actor_of(by))
    return account


def _clean_account(fields: Mapping[str, Any], *, of: Account | None) -> dict[str, Any]:
    if "status" in fields and fields["status"] not in Account.Status.values:
        raise Invalid(fields={"status": [_("The status must be active or suspended.")]})
    return {**fields, **SETTINGS.clean(fields, lambda name: getattr(of, name, None))}


def first_run(
    *,
    account_name: str,
    user_full_name: str,
    email: str,
    password: str,
    locale: str | None = None,
    base_url: str = "",
) -> tuple[Account, User]:
    """Set the installation up: the first account and its administrator, who need not confirm their email.

    `base_url`: where people will reach it, as that person says; without it no link is made until someone does. Of no
    effect beside VENTANILLA_BASE_URL. Raises AlreadyInstalled once any account exists, Invalid for bad data.
    """
    if is_installed():
        raise AlreadyInstalled
    check_new_password(password, own=(email, user_full_name, account_name))
    with transaction.atomic():
        return _first_run(account_name, user_full_name, email, password, locale, base_url)


def _first_run(
    account_name: str, user_full_name: str, email: str, password: str, locale: str | None, base_url: str
) -> tuple[Account, User]:
    if is_installed():  # someone else was quicker
        raise AlreadyInstalled
    account, user = _open_account(account_name, user_full_name, email, password, locale, proven=True)
    adopt_first_account(account, by=user)
    if base_url.strip() and not settings.BASE_URL:
        set_address(base_url, by=user)
    return account, user


def sign_up(
    *, account_name: str, user_full_name: str, email: str, password: str, locale: str | None = None
) -> tuple[Account, User]:
    """Open an account for someone from outside. Raises EmailTaken or Invalid."""
    check_new_password(password, own=(email, user_full_name, account_name))
    with transaction.atomic():
        return _open_account(account_name, user_full_name, email, password, locale, proven=False)


def _open_account(
    account_name: str, user_full_name: str, email: str, password: str, locale: str | None, *, proven: bool
) -> tuple[Account, User]:
    name = account_name.strip() or user_full_name.strip()
    user = create_user(
        email, name=user_full_name.strip() or name, password=password, confirmed=True, proven=proven, by=None
    )
    account = create_account(name, locale=locale, by=user)
    add_member(account, user=user, role=Role.ADMINISTRATOR, by=None)
    set_active_account(user, account_id=account.pk)
    return account, user


def set_active_account(user: User, *, account_id: int) -> Membership:
    """Remember which account the user looks at now. Raises NotFound when they are not in it.

    A convenience of the user's own screens that no one else sees: no event.
    """
    membership = Membership.objects.select_related("account").filter(user=user, account_id=account_id).first()
    if membership is None:
        raise NotFound
    membership.active_at = now()
    membership.save(update_fields=["active_at"])
    return membership
