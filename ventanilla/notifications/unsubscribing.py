"""Leaving a kind of notification mail without signing in: the signed link, and the headers of RFC 2369 and RFC 8058.

Due on mail that the reader could want to be rid of: our notifications. Answers to a customer, transcripts and emails about
someone's own account are asked for one by one; they have nothing to leave and carry no such header (docs/howto/email.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing
from django.utils.translation import gettext as _

from ventanilla.accounts.models import Membership
from ventanilla.kit import links
from ventanilla.kit.errors import NotFound
from ventanilla.notifications import commands
from ventanilla.notifications.registry import Kind, kind_of, kinds
from ventanilla.notifications.selectors import wants_mail

PATH = "/unsubscribe/"
_SALT = "ventanilla/notifications/unsubscribing"
_ALL = 0  # in place of a kind's number


@dataclass(frozen=True)
class Subscription:
    """One kind of notification mail of one member, or all of them (None)."""

    membership: Membership
    kind: Kind | None

    @property
    def name(self) -> str:
        """What the mail tells of, in the language active now."""
        return str(self.kind.label) if self.kind is not None else _("All notification emails")

    @property
    def is_on(self) -> bool:
        """Whether the member still gets it; the page asks."""
        asked = kinds() if self.kind is None else (self.kind,)
        return wants_mail(self.membership, {kind.name for kind in asked})


def token_of(subscription: Subscription) -> str:
    """Signed, without an end: who finds an old mail may leave too. It opens nothing else."""
    number = subscription.kind.number if subscription.kind is not None else _ALL
    return signing.dumps([subscription.membership.pk, number], salt=_SALT)


def link_of(subscription: Subscription) -> str:
    """The address for the mail's footer; a page there asks before it switches off. Raises AddressUnknown."""
    return links.public_url(f"{PATH}{token_of(subscription)}")


def headers_of(subscription: Subscription) -> dict[str, str]:
    """`List-Unsubscribe` and `List-Unsubscribe-Post`. Raises AddressUnknown."""
    link = link_of(subscription)
    headers = {"List-Unsubscribe": f"<{link}>"}
    if link.startswith("https://"):  # RFC 8058 §3.1: one-click is for https alone
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def subscription_by(token: str) -> Subscription:
    """What the link is about. Raises NotFound when it is not ours, is damaged, or the member has left."""
    try:
        membership_id, kind = signing.loads(token, salt=_SALT)
        found = Membership.objects.select_related("user", "account").get(pk=membership_id)
        return Subscription(found, None if kind == _ALL else kind_of(kind))
    except (signing.BadSignature, Membership.DoesNotExist, ValueError, TypeError) as error:
        raise NotFound from error


def unsubscribe(subscription: Subscription) -> None:
    """Switch this kind of mail off for this member. Twice is once."""
    commands.stop_mailing(subscription.membership, kind=subscription.kind)
