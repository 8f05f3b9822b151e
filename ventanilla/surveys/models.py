"""Survey response."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.models import Conversation, Message
from ventanilla.kit.clock import now

MIN_RATING, MAX_RATING = 1, 5


class SurveyResponse(models.Model):
    """What a customer answered to one survey; answering again changes it. `assigned_agent`: who had it at first."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="survey_responses")
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="survey_response")
    assigned_agent = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    rating = models.PositiveSmallIntegerField()
    feedback_message = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(rating__gte=MIN_RATING, rating__lte=MAX_RATING),
                name="survey_response_rating",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "-created_at", "-id"], name="survey_response_newest")
        ]
