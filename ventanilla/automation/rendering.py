"""Macros as the contract shows them (B.6), and their runs as the desk does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from ventanilla.accounts.models import Membership
from ventanilla.accounts.rendering import agent_json
from ventanilla.accounts.selectors import agents_of
from ventanilla.automation import policies
from ventanilla.automation.commands.macros import blob_of
from ventanilla.automation.models import Macro, MacroFile, MacroRun, MacroStep
from ventanilla.automation.registry import steps_from
from ventanilla.kit import links, storage
from ventanilla.kit.clock import epoch
from ventanilla.kit.errors import Invalid


def macros_json(macros: Sequence[Macro], *, member: Membership) -> list[dict[str, Any]]:
    """Several, in as many questions as one. `can_update` and `can_delete` are the member's."""
    users = {pk for macro in macros for pk in (macro.created_by_id, macro.updated_by_id) if pk}
    agents = {one.user.pk: agent_json(one) for one in agents_of(member.account_id, user_ids=users)}
    files = defaultdict(list)
    for file in MacroFile.objects.filter(macro__in=[macro.pk for macro in macros]).order_by("pk"):
        files[file.macro_id].append(_file_json(file, member.account_id))
    return [_json(macro, agents, files[macro.pk], member) for macro in macros]


def macro_json(macro: Macro, *, member: Membership) -> dict[str, Any]:
    """One of them."""
    return macros_json([macro], member=member)[0]


def _json(
    macro: Macro, agents: dict[int, dict[str, Any]], files: list[dict[str, Any]], member: Membership
) -> dict[str, Any]:
    here = macro.created_by_id in agents
    shown: dict[str, Any] = {
        "id": macro.pk,
        "name": macro.name,
        "visibility": macro.visibility,
        "account_id": macro.account_id,
        "actions": macro.actions,
        "can_update": policies.may_update(macro, member),
        "can_delete": policies.may_delete(macro, member, maker_is_here=here),
    }
    for name, user_id in (("created_by", macro.created_by_id), ("updated_by", macro.updated_by_id)):
        if user_id in agents:
            shown[name] = agents[user_id]
    return shown | ({"files": files} if files else {})


def _file_json(file: MacroFile, account_id: int) -> dict[str, Any]:
    blob = blob_of(file)
    return {
        "id": file.pk,
        "macro_id": file.macro_id,
        "file_type": file.mime_type,
        "account_id": account_id,
        "file_url": links.answer_url(storage.blob_path(blob)),
        "blob_id": storage.signed_id(blob),
        "filename": file.filename,
    }


def run_json(run: MacroRun) -> dict[str, Any]:
    """A run with each of its steps."""
    steps = MacroStep.objects.filter(run=run).select_related("conversation").order_by("pk")
    names = [_name(one) for one in run.actions]
    return {
        "id": run.pk,
        "macro_id": run.macro_id,
        "name": run.name,
        "state": run.state,
        "created_at": epoch(run.created_at),
        "steps": [
            {
                "conversation_id": step.conversation.display_id,
                "position": step.position,
                "action_name": names[step.position],
                "state": step.state,
                "reason": step.reason,
                "can_be_undone": step.state == MacroStep.State.DONE and bool(step.undo),
            }
            for step in steps
        ],
    }


def _name(wire: dict[str, Any]) -> str:
    """The action's own name; as it was written where it is gone."""
    try:
        return steps_from([wire])[0].name
    except Invalid:
        return str(wire.get("action_name"))
