"""A promise is not kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from ventanilla.notifications.news import MissedKind


class SlaMissedResolution(MissedKind):
    """The conversation was to be resolved by now."""

    number = 8
    name = "sla_missed_resolution"
    label = lazy("A conversation isn't resolved in time")
    promise = "rt"
