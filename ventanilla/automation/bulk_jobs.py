"""From the tray: changes of many conversations, one conversation at a time.

What becomes of a conversation is written in the transaction that changes it. Killed in the middle, the next worker goes on
at the first that still waits, and nothing happens twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog
from django.db import DatabaseError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.accounts.models import Membership
from ventanilla.automation import performing, registry
from ventanilla.automation.action import Acting, Action, Step
from ventanilla.automation.bulk_selectors import AT_WORK
from ventanilla.automation.commands.bulk import BELL, as_json, end_bulk_change, steps_of, tell
from ventanilla.automation.errors import reason_of
from ventanilla.automation.models import BulkChange, BulkItem, BulkRefusal
from ventanilla.conversations.models import Conversation
from ventanilla.conversations.policies import visibility_for
from ventanilla.events import claims, wakeup
from ventanilla.events.timed import timed_job
from ventanilla.kit import row_by_row
from ventanilla.kit.clock import now
from ventanilla.kit.errors import NotFound, Refusal

_AT_ONCE = 20
_TOLD_EVERY_SECONDS = 0.7
# Between batches others write: SQLite has one lock, and a loop of short transactions would still have it nearly always.
_REST_SECONDS = 0.004
_KEPT_FOR = timedelta(days=7)
_FORGOTTEN_AT_ONCE = 100
_RELATED = ("account", "inbox", "contact", "contact_inbox")
State = BulkItem.State
Happening = Callable[[BulkItem, Conversation], None]
log = structlog.get_logger("automation")


@wakeup.rung_by(BELL, every_seconds=5.0)
def work_on_bulk_changes() -> int:
    """Do one change as far as it goes; 0 when none waits. A tray of the worker."""
    claim = claims.new()
    mine = BulkChange.objects.filter(claim=claim)
    with claims.holding(claim, lambda: mine.update(claimed_until=now() + claims.LEASE)):
        change = _claim(claim)
        if change is None:
            return 0
        claims.keep_alive()
        try:
            _work(change, claim)
        finally:
            mine.update(claim="", claimed_until=None)
    return 1


@transaction.atomic
def _claim(claim: str) -> BulkChange | None:
    waiting = BulkChange.objects.filter(state__in=AT_WORK).select_related("account", "user").order_by("pk")
    if not waiting.exists():
        return None
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True, of=("self",))
    moment = now()
    for change in waiting:
        if change.claim and not claims.is_lost(change.claim, change.claimed_until, at=moment):
            continue
        change.claim, change.claimed_until = claim, moment + claims.LEASE
        change.save(update_fields=["claim", "claimed_until"])
        return change
    return None


def _work(change: BulkChange, claim: str) -> None:
    language = (change.user.ui_settings or {}).get("locale") or change.account.locale
    told = time.monotonic()
    with translation.override(language):
        one_by_one = _undo if change.state == BulkChange.State.UNDOING else _do
        while items := _next(change, claim):
            one_by_one(change, items)
            if time.monotonic() - told > _TOLD_EVERY_SECONDS:
                told = time.monotonic()
                with transaction.atomic():
                    tell(change, by=None)
            time.sleep(_REST_SECONDS)
    end_bulk_change(change, claim=claim)


def _next(change: BulkChange, claim: str) -> list[BulkItem]:
    """The next few; none where it was cancelled, or is another's meanwhile. Undone is what was done last first."""
    if not BulkChange.objects.filter(pk=change.pk, claim=claim, state=change.state).exists():
        return []
    undoing = change.state == BulkChange.State.UNDOING
    rows = change.items.filter(state=State.CHANGED if undoing else State.WAITING)
    if undoing:
        rows = rows.filter(reason="")
    return list(rows.order_by("-pk" if undoing else "pk")[:_AT_ONCE])


def _member(change: BulkChange) -> Membership | None:
    return Membership.objects.filter(account=change.account, user=change.user, invited_email="").first()


def _acting(change: BulkChange, member: Membership | None) -> Acting:
    acting = Acting(account=change.account, by=change.user, member=member, run=f"bulk-{change.pk}")
    return replace(acting, event=f"macro_event.{change.name}") if change.name else acting


def _visible(
    change: BulkChange, member: Membership | None, items: Sequence[BulkItem]
) -> dict[int, Conversation]:
    """Those of them that whoever asked may see now: they may have lost an inbox, or their place in the account."""
    if member is None:
        return {}
    sight = visibility_for(change.user, change.account, membership=member)
    rows = Conversation.objects.filter(sight.q(), pk__in=[item.conversation_id for item in items])
    return {row.pk: row for row in rows.select_related(*_RELATED)}


def _do(change: BulkChange, items: Sequence[BulkItem]) -> None:
    member = _member(change)
    found = _visible(change, member, items)
    acting = _acting(change, member)
    happen = _each_step(change, acting) if change.name else _all_steps(change, acting)
    for item in items:
        _one(item, found.get(item.conversation_id), happen, otherwise=State.REFUSED)


def _all_steps(change: BulkChange, acting: Acting) -> Happening:
    """Of a change: all of it happens to a conversation, or nothing."""
    planned = _plan(steps_of(change.steps), acting)

    def apply(item: BulkItem, conversation: Conversation) -> None:
        plan = planned()
        performing.check(plan, [conversation])
        outcome = next(performing.until_refused(plan, [conversation]))
        if outcome.refused:
            raise outcome.refused[0][1]
        item.state, item.undo = State.CHANGED, as_json(outcome.undo)

    return apply


def _each_step(change: BulkChange, acting: Acting) -> Happening:
    """Of a macro: each step happens or says why not, and keeps no other from happening."""
    planned = [_plan([step], acting) for step in steps_of(change.steps)]

    def apply(item: BulkItem, conversation: Conversation) -> None:
        refusals: list[BulkRefusal] = []
        undo: list[Step] = []
        for position, plan in enumerate(planned):
            try:
                with transaction.atomic():
                    (action,) = plan()
                    action.check([conversation])
                    back = action.undoing(conversation)
                    action.apply(conversation)
            except DatabaseError:
                raise  # the next worker tries this conversation again
            except Exception as fault:
                refusals.append(BulkRefusal(item=item, position=position, reason=_why(fault, item)))
            else:
                undo[:0] = back
        BulkRefusal.objects.bulk_create(refusals)
        item.state = State.CHANGED if len(refusals) < len(planned) else State.REFUSED
        item.undo = as_json(undo)

    return apply


def _why(fault: Exception, item: BulkItem) -> str:
    if isinstance(fault, Refusal):
        return reason_of(fault)
    log.error("bulk.step_failed", item=item.pk, exc_info=fault)
    return _("Something went wrong on our side.")


def _undo(change: BulkChange, items: Sequence[BulkItem]) -> None:
    member = _member(change)
    found = _visible(change, member, items)
    acting = _acting(change, member)

    def apply(item: BulkItem, conversation: Conversation) -> None:
        for action in registry.plan(steps_of(item.undo), acting=acting):
            action.apply(conversation)
        item.state = State.UNDONE

    for item in items:
        _one(item, found.get(item.conversation_id), apply, otherwise=State.CHANGED)


def _plan(steps: Sequence[Step], acting: Acting) -> Callable[[], list[Action]]:
    """The plan, read once; a refusal of the steps themselves is every item's."""
    plan: list[Action] = []

    def planned() -> list[Action]:
        if not plan:
            plan.extend(registry.plan(steps, acting=acting))
        return plan

    return planned


def _one(
    item: BulkItem,
    conversation: Conversation | None,
    apply: Happening,
    *,
    otherwise: str,
) -> None:
    """All of it happens to the conversation and is written down, or only the refusal is."""
    try:
        with transaction.atomic():
            if conversation is None:
                raise NotFound
            apply(item, conversation)
            item.save(update_fields=["state", "undo"])
    except Refusal as refusal:
        item.state, item.reason = otherwise, str(refusal.message)
        item.save(update_fields=["state", "reason"])


@timed_job(name="automation.forget_bulk_changes", every=timedelta(hours=6))
def forget_bulk_changes() -> int:
    """Forget changes that ended a week ago and can be undone no more. How many."""
    old = BulkChange.objects.filter(created_at__lt=now() - _KEPT_FOR).exclude(state__in=AT_WORK)
    return row_by_row.each(old[:_FORGOTTEN_AT_ONCE], _forget, where="automation.forget_bulk_changes")


@transaction.atomic
def _forget(change: BulkChange) -> int:
    change.delete()
    return 1
