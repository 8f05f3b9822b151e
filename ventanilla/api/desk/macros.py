"""Macros at the desk: run with each step in sight, taken back, brought back. They are written by the contract's routes."""

from __future__ import annotations

from typing import Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.macros import ExecuteIn, MacroAnswer, conversations_given, runnable
from ventanilla.api.auth import Request
from ventanilla.api.given import Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.automation.commands.macros import restore_macro
from ventanilla.automation.commands.runs import run_macro, undo_run
from ventanilla.automation.rendering import macro_json, run_json
from ventanilla.automation.selectors import all_macros, get_run
from ventanilla.kit.errors import NotFound

router = Router(tags=["Desk"])


class MacroStepShape(Schema):
    """One action on one conversation: `failed` has a reason; `can_be_undone` while it stands and has a way back."""

    conversation_id: int
    position: int
    action_name: str
    state: Literal["waiting", "done", "failed", "undone"]
    reason: str
    can_be_undone: bool


class MacroRunShape(Schema):
    """One time that the caller ran a macro. `created_at`: epoch seconds."""

    id: int
    macro_id: int | None
    name: str
    state: Literal["running", "done", "undoing", "undone"]
    created_at: int
    steps: list[MacroStepShape]


@router.post("/macros/{int:macro_id}/run", operation_id="desk_run_macro", response=MacroRunShape)
def run(request: Request, account_id: int, macro_id: int, given: ExecuteIn = Given()) -> HttpResponse:
    """Run it over these conversations, as the caller; the run is told of as `macro_run.changed` until it is done."""
    macro = runnable(request, macro_id)
    made = run_macro(macro, conversations_given(request, given.conversation_ids), by=request.auth.person)
    return json_reply(run_json(made))


@router.post("/macros/{int:macro_id}/restore", operation_id="desk_restore_macro", response=MacroAnswer)
def restore(request: Request, account_id: int, macro_id: int) -> HttpResponse:
    """Bring back one that was deleted within a day."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    member = request.auth.member
    macro = all_macros(member).filter(pk=macro_id).first()
    if macro is None:
        raise NotFound
    restore_macro(macro, by=member)
    return json_reply({"payload": macro_json(macro, member=member)})


@router.get("/macro_runs/{int:run_id}", operation_id="desk_macro_run", response=MacroRunShape)
def show(request: Request, account_id: int, run_id: int) -> HttpResponse:
    """How far a run of the caller's own has come."""
    return json_reply(run_json(get_run(request.auth.member, run_id=run_id)))


@router.post("/macro_runs/{int:run_id}/undo", operation_id="desk_undo_macro_run", response=MacroRunShape)
def undo(request: Request, account_id: int, run_id: int) -> HttpResponse:
    """Take back, in one, all of it that can be taken back."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    found = get_run(request.auth.member, run_id=run_id)
    undo_run(found)
    return json_reply(run_json(get_run(request.auth.member, run_id=run_id)))
