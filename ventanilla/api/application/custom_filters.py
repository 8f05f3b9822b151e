"""Filters that people save under a name (B.6): each sees and changes their own, whatever their role."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.boards import commands
from ventanilla.boards.models import CustomFilter
from ventanilla.boards.rendering import custom_filter_json
from ventanilla.boards.selectors import custom_filters_of, get_custom_filter

router = Router(tags=["Custom filters"])


class CustomFilterShape(Schema):
    """A filter someone saved under a name."""

    id: int
    name: str
    filter_type: Literal["conversation", "contact", "report"]
    query: dict[str, Any]
    created_at: str
    updated_at: str


class CustomFilterBody(Body):
    """A filter. `query.payload` is a list of conditions (F.15)."""

    wrapper = "custom_filter"
    name: str | None = None
    filter_type: str | None = None
    query: dict[str, Any] | None = None


def _own(request: Request, filter_id: int) -> CustomFilter:
    return get_custom_filter(request.auth.account, user=request.auth.person, filter_id=filter_id)


@router.get("", operation_id="list_custom_filters", response=list[CustomFilterShape])
def index(request: Request, account_id: int, filter_type: str = "conversation") -> HttpResponse:
    """The caller's filters of one type."""
    rows = custom_filters_of(request.auth.account, user=request.auth.person).filter(filter_type=filter_type)
    return json_reply([custom_filter_json(row) for row in rows])


@router.post("", operation_id="create_custom_filter", response=CustomFilterShape)
def create(request: Request, account_id: int, given: CustomFilterBody = Given()) -> HttpResponse:
    """Save a filter; fifty at most."""
    made = commands.create_custom_filter(
        request.auth.account,
        name=given.name or "",
        query=given.query or {},
        filter_type=given.filter_type,
        by=request.auth.person,
    )
    return json_reply(custom_filter_json(made))


@router.get("/{int:filter_id}", operation_id="show_custom_filter", response=CustomFilterShape)
def show(request: Request, account_id: int, filter_id: int) -> HttpResponse:
    """One of the caller's filters."""
    return json_reply(custom_filter_json(_own(request, filter_id)))


@router.patch("/{int:filter_id}", operation_id="update_custom_filter", response=CustomFilterShape)
def change(
    request: Request, account_id: int, filter_id: int, given: CustomFilterBody = Given()
) -> HttpResponse:
    """Change what is given."""
    changed = commands.update_custom_filter(_own(request, filter_id), by=request.auth.person, **given.given)
    return json_reply(custom_filter_json(changed))


@router.delete("/{int:filter_id}", operation_id="delete_custom_filter", response={204: None})
def destroy(request: Request, account_id: int, filter_id: int) -> HttpResponse:
    """Forget the filter."""
    commands.delete_custom_filter(_own(request, filter_id), by=request.auth.person)
    return empty_reply(status=204)
