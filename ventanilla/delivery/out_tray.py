"""The out-tray: every try is recorded, passing failures are tried again, permanent ones stop and say so in the thread.

A worker claims some rows of one inbox and sends them one after the other; no inbox waits for the server of another. What
a worker left behind is freed as soon as it is gone (claims.py): what it had not begun with continues, and what the network
may have already is unknown from then on, unless it would know a second copy by its key.
A message beyond its inbox's hourly limit stays where it lies until there is a place (pace.py).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Message
from ventanilla.delivery import pace, stranded
from ventanilla.delivery.leaving import send
from ventanilla.delivery.models import Outgoing
from ventanilla.events import claims, wakeup
from ventanilla.kit.clock import now

# Small, so that little waits for one worker; more than one, so that a rush is not claimed row by row.
_AT_ONCE = 5
_LONGEST_TURN_SECONDS = 2.0
_SAID_AT_ONCE = 100
BELL = "delivery.out_tray"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is laid in the tray. `key` is the same for every try of the same thing; it leaves after `wait`."""

    kind: str
    key: str
    account_id: int
    message_id: int | None = None
    inbox_id: int | None = None
    destination: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    wait: timedelta = timedelta()


def put(parcels: Sequence[Parcel]) -> None:
    """Lay these in the tray inside the caller's transaction, in one statement. Whose key lay there before stays as it is."""
    if not parcels:
        return
    moment = now()
    rows = [
        Outgoing(
            key=parcel.key,
            kind=parcel.kind,
            account_id=parcel.account_id,
            message_id=parcel.message_id,
            inbox_id=parcel.inbox_id,
            destination=parcel.destination,
            payload=dict(parcel.payload),
            next_attempt_at=moment + parcel.wait,
        )
        for parcel in parcels
    ]
    Outgoing.objects.bulk_create(rows, ignore_conflicts=True)
    wakeup.ring(BELL)


@wakeup.rung_by(BELL)
def send_due(*, limit: int = 20) -> int:
    """Send what is due; returns how many rows were tried. Safe in several threads and workers at once."""
    stranded.free()
    tried = 0
    while tried < limit:
        claim = claims.new()
        with _turn(claim, min(_AT_ONCE, limit - tried)) as rows:
            if not rows:
                break
            tried += _send_in_turn(rows, claim)
    return tried


@wakeup.rung_by(BELL)
def help_send() -> int:
    """The same for further threads of a worker: one server that hangs does not keep the others waiting.

    They have nothing to do while no one sends.
    """
    return send_due() if _lanes else 0


def send_account_webhooks() -> int:
    """Webhooks of accounts that are due, and nothing else, one after the other; how many were tried.

    For a process that is no worker and tells that none works.
    """
    tried, due = 0, _due(set()).filter(kind="webhook", inbox__isnull=True)
    for pk in list(due.values_list("pk", flat=True)[:20]):
        tried += _send_one(pk)
    return tried


def _send_one(pk: int) -> int:
    """1 when it was tried, 0 when somebody else has it."""
    claim = claims.new()
    mine = Outgoing.objects.filter(claim=claim)
    with claims.holding(claim, lambda: mine.update(claimed_until=now() + claims.LEASE)):
        waiting = Outgoing.objects.filter(pk=pk, state=Outgoing.State.QUEUED, claim="")
        if not waiting.update(state=Outgoing.State.SENDING, claim=claim, claimed_until=now() + claims.LEASE):
            return 0
        send(mine.select_related("inbox", "account").get(), claim=claim)
    return 1


def _send_in_turn(rows: list[Outgoing], claim: str) -> int:
    """How many were tried; whoever has worked for a while gives the rest back, for others and other rows to have a turn."""
    began = time.monotonic()
    for index, row in enumerate(rows):
        if index and time.monotonic() - began > _LONGEST_TURN_SECONDS:
            return index
        send(row, claim=claim)
    return len(rows)


# ── claiming ──────────────────────────────────────────────────────────────────────────────────────────

_lanes_lock = threading.Lock()
_lanes: set[int | None] = (
    set()
)  # inboxes that a thread of this process is sending for; None is what has no inbox


@contextmanager
def _turn(claim: str, limit: int) -> Iterator[list[Outgoing]]:
    """Rows of one inbox that no one of this process is sending for, claimed; what was not tried is given back."""
    mine = Outgoing.objects.filter(claim=claim)
    with claims.holding(claim, lambda: mine.update(claimed_until=now() + claims.LEASE)):
        with _lanes_lock:
            rows = _claim(claim, limit, busy=set(_lanes))
            if rows:
                _lanes.add(rows[0].inbox_id)
        if not rows:
            yield []
            return
        claims.keep_alive()
        try:
            yield rows
            mine.filter(state=Outgoing.State.SENDING).update(
                state=Outgoing.State.QUEUED, claim="", claimed_until=None
            )
        finally:
            with _lanes_lock:
                _lanes.discard(rows[0].inbox_id)


def _claim(claim: str, limit: int, *, busy: set[int | None]) -> list[Outgoing]:
    due = _due(busy)
    if not due.exists():  # a plain read: an idle worker takes no write lock
        return []
    limits = pace.limits()
    if limits:
        _say_waiting(due, limits)
        if not due.exclude(pace.of_full(pace.places(limits))).exists():
            return []
    with transaction.atomic():
        free = pace.places_to_claim(limits) if limits else {}
        found = due.exclude(pace.of_full(free)) if free else due
        if connection.features.has_select_for_update_skip_locked:
            found = found.select_for_update(skip_locked=True, of=("self",))
        found = found.select_related("inbox", "account")
        first = found.first()
        if first is None:
            return []
        rows = pace.within(found.filter(inbox=first.inbox_id)[:limit], free)
        Outgoing.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=Outgoing.State.SENDING, claim=claim, claimed_until=now() + claims.LEASE
        )
    return rows


def _due(busy: set[int | None]) -> QuerySet[Outgoing]:
    due = Outgoing.objects.filter(state=Outgoing.State.QUEUED, next_attempt_at__lte=now())
    if named := [one for one in busy if one is not None]:
        due = due.exclude(inbox__in=named)
    if None in busy:
        due = due.filter(inbox__isnull=False)
    return due.order_by("next_attempt_at", "id")


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


# ── once more ─────────────────────────────────────────────────────────────────────────────────────────

_ENDED = Q(state__in=[Outgoing.State.FAILED, Outgoing.State.UNKNOWN, Outgoing.State.SENT])


@transaction.atomic
def send_again(message_id: int) -> bool:
    """Queue a message once more, under the same key: a person asked for it. False when nothing of it lies in the tray.

    What waits for its next try goes now; what is being sent continues.
    """
    moment = now()
    rows = Outgoing.objects.filter(message_id=message_id, kind__in=("message", "webhook"))
    again = {"next_attempt_at": moment, "planned_at": moment}
    waiting = rows.filter(state=Outgoing.State.QUEUED).update(**again)
    begun = rows.filter(_ENDED)
    for row in begun.exclude(payload={}).select_for_update():
        row.payload.pop("only", None)
        row.save(update_fields=["payload"])
    changed = begun.update(
        state=Outgoing.State.QUEUED, attempts=0, crashes=0, finished_at=None, last_error="", waits=False, claim="", **again
    )  # fmt: skip
    wakeup.ring(BELL)
    return waiting + changed > 0
