"""The health page: what the checks find, and what may be done about it.

Administrators see their account's part. What belongs to the installation (processes, storage, backups, its own mail) is
shown to administrators of the account that looks after it, and says nothing of one account.
"""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.installation import known
from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.desk.installation import require_keeper
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.events.checks.wording import part_of
from ventanilla.events.models import SetAsideEvent
from ventanilla.health import commands
from ventanilla.health.looking import Seen, look
from ventanilla.health.rendering import page_json
from ventanilla.kit.clock import iso
from ventanilla.kit.pagination import page_number, page_of

router = Router(tags=["Desk"])

PAGE = 25


class FigureShape(Schema):
    """A number. `unit`: count, seconds, bytes or moment (seconds since 1970; 0 is never)."""

    name: str
    value: float
    unit: str
    labels: dict[str, str]


class FoundShape(Schema):
    """One thing looked at. `state`: well, look (somebody should, when there is time) or ill.

    `code` says for programs what `says` says in the caller's language; `acts`: what may be done about it.
    """

    key: str
    state: str
    name: str
    code: str
    says: str
    hint: str
    since: str | None
    figures: list[FigureShape]
    acts: list[str]
    about: dict[str, Any]


class CheckShape(Schema):
    """One check. `group`: channels, queues or storage."""

    name: str
    title: str
    group: str
    state: str
    took_ms: int
    found: list[FoundShape]


class HealthShape(Schema):
    """Everything this administrator may see. `look_again_seconds`: sooner nothing turns bad by itself."""

    checked_at: str
    took_ms: int
    state: str
    version: str
    is_whole: bool
    look_again_seconds: float
    checks: list[CheckShape]


class SetAsideShape(Schema):
    """An event that a reader of the log gave up. `part`: of the product, in words; `problem`: the last line of what went
    wrong.
    """

    id: int
    part: str
    consumer: str
    event: str
    event_id: int
    attempts: int
    problem: str
    set_aside_at: str | None


class SetAsideList(Schema):
    """A page of them, newest first."""

    payload: list[SetAsideShape]
    count: int
    page: int
    per_page: int


class AlertKeyShape(Schema):
    """What the account's webhook about health is signed with, as Standard Webhooks has it."""

    key: str


@router.get("", operation_id="show_health", response=HealthShape)
def show(request: Request, account_id: int) -> HttpResponse:
    """Look at everything now."""
    request.auth.require(Capability.ADMINISTRATION)
    is_keeper = request.auth.account.pk == known().account_id
    began = time.monotonic()
    seen: list[Seen] = look(account_id=account_id, whole=is_keeper)
    return json_reply(page_json(seen, is_whole=is_keeper, took_seconds=time.monotonic() - began))


@router.get("/set_aside", operation_id="list_set_aside", response=SetAsideList)
def set_aside(request: Request, account_id: int, page: str = "1") -> HttpResponse:
    """Events of this account that a reader gave up."""
    request.auth.require(Capability.ADMINISTRATION)
    rows = SetAsideEvent.objects.filter(account_id=account_id)
    return json_reply(
        {
            "payload": [_aside_json(row) for row in page_of(rows.order_by("-pk"), page=page, size=PAGE)],
            "count": rows.count(),
            "page": page_number(page),
            "per_page": PAGE,
        }
    )


def _aside_json(row: SetAsideEvent) -> dict[str, Any]:
    return {
        "id": row.pk,
        "part": str(part_of(row.consumer)),
        "consumer": row.consumer,
        "event": row.name,
        "event_id": row.event_id,
        "attempts": row.attempts,
        "problem": row.error.strip().rpartition("\n")[2][:300],
        "set_aside_at": iso(row.set_aside_at),
    }


@router.post("/set_aside/{int:set_aside_id}/retry", operation_id="retry_set_aside", response={200: None})
def retry(request: Request, account_id: int, set_aside_id: int) -> HttpResponse:
    """Let its reader try once more. 404 when it is there no more, 409 when it failed again."""
    request.auth.require(Capability.ADMINISTRATION)
    commands.retry_event(request.auth.account, set_aside_id=set_aside_id, by=request.auth.person)
    return empty_reply()


@router.delete("/set_aside/{int:set_aside_id}", operation_id="drop_set_aside", response={200: None})
def drop(request: Request, account_id: int, set_aside_id: int) -> HttpResponse:
    """Do without it. 404 when it is there no more."""
    request.auth.require(Capability.ADMINISTRATION)
    commands.drop_event(request.auth.account, set_aside_id=set_aside_id, by=request.auth.person)
    return empty_reply()


@router.post("/own_mail/hurry", operation_id="hurry_own_mail", response={200: None})
def hurry(request: Request, account_id: int) -> HttpResponse:
    """Try our own mail that waits at once."""
    require_keeper(request)
    commands.hurry_own_mail(request.auth.account, by=request.auth.person)
    return empty_reply()


@router.post("/alert_key", operation_id="show_alert_key", response=AlertKeyShape)
def alert_key(request: Request, account_id: int) -> HttpResponse:
    """Show what the webhook is signed with; made at the first time, and noted in the audit log each time."""
    request.auth.require(Capability.ADMINISTRATION)
    return json_reply({"key": commands.show_alert_key(request.auth.account, by=request.auth.person)})
