"""The way to one's company by mail: whoever asks for it is answered the same, known or not."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.accounts.commands.system_mail import write_mail
from ventanilla.accounts.models import Account, Membership, User
from ventanilla.events import wakeup
from ventanilla.kit import mailer
from ventanilla.kit.limits import is_email
from ventanilla.kit.texts import seen
from ventanilla.signin.models import CompanyLinkRequest, SignInProvider
from ventanilla.signin.single_sign_on.way import PATH

BELL = "company_links"
_MOST_AT_ONCE = 100
_MOST_LINKS = 5
_MAX_EMAIL_CHARS = 254


def request_links(*, email: str) -> None:
    """Note that someone wants the links of their companies' providers; the worker finds out who that is, and mails them.

    Raises MailMissing or AddressUnknown where no link can be mailed to anyone.
    """
    mailer.require_way()
    address = seen(email).lower()
    if is_email(address) and len(address) <= _MAX_EMAIL_CHARS:
        CompanyLinkRequest.objects.create(email=address)
    wakeup.ring(BELL)  # for an address that no one has as well: the answer must not tell


def write_links() -> int:
    """Mail what was asked for; how many requests were read."""
    rows = list(CompanyLinkRequest.objects.order_by("pk")[:_MOST_AT_ONCE])
    for row in rows:
        with transaction.atomic():
            # The delete decides which of two workers writes it.
            if CompanyLinkRequest.objects.filter(pk=row.pk).delete()[0]:
                _write(row.email)
    return len(rows)


def _write(email: str) -> None:
    """Only to members: an account that lists a foreign domain must not have its link mailed to the people there."""
    member = Q(user__email=email, user__is_active=True) | Q(invited_email=email, declined_at__isnull=True)
    providers = SignInProvider.objects.select_related("account").filter(
        account__status=Account.Status.ACTIVE,
        account__in=Membership.objects.filter(member).values("account_id"),
    )
    user = User.objects.filter(email=email).first()
    for provider in providers.order_by("account_id", "pk")[:_MOST_LINKS]:
        account = provider.account
        with translation.override(account.locale):
            heading = _("Sign in to %(account)s") % {"account": account.name}
            write_mail(
                email,
                locale=account.locale,
                subject=heading,
                heading=heading,
                paragraphs=[
                    _("You asked how to sign in with your company."),
                    _("Save this link: it doesn't expire, and opens nothing by itself."),
                ],
                button_label=_("Sign in with %(provider)s") % {"provider": provider.name},
                button_path=f"{PATH}{provider.slug}",
                footnote=_("If this wasn't you, ignore this email. Nothing has changed."),
                user=user,
            )
