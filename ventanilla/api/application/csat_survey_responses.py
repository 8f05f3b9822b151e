"""What customers answered to the survey (contract B.10): a list, its figures, and a table to take away."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Schema
from ninja.params.functions import Query as QueryParameter

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.conversation_access import OptionalInt, OptionalText, visibility_of
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.kit.clock import now
from ventanilla.kit.pagination import page_of
from ventanilla.kit.tables import csv_text
from ventanilla.kit.wire_values import moment
from ventanilla.surveys import selectors
from ventanilla.surveys.commands import note_export
from ventanilla.surveys.rendering import responses_json, responses_table
from ventanilla.surveys.selectors import Question

router = Router(tags=["CSAT"])

PAGE = 25
USER_IDS = QueryParameter([], alias="user_ids[]")


class SurveyFilter(Schema):
    """Which answers: `since` and `until` are epoch seconds, `rating` 1 to 5."""

    since: OptionalText = None
    until: OptionalText = None
    inbox_id: OptionalInt = None
    team_id: OptionalInt = None
    rating: OptionalInt = None


class SurveyResponseShape(Schema):
    """One answer. `conversation_id` is the number the desk shows; without an agent no one had it then."""

    id: int
    rating: int
    feedback_message: str
    account_id: int
    message_id: int
    contact: dict[str, Any] | None = None
    conversation_id: int
    assigned_agent: dict[str, Any] | None = None
    created_at: int


class SurveyMetrics(Schema):
    """How many answered, how many gave each rating, and how many were asked."""

    total_count: int
    ratings_count: dict[str, int]
    total_sent_messages_count: int


def _question(request: Request, given: SurveyFilter, user_ids: list[int]) -> Question:
    sees = visibility_of(request)
    return Question(
        account=request.auth.account,
        seen=None if sees.everything else sees.q(),
        since=moment(given.since, field="since"),
        until=moment(given.until, field="until"),
        user_ids=user_ids,
        inbox_id=given.inbox_id,
        team_id=given.team_id,
        rating=given.rating,
    )


@router.get("", operation_id="list_survey_responses", response=list[SurveyResponseShape])
def index(
    request: Request,
    account_id: int,
    given: Query[SurveyFilter],
    user_ids: list[int] = USER_IDS,
    page: OptionalInt = None,
    sort: str = "-created_at",
) -> HttpResponse:
    """The answers, 25 a page, newest first; with `sort=created_at` oldest first. An agent sees those about themselves."""
    if not request.auth.may(Capability.REPORTS_READ):
        user_ids = [request.auth.person.pk]  # decision Q-1; a list is never refused
    rows = selectors.responses(_question(request, given, user_ids), newest_first=sort.strip() != "created_at")
    return json_reply(responses_json(page_of(rows, page=page, size=PAGE), account_id=account_id))


@router.get("/metrics", operation_id="survey_metrics", response=SurveyMetrics)
def metrics(
    request: Request, account_id: int, given: Query[SurveyFilter], user_ids: list[int] = USER_IDS
) -> HttpResponse:
    """Figures of the same answers."""
    request.auth.require(Capability.REPORTS_READ)
    return json_reply(selectors.metrics(_question(request, given, user_ids)))


@router.get("/download", operation_id="download_survey_responses", response={200: str})
def download(
    request: Request, account_id: int, given: Query[SurveyFilter], user_ids: list[int] = USER_IDS
) -> HttpResponse:
    """The same answers as a CSV file; its first line says the period."""
    request.auth.require(Capability.REPORTS_READ)
    question = _question(request, given, user_ids)
    rows = selectors.responses(question)
    oldest = question.since or rows.order_by("created_at").values_list("created_at", flat=True).first()
    period = _("Answers from %(since)s to %(until)s") % {
        "since": _day(oldest),
        "until": _day(question.until or now()),
    }
    table = csv_text(chain([[period]], responses_table(rows.iterator(chunk_size=500))))
    note_export(request.auth.account, by=request.auth.asker)
    # The mark of byte order tells spreadsheets that this is UTF-8.
    response = HttpResponse(f"\ufeff{table}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="csat_report.csv"'
    return response


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment is not None else "–"
