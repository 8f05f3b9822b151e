"""Refusals of this room."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import Conflict


class NotAtWork(Conflict):
    """It has ended already."""

    code: ClassVar[str] = "export_over"
    default_message = _("This export is over.")


class NoFile(Conflict):
    """There is none, or it was deleted after its time."""

    code: ClassVar[str] = "export_without_file"
    default_message = _("This file no longer exists. Repeat the export.")


class TooManyAtOnce(Conflict):
    """The account has as many waiting as it may have."""

    code: ClassVar[str] = "too_many_exports"
    default_message = _("There are already 20 exports in progress. Wait for one to end, or cancel one.")
