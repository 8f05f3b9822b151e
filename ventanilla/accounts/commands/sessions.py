"""Coming in and leaving: passwords, one-time links, the contract's session headers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.commands.invitations import (
    accept_with_password,
    invite_again,
    pending_membership_of,
)
from ventanilla.accounts.commands.one_time import (
    Purpose,
    find_one_time_token,
    use_one_time_token,
    use_up,
    write_password_link,
)
from ventanilla.accounts.commands.system_mail import BELL as MAIL_BELL
from ventanilla.accounts.commands.users import change_password, prove_email, reset_access_token
from ventanilla.accounts.errors import BadCredentials, LinkExpired
from ventanilla.accounts.events import UserSignedIn, UserSignedOut
from ventanilla.accounts.models import ClientSession, Membership, OneTimeToken, PasswordRequest, User
from ventanilla.accounts.passwords import check_new_password
from ventanilla.accounts.selectors import active_membership
from ventanilla.events import wakeup
from ventanilla.events.log import record
from ventanilla.kit import mailer, tokens
from ventanilla.kit.clock import now
from ventanilla.kit.errors import NotFound
from ventanilla.kit.limits import is_email
from ventanilla.kit.texts import seen

SESSION_LIFETIME = timedelta(days=61)  # "2 months" of the contract
MAX_CLIENTS = 25
_LINKS = frozenset({Purpose.INVITATION, Purpose.PASSWORD})
_MOST_AT_ONCE = 100
_MAX_EMAIL_CHARS = 254


@dataclass(frozen=True)
class OpenedSession:
    """What the client keeps: the token is shown this once, only its digest is stored."""

    user: User
    access_token: str
    client: str
    expires_at: datetime


def authenticate(*, email: str, password: str) -> User:
    """The user with that address and password. Raises BadCredentials, taking the same time whoever is unknown."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        User().set_password(password)  # as long as checking one
        raise BadCredentials
    if not user.check_password(password) or not user.is_active or user.confirmed_at is None:
        raise BadCredentials
    return user


def authenticate_by_sso(*, email: str, token: str) -> User:
    """The user a one-time sign-on link was made for. Raises BadCredentials."""
    try:
        user = use_one_time_token(token, purposes=frozenset({Purpose.SSO}))
    except LinkExpired:
        raise BadCredentials
    if user.email != email.strip().lower() or not user.is_active:
        raise BadCredentials
    return user


@transaction.atomic
def open_session(user: User, *, how: str) -> OpenedSession:
    """Sign a device in with headers of its own; beyond 25 devices the oldest is signed out. Records user.signed_in."""
    token, client = tokens.random_token(32), tokens.random_token(22)
    expires_at = now() + SESSION_LIFETIME
    ClientSession.objects.create(user=user, client=client, digest=tokens.digest(token), expires_at=expires_at)
    kept = ClientSession.objects.filter(user=user).order_by("-created_at", "-pk").values_list("pk", flat=True)
    ClientSession.objects.filter(user=user).exclude(pk__in=list(kept[:MAX_CLIENTS])).delete()
    note_sign_in(user, how=how)
    return OpenedSession(user, token, client, expires_at)


@transaction.atomic
def note_sign_in(user: User, *, how: str) -> None:
    """Record user.signed_in in the account they chose last."""
    membership = active_membership(user)
    if membership is not None:
        record(UserSignedIn(account_id=membership.account_id, user_id=user.pk, how=how), actor=actor_of(user))


@transaction.atomic
def note_sign_out(user: User) -> None:
    """Record user.signed_out in the account they chose last."""
    membership = active_membership(user)
    if membership is not None:
        record(UserSignedOut(account_id=membership.account_id, user_id=user.pk), actor=actor_of(user))


@transaction.atomic
def close_session(*, email: str, client: str, token: str) -> None:
    """Sign that device out. Raises NotFound when it was not signed in. Records user.signed_out."""
    session = (
        ClientSession.objects.select_related("user")
        .filter(user__email=email.strip().lower(), client=client)
        .first()
    )
    if session is None or not tokens.same(session.digest, tokens.digest(token)):
        raise NotFound(_("This session doesn't exist."))
    session.delete()
    note_sign_out(session.user)


def request_password_reset(*, email: str) -> None:
    """Note that someone wants a link to choose a new password; the worker finds out who that is, and mails it.

    Raises MailMissing or AddressUnknown where no link can be mailed to anyone.
    """
    mailer.require_way()
    address = seen(email).lower()
    if is_email(address) and len(address) <= _MAX_EMAIL_CHARS:
        PasswordRequest.objects.create(email=address)
    wakeup.ring(MAIL_BELL)  # for an address that no one has as well: the answer must not tell


def write_requested_links() -> None:
    """Mail the links that were asked for; what asks for an address that no one has is forgotten."""
    for request in PasswordRequest.objects.order_by("pk")[:_MOST_AT_ONCE]:
        with transaction.atomic():
            # The delete decides which of two workers writes it.
            if PasswordRequest.objects.filter(pk=request.pk).delete()[0]:
                _write_requested_link(request.email)


def _write_requested_link(email: str) -> None:
    user = User.objects.filter(email=email, is_active=True).first()
    if user is not None:
        membership = active_membership(user)
        write_password_link(user, account=membership.account if membership else None)
        return
    # Who never accepted an invitation has no password to forget: they get the invitation again.
    waiting = Membership.objects.select_related("account", "user", "inviter").filter(
        invited_email=email, declined_at__isnull=True
    )
    for membership in waiting:
        invite_again(membership, by=membership.inviter)


def set_password_by_link(*, token: str, password: str) -> User:
    """Choose a password with a mailed link (invitation or reset); having read the mail confirms the address.

    Raises LinkExpired; SignInFirst where an invitation is for someone with a user; Invalid naming each broken rule. After
    the last two the link still works.
    """
    row = find_one_time_token(token, purposes=_LINKS)  # before anyone is asked about the password
    membership = pending_membership_of(row.user)
    email = membership.invited_email if membership else row.user.email
    check_new_password(password, own=(email, row.user.name))
    return _set_password_by_link(token=token, password=password)


@transaction.atomic
def _set_password_by_link(*, token: str, password: str) -> User:
    row = find_one_time_token(token, purposes=_LINKS)
    membership = pending_membership_of(row.user)
    if membership is not None:
        return accept_with_password(membership, row, password=password)
    user = row.user
    use_up(row)
    if user.confirmed_at is None:
        user.confirmed_at = now()
        user.save(update_fields=["confirmed_at", "updated_at"])
    if row.is_mailed and user.email_proven_at is None:
        # Perhaps someone else made this user and only claimed the address: what they hold of it ends here.
        prove_email(user)
        reset_access_token(user)
    return change_password(user, password=password)


def forget_expired() -> None:
    """Delete sessions and one-time links whose time is over; they stopped working then already."""
    ClientSession.objects.filter(expires_at__lt=now()).delete()
    OneTimeToken.objects.filter(expires_at__lt=now()).delete()
