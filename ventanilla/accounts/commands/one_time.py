"""Links that work once: made, mailed, and used up."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.accounts.commands.system_mail import write_mail
from ventanilla.accounts.errors import LinkExpired
from ventanilla.accounts.models import Account, Membership, OneTimeToken, User
from ventanilla.kit import links, tokens
from ventanilla.kit.clock import is_still_good, now

Purpose = OneTimeToken.Purpose
LIFETIMES = {
    Purpose.INVITATION: timedelta(days=14),
    Purpose.PASSWORD: timedelta(hours=6),
    Purpose.CONFIRMATION: timedelta(days=3),
    Purpose.SSO: timedelta(minutes=5),  # contract A.2
}


@transaction.atomic
def issue_one_time_token(user: User, *, purpose: Purpose, copied_in: Account | None = None) -> str:
    """A fresh token of that purpose; the user's earlier ones of it stop working. Only its digest is kept.

    `copied_in`: it is not mailed but shown to an administrator of that account; the mailed one stays beside it. Single
    sign-on tokens may stand side by side: two windows can ask at once.
    """
    if purpose != Purpose.SSO:
        same_way = OneTimeToken.objects.filter(user=user, purpose=purpose)
        same_way.filter(account__isnull=copied_in is None).delete()
    token = tokens.random_hex(64)
    OneTimeToken.objects.create(
        user=user,
        purpose=purpose,
        account=copied_in,
        digest=tokens.digest(token),
        expires_at=now() + LIFETIMES[purpose],
    )
    return token


def find_one_time_token(token: str, *, purposes: frozenset[Purpose]) -> OneTimeToken:
    """The token's row, with its user; it still works. Raises LinkExpired."""
    row = (
        OneTimeToken.objects.select_related("user")
        .filter(digest=tokens.digest(token), purpose__in=purposes)
        .first()
    )
    if row is None or not is_still_good(row.expires_at, life=LIFETIMES[Purpose(row.purpose)]):
        raise LinkExpired
    return row


def use_up(row: OneTimeToken) -> None:
    """The token works no more. Raises LinkExpired for the second of two that come at once, and for a link that an
    administrator was shown of someone who has joined another account since: it would open that one, too.
    """
    if row.account_id is not None:
        User.objects.select_for_update().only("pk").get(pk=row.user_id)
        if Membership.objects.filter(user=row.user_id).exclude(account_id=row.account_id).exists():
            raise LinkExpired
    # The delete decides: of two requests with the same token one removes the row, the other finds nothing.
    if OneTimeToken.objects.filter(pk=row.pk).delete()[0] == 0:
        raise LinkExpired


@transaction.atomic
def use_one_time_token(token: str, *, purposes: frozenset[Purpose]) -> User:
    """Use the token up and return whose it was. Raises LinkExpired, also for the second of two that come at once."""
    row = find_one_time_token(token, purposes=purposes)
    use_up(row)
    return row.user


def invitation_path(token: str) -> str:
    """The page where an invited or forgetful person chooses a password."""
    return f"/app/set-password?token={token}"


def sso_url(user: User) -> str:
    """A link that signs the user in once, within five minutes. Raises AddressUnknown."""
    token = issue_one_time_token(user, purpose=Purpose.SSO)
    query = urlencode({"email": user.email, "sso_auth_token": token}, quote_via=quote)
    return links.public_url(f"/app/login?{query}")


def write_invitation(membership: Membership, *, by: User | None) -> None:
    """Mail the invitation with a link that works once. It says the same to known and unknown people."""
    account, stand_in = membership.account, membership.user
    path = invitation_path(issue_one_time_token(stand_in, purpose=Purpose.INVITATION))
    with translation.override(account.locale):
        inviter = by.available_name if by else account.name
        write_mail(
            membership.invited_email,
            locale=account.locale,
            subject=_("%(inviter)s invited you to join %(account)s")
            % {"inviter": inviter, "account": account.name},
            heading=_("Welcome to %(account)s") % {"account": account.name},
            paragraphs=[
                _("%(inviter)s has invited you to join %(account)s and answer customers together.")
                % {"inviter": inviter, "account": account.name},
                _("Nothing happens until you accept."),
            ],
            button_label=_("View invitation"),
            button_path=path,
            footnote=_("The link works once and expires in 14 days."),
            user=stand_in,
            purpose=Purpose.INVITATION,
        )


def _locale_of(account: Account | None) -> str:
    return account.locale if account else settings.LANGUAGE_CODE


def write_password_link(user: User, *, account: Account | None) -> None:
    """Mail a link to choose a new password."""
    path = invitation_path(issue_one_time_token(user, purpose=Purpose.PASSWORD))
    locale = _locale_of(account)
    with translation.override(locale):
        write_mail(
            user.email,
            locale=locale,
            subject=_("Choose a new password"),
            heading=_("Choose a new password"),
            paragraphs=[
                _("Someone asked for a new password for this address."),
                _("If this wasn't you, ignore this email. Nothing has changed."),
            ],
            button_label=_("Choose a password"),
            button_path=path,
            footnote=_("The link works once and expires in 6 hours."),
            user=user,
            purpose=Purpose.PASSWORD,
        )


def write_confirmation(user: User, *, to: str, account: Account | None) -> None:
    """Mail a link that proves the address `to` is theirs."""
    token, locale = issue_one_time_token(user, purpose=Purpose.CONFIRMATION), _locale_of(account)
    with translation.override(locale):
        write_mail(
            to,
            locale=locale,
            subject=_("Confirm your email"),
            heading=_("Confirm your email"),
            paragraphs=[_("Confirm that this address is yours so you can sign in.")],
            button_label=_("Confirm email"),
            button_path=f"/app/confirm?token={token}",
            footnote=_("The link works once and expires in 3 days."),
            user=user,
            purpose=Purpose.CONFIRMATION,
        )
