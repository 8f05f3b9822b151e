"""Refusals of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import Invalid


class SurveyClosed(Invalid):
    """Too late: the survey was sent longer ago than it can be answered."""

    code = "survey_closed"
    default_message = _("This survey is closed.")


class NotAnAnswer(Invalid):
    """No whole number from 1 to 5, or something that is no answer at all."""

    code = "not_an_answer"
    default_message = _("The answer isn't valid.")
