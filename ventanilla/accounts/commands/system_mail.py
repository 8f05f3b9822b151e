"""Mail of ours: written down in the transaction of what it tells, sent by a job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import F

from ventanilla.accounts.models import SystemMail, User
from ventanilla.events import wakeup
from ventanilla.kit import links, own_mail_server, undelivered
from ventanilla.kit.clock import now, over
from ventanilla.kit.undelivered import Cause

log = structlog.get_logger("accounts")

BELL = "accounts.system_mail"
CLAIM = timedelta(minutes=5)  # longer than any server takes for one mail
# How long after each failed attempt; six hours in all, then it is given up.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 180))


def obstacle(*, with_link: bool = True) -> str:
    """Why no email can be written now: a code of kit.undelivered; "" when one can."""
    if not own_mail_server.is_set_up():
        return undelivered.NOT_SET_UP
    return undelivered.NO_ADDRESS if with_link and not links.base_url() else ""


def write_mail(
    to: str,
    *,
    subject: str,
    heading: str,
    paragraphs: Sequence[str],
    locale: str,
    button_label: str = "",
    button_path: str = "",
    footnote: str = "",
    user: User | None = None,
    purpose: str = "",
) -> SystemMail | None:
    """Put an email in the tray; None, and a line in the log, when there is no way to send it (`obstacle`).

    Texts are plain, in the reader's language already. `button_path` begins with a slash: where the button leads is
    decided when the email leaves, from the installation's own address. `user` and `purpose` find the email again.
    """
    if why := obstacle(with_link=bool(button_path)):
        log.warning("system_mail.not_written", reason=why, purpose=purpose)
        return None
    wakeup.ring(BELL)
    return SystemMail.objects.create(
        to=to,
        user=user,
        purpose=purpose,
        locale=locale,
        content={
            "subject": subject,
            "heading": heading,
            "paragraphs": list(paragraphs),
            "button_label": button_label,
            "button_path": button_path,
            "footnote": footnote,
        },
    )


@transaction.atomic
def claim_mail() -> SystemMail | None:
    """Take the email that is due longest; if whoever took it dies, it is due again after `CLAIM`."""
    waiting = SystemMail.objects.filter(state=SystemMail.State.WAITING)
    rows = waiting.filter(over("due_at", longest=max(CLAIM, *PAUSES))).order_by("due_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    mail = rows.first()
    if mail is None:
        return None
    mail.attempts += 1
    SystemMail.objects.filter(pk=mail.pk).update(due_at=now() + CLAIM, attempts=F("attempts") + 1)
    return mail


def note_mail_sent(mail: SystemMail) -> None:
    """It left. The text, which may carry a link that signs someone in, is forgotten."""
    SystemMail.objects.filter(pk=mail.pk).update(
        state=SystemMail.State.SENT, sent_at=now(), content={}, problem="", last_error=""
    )


def note_mail_failed(mail: SystemMail, *, cause: Cause) -> None:
    """It did not leave: try again later, or give up, at once or after the last pause."""
    gave_up = cause.is_final or mail.attempts > len(PAUSES)
    SystemMail.objects.filter(pk=mail.pk).update(
        state=SystemMail.State.FAILED if gave_up else SystemMail.State.WAITING,
        due_at=now() + (timedelta() if gave_up else PAUSES[mail.attempts - 1]),
        problem=cause.code,
        last_error=cause.said,
    )


def hurry_mail() -> None:
    """What they waited for has changed: those that failed to leave are due now."""
    SystemMail.objects.filter(state=SystemMail.State.WAITING).exclude(problem="").update(due_at=now())
    wakeup.ring(BELL)


def forget_old_mail(*, sent_before: datetime) -> int:
    """Delete emails that were sent, or given up, before that moment; how many."""
    old = SystemMail.objects.exclude(state=SystemMail.State.WAITING).filter(created_at__lt=sent_before)
    return old.delete()[0]
