"""Macros (contract B.6)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply

router = Router(tags=["Macros"])


class MacrosAnswer(Schema):
    """The macros in their envelope."""

    payload: list[dict[str, Any]]


@router.get("", operation_id="list_macros", response=MacrosAnswer)
def index(request: Request, account_id: int) -> HttpResponse:
    """The account's macros: none, because nothing in this version makes one.

    Clients ask for them when they start and sign out on a 404 or 401, so the list exists before its rows do.
    """
    return json_reply({"payload": []})
