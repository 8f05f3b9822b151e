"""A promise is not kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from ventanilla.notifications.news import MissedKind


class SlaMissedResolution(MissedKind):
    """Nothing tells of it yet; the contract's clients know its switch."""

    number = 8
    name = "sla_missed_resolution"
    label = lazy("A conversation isn't resolved in time")
