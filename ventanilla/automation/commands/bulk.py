"""Changes of many conversations: begun, cancelled, undone. The work itself is done by bulk_jobs.work_on_bulk_changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import User
from ventanilla.automation import registry
from ventanilla.automation.action import Acting, Step
from ventanilla.automation.events import BulkMoved
from ventanilla.automation.models import BulkChange, BulkItem, Macro
from ventanilla.conversations.models import Conversation
from ventanilla.events import wakeup
from ventanilla.events.log import record
from ventanilla.kit import limit_values
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid

BELL = "automation.bulk_changes"
_AT_ONCE = 1_000
State = BulkChange.State


def as_json(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Steps as rows keep them."""
    return [{"name": step.name, "given": dict(step.given)} for step in steps]


def steps_of(kept: Sequence[dict[str, Any]]) -> list[Step]:
    """The same back."""
    return [Step(name=one["name"], given=one["given"]) for one in kept]


@transaction.atomic
def begin_bulk_change(
    steps: Sequence[Step], *, on: QuerySet[Conversation], acting: Acting, by: User
) -> BulkChange:
    """Write down what is to be done to each of these conversations; a worker does it, at once.

    Raises what the actions refuse of the steps themselves, Invalid for none and too many conversations. What one
    conversation refuses is its own item's result. Records bulk_change.moved.
    """
    registry.plan(steps, acting=acting)
    return _begin(steps, on=on, acting=acting, by=by)


@transaction.atomic
def begin_bulk_macro(macro: Macro, *, on: QuerySet[Conversation], acting: Acting, by: User) -> BulkChange:
    """Write down that the macro is to run over each of these; a worker does it, at once.

    A step that one conversation refuses, or that is not theirs to do, is its result and keeps no other step from being done.
    Raises Invalid for none and too many conversations. Records bulk_change.moved.
    """
    return _begin(registry.steps_from(macro.actions), on=on, acting=acting, by=by, name=macro.name)


def _begin(
    steps: Sequence[Step], *, on: QuerySet[Conversation], acting: Acting, by: User, name: str = ""
) -> BulkChange:
    most = limit_values.of("MAX_BULK_CONVERSATIONS")
    ids = list(on.order_by("pk").values_list("pk", flat=True)[: most + 1])
    if not ids or not steps:
        raise Invalid(fields={"ids": [_("Choose at least one conversation and what to change.")]})
    if len(ids) > most:
        limit_values.met_size("MAX_BULK_CONVERSATIONS")
        sentence = _("That's too many conversations for one change: choose up to %(most)s.")
        raise Invalid(fields={"ids": [sentence % {"most": most}]})
    change = BulkChange.objects.create(account=acting.account, user=by, name=name, steps=as_json(steps))
    BulkItem.objects.bulk_create(
        (BulkItem(bulk_change=change, conversation_id=pk) for pk in ids), batch_size=_AT_ONCE
    )
    tell(change, by=by)
    return change


@transaction.atomic
def cancel_bulk_change(change: BulkChange, *, by: User) -> BulkChange:
    """Leave what was not reached yet as it is; what was done stays done and can be undone. Records bulk_change.moved."""
    moved = BulkChange.objects.filter(pk=change.pk, state=State.RUNNING)
    if moved.update(state=State.CANCELLED, finished_at=now()):
        change.refresh_from_db()
        tell(change, by=by)
    return change


@transaction.atomic
def undo_bulk_change(change: BulkChange, *, by: User) -> BulkChange:
    """Bring each of its conversations back to what it was; a worker does it. Records bulk_change.moved."""
    ended = BulkChange.objects.filter(pk=change.pk, state__in=(State.DONE, State.CANCELLED))
    if ended.update(state=State.UNDOING, finished_at=None):
        change.refresh_from_db()
        tell(change, by=by)
    return change


@transaction.atomic
def end_bulk_change(change: BulkChange, *, claim: str) -> None:
    """It is through. Nothing happens where it was cancelled meanwhile, or another works on it. Records bulk_change.moved."""
    ended = State.UNDONE if change.state == State.UNDOING else State.DONE
    mine = BulkChange.objects.filter(pk=change.pk, state=change.state, claim=claim)
    if mine.update(state=ended, finished_at=now()):
        change.refresh_from_db()
        tell(change, by=None)


def tell(change: BulkChange, *, by: User | None) -> None:
    """Say how far it is, and wake who works on it."""
    wakeup.ring(BELL)
    fact = BulkMoved(
        account_id=change.account_id,
        bulk_change_id=change.pk,
        user_id=change.user_id,
        state=change.state,
    )
    record(fact, actor=actor_of(by))
