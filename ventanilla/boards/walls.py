"""Walls of columns: made, shared, filled, arranged. What a column shows is untouched by all of it (D-COL-30)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import Account, TeamMember, User
from ventanilla.boards.events import (
    BoardCreated,
    BoardDeleted,
    BoardUpdated,
    ColumnCreated,
    ColumnDeleted,
    ColumnUpdated,
)
from ventanilla.boards.models import Board, Column, ColumnLook
from ventanilla.events.log import Fact, record
from ventanilla.kit import limit_values
from ventanilla.kit.changes import assign, lock
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Forbidden, Invalid, NotFound

MAX_BOARDS = 20  # per user
_MAX_FILTER_CHARS = 100_000
_ABOUT_BOARD = frozenset({"name", "shared_with", "team_id", "is_editable"})
_ABOUT_COLUMN = frozenset({"name", "kind", "conditions", "order", "is_flipped", "sounds", "notifies"})


def _equal(key: str, *values: str) -> dict[str, Any]:
    return {
        "attribute_key": key,
        "filter_operator": "equal_to",
        "values": list(values),
        "query_operator": "AND",
    }


# What someone finds who opens the wall for the first time (D-COL-06): the way an agent works through a day.
RECOMMENDED: Sequence[tuple[Any, str, Sequence[dict[str, Any]]]] = (
    (
        pgettext_lazy("column", "Unassigned"),
        Column.Order.ACTIVITY,
        (_equal("assigned_to", "nobody"), _equal("ticket_state", "open")),
    ),
    (pgettext_lazy("column", "Mine"), Column.Order.ACTIVITY, (_equal("ticket_state", "open"),)),
    (pgettext_lazy("column", "Waiting for a reply"), Column.Order.WAITING, ()),
    (
        pgettext_lazy("column", "Closed lately"),
        Column.Order.ACTIVITY,
        (_equal("ticket_state", "closed", "ignored"),),
    ),
)


# ── questions ─────────────────────────────────────────────────────────────────────────────────────────


def boards_for(account: Account, *, user: User) -> QuerySet[Board]:
    """The user's own walls and those shared with them, in the order they were made, with their columns."""
    teams = TeamMember.objects.filter(team__account=account, team__deleted_at__isnull=True, user=user)
    shared = Q(shared_with=Board.Sharing.ACCOUNT) | Q(
        shared_with=Board.Sharing.TEAM, team__in=teams.values("team_id")
    )
    rows = Board.objects.filter(Q(user=user) | shared, account=account)
    return rows.select_related("user").prefetch_related("columns").order_by("pk")


def get_board(account: Account, *, user: User, board_id: int) -> Board:
    """One of these. Raises NotFound."""
    found = boards_for(account, user=user).filter(pk=board_id).first()
    if found is None:
        raise NotFound
    return found


def get_column(account: Account, *, user: User, board_id: int, column_id: int) -> Column:
    """One of its columns. Raises NotFound."""
    board = get_board(account, user=user, board_id=board_id)
    found = next((one for one in board.columns.all() if one.pk == column_id), None)
    if found is None:
        raise NotFound
    found.board = board
    return found


def columns_among(account: Account, *, user: User, column_ids: Iterable[int]) -> QuerySet[Column]:
    """Those of the given columns that stand on walls the user sees; however many walls there are, no other is read."""
    boards = boards_for(account, user=user).order_by().values("pk")
    return Column.objects.filter(pk__in=[pk for pk in column_ids if 0 < pk < 2**63], board__in=boards)


def columns_in_order(board: Board) -> list[Column]:
    """From the first to the last."""
    return sorted(board.columns.all(), key=lambda one: (one.position, one.pk))


def may_change(board: Board, user: User) -> bool:
    """Its owner, and whom it is shared with where that is said."""
    return board.user_id == user.pk or board.is_editable


def looks_of(user: User, columns: Sequence[Column]) -> dict[int, Any]:
    """When the user last looked at each."""
    rows = ColumnLook.objects.filter(user=user, column__in=columns)
    return dict(rows.values_list("column_id", "looked_at"))


# ── walls ─────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def create_board(account: Account, *, name: str, by: User, recommended: bool = False) -> Board:
    """Make a wall, empty or with the recommended columns. Raises Invalid. Records board.created."""
    User.objects.select_for_update().only("pk").get(pk=by.pk)  # two at once count one after the other
    if Board.objects.filter(account=account, user=by).count() >= MAX_BOARDS:
        raise Invalid(_("You can have up to twenty walls."))
    board = Board.objects.create(account=account, user=by, name=_name(name))
    _record(board, BoardCreated, by=by)
    if recommended:
        for title, order, conditions in RECOMMENDED:
            own = [_equal("assignee_id", str(by.pk))] if title is RECOMMENDED[1][0] else []
            add_column(board, by=by, name=str(title), order=order, conditions=[*own, *conditions])
    return board


@transaction.atomic
def update_board(board: Board, *, by: User, **fields: Any) -> Board:
    """Rename or share; only its owner shares it. Raises Invalid, NotFound, Forbidden. Records board.updated."""
    lock(board)
    _check_change(board, by)
    values = {name: value for name, value in fields.items() if name in _ABOUT_BOARD}
    if values.get("is_editable", False) is None:
        del values["is_editable"]
    if "name" in values:
        values["name"] = _name(values["name"])
    if values.keys() - {"name"} and board.user_id != by.pk:
        raise Forbidden(_("Only its owner can share this wall."))
    shared = values.get("shared_with", board.shared_with)
    team_id = values.get("team_id", board.team_id)
    if shared not in Board.Sharing.values:
        raise Invalid(fields={"shared_with": [_("Share it with a team, with the account or with no one.")]})
    if shared == Board.Sharing.TEAM:
        _check_team(board, team_id, by)
    else:
        values["team_id"] = None
    changes = assign(board, values)
    if changes:
        board.save(update_fields=[*changes, "updated_at"])
        _record(board, BoardUpdated, by=by, changes=changes)
    return board


def _check_team(board: Board, team_id: int | None, by: User) -> None:
    mine = TeamMember.objects.filter(
        team__account_id=board.account_id, team__deleted_at__isnull=True, user=by
    )
    if team_id is None or not mine.filter(team_id=team_id).exists():
        raise Invalid(fields={"team_id": [_("You can share with the teams you're in.")]})


@transaction.atomic
def delete_board(board: Board, *, by: User) -> None:
    """Take the wall down, by its owner alone. Raises Forbidden. Records board.deleted."""
    if board.user_id != by.pk:
        raise Forbidden(_("Only its owner can delete this wall."))
    _record(board, BoardDeleted, by=by)
    board.delete()


# ── columns ───────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def add_column(board: Board, *, by: User, position: int | None = None, **fields: Any) -> Column:
    """Add a column, at the end or at that place. Raises Invalid, Forbidden. Records board.column_created."""
    lock(board)
    _check_change(board, by)
    most = limit_values.of("MAX_BOARD_COLUMNS")
    count = Column.objects.filter(board=board).count()
    if count >= most:
        limit_values.met_size("MAX_BOARD_COLUMNS")
        raise Invalid(_("A wall holds up to %(most)s columns.") % {"most": most})
    values = _clean({"name": "", **fields})
    place = count if position is None else max(0, min(position, count))
    Column.objects.filter(board=board, position__gte=place).update(position=F("position") + 1)
    column = Column.objects.create(account_id=board.account_id, board=board, position=place, **values)
    _record(board, ColumnCreated, by=by, column_id=column.pk)
    return column


@transaction.atomic
def update_column(column: Column, *, by: User, position: int | None = None, **fields: Any) -> Column:
    """Change what it shows, or where it stands. Raises Invalid, Forbidden. Records board.column_updated."""
    board = column.board
    lock(board)
    _check_change(board, by)
    lock(column)
    changes = assign(column, _clean(fields))
    if changes:
        column.save(update_fields=[*changes, "updated_at"])
    changed = sorted(changes)
    if position is not None and _move(column, position):
        changed.append("position")
    if changed:
        _record(board, ColumnUpdated, by=by, column_id=column.pk, changed=changed)
    return column


def _move(column: Column, position: int) -> bool:
    others = Column.objects.filter(board_id=column.board_id).exclude(pk=column.pk)
    ordered = list(others.order_by("position", "pk"))
    ordered.insert(max(0, min(position, len(ordered))), column)
    moved = [one for place, one in enumerate(ordered) if one.position != place]
    for place, one in enumerate(ordered):
        one.position = place
    Column.objects.bulk_update(moved, ["position"])
    return bool(moved)


@transaction.atomic
def delete_column(column: Column, *, by: User) -> None:
    """Take the column away; what it showed is untouched. Raises Forbidden. Records board.column_deleted."""
    board = column.board
    lock(board)
    _check_change(board, by)
    _record(board, ColumnDeleted, by=by, column_id=column.pk)
    column.delete()


def look(column: Column, *, user: User) -> None:
    """What is in the column now is no news to the user any more."""
    ColumnLook.objects.update_or_create(column=column, user=user, defaults={"looked_at": now()})


def _check_change(board: Board, by: User) -> None:
    if not may_change(board, by):
        raise Forbidden(_("This wall is shared with you to look at."))


def _name(given: Any) -> str:
    name = str(given or "").strip()
    if not name or len(name) > 255:
        raise Invalid(fields={"name": [_("Enter a name of up to 255 characters.")]})
    return name


def _clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in fields.items() if name in _ABOUT_COLUMN and value is not None}
    if "name" in values:
        values["name"] = _name(values["name"])
    if values.get("kind", Column.Kind.TICKETS) not in Column.Kind.values:
        raise Invalid(fields={"kind": [_("There's no such kind of column.")]})
    if values.get("order", Column.Order.ACTIVITY) not in Column.Order.values:
        raise Invalid(fields={"order": [_("There's no such order.")]})
    if len(json.dumps(values.get("conditions", []))) > _MAX_FILTER_CHARS:
        raise Invalid(fields={"conditions": [_("The filter is too long.")]})
    return values


def _record(board: Board, kind: type[Fact], *, by: User, **more: Any) -> None:
    fact = kind(account_id=board.account_id, board_id=board.pk, user_id=board.user_id, **more)  # type: ignore[call-arg]
    record(fact, actor=actor_of(by))
