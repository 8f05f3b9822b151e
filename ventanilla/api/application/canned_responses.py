"""Canned responses (contract B.6, G.3)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.conversation_access import OptionalText
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.conversations import commands, selectors
from ventanilla.conversations.commands import CannedText
from ventanilla.conversations.models import CannedResponse
from ventanilla.kit.clock import iso

router = Router(tags=["Canned responses"])


class CannedResponseShape(Schema):
    """A text kept under a short code. The last six are the client's own."""

    id: int
    account_id: int
    short_code: str
    content: str
    content_prompts: str | None = None
    menu: bool | None = None
    opcion: str | int | None = None
    content_full: str | None = None
    url_content: str | None = None
    url_short_code: str | None = None
    created_at: str
    updated_at: str


# What clients keep beside the text: the bot's prompt and menu place, a long text, links (contract G.3).
_EXTRA = ("content_prompts", "menu", "opcion", "content_full", "url_content", "url_short_code")


class CannedResponseIn(Body):
    """A text and its short code."""

    wrapper: ClassVar[str | None] = "canned_response"
    short_code: str | None = None
    content: str | None = None
    content_prompts: str | None = None
    menu: bool | None = None
    opcion: str | int | None = None
    content_full: str | None = None
    url_content: str | None = None
    url_short_code: str | None = None

    @property
    def extra(self) -> dict[str, Any]:
        """The client's own fields that were given."""
        return {name: value for name, value in self.given.items() if name in _EXTRA}


def _json(response: CannedResponse) -> dict[str, Any]:
    return {
        "id": response.pk,
        "account_id": response.account_id,
        "short_code": response.short_code,
        "content": response.content,
        **{name: response.extra[name] for name in _EXTRA if name in response.extra},
        "created_at": iso(response.created_at),
        "updated_at": iso(response.updated_at),
    }


@router.get("", operation_id="list_canned_responses", response=list[CannedResponseShape])
def index(request: Request, account_id: int, search: OptionalText = None) -> HttpResponse:
    """By short code; with `search` the best first."""
    found = selectors.canned_responses(request.auth.member, search=(search or "").strip())
    return json_reply([_json(response) for response in found])


@router.post("", operation_id="create_canned_response", response=CannedResponseShape)
def create(request: Request, account_id: int, given: CannedResponseIn = Given()) -> HttpResponse:
    """Keep a text under a short code that is free."""
    request.auth.require(Capability.SHARED_SETTINGS_WRITE)
    response = commands.create_canned_response(
        CannedText(short_code=given.short_code or "", content=given.content or "", extra=given.extra),
        by=request.auth.member,
    )
    return json_reply(_json(response))


def _found(request: Request, response_id: int) -> CannedResponse:
    request.auth.require(Capability.SHARED_SETTINGS_WRITE)
    return selectors.get_canned_response(request.auth.member, response_id=response_id)


@router.patch("/{int:response_id}", operation_id="update_canned_response", response=CannedResponseShape)
def change(
    request: Request, account_id: int, response_id: int, given: CannedResponseIn = Given()
) -> HttpResponse:
    """Change what is given."""
    text = CannedText(short_code=given.short_code, content=given.content, extra=given.extra)
    response = commands.update_canned_response(_found(request, response_id), text, by=request.auth.member)
    return json_reply(_json(response))


@router.delete("/{int:response_id}", operation_id="delete_canned_response", response={200: None})
def destroy(request: Request, account_id: int, response_id: int) -> HttpResponse:
    """Delete it."""
    commands.delete_canned_response(_found(request, response_id), by=request.auth.person)
    return empty_reply()
