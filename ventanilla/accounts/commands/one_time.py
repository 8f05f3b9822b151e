"""Links that work once: made, mailed, and used up."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.accounts.commands.letters import write_letter
from ventanilla.accounts.errors import LinkExpired
from ventanilla.accounts.models import Account, OneTimeToken, User
from ventanilla.kit import links, tokens
from ventanilla.kit.clock import now

Purpose = OneTimeToken.Purpose
LIFETIMES = {
    Purpose.INVITATION: timedelta(days=14),
    Purpose.PASSWORD: timedelta(hours=6),
    Purpose.CONFIRMATION: timedelta(days=3),
    Purpose.SSO: timedelta(minutes=5),  # contract A.2
}


@transaction.atomic
def issue_one_time_token(user: User, *, purpose: Purpose) -> str:
    """A fresh token of that purpose; the user's earlier ones of it stop working. Only its digest is kept.

    Single sign-on tokens may stand side by side: two windows can ask at once.
    """
    if purpose != Purpose.SSO:
        OneTimeToken.objects.filter(user=user, purpose=purpose).delete()
    token = tokens.random_hex(64)
    OneTimeToken.objects.create(
        user=user, purpose=purpose, digest=tokens.digest(token), expires_at=now() + LIFETIMES[purpose]
    )
    return token


@transaction.atomic
def use_one_time_token(token: str, *, purposes: frozenset[Purpose]) -> User:
    """Use the token up and return whose it was. Raises LinkExpired, also for the second of two that come at once."""
    row = (
        OneTimeToken.objects.select_related("user")
        .filter(digest=tokens.digest(token), purpose__in=purposes, expires_at__gt=now())
        .first()
    )
    # The delete decides: of two requests with the same token one removes the row, the other finds nothing.
    if row is None or OneTimeToken.objects.filter(pk=row.pk).delete()[0] == 0:
        raise LinkExpired
    return row.user


def _set_password_path(token: str) -> str:
    """The page where an invited or forgetful person chooses a password."""
    return f"/app/set-password?token={token}"


def sso_url(user: User) -> str:
    """A link that signs the user in once, within five minutes. Raises AddressUnknown."""
    token = issue_one_time_token(user, purpose=Purpose.SSO)
    query = urlencode({"email": user.email, "sso_auth_token": token}, quote_via=quote)
    return links.public_url(f"/app/login?{query}")


def write_invitation(user: User, *, account: Account, by: User | None) -> None:
    """Mail the invitation with a link that works once."""
    path = _set_password_path(issue_one_time_token(user, purpose=Purpose.INVITATION))
    with translation.override(account.locale):
        inviter = by.available_name if by else account.name
        write_letter(
            user.email,
            locale=account.locale,
            subject=_("%(inviter)s invites you to %(account)s")
            % {"inviter": inviter, "account": account.name},
            heading=_("Welcome to %(account)s") % {"account": account.name},
            paragraphs=[
                _("%(inviter)s has invited you to answer customers together in %(account)s.")
                % {"inviter": inviter, "account": account.name},
                _("Choose a password to come in."),
            ],
            button_label=_("Accept the invitation"),
            button_path=path,
            footnote=_("The link works once and for 14 days."),
            user=user,
            purpose=Purpose.INVITATION,
        )


def _locale_of(account: Account | None) -> str:
    return account.locale if account else settings.LANGUAGE_CODE


def write_password_link(user: User, *, account: Account | None) -> None:
    """Mail a link to choose a new password."""
    path = _set_password_path(issue_one_time_token(user, purpose=Purpose.PASSWORD))
    locale = _locale_of(account)
    with translation.override(locale):
        write_letter(
            user.email,
            locale=locale,
            subject=_("Choose a new password"),
            heading=_("Choose a new password"),
            paragraphs=[
                _("Someone asked for a new password for this address."),
                _("If it was not you, leave this mail alone: nothing has changed."),
            ],
            button_label=_("Choose a password"),
            button_path=path,
            footnote=_("The link works once and for 6 hours."),
            user=user,
            purpose=Purpose.PASSWORD,
        )


def write_confirmation(user: User, *, to: str, account: Account | None) -> None:
    """Mail a link that proves the address `to` is theirs."""
    token, locale = issue_one_time_token(user, purpose=Purpose.CONFIRMATION), _locale_of(account)
    with translation.override(locale):
        write_letter(
            to,
            locale=locale,
            subject=_("Confirm your e-mail"),
            heading=_("Confirm your e-mail"),
            paragraphs=[_("Confirm that this address is yours to sign in with it.")],
            button_label=_("Confirm the address"),
            button_path=f"/app/confirm?token={token}",
            footnote=_("The link works once and for 3 days."),
            user=user,
            purpose=Purpose.CONFIRMATION,
        )
