"""Refusals of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import LimitReached


class InboxLimitReached(LimitReached):
    """The account may have no more inboxes."""

    code = "inbox_limit"
    default_message = _("This account has reached its limit of channels.")
