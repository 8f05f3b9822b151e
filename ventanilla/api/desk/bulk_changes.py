"""Changes of many conversations, thousands if need be: asked for at once, done by a worker, seen, cancelled and undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.bulk_actions import BulkFields, BulkIn, steps_in
from ventanilla.api.auth import Request
from ventanilla.api.desk.selection import SelectionIn, rows_of
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.automation import registry
from ventanilla.automation.action import Acting
from ventanilla.automation.commands import bulk as commands
from ventanilla.automation.commands.bulk import steps_of
from ventanilla.automation.models import BulkChange, BulkItem
from ventanilla.automation.bulk_selectors import bulk_changes_of, counts_of, get_bulk_change
from ventanilla.kit.clock import epoch

router = Router(tags=["Desk"])

_NAMED = 200
_SHOWN = 20


class BulkChangeShape(Schema):
    """`sentences`: what it does, step by step. Of `total`, `changed` are changed now, `refused` were not, `undone` were."""

    id: int
    state: Literal["running", "done", "cancelled", "undoing", "undone"]
    sentences: list[str]
    total: int
    waiting: int
    changed: int
    refused: int
    undone: int
    can_be_undone: bool
    created_at: int


class RefusedShape(Schema):
    """A conversation, by its number, and why it was not changed or not brought back."""

    id: int
    reason: str


class BulkChangeIn(Body):
    """What to change, as bulk_actions has it, of which conversations."""

    fields: BulkFields = BulkFields()
    labels: dict[str, list[str] | None] | list[str] = {}
    snoozed_until: int | float | str | None = None
    selection: SelectionIn = SelectionIn()


def _acting(request: Request) -> Acting:
    return Acting(account=request.auth.account, by=request.auth.person, member=request.auth.member)


def _reply(request: Request, changes: Sequence[BulkChange]) -> list[dict[str, Any]]:
    counts = counts_of(changes)
    return [_shown(change, counts[change.pk], acting=_acting(request)) for change in changes]


def _shown(change: BulkChange, counts: dict[str, int], *, acting: Acting) -> dict[str, Any]:
    plan = registry.plan(steps_of(change.steps), acting=acting)
    ended = change.state in (BulkChange.State.DONE, BulkChange.State.CANCELLED)
    return {
        "id": change.pk,
        "state": change.state,
        "sentences": [action.sentence() for action in plan],
        "total": sum(counts.values()),
        **{state: counts.get(state, 0) for state in BulkItem.State.values},
        "can_be_undone": ended
        and counts.get("changed", 0) > 0
        and all(action.can_be_undone for action in plan),
        "created_at": epoch(change.created_at),
    }


def _own(request: Request, bulk_id: int) -> BulkChange:
    return get_bulk_change(request.auth.account, user=request.auth.person, bulk_id=bulk_id)


@router.get("", operation_id="list_bulk_changes", response=list[BulkChangeShape])
def index(request: Request, account_id: int) -> HttpResponse:
    """The caller's of the last day, newest first."""
    rows = bulk_changes_of(request.auth.account, user=request.auth.person)[:_SHOWN]
    return json_reply(_reply(request, list(rows)))


@router.post("", operation_id="begin_bulk_change", response=BulkChangeShape)
def begin(request: Request, account_id: int, given: BulkChangeIn = Given()) -> HttpResponse:
    """Begin it. What cannot be asked for at all is refused here; what one conversation refuses is its result."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    # A bare list says neither what is added nor what is removed, and is refused as such.
    labels = given.labels if isinstance(given.labels, dict) else dict.fromkeys(given.labels)
    # Given anew, as a request is: what was not said stays unsaid.
    asked = BulkIn.model_validate(
        {"fields": given.fields.given, "labels": labels, "snoozed_until": given.snoozed_until}
    )
    change = commands.begin_bulk_change(
        steps_in(asked),
        on=rows_of(request, given.selection),
        acting=_acting(request),
        by=request.auth.person,
    )
    return json_reply(_reply(request, [change])[0])


@router.get("/{int:bulk_id}/refused", operation_id="refused_of_bulk_change", response=list[RefusedShape])
def refused(request: Request, account_id: int, bulk_id: int) -> HttpResponse:
    """The first two hundred that were not changed, or not brought back, each with its reason."""
    rows = _own(request, bulk_id).items.exclude(reason="").order_by("pk")
    named = rows.values_list("conversation__display_id", "reason")[:_NAMED]
    return json_reply([{"id": number, "reason": reason} for number, reason in named])


@router.post("/{int:bulk_id}/cancel", operation_id="cancel_bulk_change", response=BulkChangeShape)
def cancel(request: Request, account_id: int, bulk_id: int) -> HttpResponse:
    """Stop; what was not reached yet stays as it is."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    change = commands.cancel_bulk_change(_own(request, bulk_id), by=request.auth.person)
    return json_reply(_reply(request, [change])[0])


@router.post("/{int:bulk_id}/undo", operation_id="undo_bulk_change", response=BulkChangeShape)
def undo(request: Request, account_id: int, bulk_id: int) -> HttpResponse:
    """Bring all of them back to what they were before."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    change = commands.undo_bulk_change(_own(request, bulk_id), by=request.auth.person)
    return json_reply(_reply(request, [change])[0])
