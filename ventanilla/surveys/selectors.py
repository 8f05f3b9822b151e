"""Questions about surveys and their answers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from ventanilla.accounts.models import Account
from ventanilla.conversations.models import Conversation, Message
from ventanilla.kit.clock import now
from ventanilla.kit.errors import NotFound
from ventanilla.surveys.models import MAX_RATING, MIN_RATING, SurveyResponse

ANSWERABLE = timedelta(days=14)  # contract C.3
SURVEY = "input_csat"


def is_closed(message: Message) -> bool:
    """Whether it was sent too long ago to be answered."""
    return now() - message.created_at >= ANSWERABLE


def survey_of(conversation_uuid: str) -> Message:
    """The newest survey of the conversation with that uuid: whoever knows the address may answer it.

    Raises NotFound, also when its inbox is gone or its account is suspended.
    """
    try:
        wanted = uuid.UUID(conversation_uuid)
    except ValueError as error:
        raise NotFound from error
    message = (
        Message.objects.select_related("conversation__contact", "inbox__account", "survey_response")
        .filter(
            conversation__uuid=wanted,
            content_type=SURVEY,
            private=False,
            deleted_at__isnull=True,
            inbox__deleted_at__isnull=True,
        )
        .order_by("-pk")
        .first()
    )
    if message is None or not message.inbox.account.is_active:
        raise NotFound
    return message


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which answers someone wants to see. Nothing given: all of the account."""

    account: Account
    seen: Q | None = None  # which conversations the one who asks may see; None: all
    since: datetime | None = None
    until: datetime | None = None
    user_ids: Sequence[int] = ()
    inbox_id: int | None = None
    team_id: int | None = None
    rating: int | None = None


def _between(question: Question) -> Q:
    rule = Q()
    if question.since is not None:
        rule &= Q(created_at__gte=question.since)
    if question.until is not None:
        rule &= Q(created_at__lt=question.until)
    return rule


def _of_conversation(question: Question) -> Q:
    rule = Q()
    if question.seen is not None:
        rule &= Q(conversation__in=Conversation.objects.filter(question.seen))
    if question.inbox_id is not None:
        rule &= Q(conversation__inbox_id=question.inbox_id)
    if question.team_id is not None:
        rule &= Q(conversation__team_id=question.team_id)
    return rule


def responses(question: Question, *, newest_first: bool = True) -> QuerySet[SurveyResponse]:
    """The answers, with their agent, conversation and contact loaded."""
    rows = SurveyResponse.objects.filter(
        _between(question) & _of_conversation(question), account=question.account
    )
    if question.user_ids:
        rows = rows.filter(assigned_agent_id__in=question.user_ids)
    if question.rating is not None:
        rows = rows.filter(rating=question.rating)
    rows = rows.select_related("assigned_agent", "conversation__contact", "conversation__inbox")
    return rows.order_by("-created_at", "-id") if newest_first else rows.order_by("created_at", "id")


def metrics(question: Question) -> dict[str, Any]:
    """How many answers, how many of each rating, and how many surveys went out (contract B.10)."""
    counted = dict(
        responses(question)
        .order_by()
        .values_list("rating")
        .annotate(count=Count("id"))
        .values_list("rating", "count")
    )
    sent = Message.objects.filter(
        _between(question) & _of_conversation(question),
        account=question.account,
        content_type=SURVEY,
        private=False,
    )
    if question.user_ids:
        sent = sent.filter(conversation__assignee_id__in=question.user_ids)
    return {
        "total_count": sum(counted.values()),
        "ratings_count": {
            str(rating): counted.get(rating, 0) for rating in range(MIN_RATING, MAX_RATING + 1)
        },
        "total_sent_messages_count": sent.count(),
    }
