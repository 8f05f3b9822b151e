"""A saved filter as the contract shows it (B.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ventanilla.boards.missing import Missing
from ventanilla.boards.models import CustomFilter
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
