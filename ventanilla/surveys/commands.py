"""The only writer of survey responses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import Account, User
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands import answer_message
from ventanilla.conversations.models import Conversation, Message
from ventanilla.events.log import Actor, record
from ventanilla.kit.clock import now
from ventanilla.kit.errors import NotFound
from ventanilla.surveys.errors import NotAnAnswer, SurveyClosed
from ventanilla.surveys.events import SurveyAnswered, SurveyAnswersExported
from ventanilla.surveys.models import SurveyResponse
from ventanilla.surveys.selectors import SURVEY, is_closed

MAX_FEEDBACK_CHARS = 5_000
_RATING = re.compile(r"[1-5]")


@transaction.atomic
def answer_survey(message: Message, *, rating: object, feedback: object = "", by: Contact) -> Message:
    """Keep how the customer was served; answering again changes it. Returns the message with the answer in it.

    Raises NotFound when the message is no survey, SurveyClosed after 14 days, NotAnAnswer.
    Records survey.answered, and message.updated for the thread.
    """
    if message.content_type != SURVEY:
        raise NotFound
    if is_closed(message):
        raise SurveyClosed(fields={"submitted_values": [SurveyClosed.default_message]})
    if not _RATING.fullmatch(str(rating)):
        raise NotAnAnswer(fields={"submitted_values": [NotAnAnswer.default_message]})
    stars, said = int(str(rating)), str(feedback or "").strip()[:MAX_FEEDBACK_CHARS]
    # First the thread: it locks the conversation, so two answers at once come one after the other.
    answered = answer_message(
        message,
        attributes={
            "submitted_values": {"csat_survey_response": {"rating": stars, "feedback_message": said}}
        },
        by=by,
    )
    _keep(answered, rating=stars, feedback=said, by=by)
    return answered


def _keep(message: Message, *, rating: int, feedback: str, by: Contact) -> None:
    response = SurveyResponse.objects.filter(message=message).first()
    old = response.rating if response is not None else None
    if response is None:
        response = SurveyResponse(
            account_id=message.account_id,
            conversation_id=message.conversation_id,
            message=message,
            # Contract F.23: who had the conversation at the first answer keeps the credit.
            assigned_agent_id=Conversation.objects.values_list("assignee_id", flat=True).get(
                pk=message.conversation_id
            ),
            created_at=now(),
        )
    elif (response.rating, response.feedback_message) == (rating, feedback):
        return
    response.rating, response.feedback_message, response.updated_at = rating, feedback, now()
    response.save()
    record(
        SurveyAnswered(
            account_id=message.account_id,
            survey_response_id=response.pk,
            conversation_id=message.conversation_id,
            message_id=message.pk,
            rating=rating,
            old_rating=old,
        ),
        actor=Actor("contact", by.pk),
    )


def answer_survey_as_submitted(message: Message, *, submitted: Any, by: Contact) -> Message:
    """The same from the contract's form: `{"csat_survey_response": {"rating", "feedback_message"}}`."""
    given = submitted.get("csat_survey_response") if isinstance(submitted, Mapping) else None
    if not isinstance(given, Mapping):
        raise NotAnAnswer(fields={"submitted_values": [NotAnAnswer.default_message]})
    return answer_survey(message, rating=given.get("rating"), feedback=given.get("feedback_message"), by=by)


@transaction.atomic
def note_export(account: Account, *, by: User) -> None:
    """Someone takes the answers away as a table. Records survey_answers.exported."""
    record(SurveyAnswersExported(account_id=account.pk), actor=actor_of(by))
