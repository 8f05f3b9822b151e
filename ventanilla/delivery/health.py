"""How an inbox is doing: its last success, the plain cause of a failure, and one email to its administrators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.accounts.commands.system_mail import write_mail
from ventanilla.accounts.models import Membership, Role
from ventanilla.delivery.models import Watch
from ventanilla.events import wakeup
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import believable, now

# A server that restarts is no reason for an email.
ALERT_AFTER = timedelta(minutes=15)
WATCHING_BELL = "delivery.watching"


@transaction.atomic
def note_success(inbox: Inbox) -> bool:
    """It works: what was wrong is over, and the next failure may be told again. Whether something was wrong."""
    failing = Inbox.objects.filter(pk=inbox.pk, failing_since__isnull=False).exists()
    changes = {"last_success_at": now(), "failure_reason": "", "failing_since": None}
    Inbox.objects.filter(pk=inbox.pk).update(**changes)
    if Watch.objects.filter(inbox=inbox, alerted_at__isnull=False).update(alerted_at=None):
        _say_well_again(inbox)
    return failing


@transaction.atomic
def note_partly(inbox: Inbox, reason: str) -> None:
    """What could be fetched was, and something could not: both are shown."""
    Inbox.objects.filter(pk=inbox.pk).update(last_success_at=now())
    note_failure(inbox, reason)


@transaction.atomic
def note_signed_in(inbox: Inbox) -> None:
    """An administrator gave what the provider accepts: it is watched again at once, and the next failure may be told."""
    Inbox.objects.filter(pk=inbox.pk).update(
        reauthorization_required=False, failure_reason="", failing_since=None
    )
    Watch.objects.filter(inbox=inbox).update(alerted_at=None, sign_in_failures=0)
    inbox.reauthorization_required, inbox.failure_reason, inbox.failing_since = False, "", None
    ask_now(inbox)


@transaction.atomic
def ask_now(*inboxes: Inbox) -> None:
    """Whoever watches these inboxes looks at once, however long it wanted to wait."""
    for inbox in inboxes:
        Watch.objects.update_or_create(inbox=inbox, defaults={"asked_at": now()})
    wakeup.ring(WATCHING_BELL)


@transaction.atomic
def note_failure(inbox: Inbox, reason: str, *, needs_sign_in: bool = False) -> None:
    """Keep the cause where administrators see it; after a while, or when they must act, write to them once."""
    current = Inbox.objects.select_for_update().filter(pk=inbox.pk).first()
    if current is None:
        return
    current.failure_reason = reason[:500]
    moment = now()
    current.failing_since = believable(current.failing_since or moment, at=moment)
    current.reauthorization_required = current.reauthorization_required or needs_sign_in
    current.save(update_fields=["failure_reason", "failing_since", "reauthorization_required", "updated_at"])
    if needs_sign_in or moment - current.failing_since >= ALERT_AFTER:
        _alert_once(current)


def _alert_once(inbox: Inbox) -> None:
    Watch.objects.get_or_create(inbox=inbox)  # an inbox that only sends has none yet
    fresh = Watch.objects.filter(inbox=inbox, alerted_at__isnull=True).update(alerted_at=now())
    if not fresh:
        return
    with translation.override(inbox.account.locale):
        write_to_administrators(
            inbox,
            subject=_("The channel %(name)s isn't working") % {"name": inbox.name},
            paragraphs=[
                _("We couldn't connect: %(reason)s") % {"reason": inbox.failure_reason},
                _("Nothing is lost: messages are waiting. We'll keep trying.")
                if not inbox.reauthorization_required
                else _("Sign in again in the channel's settings. Nothing is lost: messages are waiting."),
            ],
        )


def _say_well_again(inbox: Inbox) -> None:
    with translation.override(inbox.account.locale):
        write_to_administrators(
            inbox,
            subject=_("The channel %(name)s works again") % {"name": inbox.name},
            paragraphs=[_("What was waiting is on its way.")],
        )


def write_to_administrators(inbox: Inbox, *, subject: str, paragraphs: Sequence[str]) -> None:
    """An email to each of them that leads to the inbox's settings. Texts are in the account's language already."""
    administrators = Membership.objects.filter(
        account_id=inbox.account_id, role=Role.ADMINISTRATOR, invited_email=""
    ).select_related("user")
    with translation.override(inbox.account.locale):
        for membership in administrators:
            write_mail(
                membership.user.email,
                locale=inbox.account.locale,
                subject=subject,
                heading=subject,
                paragraphs=paragraphs,
                button_label=_("Open channel"),
                button_path=f"/app/accounts/{inbox.account_id}/settings/inboxes/{inbox.pk}",
            )
