"""What is due: scheduled messages that are sent by the clock, and those that cannot be."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.conversations.commands.scheduled import note_change, send_scheduled, taken
from ventanilla.conversations.errors import TooManyMessages
from ventanilla.conversations.models import ScheduledMessage
from ventanilla.kit.clock import now
from ventanilla.kit.errors import NotFound, Refusal

MOST_ATTEMPTS = 6
PAUSE = timedelta(minutes=2)


def send_due(scheduled: ScheduledMessage) -> bool:
    """Send what is due; a refusal is shown in the thread, a passing trouble is tried again. Whether it was sent."""
    try:
        send_scheduled(scheduled)
    except NotFound:
        return False
    except TooManyMessages:
        _put_off(scheduled)
    except Refusal as refusal:
        with translation.override(scheduled.account.locale), suppress(NotFound):
            give_up(scheduled, reason=refusal.message)
    else:
        return True
    return False


@transaction.atomic
def _put_off(scheduled: ScheduledMessage) -> None:
    # The flood guard looks at one minute.
    ScheduledMessage.objects.filter(pk=scheduled.pk).update(send_at=now() + timedelta(minutes=1))


@transaction.atomic
def note_fault(scheduled: ScheduledMessage) -> None:
    """Something broke: try again in a while, and give up aloud in the end."""
    row = taken(scheduled)
    row.attempts += 1
    row.send_at = now() + PAUSE
    row.save(update_fields=["attempts", "send_at"])
    if row.attempts >= MOST_ATTEMPTS:
        with translation.override(scheduled.account.locale):
            give_up(row, reason=_("It couldn't be sent because of an error on our side."))


@transaction.atomic
def give_up(scheduled: ScheduledMessage, *, reason: str) -> None:
    """It stays in the thread, with the reason. Records scheduled_message.changed."""
    row = taken(scheduled)
    row.state, row.reason = ScheduledMessage.State.FAILED, reason
    row.save(update_fields=["state", "reason"])
    note_change(row, "failed", by=None)
