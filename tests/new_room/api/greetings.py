"""Greetings."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Schema

from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.greetings.models import Greeting

router = Router(tags=["Greetings"])


class GreetingShape(Schema):
    """A greeting."""

    id: int
    text: str


@router.get("", operation_id="list_greetings", response=list[GreetingShape])
def index(request: Request, account_id: int) -> HttpResponse:
    """All of the account."""
    return json_reply(list(Greeting.objects.filter(account=request.auth.account).values("id", "text")))
