"""What the first hour refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import Refusal


class LineNotSeen(Refusal):
    """The page answered, and the chat is not on it."""

    status = 409
    code = "line_not_seen"
    default_message = _("The page responded, but the code isn't on it yet.")


class PageSilent(Refusal):
    """The page did not answer, or its address leads nowhere we go."""

    status = 409
    code = "page_silent"
    default_message = _("The page didn't respond. Check its address in the channel's settings.")
