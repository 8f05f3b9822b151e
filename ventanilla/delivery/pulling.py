"""Asking providers that do not call us: each inbox has one watcher among all workers.

A payload is in the in-tray, committed, before its mark is; a crash in between fetches it again, and the in-tray knows it.
"""

from __future__ import annotations

import math
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import close_old_connections, connections, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.delivery import in_tray, renewing
from ventanilla.delivery.health import WATCHING_BELL, ask_now, note_failure, note_partly, note_success
from ventanilla.delivery.models import ReadMark, Watch
from ventanilla.events import wakeup
from ventanilla.inboxes.channel import (
    NotFetched,
    PartlyFailed,
    Pulled,
    PullingChannel,
    SignInRefused,
    Unreachable,
    pulling,
    registry,
)
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import row_by_row
from ventanilla.kit.clock import is_over, now

log = structlog.get_logger("delivery.pulling")

LEASE = timedelta(minutes=3)
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 10.0, 900.0
SHORTEST_WAIT_SECONDS = 1.0
# The contract's figure: after so many refusals in a row the inbox asks for its administrator, and is left alone.
MOST_SIGN_IN_FAILURES = 10


def pull(inbox: Inbox, *, must_stop: Callable[[], bool] = lambda: False) -> int:
    """Fetch what is new; how many payloads were kept. Raises Unreachable or SignInRefused.

    `must_stop` is asked after each payload: a first sync takes longer than a lease, and a stop must not wait for its end.
    A token that ends is renewed before, and once more when the provider refuses it.
    """
    channel = pulling(inbox.kind)
    if channel is None or not channel.pulls_from(inbox):
        return 0
    renewing.renew_if_due(inbox)
    try:
        return _pull(inbox, channel, must_stop)
    except SignInRefused:
        if not renewing.renew_refused(inbox):
            raise
        return _pull(inbox, channel, must_stop)


def _pull(inbox: Inbox, channel: PullingChannel, must_stop: Callable[[], bool]) -> int:
    kept = 0
    for item in channel.pull(inbox, marks_of(inbox)):
        if isinstance(item, Pulled):
            in_tray.keep(item.raw, channel=inbox.kind, inbox=inbox, meta=item.meta)
            kept += 1
        else:
            ReadMark.objects.update_or_create(
                inbox=inbox, place=item.place, defaults={"values": dict(item.values), "checked_at": now()}
            )
            if must_stop():
                break
    return kept


def marks_of(inbox: Inbox) -> dict[str, dict[str, Any]]:
    """How far each place of the inbox was read."""
    return dict(ReadMark.objects.filter(inbox=inbox).values_list("place", "values"))


def not_fetched(inbox: Inbox) -> list[NotFetched]:
    """What the inbox's provider could not give, for people to see."""
    channel = pulling(inbox.kind)
    return list(channel.not_fetched(inbox, marks_of(inbox))) if channel and channel.pulls_from(inbox) else []


@transaction.atomic
def look_now(inbox: Inbox) -> None:
    """Someone asks: look at once, also for what could not be had before."""
    channel = pulling(inbox.kind)
    if channel is None:
        return
    for mark in ReadMark.objects.select_for_update().filter(inbox=inbox):
        asked = dict(channel.ask_again(mark.values))
        if asked != mark.values:
            ReadMark.objects.filter(pk=mark.pk).update(values=asked)
    ask_now(inbox)


class Watcher(threading.Thread):
    """Watches one inbox until it is told to stop, loses its lease, or the inbox has nothing to fetch from any more."""

    def __init__(self, inbox_id: int, name: str) -> None:
        super().__init__(name=f"watch-{inbox_id}", daemon=True)
        self.inbox_id = inbox_id
        self.me = name
        self.stopping = threading.Event()
        self._called = threading.Event()  # someone asked to look now
        self._asked_at: datetime | None = None
        self._failures = 0
        self._renewed_at = -math.inf  # by a clock that no one sets

    def run(self) -> None:
        """Fetch, wait, and fetch again."""
        try:
            while not self.stopping.is_set() and self._holds():
                inbox = _watched().filter(pk=self.inbox_id).select_related("account").first()
                channel = pulling(inbox.kind) if inbox is not None else None
                if inbox is None or channel is None or not channel.pulls_from(inbox):
                    break
                with translation.override(inbox.account.locale):  # causes are kept in the account's language
                    self._once(inbox, channel)
                close_old_connections()
        finally:
            Watch.objects.filter(inbox_id=self.inbox_id, watcher=self.me).update(
                watcher="", watched_until=None
            )
            connections.close_all()

    def call(self, asked_at: datetime) -> None:
        """Look now, if this was not asked before."""
        if asked_at != self._asked_at:
            self._asked_at = asked_at
            self.end_pause()

    def end_pause(self) -> None:
        """Let go of a pause: to stop, or to look."""
        self._called.set()

    def _once(self, inbox: Inbox, channel: PullingChannel) -> None:
        self._called.clear()
        try:
            self._look(inbox, channel)
            began = time.monotonic()
            channel.wait(inbox, marks_of(inbox), should_stop=self._must_stop)
            # A server whose word is wrong must not be asked without a pause.
            self.stopping.wait(max(0.0, SHORTEST_WAIT_SECONDS - (time.monotonic() - began)))
        except SignInRefused as error:
            _note_refusal(inbox, str(error))
            self._pause()
        except Unreachable as error:
            note_failure(inbox, str(error))
            self._pause()
        except Exception as error:  # a fault of ours must not end the watch; it is tried again
            log.exception("pulling.failed", inbox=inbox.pk)
            fault = _("An error in this program. The log has the details.")
            note_failure(inbox, f"{fault} ({type(error).__name__})")
            self._pause()

    def _look(self, inbox: Inbox, channel: PullingChannel) -> None:
        """Fetch, and note how it went."""
        try:
            pull(inbox, must_stop=self._must_stop)
        except PartlyFailed as error:
            note_partly(inbox, str(error))
        else:
            if note_success(inbox):
                _call_neighbours(inbox, channel)
        self._failures = 0
        Watch.objects.filter(inbox=inbox, sign_in_failures__gt=0).update(sign_in_failures=0)

    def _must_stop(self) -> bool:
        return self.stopping.is_set() or self._called.is_set() or not self._holds()

    def _pause(self) -> None:
        self._failures += 1
        left = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(self._failures - 1, 10))
        while left > 0 and not self._must_stop():
            self._called.wait(min(20.0, left))
            left -= 20.0

    def _holds(self) -> bool:
        """Keep the lease: asked every second while waiting, written every quarter of its length."""
        if time.monotonic() - self._renewed_at < LEASE.total_seconds() / 4:
            return True
        self._renewed_at = time.monotonic()
        held = Watch.objects.filter(inbox_id=self.inbox_id, watcher=self.me)
        return held.update(watched_until=now() + LEASE) == 1


def _call_neighbours(inbox: Inbox, channel: PullingChannel) -> None:
    """A server that is back is back for all its mailboxes: those that wait for it wait no longer."""
    server = channel.server_of(inbox)
    failing = _watched().filter(failing_since__isnull=False, kind=inbox.kind).exclude(pk=inbox.pk)
    if server:
        ask_now(*(other for other in failing if channel.server_of(other) == server))


_watchers: dict[int, Watcher] = {}


@wakeup.rung_by(WATCHING_BELL, every_seconds=2.0)
def keep_watching() -> int:
    """See to it that every inbox is watched by someone. A tray of the worker; always 0, for it never has to hurry."""
    for inbox_id, watcher in list(_watchers.items()):
        if not watcher.is_alive():
            del _watchers[inbox_id]
    row_by_row.each(list(_watched()), _watch, where="delivery.keep_watching")
    asked = Watch.objects.filter(inbox_id__in=list(_watchers), asked_at__isnull=False)
    for inbox_id, moment in asked.values_list("inbox_id", "asked_at"):
        if moment is not None:
            _watchers[inbox_id].call(moment)
    return 0


def _watch(inbox: Inbox) -> None:
    channel = pulling(inbox.kind)
    if inbox.pk in _watchers or channel is None or not channel.pulls_from(inbox):
        return
    me = f"{socket.gethostname()}:{os.getpid()}"[-64:]
    if _lease(inbox.pk, me):
        watcher = _watchers[inbox.pk] = Watcher(inbox.pk, me)
        watcher.start()


def stop_watching() -> None:
    """Let go of every inbox of this process."""
    for watcher in _watchers.values():
        watcher.stopping.set()
        watcher.end_pause()
    for watcher in list(_watchers.values()):
        watcher.join(10)
    _watchers.clear()


def _watched() -> QuerySet[Inbox]:
    kinds = [kind for kind in registry() if pulling(kind) is not None]
    return Inbox.objects.filter(
        kind__in=kinds, deleted_at__isnull=True, reauthorization_required=False, account__status="active"
    )


@transaction.atomic
def _lease(inbox_id: int, me: str) -> bool:
    watch, _created = Watch.objects.get_or_create(inbox_id=inbox_id)
    if watch.watcher and not _is_dead(watch.watcher) and not is_over(watch.watched_until, longest=LEASE):
        return watch.watcher == me
    mine = Watch.objects.filter(pk=watch.pk, watcher=watch.watcher)
    return mine.update(watcher=me, watched_until=now() + LEASE) == 1


def _is_dead(watcher: str) -> bool:
    """Whether it was a process of this machine that is gone: killed, it could not let go of its lease."""
    host, _colon, number = watcher.rpartition(":")
    if host != socket.gethostname()[-len(host) :] or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@transaction.atomic
def _note_refusal(inbox: Inbox, reason: str) -> None:
    """Count it; at the limit the inbox asks for its administrator and is no longer watched."""
    watch, _created = Watch.objects.get_or_create(inbox=inbox)
    watch.sign_in_failures += 1
    watch.save(update_fields=["sign_in_failures"])
    note_failure(inbox, reason, needs_sign_in=watch.sign_in_failures >= MOST_SIGN_IN_FAILURES)
