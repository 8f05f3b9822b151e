"""One of each thing of this room, which strangers ask for in vain."""

from __future__ import annotations

from typing import Any

from ventanilla.accounts.models import Membership
from ventanilla.automation.commands.macros import create_macro
from ventanilla.automation.commands.runs import run_macro
from ventanilla.conversations.models import Conversation
from ventanilla.testing.strangers import Sample, Scene


def lay_out(scene: Scene) -> dict[str, Any]:
    member = Membership.objects.get(account=scene.account, user=scene.ana)
    actions = [{"action_name": "resolve_conversation", "action_params": []}]
    macro = create_macro(name="Close", visibility="personal", actions=actions, by=member)
    conversation = Conversation.objects.get(account=scene.account, display_id=scene.made["conversation_id"])
    run = run_macro(macro, [conversation], by=scene.ana)
    return {"macro_id": macro.pk, "run_id": run.pk}


SAMPLE = Sample(lay_out, body={"name": "stranger", "actions": [], "conversation_ids": [1]})
