"""What was promised and not kept (contract B.6): a list, its figures, and a table to take away."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query, Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.conversation_access import OptionalInt, OptionalText, visibility_of
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.kit.pagination import page_number, page_of
from ventanilla.kit.tables import csv_text
from ventanilla.kit.wire_values import moment
from ventanilla.service_levels import selectors
from ventanilla.service_levels.rendering import report_row, report_table
from ventanilla.service_levels.selectors import Question

router = Router(tags=["SLA"])

PAGE = 25


class AppliedFilter(Schema):
    """Which of them: `since` and `until` are epoch seconds, `label_list` titles with commas between them."""

    since: OptionalText = None
    until: OptionalText = None
    inbox_id: OptionalInt = None
    team_id: OptionalInt = None
    sla_policy_id: OptionalInt = None
    assigned_agent_id: OptionalInt = None
    label_list: OptionalText = None


class MissedShape(Schema):
    """A conversation in which a promise was missed."""

    applied_sla: dict[str, Any]
    conversation: dict[str, Any]
    sla_events: list[dict[str, Any]]


class MissedMeta(Schema):
    """How many there are."""

    count: int
    current_page: int


class MissedAnswer(Schema):
    """A page of 25."""

    payload: list[MissedShape]
    meta: MissedMeta


class AppliedMetrics(Schema):
    """How many were applied, how many missed, and the share that was kept ("97.5%")."""

    total_applied_slas: int
    number_of_sla_misses: int
    hit_rate: str


def _question(request: Request, given: AppliedFilter) -> Question:
    sees = visibility_of(request)
    labels = [title.strip() for title in (given.label_list or "").split(",")]
    return Question(
        account=request.auth.account,
        seen=None if sees.everything else sees.q(),
        since=moment(given.since, field="since"),
        until=moment(given.until, field="until"),
        inbox_id=given.inbox_id,
        team_id=given.team_id,
        sla_policy_id=given.sla_policy_id,
        assigned_agent_id=given.assigned_agent_id,
        labels=[title for title in labels if title],
    )


@router.get("", operation_id="list_applied_slas", response=MissedAnswer)
def index(
    request: Request, account_id: int, given: Query[AppliedFilter], page: OptionalInt = None
) -> HttpResponse:
    """Conversations in which a promise was missed, newest first. An agent sees those that are theirs."""
    if not request.auth.may(Capability.REPORTS_READ):  # a list is never refused
        given.assigned_agent_id = request.auth.person.pk
    rows = selectors.missed(_question(request, given))
    return json_reply(
        {
            "payload": [report_row(row) for row in page_of(rows, page=page, size=PAGE)],
            "meta": {"count": rows.count(), "current_page": page_number(page)},
        }
    )


@router.get("/metrics", operation_id="applied_sla_metrics", response=AppliedMetrics)
def metrics(request: Request, account_id: int, given: Query[AppliedFilter]) -> HttpResponse:
    """Figures of the same question."""
    request.auth.require(Capability.REPORTS_READ)
    return json_reply(selectors.metrics(_question(request, given)))


@router.get("/download", operation_id="download_applied_slas", response={200: str})
def download(request: Request, account_id: int, given: Query[AppliedFilter]) -> HttpResponse:
    """The missed ones as a CSV file."""
    request.auth.require(Capability.REPORTS_READ)
    rows = selectors.missed(_question(request, given))
    table = csv_text(report_table(rows.iterator(chunk_size=500)))
    # The mark of byte order tells spreadsheets that this is UTF-8.
    response = HttpResponse(f"\ufeff{table}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="breached_conversation.csv"'
    return response
