"""Walls of columns (D-COL): the caller's own and those shared with them, what their columns show, how much of it is new."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query, Schema
from pydantic import Field

from ventanilla.api.application.conversation_access import visibility_of
from ventanilla.api.application.conversation_shapes import ConversationShape, MessageShape
from ventanilla.api.application.conversations import rendered
from ventanilla.api.auth import Request
from ventanilla.api.desk.scheduled import ScheduledShape, one_scheduled_json
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.boards import walls
from ventanilla.boards.columns import (
    COUNTED,
    PAGE_SIZE,
    Counted,
    Shown,
    counts_of,
    metrics_of,
    rows_of,
    shown_by,
)
from ventanilla.boards.models import Board, Column
from ventanilla.boards.rendering import board_json, column_json
from ventanilla.conversations import selectors as conversations
from ventanilla.conversations.rendering import messages_json
from ventanilla.kit.pagination import page_number

router = Router(tags=["Desk"])

Kind = Literal["tickets", "messages", "scheduled"]
Order = Literal["activity", "waiting"]
_PREVIEWED = 3


class WallColumnShape(Schema):
    """`conditions` as filters have them; `key` names the filter where the socket says what matches."""

    id: int
    name: str
    kind: Kind
    conditions: list[dict[str, Any]]
    order: Order
    is_flipped: bool
    sounds: bool
    notifies: bool
    key: str


class BoardShape(Schema):
    """`may_change`: the caller's own, or shared with them to be changed."""

    id: int
    name: str
    shared_with: Literal["nobody", "team", "account"]
    team_id: int | None
    is_editable: bool
    is_mine: bool
    may_change: bool
    owner: str
    columns: list[WallColumnShape]


class NewBoardIn(Body):
    """`recommended`: with the columns that an agent's day begins with."""

    name: str
    recommended: bool = False


class BoardIn(Body):
    """What to change; only its owner shares it."""

    name: str | None = None
    shared_with: Literal["nobody", "team", "account"] | None = None
    team_id: int | None = None
    is_editable: bool | None = None


class ColumnIn(Body):
    """What a column shows. `position` counts from 0; without it a new one stands last."""

    name: str | None = None
    kind: Kind | None = None
    conditions: list[dict[str, Any]] | None = None
    order: Order | None = None
    is_flipped: bool | None = None
    sounds: bool | None = None
    notifies: bool | None = None
    position: Annotated[int, Field(ge=0, le=1_000)] | None = None


class AskedIn(Body):
    """A column that is not there yet."""

    kind: Kind = "tickets"
    conditions: list[dict[str, Any]] = Field(default_factory=list)
    order: Order = "activity"


class ColumnRowsShape(Schema):
    """A page of what a column shows: one of the lists, by its kind. `most`: a count as large as this means that or more."""

    tickets: list[ConversationShape]
    messages: list[MessageShape]
    scheduled: list[ScheduledShape]
    is_last: bool


class ColumnPreviewShape(ColumnRowsShape):
    """The first of them, and how many there are."""

    most: int
    count: int


class WallCountShape(Schema):
    """How many, and how many of them moved since the caller looked."""

    all: int
    new: int


class WallMetricsShape(Schema):
    """Of the caller's open conversations: those a person replied to, those that wait for a reply, all."""

    addressed: int
    waiting: int
    open: int


class WallCountsShape(Schema):
    """By the column's id; null where its filter means nothing any more. A count as large as `most` means that or more."""

    most: int
    counts: dict[str, WallCountShape | None]
    metrics: WallMetricsShape


def _board(request: Request, board_id: int) -> Board:
    return walls.get_board(request.auth.account, user=request.auth.person, board_id=board_id)


def _column(request: Request, board_id: int, column_id: int) -> Column:
    person = request.auth.person
    return walls.get_column(request.auth.account, user=person, board_id=board_id, column_id=column_id)


def _shown(request: Request, board_id: int) -> HttpResponse:
    return json_reply(board_json(_board(request, board_id), viewer=request.auth.person))


def _check(request: Request, shown: Shown) -> None:
    """Raises InvalidCondition for a filter that means nothing."""
    rows_of(visibility_of(request), request.auth.account, shown)


def _rows(request: Request, shown: Shown, *, page: int, size: int = PAGE_SIZE) -> dict[str, Any]:
    visibility, account = visibility_of(request), request.auth.account
    rows = rows_of(visibility, account, shown)
    found: dict[str, Any] = {"tickets": [], "messages": [], "scheduled": []}
    begin = (page - 1) * size
    if shown.kind == Column.Kind.TICKETS:
        keys = conversations.keys_of(rows, page=page, size=size)
        found["tickets"] = rendered(visibility, keys)
    elif shown.kind == Column.Kind.MESSAGES:
        ids = list(rows.values_list("pk", flat=True)[begin : begin + size])
        bodies = messages_json(ids, account_id=account.pk)
        found["messages"] = [msgspec.Raw(bodies[pk]) for pk in ids if pk in bodies]
    else:
        some = rows.prefetch_related("files")[begin : begin + size]
        found["scheduled"] = [one_scheduled_json(one, one.conversation.display_id) for one in some]
    return {**found, "is_last": len(found[shown.kind]) < size}


@router.get("", operation_id="list_boards", response=list[BoardShape])
def index(request: Request, account_id: int) -> HttpResponse:
    """The caller's own and those shared with them, in the order they were made."""
    person = request.auth.person
    rows = walls.boards_for(request.auth.account, user=person)
    return json_reply([board_json(one, viewer=person) for one in rows])


@router.post("", operation_id="create_board", response=BoardShape)
def create(request: Request, account_id: int, given: NewBoardIn = Given()) -> HttpResponse:
    """Put up a wall."""
    made = walls.create_board(
        request.auth.account, name=given.name, by=request.auth.person, recommended=given.recommended
    )
    return _shown(request, made.pk)


@router.post("/preview", operation_id="preview_column", response=ColumnPreviewShape)
def preview(request: Request, account_id: int, given: AskedIn = Given()) -> HttpResponse:
    """What a column would show now: the first rows, and how many there are."""
    shown = Shown(given.kind, given.conditions, given.order)
    column = Column(pk=0, kind=shown.kind, conditions=shown.conditions, order=shown.order)
    counts = counts_of(visibility_of(request), request.auth.account, [column], {})
    rows = _rows(request, shown, page=1, size=_PREVIEWED)
    return json_reply({**rows, "most": COUNTED, "count": (counts[0] or Counted(0, 0)).all})


@router.patch("/{int:board_id}", operation_id="change_board", response=BoardShape)
def change(request: Request, account_id: int, board_id: int, given: BoardIn = Given()) -> HttpResponse:
    """Rename it, or share it; `team_id` counts where it is shared with a team."""
    walls.update_board(_board(request, board_id), by=request.auth.person, **given.given)
    return _shown(request, board_id)


@router.delete("/{int:board_id}", operation_id="delete_board", response={200: None})
def destroy(request: Request, account_id: int, board_id: int) -> HttpResponse:
    """Take it down."""
    walls.delete_board(_board(request, board_id), by=request.auth.person)
    return empty_reply()


@router.get("/{int:board_id}/counts", operation_id="count_board", response=WallCountsShape)
def counts(request: Request, account_id: int, board_id: int) -> HttpResponse:
    """How much is in each column, how much of it is new, and the head of the wall."""
    visibility, columns = visibility_of(request), list(_board(request, board_id).columns.all())
    looked = walls.looks_of(request.auth.person, columns)
    found = counts_of(visibility, request.auth.account, columns, looked)
    told = {str(pk): one and {"all": one.all, "new": one.new} for pk, one in found.items()}
    return json_reply({"most": COUNTED, "counts": told, "metrics": metrics_of(visibility)})


@router.post("/{int:board_id}/columns", operation_id="add_column", response=WallColumnShape)
def add(request: Request, account_id: int, board_id: int, given: ColumnIn = Given()) -> HttpResponse:
    """Add a column."""
    board = _board(request, board_id)
    _check(request, Shown(given.kind or "tickets", given.conditions or [], given.order or "activity"))
    return json_reply(column_json(walls.add_column(board, by=request.auth.person, **given.given)))


@router.patch(
    "/{int:board_id}/columns/{int:column_id}", operation_id="change_column", response=WallColumnShape
)
def change_column(
    request: Request, account_id: int, board_id: int, column_id: int, given: ColumnIn = Given()
) -> HttpResponse:
    """Change what is given of it; `position` moves it."""
    column = _column(request, board_id, column_id)
    if given.given.keys() & {
        "kind",
        "conditions",
        "order",
    }:  # one that means nothing any more can still be moved
        conditions = column.conditions if given.conditions is None else given.conditions
        _check(request, Shown(given.kind or column.kind, conditions, given.order or column.order))
    return json_reply(column_json(walls.update_column(column, by=request.auth.person, **given.given)))


@router.delete("/{int:board_id}/columns/{int:column_id}", operation_id="delete_column", response={200: None})
def destroy_column(request: Request, account_id: int, board_id: int, column_id: int) -> HttpResponse:
    """Take it away; what it showed is untouched."""
    walls.delete_column(_column(request, board_id, column_id), by=request.auth.person)
    return empty_reply()


class PageIn(Schema):
    """Pages count from 1."""

    page: str | None = None


@router.get(
    "/{int:board_id}/columns/{int:column_id}/rows", operation_id="list_column", response=ColumnRowsShape
)
def rows(
    request: Request, account_id: int, board_id: int, column_id: int, given: Query[PageIn]
) -> HttpResponse:
    """A page of 25 of what it shows the caller, in its order."""
    column = _column(request, board_id, column_id)
    return json_reply(_rows(request, shown_by(column), page=page_number(given.page)))


@router.post(
    "/{int:board_id}/columns/{int:column_id}/look", operation_id="look_at_column", response={200: None}
)
def look(request: Request, account_id: int, board_id: int, column_id: int) -> HttpResponse:
    """What is in it now is no news to the caller any more."""
    walls.look(_column(request, board_id, column_id), user=request.auth.person)
    return empty_reply()
