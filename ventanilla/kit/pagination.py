"""Pages as the contract has them: `page` counts from 1 and the size belongs to the list."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
_LAST_PAGE = 1_000_000  # keeps OFFSET within what databases take


def page_number(raw: str | int | None) -> int:
    """The page asked for; 1 for anything that is not a number from 1 on."""
    try:
        return min(max(int(raw or 1), 1), _LAST_PAGE)
    except (TypeError, ValueError):
        return 1


def page_of(rows: QuerySet[M], *, page: str | int | None, size: int) -> list[M]:
    """The rows of that page; empty past the end."""
    start = (page_number(page) - 1) * size
    return list(rows[start : start + size])
