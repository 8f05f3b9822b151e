"""What conditions may name, for the editor that writes them: lists, folders, segments, rules."""

from __future__ import annotations

from typing import Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.contacts import selectors as contacts
from ventanilla.conversations import selectors as conversations

router = Router(tags=["Desk"])

_NOUNS = {
    "conversation": conversations.filter_fields_for,
    "contact": contacts.filter_fields_for,
    "message": conversations.message_fields_for,
}


class FilterChoice(Schema):
    """A word on the wire and what people call it."""

    value: str
    title: str


class FilterFieldShape(Schema):
    """One key. `model`: whose custom attribute it is ("" for none). Its values are chosen from `choices`, from rows of
    `source` (agents, bots, teams, inboxes, channels, labels), or from `codes` that Intl names as `names`, and others;
    else written.
    """

    key: str
    model: str
    title: str
    kind: Literal["text", "number", "id", "choice", "boolean", "phone", "moment", "date", "relation"]
    operators: list[str]
    choices: list[FilterChoice]
    source: str
    codes: list[str]
    names: str


class FilterFields(Schema):
    """In the order in which they are offered."""

    payload: list[FilterFieldShape]


@router.get("/filter_fields/{noun}", operation_id="desk_filter_fields", response=FilterFields)
def index(
    request: Request, account_id: int, noun: Literal["conversation", "contact", "message"]
) -> HttpResponse:
    """The keys that conditions of that noun may name, in the caller's language."""
    return json_reply({"payload": _NOUNS[noun](request.auth.account)})
