"""The in-tray: keep first, read later, lose nothing.

`keep` is called before a provider is answered. `read_due` reads what was kept; what cannot be read is quarantined,
visible, and can be run again. received = processed + ignored + quarantined + still waiting, always.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import IO, Any, cast

import structlog
from django.core.files.base import File
from django.db import IntegrityError, connection, transaction

from ventanilla.conversations.errors import TooManyMessages
from ventanilla.conversations.models import Message
from ventanilla.delivery.backoff import pause_after
from ventanilla.delivery.models import Incoming
from ventanilla.delivery.receiving import store, store_reports
from ventanilla.delivery.writing_down import write_down
from ventanilla.events import claims, wakeup
from ventanilla.inboxes.channel import (
    DeliveryReport,
    GlancingChannel,
    Ignored,
    IncomingMessage,
    Unreadable,
    registry,
)
from ventanilla.inboxes.channels import channel_for
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import tokens
from ventanilla.kit.clock import ahead, now
from ventanilla.kit.faults import is_passing
from ventanilla.kit.texts import storable

log = structlog.get_logger("delivery")

_SENDER_CHARS, _SUBJECT_CHARS = 320, 500  # of the columns
MAX_READS = 6  # then quarantine: a payload that keeps failing must not be tried for ever
_AT_ONCE = 10  # small, so that little waits for one worker
BELL = "delivery.in_tray"
_LONGEST_PAUSE = 5  # in backoff.PAUSES: what is ours to fix is looked at again every quarter of an hour


def digest_key(raw: IO[bytes]) -> str:
    """A key for payloads without an id of their own: the same bytes are the same payload."""
    raw.seek(0)
    sha = hashlib.sha256()
    while chunk := raw.read(1 << 16):
        sha.update(chunk)
    raw.seek(0)
    return f"sha256:{sha.hexdigest()}"


def keep(
    raw: IO[bytes] | bytes,
    *,
    channel: str,
    inbox: Inbox | None,
    provider_key: str | None = None,
    meta: Mapping[str, Any] | None = None,
    account_id: int | None = None,
    claim: str = "",
) -> Incoming:
    """Store one payload as it came and return its row; a payload kept before returns that row.

    `account_id`: who may look at it, for one that no inbox takes. `claim`: of who reads it at once, so that no worker does.

    The file is written and the row committed when this returns, so the provider may be answered. A crash between the
    two leaves a file without a row: the provider was not answered and sends again.
    """
    content: IO[bytes] = BytesIO(raw) if isinstance(raw, bytes) else raw
    key: str = storable((provider_key or digest_key(content))[:255])
    if (known := _find(channel, inbox, key)) is not None:
        return known
    content.seek(0, 2)
    size = content.tell()
    content.seek(0)
    row = Incoming(
        account_id=inbox.account_id if inbox else account_id,
        inbox=inbox,
        channel=channel,
        provider_key=key,
        meta=storable(meta or {}),
        size=size,
        claim=claim,
        claimed_until=now() + claims.LEASE if claim else None,
    )
    row.raw.save(tokens.random_token(), File(content), save=False)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            wakeup.ring(BELL)
    except IntegrityError:  # the same payload came twice at once
        row.raw.delete(save=False)
        again = _find(channel, inbox, key)
        if again is None:
            raise
        return again
    return row


def keep_and_read(
    raw: IO[bytes] | bytes, *, channel: str, inbox: Inbox, meta: Mapping[str, Any] | None = None
) -> Incoming:
    """Store one payload and read it before this returns; no worker reads it too, which would take its message from it.

    One kept before is read when no one has begun to; its row comes back as it is.
    """
    claim = claims.new()
    with claims.holding(claim, lambda: None):
        row = keep(raw, channel=channel, inbox=inbox, meta=meta, claim=claim)
        if row.claim == "" and row.state == Incoming.State.RECEIVED:
            waiting = Incoming.objects.filter(pk=row.pk, state=Incoming.State.RECEIVED, claim="")
            waiting.update(claim=claim, claimed_until=now() + claims.LEASE)
            row.refresh_from_db()
        if row.claim == claim:
            read(row)
    return row


def _find(channel: str, inbox: Inbox | None, key: str) -> Incoming | None:
    return Incoming.objects.filter(channel=channel, inbox=inbox, provider_key=key).first()


@wakeup.rung_by(BELL)
def read_due(*, limit: int = 50) -> int:
    """Read what is waiting and due; returns how many rows were looked at. Safe in several workers at once."""
    _free_stranded()
    looked_at = 0
    while looked_at < limit and (found := _read_some(min(_AT_ONCE, limit - looked_at))):
        looked_at += found
    return looked_at


def _read_some(limit: int) -> int:
    claim = claims.new()
    mine = Incoming.objects.filter(claim=claim)
    with claims.holding(claim, lambda: mine.update(claimed_until=now() + claims.LEASE)):
        rows = _claim(claim, limit)
        if rows:
            claims.keep_alive()
        for row in rows:
            read(row)
    return len(rows)


def _claim(claim: str, limit: int) -> list[Incoming]:
    moment = now()
    due = Incoming.objects.filter(
        state=Incoming.State.RECEIVED, claim="", next_attempt_at__lte=moment
    ).order_by("next_attempt_at", "id")
    if not due.exists():  # a plain read: an idle worker takes no write lock
        return []
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",))
    with transaction.atomic():
        rows = list(due.select_related("inbox", "inbox__account")[:limit])
        Incoming.objects.filter(pk__in=[row.pk for row in rows]).update(
            claim=claim, claimed_until=moment + claims.LEASE
        )
    for row in rows:
        row.claim = claim
    return rows


def _free_stranded() -> None:
    """Give back what a worker that is gone had begun or meant to read, and what was planned while the clock ran ahead."""
    moment = now()
    waiting = Incoming.objects.filter(state=Incoming.State.RECEIVED)
    held = waiting.exclude(claim="").values_list("claim", "claimed_until").distinct()
    for claim in {claim for claim, until in held if claims.is_lost(claim, until, at=moment)}:
        log.warning("in_tray.stranded", claim=claim)
        waiting.filter(claim=claim).update(
            claim="", claimed_until=None, next_attempt_at=moment, planned_at=moment
        )
    wrong = waiting.filter(ahead("planned_at", at=moment), claim="")
    if wrong.exists():
        wrong.update(next_attempt_at=moment, planned_at=moment)


def read(row: Incoming) -> None:
    """Read one payload. Its messages and its state `processed` are one transaction, so it counts once.

    A fault of what we depend on puts it off, however often; a fault of ours or of the payload quarantines it.
    """
    if row.inbox is None or row.inbox.deleted_at is not None:
        _finish(row, Incoming.State.QUARANTINED, "nobody_here")
        return
    if row.attempts >= MAX_READS:
        _finish(row, Incoming.State.QUARANTINED, "ended_worker")
        return
    try:
        row.attempts += 1
        # Before it is read: what kills the worker would otherwise be tried for ever.
        Incoming.objects.filter(pk=row.pk).update(attempts=row.attempts)
        with row.raw.open("rb") as raw:
            parsed = channel_for(row.channel).parse(
                raw, {**row.meta, "provider_key": row.provider_key}, row.inbox
            )
            with transaction.atomic():
                stored = store_reports(row.inbox, [one for one in parsed if isinstance(one, DeliveryReport)])
                for one in parsed:
                    if isinstance(one, IncomingMessage):
                        stored = stored.or_then(store(row.inbox, one))
                _finish(row, Incoming.State.PROCESSED, stored.reason, message=stored.message)
    except Exception as error:  # a fault of ours must not lose the payload
        _set_aside(row, error)


def _set_aside(row: Incoming, error: Exception) -> None:
    """What cannot be read now, or ever; called where that is handled."""
    if isinstance(error, Ignored):
        _finish(row, Incoming.State.IGNORED, str(error))
    elif isinstance(error, Unreadable):
        _finish(row, Incoming.State.QUARANTINED, str(error) or "payload_unreadable")
    elif is_passing(error) or isinstance(error, TooManyMessages):
        _postpone(row, error)
    else:  # quarantine keeps it, the log tells us
        log.exception("in_tray.unreadable", incoming=row.pk, channel=row.channel)
        _finish(row, Incoming.State.QUARANTINED, f"fault: {type(error).__name__}: {error}"[:500])


def _postpone(row: Incoming, error: Exception) -> None:
    """Later, and as if it had not been begun: it is not its fault."""
    log.warning("in_tray.postponed", incoming=row.pk, times=row.postponements + 1, error=repr(error))
    row.postponements += 1
    row.attempts -= 1
    pause = pause_after(min(row.postponements, _LONGEST_PAUSE)) or timedelta(minutes=15)
    write_down(lambda: _plan(row, pause))


def _plan(row: Incoming, pause: timedelta) -> None:
    moment = now()
    Incoming.objects.filter(pk=row.pk).update(
        attempts=row.attempts,
        postponements=row.postponements,
        planned_at=moment,
        next_attempt_at=moment + pause,
        claim="",
        claimed_until=None,
    )


def _finish(row: Incoming, state: Incoming.State, reason: str, *, message: Message | None = None) -> None:
    row.state, row.reason, row.processed_at = state, reason, now()
    row.claim, row.claimed_until = "", None
    if message is not None:
        row.message = message
    else:
        row.sender, row.subject = glance(row)
    row.save(
        update_fields=[
            "state", "reason", "processed_at", "attempts", "message", "sender", "subject", "claim", "claimed_until"
        ]
    )  # fmt: skip


def glance(row: Incoming) -> tuple[str, str]:
    """(sender, subject) of a payload, for a list that people read; empty where its bytes or its channel do not say."""
    channel = registry().get(row.channel)
    if not hasattr(channel, "glance"):
        return "", ""
    try:
        with row.raw.open("rb") as raw:
            seen = cast(GlancingChannel, channel).glance(raw, row.meta)
    except Exception:  # a line in a list is not worth a payload
        log.warning("in_tray.no_glance", incoming=row.pk, exc_info=True)
        return "", ""
    return storable(seen.sender)[:_SENDER_CHARS], storable(seen.subject)[:_SUBJECT_CHARS]


def discard(row: Incoming) -> bool:
    """Someone looked at what lies in quarantine and wants none of it: it counts as ignored, and can still be read again.

    False, and nothing happens, for what is not in quarantine any more.
    """
    quarantined = Incoming.objects.filter(pk=row.pk, state=Incoming.State.QUARANTINED)
    changed = quarantined.update(state=Incoming.State.IGNORED, reason="discarded", processed_at=now())
    row.refresh_from_db()
    return changed == 1


def run_again(row: Incoming) -> Incoming:
    """Read once more what lies in quarantine, or make a message of what was ignored, because someone wants it.

    What became a message, or waits to be read, stays as it is: asked for twice, it is there once.
    """
    wanted = row.state == Incoming.State.IGNORED
    claim, moment = claims.new(), now()
    with claims.holding(claim, lambda: None):
        changed = Incoming.objects.filter(
            pk=row.pk, state__in=[Incoming.State.QUARANTINED, Incoming.State.IGNORED]
        ).update(
            state=Incoming.State.RECEIVED,
            reason="",
            attempts=0,
            postponements=0,
            next_attempt_at=moment,
            planned_at=moment,
            claim=claim,
            claimed_until=moment + claims.LEASE,
            meta={**row.meta, "wanted": True} if wanted else row.meta,
        )
        row.refresh_from_db()
        if changed:
            read(row)
    return row
