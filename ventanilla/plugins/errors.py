"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import NotFound


class NoSuchPlugin(NotFound):
    """No package of this name is installed that announces anything."""

    code = "no_such_plugin"
    default_message = _("This plug-in is not installed.")
