"""Changes of many conversations, thousands if need be: asked for at once, done by a worker, seen, cancelled and undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.bulk_actions import BulkFields, BulkIn, steps_in
from ventanilla.api.application.macros import runnable
from ventanilla.api.auth import Request
from ventanilla.api.desk.selection import SelectionIn, rows_of
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.automation import registry
from ventanilla.automation.action import Acting
from ventanilla.automation.bulk_selectors import (
    bulk_changes_of,
    counts_of,
    get_bulk_change,
    reasons_of,
    refusals_of,
)
from ventanilla.automation.commands import bulk as commands
from ventanilla.automation.commands.bulk import steps_of
from ventanilla.automation.models import BulkChange, BulkItem
from ventanilla.kit.clock import epoch

router = Router(tags=["Desk"])

_NAMED = 200
_SHOWN = 20


class BulkStepShape(Schema):
    """What one step does, in words; of a macro, how many conversations refused it."""

    sentence: str
    refused: int


class BulkChangeShape(Schema):
    """Of `total`, `changed` are changed now, `refused` were not, `undone` were.

    `name`: of the macro that runs over them; empty for a change, whose steps all happen to a conversation or none of them.
    `undoes_all`: nothing it did stays after its undo.
    """

    id: int
    state: Literal["running", "done", "cancelled", "undoing", "undone"]
    name: str
    steps: list[BulkStepShape]
    total: int
    waiting: int
    changed: int
    refused: int
    undone: int
    can_be_undone: bool
    undoes_all: bool
    created_at: int


class RefusedShape(Schema):
    """A conversation, by its number, and why it was not changed or not brought back; of one step of a macro, which."""

    id: int
    step: str
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
    counts, refusals = counts_of(changes), refusals_of(changes)
    acting = _acting(request)
    return [_shown(one, counts[one.pk], refusals.get(one.pk, {}), acting=acting) for one in changes]


def _shown(
    change: BulkChange, counts: dict[str, int], refusals: dict[int, int], *, acting: Acting
) -> dict[str, Any]:
    steps = steps_of(change.steps)
    back = [registry.can_be_undone(step) for step in steps]
    ended = change.state in (BulkChange.State.DONE, BulkChange.State.CANCELLED)
    return {
        "id": change.pk,
        "state": change.state,
        "name": change.name,
        "steps": [
            {"sentence": registry.sentence_of(step, acting=acting), "refused": refusals.get(position, 0)}
            for position, step in enumerate(steps)
        ],
        "total": sum(counts.values()),
        **{state: counts.get(state, 0) for state in BulkItem.State.values},
        "can_be_undone": ended and counts.get("changed", 0) > 0 and (any(back) if change.name else all(back)),
        "undoes_all": all(back),
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


@router.post("/macros/{int:macro_id}", operation_id="begin_bulk_macro", response=BulkChangeShape)
def begin_macro(
    request: Request, account_id: int, macro_id: int, given: SelectionIn = Given()
) -> HttpResponse:
    """Run the macro over these conversations, as the caller. Each step happens or says why not, for itself."""
    change = commands.begin_bulk_macro(
        runnable(request, macro_id),
        on=rows_of(request, given),
        acting=_acting(request),
        by=request.auth.person,
    )
    return json_reply(_reply(request, [change])[0])


@router.get("/{int:bulk_id}/refused", operation_id="refused_of_bulk_change", response=list[RefusedShape])
def refused(request: Request, account_id: int, bulk_id: int) -> HttpResponse:
    """The first two hundred that were not changed, or not brought back, each with its reason."""
    change, acting = _own(request, bulk_id), _acting(request)
    said = [registry.sentence_of(step, acting=acting) for step in steps_of(change.steps)]
    return json_reply(
        [
            {"id": number, "step": "" if position is None else said[position], "reason": reason}
            for number, position, reason in reasons_of(change, most=_NAMED)
        ]
    )


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
