"""What can be done to a conversation by name, for menus and forms: bulk changes, macros, rules and the palette."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import may
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.automation import registry

router = Router(tags=["Desk"])


class ActionShape(Schema):
    """`name`: the word for `action_name`; `also_called`: other words for the same. `form`: JSON Schema of its parameters,
    whose order is that of `action_params`; `source` in it names rows of the account to choose from.
    """

    name: str
    also_called: list[str]
    title: str
    form: dict[str, Any]
    can_be_undone: bool


class Actions(Schema):
    """Those that the caller may use."""

    payload: list[ActionShape]


@router.get("/actions", operation_id="desk_actions", response=Actions)
def index(request: Request, account_id: int) -> HttpResponse:
    """All actions that the caller may use, in the caller's language."""
    member = request.auth.member
    return json_reply(
        {
            "payload": [
                {
                    "name": action.name,
                    "also_called": list(action.also_called),
                    "title": str(action.title),
                    "form": action.schema(),
                    "can_be_undone": action.can_be_undone,
                }
                for action in registry.actions()
                if may(member, action.capability)
            ]
        }
    )
