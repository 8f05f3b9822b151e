"""Users: made, changed, put into accounts; their tokens and passwords."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.avatars import forget_avatar, store_avatar
from ventanilla.accounts.commands.one_time import find_one_time_token, use_up, write_confirmation
from ventanilla.accounts.errors import AlreadyMember, EmailTaken
from ventanilla.accounts.events import AccessTokenReset, AgentAdded, AgentUpdated, PasswordChanged
from ventanilla.accounts.models import (
    AccessToken,
    Account,
    AgentBot,
    Availability,
    ClientSession,
    Membership,
    OneTimeToken,
    PlatformApp,
    Role,
    User,
)
from ventanilla.accounts.passwords import check_new_password, check_password_rules
from ventanilla.accounts.selectors import active_membership
from ventanilla.events.log import Fact, record
from ventanilla.kit import limits, tokens
from ventanilla.kit.changes import Changes, assign, lock
from ventanilla.kit.clock import now, zone
from ventanilla.kit.errors import Invalid
from ventanilla.kit.storage import Readable
from ventanilla.kit.texts import seen

_MAX_SIGNATURE_CHARS = 10_000
_MAX_UI_SETTINGS_CHARS = 100_000


def clean_email(email: str) -> str:
    """Lower case, and nothing in it that no one sees. Raises Invalid for what mail cannot be sent to."""
    cleaned = seen(email).lower()
    if not limits.is_email(cleaned):
        raise Invalid(fields={"email": [_("Enter a valid email address.")]})
    return cleaned


def clean_name(name: str, *, field: str = "name") -> str:
    """A name with something in it. Raises Invalid."""
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > limits.MAX_SHORT_TEXT_CHARS or "\x00" in cleaned:
        raise Invalid(fields={field: [_("Enter a name of up to 255 characters.")]})
    return cleaned


@transaction.atomic
def create_user(
    email: str,
    *,
    name: str,
    by: User | PlatformApp | None,
    password: str | None = None,
    confirmed: bool = False,
    proven: bool = False,
    custom_attributes: Mapping[str, Any] | None = None,
) -> User:
    """Make a user with an access token, in no account yet. Without a password no one can sign in as them.

    `confirmed`: they may sign in. `proven`: whoever runs the installation knows that the address is theirs.

    Raises EmailTaken, or Invalid naming each broken rule. What others see of it is recorded by `add_member`.
    """
    address = clean_email(email)
    if User.objects.filter(email=address).exists():
        raise EmailTaken
    if password is not None:
        check_password_rules(password, own=(address, name))
    user = User(
        email=address,
        name=clean_name(name or address.split("@")[0]),
        confirmed_at=now() if confirmed else None,
        email_proven_at=now() if proven else None,
        custom_attributes=dict(custom_attributes or {}),
    )
    user.set_password(password)
    user.save()
    issue_access_token(user=user)
    return user


@transaction.atomic
def add_member(
    account: Account,
    *,
    user: User,
    role: str,
    by: User | PlatformApp | None,
    availability: str = Availability.ONLINE,
    auto_offline: bool = True,
) -> Membership:
    """Put the user into the account. Raises AlreadyMember. Records agent.added."""
    if Membership.objects.filter(account=account, user=user).exists():
        raise AlreadyMember
    membership = Membership.objects.create(
        account=account,
        user=user,
        role=clean_role(role),
        availability=clean_availability(availability),
        auto_offline=auto_offline,
        inviter=by if isinstance(by, User) else None,
    )
    if user.left_at is not None:
        user.left_at = None
        user.save(update_fields=["left_at"])
    record(AgentAdded(account_id=account.pk, user_id=user.pk, role=membership.role), actor=actor_of(by))
    return membership


def clean_role(role: str) -> str:
    """Raises Invalid for a role that does not exist."""
    if role not in Role.values:
        raise Invalid(fields={"role": [_("The role must be administrator, agent or analyst.")]})
    return role


def clean_availability(availability: str) -> str:
    """Raises Invalid for an availability that does not exist."""
    if availability not in Availability.values:
        raise Invalid(fields={"availability": [_("The availability must be online, busy or offline.")]})
    return availability


def prove_email(user: User) -> None:
    """Whoever acts as this user reads the mail of its address."""
    if user.email_proven_at is None:
        user.email_proven_at = now()
        user.save(update_fields=["email_proven_at", "updated_at"])


def issue_access_token(
    *, user: User | None = None, agent_bot: AgentBot | None = None, platform_app: PlatformApp | None = None
) -> str:
    """Give the owner (exactly one) a fresh API token in place of the one before, and return it."""
    token = tokens.random_token()
    AccessToken.objects.filter(user=user, agent_bot=agent_bot, platform_app=platform_app).delete()
    AccessToken.objects.create(
        user=user, agent_bot=agent_bot, platform_app=platform_app, digest=tokens.digest(token), sealed=token
    )
    return token


@transaction.atomic
def reset_access_token(user: User) -> str:
    """A fresh API token; the one before stops working at once (X-01). Records user.access_token_reset."""
    token = issue_access_token(user=user)
    _record_everywhere(user, lambda account_id: AccessTokenReset(account_id=account_id, user_id=user.pk))
    return token


@transaction.atomic
def update_profile(user: User, *, avatar: Readable | None = None, **fields: Any) -> User:
    """Change name, display_name, message_signature, phone_number, timezone, ui_settings (replaced) or the picture.

    Raises Invalid. Records agent.updated in each of their accounts when colleagues can see the difference.
    """
    values = _clean_profile(fields)
    lock(user)
    if avatar is not None:
        forget_avatar(user.avatar.name or "")
        values["avatar"] = store_avatar(avatar)
    changes = assign(user, values)
    if not changes:
        return user
    seen = {key: change for key, change in changes.items() if key in {"name", "display_name"}}
    if "avatar" in changes:
        seen["avatar"] = [None, None]
    if seen:
        user.version += 1
    user.save(update_fields=[*changes, "version", "updated_at"])
    if seen:
        _record_update(user, seen)
    return user


def _clean_profile(fields: dict[str, Any]) -> dict[str, Any]:
    known = {
        "name", "display_name", "message_signature", "phone_number", "timezone", "ui_settings",
        "custom_attributes",
    }  # fmt: skip
    values = {key: value for key, value in fields.items() if key in known}
    if "name" in values:
        values["name"] = clean_name(values["name"] or "")
    for key, longest in (
        ("display_name", 255),
        ("phone_number", 32),
        ("message_signature", _MAX_SIGNATURE_CHARS),
    ):
        if key in values:
            values[key] = (values[key] or "").strip()
            if len(values[key]) > longest:
                raise Invalid(fields={key: [_("This text is too long.")]})
    if "timezone" in values:
        values["timezone"] = _clean_zone(values["timezone"])
    if "ui_settings" in values:
        values["ui_settings"] = values["ui_settings"] or {}
        if len(str(values["ui_settings"])) > _MAX_UI_SETTINGS_CHARS:
            raise Invalid(fields={"ui_settings": [_("This text is too long.")]})
    return values


def _clean_zone(name: Any) -> str:
    try:
        return zone(str(name)).key if name else ""
    except ValueError:
        raise Invalid(fields={"timezone": [_("This time zone doesn't exist.")]}) from None


@transaction.atomic
def remove_avatar(user: User) -> None:
    """Take the user's picture away. Records agent.updated."""
    if user.avatar:
        forget_avatar(user.avatar.name or "")
        user.avatar = ""
        user.version += 1
        user.save(update_fields=["avatar", "version", "updated_at"])
        _record_update(user, {"avatar": [None, None]})


@transaction.atomic
def change_email(user: User, *, email: str) -> User:
    """Ask for a new address: it takes the place of the old one when its owner follows the mailed link.

    Until then nothing changes, so that a slip of the pen locks no one out. Raises EmailTaken or Invalid.
    """
    address = clean_email(email)
    if address == user.email:
        return user
    if User.objects.filter(email=address).exclude(pk=user.pk).exists():
        raise EmailTaken
    user.unconfirmed_email = address
    user.save(update_fields=["unconfirmed_email", "updated_at"])
    resend_confirmation(user)
    return user


@transaction.atomic
def resend_confirmation(user: User) -> None:
    """Mail the confirmation link to the address that waits for it; nothing happens when none does."""
    if user.unconfirmed_email or user.confirmed_at is None:
        membership = active_membership(user)
        write_confirmation(
            user,
            to=user.unconfirmed_email or user.email,
            account=membership.account if membership else None,
        )


@transaction.atomic
def confirm_email(*, token: str) -> User:
    """Prove an address with a mailed link; a new one takes the place of the old. Raises LinkExpired or EmailTaken.

    Records agent.updated in each of their accounts when the address changes.
    """
    row = find_one_time_token(token, purposes=frozenset({OneTimeToken.Purpose.CONFIRMATION}))
    use_up(row)
    user = row.user
    before = user.email
    if user.unconfirmed_email:
        if User.objects.filter(email=user.unconfirmed_email).exclude(pk=user.pk).exists():
            raise EmailTaken
        user.email, user.unconfirmed_email = user.unconfirmed_email, ""
        user.version += 1
    user.confirmed_at = now()
    user.email_proven_at = now() if row.is_mailed else None
    user.save(
        update_fields=[
            "email", "unconfirmed_email", "confirmed_at", "email_proven_at", "version", "updated_at",
        ]
    )  # fmt: skip
    if user.email != before:
        _record_update(user, {"email": [before, user.email]})
    return user


def choose_password(user: User, *, password: str) -> User:
    """Set a new password that was leaked nowhere. Raises Invalid naming each broken rule. Records user.password_changed."""
    check_new_password(password, own=(user.email, user.name))
    return change_password(user, password=password)


@transaction.atomic
def change_password(user: User, *, password: str) -> User:
    """Set a new password: every device is signed out, mailed links and the pubsub token stop working.

    A new address that waits is given up: whoever changes the password because of a thief must not find them in it later.
    Raises Invalid naming each broken rule. Records user.password_changed.
    """
    check_password_rules(password, own=(user.email, user.name))
    user.set_password(password)
    user.pubsub_token = tokens.random_token()
    gone = OneTimeToken.objects.filter(user=user)
    if user.confirmed_at is None:  # the link that lets them in at all
        gone = gone.exclude(purpose=OneTimeToken.Purpose.CONFIRMATION)
    else:
        user.unconfirmed_email = ""
    user.save(update_fields=["password", "pubsub_token", "unconfirmed_email", "updated_at"])
    ClientSession.objects.filter(user=user).delete()
    gone.delete()
    _record_everywhere(user, lambda account_id: PasswordChanged(account_id=account_id, user_id=user.pk))
    return user


def _record_update(user: User, changes: Changes) -> None:
    _record_everywhere(
        user, lambda account_id: AgentUpdated(account_id=account_id, user_id=user.pk, changes=changes)
    )


def _record_everywhere(user: User, fact: Any) -> None:
    """One event in each of the user's accounts: the log knows accounts, not users."""
    for account_id in Membership.objects.filter(user=user).values_list("account_id", flat=True):
        made: Fact = fact(account_id)
        record(made, actor=actor_of(user))
