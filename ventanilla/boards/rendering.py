"""A saved filter as the contract shows it (B.6)."""

from __future__ import annotations

from typing import Any

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
