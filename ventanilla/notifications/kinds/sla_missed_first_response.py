"""A promise is not kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from ventanilla.notifications.news import MissedKind


class SlaMissedFirstResponse(MissedKind):
    """The customer was to have a first answer by now."""

    number = 6
    name = "sla_missed_first_response"
    label = lazy("A first response is late")
    promise = "frt"
