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
from django.db import DatabaseError, IntegrityError, connection, transaction

from ventanilla.delivery.backoff import pause_after
from ventanilla.delivery.models import Incoming
from ventanilla.delivery.receiving import store_all
from ventanilla.events import wakeup
from ventanilla.inboxes.channel import GlancingChannel, Ignored, Unreadable, channel_of, registry
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import tokens
from ventanilla.kit.clock import now
from ventanilla.kit.texts import storable

log = structlog.get_logger("delivery")

_SENDER_CHARS, _SUBJECT_CHARS = 320, 500  # of the columns
MAX_READS = 6  # then quarantine: a payload that keeps failing must not be tried for ever
_CLAIM = timedelta(minutes=5)  # a worker that dies while reading gives the row back after this


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
) -> Incoming:
    """Store one payload as it came and return its row; a payload kept before returns that row.

    `account_id`: who may look at it, for one that no inbox takes.

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
    )
    row.raw.save(tokens.random_token(), File(content), save=False)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            transaction.on_commit(wakeup.notify)
    except IntegrityError:  # the same payload came twice at once
        row.raw.delete(save=False)
        again = _find(channel, inbox, key)
        if again is None:
            raise
        return again
    return row


def _find(channel: str, inbox: Inbox | None, key: str) -> Incoming | None:
    return Incoming.objects.filter(channel=channel, inbox=inbox, provider_key=key).first()


def read_due(*, limit: int = 50) -> int:
    """Read what is waiting and due; returns how many rows were looked at. Safe in several workers at once."""
    rows = _claim(limit)
    for row in rows:
        read(row)
    return len(rows)


def _claim(limit: int) -> list[Incoming]:
    moment = now()
    due = Incoming.objects.filter(state=Incoming.State.RECEIVED, next_attempt_at__lte=moment).order_by(
        "next_attempt_at", "id"
    )
    if not due.exists():  # a plain read: an idle worker takes no write lock
        return []
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",))
    with transaction.atomic():
        rows = list(due.select_related("inbox", "inbox__account")[:limit])
        Incoming.objects.filter(pk__in=[row.pk for row in rows]).update(next_attempt_at=moment + _CLAIM)
    return rows


def read(row: Incoming) -> None:
    """Read one payload. Its messages and its state `processed` are one transaction, so it counts once."""
    if row.inbox is None or row.inbox.deleted_at is not None:
        _finish(row, Incoming.State.QUARANTINED, "nobody_here")
        return
    if row.attempts >= MAX_READS:
        _finish(row, Incoming.State.QUARANTINED, "ended_worker")
        return
    row.attempts += 1
    # Before it is read: what kills the worker would otherwise be tried for ever.
    Incoming.objects.filter(pk=row.pk).update(attempts=row.attempts)
    try:
        with row.raw.open("rb") as raw:
            parsed = channel_of(row.channel).parse(
                raw, {**row.meta, "provider_key": row.provider_key}, row.inbox
            )
            with transaction.atomic():
                stored = store_all(row.inbox, parsed)
                message_id = stored.message.pk if stored.message is not None else None
                _finish(row, Incoming.State.PROCESSED, stored.reason, message_id=message_id)
    except Ignored as reason:
        _finish(row, Incoming.State.IGNORED, str(reason))
    except Unreadable as reason:
        _finish(row, Incoming.State.QUARANTINED, str(reason) or "payload_unreadable")
    except (DatabaseError, OSError) as error:
        _postpone(row, error)
    except (
        Exception
    ) as error:  # a fault of ours must not lose the payload: quarantine keeps it, the log tells us
        log.exception("in_tray.unreadable", incoming=row.pk, channel=row.channel)
        _finish(row, Incoming.State.QUARANTINED, f"fault: {type(error).__name__}: {error}"[:500])


def _postpone(row: Incoming, error: Exception) -> None:
    pause = pause_after(row.attempts)
    if pause is None or row.attempts >= MAX_READS:
        _finish(row, Incoming.State.QUARANTINED, f"fault: {type(error).__name__}: {error}"[:500])
        return
    log.warning("in_tray.postponed", incoming=row.pk, attempts=row.attempts, error=str(error))
    Incoming.objects.filter(pk=row.pk).update(attempts=row.attempts, next_attempt_at=now() + pause)


def _finish(row: Incoming, state: Incoming.State, reason: str, *, message_id: int | None = None) -> None:
    row.state, row.reason, row.processed_at = state, reason, now()
    if message_id is not None:
        row.message_id = message_id
    else:
        row.sender, row.subject = glance(row)
    row.save(update_fields=["state", "reason", "processed_at", "attempts", "message", "sender", "subject"])


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


def run_again(row: Incoming) -> Incoming:
    """Read once more what lies in quarantine, or make a message of what was ignored, because somebody wants it.

    What became a message, or waits to be read, stays as it is: asked for twice, it is there once.
    """
    wanted = row.state == Incoming.State.IGNORED
    changed = Incoming.objects.filter(
        pk=row.pk, state__in=[Incoming.State.QUARANTINED, Incoming.State.IGNORED]
    ).update(
        state=Incoming.State.RECEIVED,
        reason="",
        attempts=0,
        next_attempt_at=now() + _CLAIM,
        meta={**row.meta, "wanted": True} if wanted else row.meta,
    )
    row.refresh_from_db()
    if changed:
        read(row)
    return row
