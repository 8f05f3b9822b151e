"""Facts of this room."""

from __future__ import annotations

from typing import ClassVar

from ventanilla.events.facts import About, Fact


class SurveyAnswered(Fact, frozen=True, kw_only=True):
    """A customer said how they were served, or changed what they said. `old_rating` null: for the first time."""

    name: ClassVar[str] = "survey.answered"
    survey_response_id: int
    conversation_id: int
    message_id: int
    rating: int
    old_rating: int | None


class SurveyAnswersExported(Fact, frozen=True, kw_only=True):
    """Someone took the answers away as a table."""

    name: ClassVar[str] = "survey_answers.exported"
    administrative = About("surveys.SurveyResponse")
