"""A promise is not kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from ventanilla.notifications.news import MissedKind


class SlaMissedNextResponse(MissedKind):
    """The customer was to have an answer by now."""

    number = 7
    name = "sla_missed_next_response"
    label = lazy("A follow-up response is late")
    promise = "nrt"
