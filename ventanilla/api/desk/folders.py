"""Folders of conversations and segments of contacts: saved filters as the desk shows them beside its lists (C-17, P-05)."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.api.application.conversation_access import visibility_of
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.boards import commands
from ventanilla.boards.missing import missing_in
from ventanilla.boards.models import CustomFilter
from ventanilla.boards.rendering import folder_json
from ventanilla.boards.selectors import COUNTED, folder_counts, folders_for, get_custom_filter
from ventanilla.contacts import selectors as contacts
from ventanilla.conversations import selectors as conversations

router = Router(tags=["Desk"])


class MissingShape(Schema):
    """A value of the condition at `place` that is no more; `name`: what it was called, where its owner asks."""

    place: int
    source: Literal["labels", "teams", "inboxes", "agents"]
    value: str
    name: str


class FolderShape(Schema):
    """`team_id`: whom its owner shares it with; only the owner changes it. `missing`: what it names that was deleted."""

    id: int
    name: str
    filter_type: Literal["conversation", "contact"]
    conditions: list[dict[str, Any]]
    icon: str
    team_id: int | None
    is_mine: bool
    owner: str
    missing: list[MissingShape]


class FolderIn(Body):
    """What to save or change. `conditions` as filters have them."""

    name: str | None = None
    filter_type: Literal["conversation", "contact"] | None = None
    conditions: list[dict[str, Any]] | None = None
    icon: str | None = None
    team_id: int | None = None


class FolderCounts(Schema):
    """By the folder's id. `most`: a count as large as this means that or more. Null: its conditions mean nothing now."""

    most: int
    counts: dict[str, int | None]


def _shown(request: Request, folder: CustomFilter) -> HttpResponse:
    missing = missing_in(request.auth.account, [folder]).get(folder.pk, ())
    return json_reply(folder_json(folder, viewer_id=request.auth.person.pk, missing=missing))


def _checked(request: Request, given: FolderIn, kind: str) -> dict[str, Any]:
    """What was given as saved filters keep it. Raises InvalidCondition for conditions that mean nothing."""
    values: dict[str, Any] = {
        name: given.given[name] for name in ("name", "icon", "team_id") if name in given.given
    }
    if given.conditions is None:
        return values
    if kind == CustomFilter.Type.CONTACT:
        known = contacts.listed_contacts_for(request.auth.member)
        contacts.filtered(known, account=request.auth.account, conditions=given.conditions)
    else:
        conversations.filtered(visibility_of(request), request.auth.account, given.conditions)
    return {**values, "query": {"payload": given.conditions}}


@router.get("", operation_id="list_folders", response=list[FolderShape])
def index(request: Request, account_id: int) -> HttpResponse:
    """The caller's own and those shared with their teams, in the order they were made."""
    person = request.auth.person
    rows = list(folders_for(request.auth.account, user=person))
    gone = missing_in(request.auth.account, rows)
    return json_reply([folder_json(row, viewer_id=person.pk, missing=gone.get(row.pk, ())) for row in rows])


@router.get("/counts", operation_id="count_folders", response=FolderCounts)
def counts(request: Request, account_id: int) -> HttpResponse:
    """How many are in each now, of what the caller may see."""
    found = folder_counts(request.auth.member, visibility_of(request))
    return json_reply({"most": COUNTED, "counts": {str(key): count for key, count in found.items()}})


@router.post("", operation_id="create_folder", response=FolderShape)
def create(request: Request, account_id: int, given: FolderIn = Given()) -> HttpResponse:
    """Save conditions under a name."""
    kind = given.filter_type or CustomFilter.Type.CONVERSATION
    values = {"name": "", "query": {}, **_checked(request, given, kind)}
    made = commands.create_custom_filter(
        request.auth.account, by=request.auth.person, filter_type=kind, **values
    )
    return _shown(request, made)


@router.patch("/{int:filter_id}", operation_id="change_folder", response=FolderShape)
def change(request: Request, account_id: int, filter_id: int, given: FolderIn = Given()) -> HttpResponse:
    """Change what is given of one of the caller's own; `team_id` null shares it no more."""
    folder = get_custom_filter(request.auth.account, user=request.auth.person, filter_id=filter_id)
    values = _checked(request, given, folder.filter_type)
    return _shown(request, commands.update_custom_filter(folder, by=request.auth.person, **values))


@router.delete("/{int:filter_id}", operation_id="delete_folder", response={200: None})
def destroy(request: Request, account_id: int, filter_id: int) -> HttpResponse:
    """Forget one of the caller's own."""
    folder = get_custom_filter(request.auth.account, user=request.auth.person, filter_id=filter_id)
    commands.delete_custom_filter(folder, by=request.auth.person)
    return empty_reply()
