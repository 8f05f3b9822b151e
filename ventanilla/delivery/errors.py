"""Ways the post room says no."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import Refusal


class NotQuarantined(Refusal):
    """Only what lies in quarantine can be run again."""

    code = "not_quarantined"
    status = 409
    default_message = _("This was read already.")
