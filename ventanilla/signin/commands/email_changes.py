"""Another address to sign in with: confirmed by the new one, and for a week taken back by the one before."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.accounts.commands.one_time import write_password_link
from ventanilla.accounts.commands.system_mail import write_mail
from ventanilla.accounts.commands.users import change_email, clean_email, reset_access_token
from ventanilla.accounts.errors import EmailTaken, LinkExpired
from ventanilla.accounts.events import AgentUpdated
from ventanilla.accounts.models import ClientSession, OneTimeToken, User
from ventanilla.accounts.selectors import active_membership
from ventanilla.kit import tokens
from ventanilla.kit.clock import is_still_good, now
from ventanilla.signin.events import EmailChangeAsked, EmailChangeUndone
from ventanilla.signin.models import Authenticator, EmailChange, Identity, Passkey, RecoveryCode
from ventanilla.signin.recording import record_everywhere
from ventanilla.signin.selectors import ways_of

TO_UNDO = timedelta(days=7)


@transaction.atomic
def ask_to_change_email(user: User, *, email: str) -> None:
    """Mail a link to the new address, which takes effect by it, and another one to the present address, to take it back.

    Raises EmailTaken or Invalid. Records user.email_change_asked.
    """
    address = clean_email(email)
    if address in {user.email, user.unconfirmed_email}:
        return
    before = user.email
    change_email(user, email=address)
    token = tokens.random_hex(64)
    EmailChange.objects.create(user=user, digest=tokens.digest(token), before=before, after=address)
    record_everywhere(user, lambda account_id: EmailChangeAsked(account_id=account_id, user_id=user.pk))
    _tell(user, before=before, after=address, token=token)


@transaction.atomic
def undo_email_change(*, token: str) -> User:
    """It was not them: the address before is theirs again, and whatever the other one could hold on to ends.

    Sessions, keys, and the factors and single sign-ons added since; the way in is a link to choose a new password, mailed to
    the address before. Raises LinkExpired or EmailTaken. Records user.email_change_undone.
    """
    row = EmailChange.objects.select_for_update().filter(digest=tokens.digest(token)).first()
    if row is None or not is_still_good(row.asked_at + TO_UNDO, life=TO_UNDO):
        raise LinkExpired
    user = User.objects.select_for_update().get(pk=row.user_id)
    # What was asked later was asked by the same stranger: their links must not turn this round again.
    EmailChange.objects.filter(user=user, asked_at__gte=row.asked_at).delete()
    changed = _give_back(user, row.before)
    _end_everything(user, row)
    record_everywhere(user, lambda account_id: EmailChangeUndone(account_id=account_id, user_id=user.pk))
    if changed is not None:
        record_everywhere(
            user,
            lambda account_id: AgentUpdated(
                account_id=account_id, user_id=user.pk, changes={"email": changed}
            ),
        )
    membership = active_membership(user)
    write_password_link(user, account=membership.account if membership else None)
    return user


def forget_old() -> None:
    """What nobody can take back any more."""
    EmailChange.objects.filter(asked_at__lt=now() - TO_UNDO).delete()


def _give_back(user: User, address: str) -> list[str] | None:
    changed = None
    if user.email != address:
        if User.objects.filter(email=address).exclude(pk=user.pk).exists():
            raise EmailTaken
        changed = [user.email, address]
        user.email = address
    user.unconfirmed_email = ""
    user.email_proven_at = now()
    user.version += 1
    user.set_unusable_password()
    user.pubsub_token = tokens.random_token()
    user.save()
    return changed


def _end_everything(user: User, row: EmailChange) -> None:
    ClientSession.objects.filter(user=user).delete()
    OneTimeToken.objects.filter(user=user).delete()
    reset_access_token(user)
    Authenticator.objects.filter(user=user, created_at__gte=row.asked_at).delete()
    Passkey.objects.filter(user=user, created_at__gte=row.asked_at).delete()
    # Kept without a user, so that they do not come in again as a new member.
    Identity.objects.filter(user=user, created_at__gte=row.asked_at).update(user=None)
    if not ways_of(user):
        RecoveryCode.objects.filter(user=user).delete()


def _tell(user: User, *, before: str, after: str, token: str) -> None:
    membership = active_membership(user)
    locale = membership.account.locale if membership else settings.LANGUAGE_CODE
    with translation.override(locale):
        write_mail(
            before,
            locale=locale,
            subject=_("Your sign-in email is about to change"),
            heading=_("Your sign-in email is about to change"),
            paragraphs=[
                _("Someone signed in as you asked to use %(email)s from now on.") % {"email": after},
                _("If that was you, confirm it with the email we sent there."),
                _("If it wasn't, take it back: every session ends, and you choose a new password."),
            ],
            button_label=_("It wasn't me"),
            button_path=f"/app/email-undo?token={token}",
            footnote=_("The link works once and expires in 7 days, even after the change."),
            user=user,
        )
