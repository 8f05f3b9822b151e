"""The out-tray: every try is recorded, passing failures are tried again, permanent ones stop and say so in the thread.

A row is claimed for a while before it is sent. A worker that dies in between leaves the claim to run out; the row is then
sent again with the same key, which the other side uses to recognise it (Message-ID, webhook delivery id).
A message beyond its inbox's hourly limit stays where it lies until there is a place (pace.py).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from ventanilla.accounts.models import Account
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Message, MessageStatus
from ventanilla.delivery import pace
from ventanilla.delivery.backoff import PAUSES, pause_after
from ventanilla.delivery.models import Attempt, Outgoing
from ventanilla.delivery.senders import SENDERS
from ventanilla.inboxes.channel import Receipt, SendFailed
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Refusal

log = structlog.get_logger("delivery")

_CLAIM = timedelta(minutes=5)
# A call ends within seconds: after a crash the system behind an inbox need not wait as long as a letter does.
_WEBHOOK_CLAIM = timedelta(seconds=40 + 2 * settings.WEBHOOK_TIMEOUT_SECONDS)
_RENEW_SECONDS = 20.0
# A webhook that carries a message must not keep its writer waiting for a day: six retries are about 50 minutes.
MOST_RETRIES = {"webhook": 6}
_SAID_AT_ONCE = 100
_DUE_STATES = (Outgoing.State.QUEUED, Outgoing.State.SENDING)


def put(
    *,
    kind: str,
    key: str,
    account_id: int,
    message_id: int | None = None,
    inbox: Inbox | None = None,
    destination: str = "",
    payload: Mapping[str, Any] | None = None,
    wait: timedelta = timedelta(),
) -> bool:
    """Lay something in the tray inside the caller's transaction; it leaves after `wait`.

    False when this key lay there before.
    """
    _row, created = Outgoing.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "account": Account(pk=account_id),
            "message_id": message_id,
            "inbox": inbox,
            "destination": destination,
            "payload": dict(payload or {}),
            "next_attempt_at": now() + wait,
        },
    )
    return created


def send_due(*, limit: int = 20) -> int:
    """Send what is due; returns how many rows were tried. Safe in several workers at once."""
    rows = _claim(limit)
    claimed = time.monotonic()
    for index, row in enumerate(rows):
        if time.monotonic() - claimed > _RENEW_SECONDS:
            _hold(rows[index:])
            claimed = time.monotonic()
        _send(row)
    return len(rows)


def _hold(rows: list[Outgoing]) -> None:
    """Nobody else takes these for a while."""
    for is_webhook, claim in ((True, _WEBHOOK_CLAIM), (False, _CLAIM)):
        if mine := [row.pk for row in rows if (row.kind == "webhook") is is_webhook]:
            Outgoing.objects.filter(pk__in=mine).update(
                state=Outgoing.State.SENDING, claimed_until=now() + claim
            )


def _claim(limit: int) -> list[Outgoing]:
    due = _due()
    if not due.exists():  # a plain read: an idle worker takes no write lock
        return []
    limits = pace.limits_of(due)
    if limits:
        _say_waiting(due, limits)
        if not due.exclude(pace.of_full(pace.places(limits))).exists():
            return []
    with transaction.atomic():
        free = pace.places_to_claim(limits) if limits else {}
        found = due.exclude(pace.of_full(free)) if free else due
        if connection.features.has_select_for_update_skip_locked:
            found = found.select_for_update(skip_locked=True, of=("self",))
        rows = pace.within(found.select_related("inbox")[:limit], free)
        _hold(rows)
    return rows


def _due() -> QuerySet[Outgoing]:
    moment = now()
    return (
        Outgoing.objects.filter(state__in=_DUE_STATES, next_attempt_at__lte=moment)
        .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=moment))
        .order_by("next_attempt_at", "id")
    )


def _say_waiting(due: QuerySet[Outgoing], limits: dict[int, int]) -> None:
    """Let the thread say of each message beyond the limit that it waits; once."""
    for inbox_id, count in pace.places(limits).items():
        of_inbox = due.filter(kind="message", inbox_id=inbox_id).values_list("pk", "message_id", "waits")
        for pk, message_id, waits in of_inbox[count : count + _SAID_AT_ONCE]:
            if not waits and message_id is not None:
                _say_one_waits(pk, message_id)


@transaction.atomic
def _say_one_waits(pk: int, message_id: int) -> None:
    # Another worker may have taken it meanwhile: then it waits no more.
    if Outgoing.objects.filter(pk=pk, state=Outgoing.State.QUEUED, waits=False).update(waits=True):
        message = Message.objects.select_related("conversation").get(pk=message_id)
        conversations.note_message_waits(message, reason="sending_limit")


def _send(row: Outgoing) -> None:
    started_at, started = now(), time.monotonic()
    receipt: Receipt | None = None
    failure: SendFailed | None = None
    try:
        receipt = SENDERS[row.kind](row)
    except SendFailed as refused:
        failure = refused
    except Refusal as refused:  # an address that may not be called, and the like
        failure = SendFailed(refused.message, permanent=True)
    except Exception as error:
        log.exception("out_tray.fault", outgoing=row.pk, kind=row.kind)
        failure = SendFailed(f"{type(error).__name__}: {error}"[:300], permanent=False)
    duration_ms = int((time.monotonic() - started) * 1000)
    with transaction.atomic():
        row.attempts += 1
        Attempt.objects.create(
            outgoing=row,
            started_at=started_at,
            duration_ms=duration_ms,
            succeeded=failure is None,
            detail=failure.reason[:1000] if failure else "",
        )
        if failure is None and receipt is not None:
            _succeeded(row, receipt)
        elif failure is not None:
            _failed(row, failure)


def _succeeded(row: Outgoing, receipt: Receipt) -> None:
    row.state, row.finished_at, row.claimed_until = Outgoing.State.SENT, now(), None
    row.provider_id, row.last_error = receipt.external_id, ""
    row.save(update_fields=["state", "finished_at", "claimed_until", "provider_id", "last_error", "attempts"])
    if row.message_id is not None and row.kind == "message":
        conversations.set_message_status(
            Message.objects.select_related("conversation").get(pk=row.message_id),
            status=MessageStatus.SENT,
            source_id=receipt.external_id or None,
        )


def _failed(row: Outgoing, failure: SendFailed) -> None:
    gives_up = failure.permanent or row.attempts > MOST_RETRIES.get(row.kind, len(PAUSES))
    pause = None if gives_up else failure.retry_after or pause_after(row.attempts)
    row.last_error, row.claimed_until = failure.reason[:1000], None
    if pause is not None:
        row.state, row.next_attempt_at = Outgoing.State.QUEUED, now() + pause
        row.save(update_fields=["state", "next_attempt_at", "last_error", "claimed_until", "attempts"])
        return
    row.state, row.finished_at = Outgoing.State.FAILED, now()
    row.save(update_fields=["state", "finished_at", "last_error", "claimed_until", "attempts"])
    if row.message_id is not None:
        conversations.set_message_status(
            Message.objects.select_related("conversation").get(pk=row.message_id),
            status=MessageStatus.FAILED,
            external_error=failure.reason,
        )


@transaction.atomic
def send_again(message_id: int) -> bool:
    """Queue a failed message once more, under the same key. False when nothing of it lies in the tray."""
    changed = Outgoing.objects.filter(message_id=message_id, state=Outgoing.State.FAILED).update(
        state=Outgoing.State.QUEUED,
        attempts=0,
        next_attempt_at=now(),
        finished_at=None,
        last_error="",
        waits=False,
    )
    return changed > 0
