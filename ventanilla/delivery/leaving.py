"""One row leaves: it is given to its sender, and what came of it is written down, in the row and in the thread.

What can happen: taken; not taken, for now or for good; or no one knows, because the line broke (or the worker died) after
the network may have taken it. A fault of ours is none of them: it would be the same each time, so it is shown at once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Message, MessageStatus, MessageType
from ventanilla.delivery.backoff import PAUSES, pause_after
from ventanilla.delivery.mails import say_way
from ventanilla.delivery.models import Attempt, Outgoing
from ventanilla.delivery.senders import SENDERS, is_keyed
from ventanilla.delivery.writing_down import write_down
from ventanilla.inboxes.channel import Receipt, SendFailed, SendUnknown, Withdrawn
from ventanilla.inboxes.commands.inboxes import note_channel_state
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Refusal
from ventanilla.kit.faults import is_passing
from ventanilla.kit.mailer import Way

log = structlog.get_logger("delivery")

# A webhook that carries a message must not keep its writer waiting for a day: six retries are about 50 minutes. What a
# phone rings for is old after a few.
MOST_RETRIES = {"webhook": 6, "push": 3}
_LONGEST_ELSEWHERE = 5  # in backoff.PAUSES: what is ours to fix is looked at again every quarter of an hour
_MOST_REASON_CHARS = 1000


class ClaimLost(Exception):
    """Someone else has the row now: it is not ours to send."""


@dataclass
class Try:
    """One try to send a row, under a claim."""

    row: Outgoing
    claim: str
    began_at: datetime = field(default_factory=now)
    began: float = field(default_factory=time.monotonic)
    handed_over: bool = False

    def hand_over(self) -> None:
        """Write down, for good, that the network may have it from now on. Raises ClaimLost when it is not ours any more."""
        mine = Outgoing.objects.filter(pk=self.row.pk, claim=self.claim, state=Outgoing.State.SENDING)
        if not mine.update(state=Outgoing.State.HANDING):
            raise ClaimLost
        self.handed_over = True


def send(row: Outgoing, *, claim: str) -> None:
    """Send a claimed row, and write down what came of it, however long the database is away meanwhile."""
    this = Try(row, claim)
    with translation.override(
        row.account.locale.replace("_", "-")
    ):  # reasons are kept in the account's language
        try:
            outcome = _outcome(this)
        except ClaimLost:
            log.warning("out_tray.claim_lost", outgoing=row.pk)
            return
        try:
            write_down(lambda: _record(this, outcome))
        except ClaimLost:
            log.warning("out_tray.claim_lost", outgoing=row.pk, outcome=type(outcome).__name__)


Outcome = Receipt | SendFailed | SendUnknown | Withdrawn


def _outcome(this: Try) -> Outcome:
    row = this.row
    try:
        return SENDERS[row.kind](row, this.hand_over)
    except ClaimLost:
        raise
    except (SendFailed, SendUnknown, Withdrawn) as said:
        return said
    except Exception as error:
        if this.handed_over and not is_keyed(row):
            log.exception("out_tray.unknown", outgoing=row.pk, kind=row.kind)
            return SendUnknown(_("There was an error on our side."))
        if is_passing(error):
            log.warning("out_tray.dependency", outgoing=row.pk, kind=row.kind, error=repr(error))
            return _Elsewhere()
        if isinstance(error, Refusal):  # an address that may not be called, and the like
            return SendFailed(error.message, permanent=True)
        log.exception("out_tray.fault", outgoing=row.pk, kind=row.kind)
        return SendFailed(_("It couldn't be sent because of an error on our side."), permanent=True)


class _Elsewhere(SendFailed):
    """Not the network's fault nor the message's: something of ours that comes back. It never gives up for that."""

    def __init__(self) -> None:
        super().__init__(_("Something isn't working here right now."), permanent=False)


def _record(this: Try, outcome: Outcome) -> None:
    row = this.row
    if isinstance(outcome, Withdrawn):
        _keep(this, state=Outgoing.State.CANCELLED, finished_at=now(), last_error=str(outcome))
        return
    Attempt.objects.create(
        outgoing=row,
        started_at=this.began_at,
        duration_ms=int((time.monotonic() - this.began) * 1000),
        succeeded=isinstance(outcome, Receipt),
        detail="" if isinstance(outcome, Receipt) else outcome.reason[:_MOST_REASON_CHARS],
    )
    attempts = row.attempts + (0 if isinstance(outcome, _Elsewhere) else 1)
    if isinstance(outcome, Receipt):
        _taken(this, outcome, attempts)
    elif isinstance(outcome, SendUnknown):
        _unknown(this, outcome, attempts)
    else:
        _not_taken(this, outcome, attempts)


def _taken(this: Try, receipt: Receipt, attempts: int) -> None:
    row, moment = this.row, now()
    later = {} if row.kind != "message" else dict(receipt.later)
    pause = pause_after(attempts) if later else None
    refused = {**receipt.refused, **({} if pause else later)}
    if row.inbox is not None and any(
        row.inbox.channel_settings.get(name) != value for name, value in receipt.noticed.items()
    ):
        note_channel_state(row.inbox, changes=receipt.noticed, by=None)
    if (message := message_of(row)) is not None:
        # The thread first: whoever deletes a conversation locks in this order, too.
        if refused:
            conversations.note_undelivered(message, reasons=refused)
        conversations.set_message_status(
            message, status=MessageStatus.SENT, source_id=receipt.external_id or None
        )
    else:
        say_way(row, Way.LEFT)
    _keep(
        this,
        state=Outgoing.State.QUEUED if pause else Outgoing.State.SENT,
        attempts=attempts,
        provider_id=receipt.external_id,
        last_error="; ".join(later.values())[:_MOST_REASON_CHARS] if pause else "",
        payload={**row.payload, "only": sorted(later)} if pause else row.payload,
        even_if_lost=True,
        **(_plan(moment + pause) if pause else {"finished_at": moment}),
    )


def _unknown(this: Try, outcome: SendUnknown, attempts: int) -> None:
    give_up_knowing(this.row)
    _keep(this, state=Outgoing.State.UNKNOWN, attempts=attempts, finished_at=now(), last_error=outcome.reason)


def give_up_knowing(row: Outgoing) -> None:
    """Say where people look that no one knows whether it left."""
    if only := row.payload.get("only"):  # the others had it before
        _say_undelivered(row, dict.fromkeys(only, _("We don't know whether it was sent.")))
    elif (message := message_of(row)) is not None:
        conversations.set_message_status(message, status=MessageStatus.UNKNOWN)
    else:
        say_way(row, Way.UNKNOWN)


def _not_taken(this: Try, failure: SendFailed, attempts: int) -> None:
    row, moment = this.row, now()
    if isinstance(failure, _Elsewhere):
        pause = pause_after(min(_LONGEST_ELSEWHERE, row.postponements + 1))
    elif failure.permanent or attempts > MOST_RETRIES.get(row.kind, len(PAUSES)):
        pause = None
    else:
        pause = failure.retry_after or pause_after(attempts)
    reason = failure.reason[:_MOST_REASON_CHARS]
    if pause is None:
        give_up(row, reason)
        _keep(this, state=Outgoing.State.FAILED, attempts=attempts, finished_at=moment, last_error=reason)
        return
    if (message := message_of(row)) is not None:
        conversations.note_message_trying(message, reason=reason, next_attempt_at=moment + pause)
    else:
        say_way(row, Way.TRYING, reason)
    _keep(
        this,
        state=Outgoing.State.QUEUED,
        attempts=attempts,
        postponements=row.postponements + int(isinstance(failure, _Elsewhere)),
        last_error=reason,
        **_plan(moment + pause),
    )


def give_up(row: Outgoing, reason: str) -> None:
    """Say where people look that it did not leave."""
    if only := row.payload.get("only"):
        _say_undelivered(row, dict.fromkeys(only, reason))
    elif (message := message_of(row)) is not None:
        if message.deleted_at is None:
            conversations.set_message_status(message, status=MessageStatus.FAILED, external_error=reason)
    else:
        say_way(row, Way.LOST, reason)


def _say_undelivered(row: Outgoing, reasons: dict[str, str]) -> None:
    if (message := message_of(row)) is not None:
        conversations.note_undelivered(message, reasons=reasons)


def message_of(row: Outgoing) -> Message | None:
    """The message of ours whose state the row decides; None for mails of ours, and for what is told to a webhook only."""
    if row.message_id is None:
        return None
    found = Message.objects.select_related("conversation").filter(
        pk=row.message_id, private=False, message_type__in=(MessageType.OUTGOING, MessageType.TEMPLATE)
    )
    return found.first()


def _plan(at: datetime) -> dict[str, Any]:
    return {"next_attempt_at": at, "planned_at": now()}


def _keep(this: Try, *, even_if_lost: bool = False, **values: Any) -> None:
    """Write the row's end of this try. Raises ClaimLost when it is not ours any more, so that nothing of it stands.

    What the network took is taken, whoever has the row now.
    """
    rows = Outgoing.objects.filter(pk=this.row.pk)
    ended = values["state"] != Outgoing.State.UNKNOWN
    if rows.filter(claim=this.claim).update(**values, **({"claim": ""} if ended else {}), claimed_until=None):
        return
    if not even_if_lost or not rows.exclude(state=Outgoing.State.HANDING).update(
        **values, claim="", claimed_until=None
    ):
        raise ClaimLost
