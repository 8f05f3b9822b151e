"""Work by the clock: snoozes that end, conversations that nobody goes on with."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import structlog

from ventanilla.accounts.commands.platform import closed_accounts
from ventanilla.accounts.models import Account
from ventanilla.conversations import selectors
from ventanilla.conversations.commands import auto_resolve, mend_future, wake
from ventanilla.conversations.commands.closing import delete_closed_account, delete_hidden_inbox
from ventanilla.conversations.commands.scheduled import note_fault, send_due
from ventanilla.conversations.models import Attachment, ScheduledFile
from ventanilla.events.timed import timed_job
from ventanilla.inboxes.selectors import hidden_inboxes
from ventanilla.kit import storage
from ventanilla.kit.clock import SKEW, now
from ventanilla.kit.errors import NotFound

log = structlog.get_logger("conversations")

_BATCH = 100  # contract F.1: at most so many an account and run


@timed_job(name="conversations.wake_snoozed", every=timedelta(seconds=30))
def wake_snoozed() -> int:
    """Open what was snoozed until now or earlier, however long ago: the server may have been down. How many."""
    woken, moment = 0, now()
    # Read a batch to its end before writing: a reader left open would make SQLite refuse the write when others wrote too.
    while batch := list(selectors.snoozes_over(at=moment)[:_BATCH]):
        opened = sum(wake(conversation) for conversation in batch)
        woken += opened
        if opened == 0:
            break
    if woken:
        log.info("conversations.woken", count=woken)
    return woken


@timed_job(name="conversations.send_scheduled", every=timedelta(seconds=10))
def send_scheduled() -> int:
    """Send messages whose moment has come, however long ago: the server may have been down. How many."""
    sent = 0
    # Each row is looked at once a run: what cannot be sent is put off or gives up.
    for scheduled in list(selectors.scheduled_due(at=now())[:_BATCH]):
        try:
            sent += send_due(scheduled)
        except Exception:
            log.exception("conversations.scheduled_fault", scheduled=scheduled.pk)
            with suppress(NotFound):
                note_fault(scheduled)
    if sent:
        log.info("conversations.scheduled_sent", count=sent)
    return sent


@timed_job(name="conversations.auto_resolve", every=timedelta(minutes=5))
def auto_resolve_idle() -> int:
    """Resolve open conversations without activity for as many days as their account says. How many."""
    resolved = 0
    for account in Account.objects.filter(auto_resolve_duration__isnull=False, status=Account.Status.ACTIVE):
        days = account.auto_resolve_duration
        if not days:
            continue
        idle_since = now() - timedelta(days=days)
        for conversation in selectors.idle_conversations(account, since=idle_since)[:_BATCH]:
            resolved += auto_resolve(conversation, idle_since=idle_since, days=days)
    if resolved:
        log.info("conversations.auto_resolved", count=resolved)
    return resolved


@timed_job(name="conversations.mend_future_activity", every=timedelta(minutes=10))
def mend_future_activity() -> int:
    """Take back to now what a clock that ran ahead wrote: such a conversation would head every list for days. How many."""
    mended = 0
    for account in Account.objects.filter(status=Account.Status.ACTIVE).only("id"):
        mended += sum(
            mend_future(one) for one in list(selectors.in_the_future(account, at=now() + SKEW)[:_BATCH])
        )
    if mended:
        log.warning("conversations.future_mended", count=mended)
    return mended


@timed_job(
    name="conversations.delete_closed_accounts", every=timedelta(minutes=10), at_most=timedelta(hours=2)
)
def delete_closed_accounts() -> int:
    """Delete accounts that an operator closed, with everything in them. How many."""
    deleted = 0
    for account in closed_accounts():
        delete_closed_account(account)
        deleted += 1
        log.info("conversations.account_deleted", account=account.name)
    return deleted


@timed_job(name="conversations.delete_hidden_inboxes", every=timedelta(minutes=1), at_most=timedelta(hours=2))
def delete_hidden_inboxes() -> int:
    """Delete inboxes that were asked to be deleted, with everything in them. How many."""
    deleted = 0
    for inbox in hidden_inboxes():
        delete_hidden_inbox(inbox)
        deleted += 1
        log.info("conversations.inbox_deleted", inbox=inbox.name)
    return deleted


@timed_job(name="conversations.delete_unused_uploads", every=timedelta(days=1))
def delete_unused_uploads() -> int:
    """Throw away what clients put straight into the storage two to eight days ago and never attached. How many."""
    unused = 0
    for age in range(2, 9):
        keys = storage.keys_of_day(storage.DIRECT_FOLDER, (now() - timedelta(days=age)).date())
        attached = set(Attachment.objects.filter(file__in=keys).values_list("file", flat=True))
        waiting = set(ScheduledFile.objects.filter(file__in=keys).values_list("file", flat=True))
        for key in keys:
            if key not in attached | waiting:
                storage.delete(key)
                unused += 1
    return unused
