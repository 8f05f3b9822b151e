"""Refusals of this room."""

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import NotFound


class NoSuchLimit(NotFound):
    """There is no limit of that name, or its operator switched it off."""

    default_message = _("There's no such limit here.")
