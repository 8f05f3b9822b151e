"""The survey for whoever has its address (contract C.3): no sign-in, the conversation's uuid is the key."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.api.sign_in_limits import address_of
from ventanilla.kit import rate_limits
from ventanilla.surveys.commands import answer_survey_as_submitted
from ventanilla.surveys.rendering import survey_json
from ventanilla.surveys.selectors import survey_of

router = Router(tags=["public"])


class SurveyAnswerIn(Body):
    """`{"csat_survey_response": {"rating": 1…5, "feedback_message"}}`."""

    wrapper: ClassVar[str | None] = "message"
    submitted_values: Any = None


class SurveyOut(Schema):
    """A survey and what was answered to it so far. `conversation_id` is not the number the desk shows."""

    id: int
    csat_survey_response: dict[str, Any] | None
    inbox_avatar_url: str
    inbox_name: str
    locale: str
    conversation_id: int
    created_at: int


@router.get("/csat_survey/{conversation_uuid}", response=SurveyOut, summary="Show a survey")
def show(request: HttpRequest, conversation_uuid: str) -> HttpResponse:
    """How the inbox looks, and the answer if there is one."""
    return json_reply(survey_json(survey_of(conversation_uuid)))


@router.patch("/csat_survey/{conversation_uuid}", response=SurveyOut, summary="Answer a survey")
def answer(request: HttpRequest, conversation_uuid: str, given: SurveyAnswerIn = Given()) -> HttpResponse:
    """Keep the rating and comment; answering again changes them. Closed after 14 days."""
    message = survey_of(conversation_uuid)
    rate_limits.check("survey_answers_per_survey", message.pk)
    rate_limits.check("survey_answers_per_ip", address_of(request))
    answer_survey_as_submitted(message, submitted=given.submitted_values, by=message.conversation.contact)
    return json_reply(survey_json(survey_of(conversation_uuid)))
