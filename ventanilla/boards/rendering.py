"""A saved filter as the contract shows it (B.6), and walls as the desk does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ventanilla.accounts.models import User
from ventanilla.boards.columns import shown_by
from ventanilla.boards.missing import Missing
from ventanilla.boards.models import Board, Column, CustomFilter
from ventanilla.boards.walls import columns_in_order, may_change
from ventanilla.kit.clock import iso


def custom_filter_json(custom_filter: CustomFilter) -> dict[str, Any]:
    return {
        "id": custom_filter.pk,
        "name": custom_filter.name,
        "filter_type": custom_filter.filter_type,
        "query": custom_filter.query,
        "created_at": iso(custom_filter.created_at),
        "updated_at": iso(custom_filter.updated_at),
    }


def folder_json(folder: CustomFilter, *, viewer_id: int, missing: Sequence[Missing] = ()) -> dict[str, Any]:
    """The same as the desk shows it beside its lists. What is missing was called something to its owner alone."""
    is_mine = folder.user_id == viewer_id
    return {
        "id": folder.pk,
        "name": folder.name,
        "filter_type": folder.filter_type,
        "conditions": folder.query.get("payload", []),
        "icon": folder.icon,
        "team_id": folder.team_id,
        "is_mine": is_mine,
        "owner": folder.user.available_name,
        "missing": [{**asdict(one), "name": one.name if is_mine else ""} for one in missing],
    }


def column_json(column: Column) -> dict[str, Any]:
    return {
        "id": column.pk,
        "name": column.name,
        "kind": column.kind,
        "conditions": column.conditions,
        "order": column.order,
        "is_flipped": column.is_flipped,
        "sounds": column.sounds,
        "notifies": column.notifies,
        "key": shown_by(column).key,
    }


def board_json(board: Board, *, viewer: User) -> dict[str, Any]:
    """A wall with its columns from the first to the last."""
    return {
        "id": board.pk,
        "name": board.name,
        "shared_with": board.shared_with,
        "team_id": board.team_id,
        "is_editable": board.is_editable,
        "is_mine": board.user_id == viewer.pk,
        "may_change": may_change(board, viewer),
        "owner": board.user.available_name,
        "columns": [column_json(one) for one in columns_in_order(board)],
    }
