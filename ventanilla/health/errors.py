"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import Refusal


class StillFails(Refusal):
    """The reader failed once more; the event stays where it lies."""

    status = 409
    code = "still_fails"
    default_message = _("It failed again. It stays here; the log has the details.")
