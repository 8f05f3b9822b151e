"""A promise is not kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from ventanilla.notifications.news import MissedKind


class SlaMissedFirstResponse(MissedKind):
    """Nothing tells of it yet; the contract's clients know its switch."""

    number = 6
    name = "sla_missed_first_response"
    label = lazy("A first response is late")
