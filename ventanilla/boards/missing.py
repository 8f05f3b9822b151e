"""What saved filters name and the account has no more: a label, a team, a channel, a member."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ventanilla.accounts.models import Account, Membership, Team
from ventanilla.boards.models import CustomFilter
from ventanilla.inboxes.models import Inbox
from ventanilla.labels.models import Label
from ventanilla.labels.titles import stored_title

Source = Literal["labels", "teams", "inboxes", "agents"]
_SOURCES: Mapping[str, Source] = {
    "labels": "labels",
    "team_id": "teams",
    "inbox_id": "inboxes",
    "assignee_id": "agents",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """One value of the condition at this place, counted from 0. `name`: what it was called, where that is still known."""

    place: int
    source: Source
    value: str
    name: str


@dataclass(frozen=True, slots=True)
class _Rows:
    """Keys that are there, and what those that are not were called."""

    there: set[str]
    were: Mapping[str, str]


def _labels(account: Account, keys: set[str]) -> _Rows:
    titles = set(Label.objects.filter(account=account, title__in=keys).values_list("title", flat=True))
    return _Rows(titles, {key: key for key in keys})


def _deletable(rows: Iterable[tuple[int, str, object]]) -> _Rows:
    known = [(str(pk), name, deleted_at is not None) for pk, name, deleted_at in rows]
    there = {pk for pk, _name, is_gone in known if not is_gone}
    return _Rows(there, {pk: name for pk, name, is_gone in known if is_gone})


def _teams(account: Account, keys: set[str]) -> _Rows:
    rows = Team.objects.filter(account=account, pk__in=_numbers(keys))
    return _deletable(rows.values_list("pk", "name", "deleted_at"))


def _inboxes(account: Account, keys: set[str]) -> _Rows:
    rows = Inbox.objects.filter(account=account, pk__in=_numbers(keys))
    return _deletable(rows.values_list("pk", "name", "deleted_at"))


def _agents(account: Account, keys: set[str]) -> _Rows:
    rows = Membership.objects.filter(account=account, user_id__in=_numbers(keys))
    return _Rows({str(pk) for pk in rows.values_list("user_id", flat=True)}, {})


def _numbers(keys: Iterable[str]) -> list[int]:
    return [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 16]


_LOOK_UP: Mapping[Source, Callable[[Account, set[str]], _Rows]] = {
    "labels": _labels,
    "teams": _teams,
    "inboxes": _inboxes,
    "agents": _agents,
}


def missing_in(account: Account, folders: Iterable[CustomFilter]) -> dict[int, list[Missing]]:
    """By the folder's id. A statement for each source that any of them names, however many folders."""
    named = [(folder.pk, *one) for folder in folders for one in _named(folder)]
    found: dict[int, list[Missing]] = {}
    for source, look_up in _LOOK_UP.items():
        keys = {key for _pk, _place, of, key in named if of == source}
        if not keys:
            continue
        rows = look_up(account, keys)
        for pk, place, of, key in named:
            if of == source and key not in rows.there:
                found.setdefault(pk, []).append(Missing(place, source, key, rows.were.get(key, "")))
    return {pk: sorted(many, key=lambda one: one.place) for pk, many in found.items()}


def _named(folder: CustomFilter) -> Iterable[tuple[int, Source, str]]:
    conditions = folder.query.get("payload", [])
    for place, condition in enumerate(conditions if isinstance(conditions, list) else []):
        if not isinstance(condition, dict) or condition.get("custom_attribute_type"):
            continue
        source = _SOURCES.get(str(condition.get("attribute_key")))
        if source is not None:
            for value in _values(condition.get("values")):
                key = stored_title(value) if source == "labels" else value
                if key:
                    yield place, source, key


def _values(given: Any) -> Iterable[str]:
    for value in given if isinstance(given, list) else [given]:
        plain = value.get("id", value.get("name")) if isinstance(value, dict) else value
        if isinstance(plain, str | int) and not isinstance(plain, bool) and "\x00" not in str(plain):
            yield str(plain).strip()
