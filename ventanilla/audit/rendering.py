"""Entries as the desk, the contract (F.24) and a table show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.accounts.models import AgentBot, PlatformApp, User
from ventanilla.audit.models import AuditEntry
from ventanilla.audit.subjects import PERSON
from ventanilla.events.facts import kind_of
from ventanilla.kit.devices import device_name

_ACTIONS = {
    "created": "create",
    "updated": "update",
    "deleted": "destroy",
    "removed": "destroy",
    "added": "create",
}
_ACTOR_TYPES = {"user": "User", "agent_bot": "AgentBot", "platform_app": "PlatformApp"}
_ADMINISTERED = "members_changed"


class People:
    """Names of whoever a page of entries is by or about, by one question for each kind."""

    def __init__(self, rows: Sequence[AuditEntry]) -> None:
        users = _actors(rows, "user") | {pk for row in rows for pk in _members(row)}
        users |= {row.subject_id for row in rows if row.subject == PERSON and row.subject_id is not None}
        found = User.objects.filter(pk__in=users).values_list("pk", "name", "email")
        self._users = {pk: (name or email, email) for pk, name, email in found}
        bots = _actors(rows, "agent_bot")
        self._bots = dict(AgentBot.objects.filter(pk__in=bots).values_list("pk", "name")) if bots else {}
        apps = _actors(rows, "platform_app")
        self._apps = dict(PlatformApp.objects.filter(pk__in=apps).values_list("pk", "name")) if apps else {}

    def name(self, user_id: int | None) -> str:
        """The user's; "" for one who is no more."""
        return self._users.get(user_id or 0, ("", ""))[0]

    def email(self, user_id: int | None) -> str:
        """The user's; "" for one who is no more."""
        return self._users.get(user_id or 0, ("", ""))[1]

    def actor(self, row: AuditEntry) -> str:
        """Who did it; "" for the system itself and who is no more."""
        if row.actor_kind == "user":
            return self.name(row.actor_id)
        named = self._bots if row.actor_kind == "agent_bot" else self._apps
        return str(named.get(row.actor_id or 0, ""))


def _actors(rows: Sequence[AuditEntry], kind: str) -> set[int]:
    return {row.actor_id for row in rows if row.actor_kind == kind and row.actor_id is not None}


def _members(row: AuditEntry) -> list[int]:
    ids = [*row.data.get("added", []), *row.data.get("removed", [])]
    return [pk for pk in ids if isinstance(pk, int)]


def entries_json(rows: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    """A page for the desk. Sentences are its own; here are the facts they are made of."""
    people = People(rows)
    return [
        {
            "id": row.pk,
            "at": int(row.happened_at.timestamp()),
            "event": row.event,
            "subject": row.subject,
            "subject_id": row.subject_id,
            "subject_name": _subject_name(row, people),
            "actor_kind": row.actor_kind or "system",
            "actor_id": row.actor_id,
            "actor": people.actor(row),
            "changes": changes_of(row),
            "added": [people.name(pk) for pk in row.data.get("added", [])],
            "removed": [people.name(pk) for pk in row.data.get("removed", [])],
            "details": _details(row),
            "address": row.address,
            "device": device_name(row.device),
            "way": row.way,
        }
        for row in rows
    ]


def _subject_name(row: AuditEntry, people: People) -> str:
    return people.name(row.subject_id) if row.subject == PERSON else row.subject_name


def changes_of(row: AuditEntry) -> dict[str, list[Any]]:
    """{field: [before, after]}."""
    changes = row.data.get("changes", {})
    return changes if isinstance(changes, dict) else {}


def _details(row: AuditEntry) -> dict[str, Any]:
    return {key: value for key, value in row.data.items() if key not in {"changes", "added", "removed"}}


def contract_json(rows: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    """A page in the contract's shape."""
    people = People(rows)
    return [
        {
            "id": row.pk,
            "auditable_id": row.subject_id,
            "auditable_type": _noun(row),
            "auditable": {"id": row.subject_id, "name": _subject_name(row, people)}
            if row.subject_id
            else None,
            "associated_id": row.account_id,
            "associated_type": "Account",
            "user_id": row.actor_id,
            "user_type": _ACTOR_TYPES.get(row.actor_kind),
            "username": people.email(row.actor_id) if row.actor_kind == "user" else people.actor(row),
            "action": _action(row),
            "audited_changes": changes_of(row) or row.data,
            "version": 1,
            "comment": None,
            "request_uuid": row.request,
            "created_at": int(row.happened_at.timestamp()),
            "remote_address": row.address or None,
        }
        for row in rows
    ]


def _noun(row: AuditEntry) -> str:
    about = kind_of(row.event).administrative
    return (about.noun if about is not None else "") or row.subject.rpartition(".")[2]


def _action(row: AuditEntry) -> str:
    verb = row.event.rpartition(".")[2]
    if verb == _ADMINISTERED:
        return "destroy" if row.data.get("removed") and not row.data.get("added") else "create"
    return {"signed_in": "sign_in", "signed_out": "sign_out"}.get(verb, _ACTIONS.get(verb, verb))


def table(pages: Iterable[Sequence[AuditEntry]]) -> Iterator[list[object]]:
    """Rows to take away, under a line of titles."""
    yield [_("When"), _("Who"), _("Email"), _("What"), _("Of what"), _("Name"), _("Before"), _("After"),
           _("Address"), _("Device")]  # fmt: skip
    for rows in pages:
        people = People(rows)
        for row in rows:
            before, after = _sides(row, people)
            who = people.actor(row) or row.actor_kind
            yield [
                row.happened_at.isoformat(timespec="seconds"), who, people.email(row.actor_id), row.event, _noun(row),
                _subject_name(row, people) or (f"#{row.subject_id}" if row.subject_id else ""), before, after,
                row.address, device_name(row.device),
            ]  # fmt: skip


def _sides(row: AuditEntry, people: People) -> tuple[str, str]:
    changes = changes_of(row)
    if changes:
        sides = [(name, pair) for name, pair in changes.items() if isinstance(pair, list) and len(pair) == 2]
        before = "; ".join(f"{name}: {pair[0]}" for name, pair in sides)
        return before, "; ".join(f"{name}: {pair[1]}" for name, pair in sides)
    removed, added = (
        ", ".join(people.name(pk) for pk in row.data.get(side, [])) for side in ("removed", "added")
    )
    return removed, added
