"""The audit log on screen: searched, filtered, page by page, and taken away as a table. Nothing changes it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from ninja import Query, Schema

from ventanilla.accounts.models import Account
from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.audit import selectors
from ventanilla.audit.rendering import entries_json
from ventanilla.audit.taking import export, note_export
from ventanilla.events import facts
from ventanilla.kit.clock import zone
from ventanilla.kit.errors import Invalid

router = Router(tags=["Desk"])

_NO_ROW = 2**63


class AuditFilter(Schema):
    """What is looked for. `since` and `until` are days of the account, both included."""

    q: str = ""
    actor_id: str = ""
    subject: str = ""
    event: str = ""
    since: str = ""
    until: str = ""


class AuditLine(Schema):
    """One act, `at` seconds since 1970. `changes` is {field: [before, after]}; `added` and `removed` are members' names."""

    id: int
    at: int
    event: str
    subject: str
    subject_id: int | None
    subject_name: str
    actor_kind: str
    actor_id: int | None
    actor: str
    changes: dict[str, list[Any]]
    added: list[str]
    removed: list[str]
    details: dict[str, Any]
    address: str
    device: str
    way: str


class AuditPage(Schema):
    """`next`: where the next page begins, null at the end."""

    payload: list[AuditLine]
    next: int | None


class AuditPerson(Schema):
    """Someone whose acts can be asked for."""

    id: int
    name: str


class AuditChoices(Schema):
    """What can be asked for: people, kinds of things, kinds of acts."""

    people: list[AuditPerson]
    subjects: list[str]
    events: list[str]


@router.get("/audit", operation_id="list_audit_entries", response=AuditPage)
def index(request: Request, account_id: int, given: Query[AuditFilter], before: str = "") -> HttpResponse:
    """A page, newest first."""
    request.auth.require(Capability.ADMINISTRATION)
    rows = selectors.entries(request.auth.account, _question(request.auth.account, given))
    found = selectors.page_before(rows, before=_number(before, field="before"))
    page = found[: selectors.PAGE]
    return json_reply(
        {"payload": entries_json(page), "next": page[-1].pk if len(found) > selectors.PAGE else None}
    )


@router.get("/audit/choices", operation_id="audit_choices", response=AuditChoices)
def choices(request: Request, account_id: int) -> HttpResponse:
    """What the filters offer."""
    request.auth.require(Capability.ADMINISTRATION)
    names = facts.names_where(lambda kind: kind.administrative is not None)
    kinds = [facts.kind_of(name).administrative for name in names]
    people = selectors.people_of(request.auth.account)
    return json_reply(
        {
            "people": [{"id": pk, "name": name} for pk, name in people],
            "subjects": sorted({about.model for about in kinds if about is not None}),
            "events": sorted(names),
        }
    )


@router.get("/audit.csv", operation_id="download_audit_entries", response={200: None})
def download(request: Request, account_id: int, given: Query[AuditFilter]) -> StreamingHttpResponse:
    """The same as a table, all of it."""
    request.auth.require(Capability.ADMINISTRATION)
    rows = selectors.entries(request.auth.account, _question(request.auth.account, given))
    note_export(request.auth.account, by=request.auth.asker)
    response = StreamingHttpResponse(export(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(_('audit log.csv'))}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _question(account: Account, given: AuditFilter) -> selectors.Question:
    until = _midnight(account, given.until, field="until")
    return selectors.Question(
        words=given.q,
        actor_id=_number(given.actor_id, field="actor_id"),
        subject=given.subject,
        event=given.event,
        since=_midnight(account, given.since, field="since"),
        until=until + timedelta(days=1) if until is not None else None,
    )


def _number(text: str, *, field: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 19 or int(text) >= _NO_ROW:
        raise Invalid(fields={field: [_("This isn't one of the known values.")]})
    return int(text)


def _midnight(account: Account, text: str, *, field: str) -> datetime | None:
    """Where that day begins, in the account's zone."""
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or day.year < 1970 or day.year > 9000:
        raise Invalid(fields={field: [_("This isn't a day.")]})
    return datetime.combine(day, time.min, tzinfo=zone(account.timezone))
