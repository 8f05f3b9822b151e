"""Work by the clock: snoozes that end, conversations that no one continues with."""

from __future__ import annotations

from datetime import timedelta

import structlog

from ventanilla.accounts.commands.platform import closed_accounts
from ventanilla.accounts.models import Account
from ventanilla.conversations import selectors
from ventanilla.conversations.commands import auto_resolve, mend_future, remind, wake
from ventanilla.conversations.commands.canned import purge_canned_response
from ventanilla.conversations.commands.closing import delete_closed_account, delete_hidden_inbox
from ventanilla.conversations.commands.due import note_fault, send_due
from ventanilla.conversations.models import CannedResponse
from ventanilla.conversations.models.kept import carried
from ventanilla.events.timed import timed_job
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.selectors import hidden_inboxes
from ventanilla.kit import row_by_row, storage
from ventanilla.kit.clock import SKEW, now

log = structlog.get_logger("conversations")

_RESTORABLE = timedelta(days=1)
_BATCH = 100  # contract F.1: at most so many an account and run


@timed_job(name="conversations.wake_snoozed", every=timedelta(seconds=30))
def wake_snoozed() -> int:
    """Open what was snoozed until now or earlier, however long ago: the server may have been down. How many."""
    due = selectors.snoozes_over(at=now())
    woken = row_by_row.walk(due, wake, where="conversations.wake_snoozed")
    if woken:
        log.info("conversations.woken", count=woken)
    return woken


@timed_job(name="conversations.remind", every=timedelta(seconds=10))
def remind_due() -> int:
    """Remind agents of what they chose to be reminded of until now or earlier. How many."""
    return row_by_row.walk(selectors.reminders_due(at=now()), remind, where="conversations.remind")


@timed_job(name="conversations.send_scheduled", every=timedelta(seconds=10))
def send_scheduled() -> int:
    """Send messages whose moment has come, however long ago: the server may have been down. How many."""
    # Each row is looked at once a run: what cannot be sent is put off or gives up.
    due = list(selectors.scheduled_due(at=now())[:_BATCH])
    sent = row_by_row.each(due, send_due, where="conversations.send_scheduled", failed=note_fault)
    if sent:
        log.info("conversations.scheduled_sent", count=sent)
    return sent


@timed_job(name="conversations.auto_resolve", every=timedelta(minutes=5))
def auto_resolve_idle() -> int:
    """Resolve open conversations without activity for as many days as their account says. How many."""
    accounts = Account.objects.filter(auto_resolve_duration__isnull=False, status=Account.Status.ACTIVE)
    resolved = row_by_row.each(list(accounts), _resolve_idle, where="conversations.auto_resolve")
    if resolved:
        log.info("conversations.auto_resolved", count=resolved)
    return resolved


def _resolve_idle(account: Account) -> int:
    days = account.auto_resolve_duration
    if not days:
        return 0
    since = now() - timedelta(days=days)
    return row_by_row.walk(
        selectors.idle_conversations(account, since=since),
        lambda conversation: auto_resolve(conversation, idle_since=since, days=days),
        where="conversations.auto_resolve",
        at_most=_BATCH,
    )


@timed_job(name="conversations.mend_future_activity", every=timedelta(minutes=10))
def mend_future_activity() -> int:
    """Take back to now what a clock that ran ahead wrote: such a conversation would head every list for days. How many."""
    accounts = Account.objects.filter(status=Account.Status.ACTIVE).only("id")
    mended = row_by_row.each(list(accounts), _mend_future, where="conversations.mend_future_activity")
    if mended:
        log.warning("conversations.future_mended", count=mended)
    return mended


def _mend_future(account: Account) -> int:
    ahead = selectors.in_the_future(account, at=now() + SKEW)
    return row_by_row.walk(ahead, mend_future, where="conversations.mend_future_activity", at_most=_BATCH)


@timed_job(
    name="conversations.delete_closed_accounts", every=timedelta(minutes=10), at_most=timedelta(hours=2)
)
def delete_closed_accounts() -> int:
    """Delete accounts that an operator closed, with everything in them. How many."""
    return row_by_row.walk(
        closed_accounts(), _delete_closed_account, where="conversations.delete_closed_accounts"
    )


def _delete_closed_account(account: Account) -> bool:
    delete_closed_account(account)
    log.info("conversations.account_deleted", account=account.name)
    return True


@timed_job(name="conversations.delete_hidden_inboxes", every=timedelta(minutes=1), at_most=timedelta(hours=2))
def delete_hidden_inboxes() -> int:
    """Delete inboxes that were asked to be deleted, with everything in them. How many."""
    return row_by_row.walk(
        hidden_inboxes(), _delete_hidden_inbox, where="conversations.delete_hidden_inboxes"
    )


def _delete_hidden_inbox(inbox: Inbox) -> bool:
    delete_hidden_inbox(inbox)
    log.info("conversations.inbox_deleted", inbox=inbox.name)
    return True


@timed_job(name="conversations.delete_unused_uploads", every=timedelta(days=1))
def delete_unused_uploads() -> int:
    """Throw away what clients put straight into the storage two to eight days ago and never attached. How many."""
    unused = 0
    for age in range(2, 9):
        keys = storage.keys_of_day(storage.DIRECT_FOLDER, (now() - timedelta(days=age)).date())
        wanted = carried(keys)
        for key in keys:
            if key not in wanted:
                storage.delete(key)
                unused += 1
    return unused


@timed_job(name="conversations.purge_canned_responses", every=timedelta(hours=1))
def purge_canned_responses() -> int:
    """Delete for good what was deleted a day ago and never brought back. How many."""
    gone = list(selectors.deleted_canned_responses(before=now() - _RESTORABLE)[:_BATCH])
    return row_by_row.each(gone, _purge_canned, where="conversations.purge_canned_responses")


def _purge_canned(response: CannedResponse) -> int:
    purge_canned_response(response)
    return 1
