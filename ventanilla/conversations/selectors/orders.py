"""Whose rows a list shows, and the orders it can have, each as walks along an index.

Blanks come last in every order, and no index of either database has them so in both directions: an order by a column that
can be blank is a walk over those that have it, and then one over those that do not. What a page shows is found by
walking until it is full; nothing is sorted, however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q

from ventanilla.conversations.models import Priority


@dataclass(frozen=True)
class Walk:
    """Some of the rows, in the order in which an index has them. `order` ends with the id."""

    order: tuple[str, ...]
    only: Q = field(default_factory=Q)


@dataclass(frozen=True)
class Order:
    """`columns` for one statement over few rows; `walks`, one after the other, for a page of many."""

    columns: tuple[Any, ...]
    walks: tuple[Walk, ...]


ASSIGNEE_TYPES = frozenset({"me", "unassigned", "assigned", "all"})


def assigned_q(kind: str, user_id: int) -> Q:
    """Which of a list's rows, by whose they are."""
    if kind == "me":
        return Q(assignee_id=user_id)
    if kind == "unassigned":
        return Q(assignee_id__isnull=True)
    return Q(assignee_id__isnull=False) if kind == "assigned" else Q()


def _plain(*columns: str) -> Order:
    return Order(columns, (Walk(columns),))


_NEWEST = ("-last_activity_at", "-id")
_OLDEST = ("created_at", "id")


def _by_priority(*steps: Priority, blanks_last: Any) -> Order:
    walks = [Walk(_NEWEST, Q(priority=step)) for step in steps]
    return Order((blanks_last, *_NEWEST), (*walks, Walk(_NEWEST, Q(priority__isnull=True))))


def _by_waiting(first: str, *, blanks_last: Any) -> Order:
    waiting = Walk((first, *_OLDEST), Q(waiting_since__isnull=False))
    return Order((blanks_last, *_OLDEST), (waiting, Walk(_OLDEST, Q(waiting_since__isnull=True))))


def _by_due(first: str, *, blanks_last: Any) -> Order:
    due = Walk((first, *_OLDEST), Q(sla_due_at__isnull=False))
    return Order((blanks_last, *_OLDEST), (due, Walk(_OLDEST, Q(sla_due_at__isnull=True))))


_ORDERS = {
    "last_activity_at_asc": _plain("last_activity_at", "id"),
    "last_activity_at_desc": _plain(*_NEWEST),
    "created_at_asc": _plain(*_OLDEST),
    "created_at_desc": _plain("-created_at", "-id"),
    "priority_asc": _by_priority(*Priority, blanks_last=F("priority").asc(nulls_last=True)),
    "priority_desc": _by_priority(*reversed(Priority), blanks_last=F("priority").desc(nulls_last=True)),
    "waiting_since_asc": _by_waiting("waiting_since", blanks_last=F("waiting_since").asc(nulls_last=True)),
    "waiting_since_desc": _by_waiting("-waiting_since", blanks_last=F("waiting_since").desc(nulls_last=True)),
    "sla_due_at_asc": _by_due("sla_due_at", blanks_last=F("sla_due_at").asc(nulls_last=True)),
    "sla_due_at_desc": _by_due("-sla_due_at", blanks_last=F("sla_due_at").desc(nulls_last=True)),
}
_OLD_NAMES = {
    "latest": "last_activity_at_desc",
    "sort_on_created_at": "created_at_asc",
    "sort_on_priority": "priority_desc",
    "sort_on_waiting_since": "waiting_since_asc",
}


def order_named(name: str) -> Order:
    """The order of that name, of the old names too; the newest activity first for any other word."""
    return _ORDERS.get(_OLD_NAMES.get(name, name), _ORDERS["last_activity_at_desc"])
