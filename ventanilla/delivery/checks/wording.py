"""What the checks of both trays say alike."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ventanilla.kit.health import Words


def waiting(count: int) -> Words:
    """How many wait."""
    if not count:
        return Words(_("Nothing waits"))
    return Words(ngettext_lazy("%(count)s waits", "%(count)s wait", "count"), count=count)
