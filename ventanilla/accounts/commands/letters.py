"""Mail of ours: written down in the transaction of what it tells, sent by a job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from ventanilla.accounts.models import Letter
from ventanilla.kit.clock import now

CLAIM = timedelta(minutes=5)
# How long after each failed attempt; six hours in all, then it is given up.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 180))


def write_letter(
    to: str,
    *,
    subject: str,
    heading: str,
    paragraphs: Sequence[str],
    locale: str,
    button_label: str = "",
    button_path: str = "",
    footnote: str = "",
) -> Letter:
    """Put a letter in the tray. Texts are plain, in the reader's language already.

    `button_path` begins with a slash: where the button leads is decided when the letter leaves, from the
    installation's own address.
    """
    return Letter.objects.create(
        to=to,
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
def claim_letters(*, limit: int = 20) -> list[Letter]:
    """Take letters that are due; if whoever took them dies, they are due again after `CLAIM`."""
    rows = Letter.objects.filter(state=Letter.State.WAITING, due_at__lte=now()).order_by("due_at")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    letters = list(rows[:limit])
    Letter.objects.filter(pk__in=[letter.pk for letter in letters]).update(
        due_at=now() + CLAIM, attempts=F("attempts") + 1
    )
    for letter in letters:
        letter.attempts += 1
    return letters


def note_letter_sent(letter: Letter) -> None:
    """It left. The text, which may carry a link that signs someone in, is forgotten."""
    Letter.objects.filter(pk=letter.pk).update(
        state=Letter.State.SENT, sent_at=now(), content={}, last_error=""
    )


def note_letter_failed(letter: Letter, *, error: str) -> None:
    """It did not leave: try again later, or give up after the last pause."""
    gave_up = letter.attempts > len(PAUSES)
    Letter.objects.filter(pk=letter.pk).update(
        state=Letter.State.FAILED if gave_up else Letter.State.WAITING,
        due_at=now() + (timedelta() if gave_up else PAUSES[letter.attempts - 1]),
        last_error=error[:2000],
    )


def forget_old_letters(*, sent_before: datetime) -> int:
    """Delete letters that were sent, or given up, before that moment; how many."""
    old = Letter.objects.exclude(state=Letter.State.WAITING).filter(created_at__lt=sent_before)
    return old.delete()[0]
