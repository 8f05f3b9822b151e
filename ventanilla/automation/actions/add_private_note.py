"""Write a note to colleagues."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Parameter
from ventanilla.automation.actions.send_message import SendMessage


class AddPrivateNote(SendMessage):
    """Mentions in it tell the people they name."""

    name = "add_private_note"
    also_called = ("send_private_note",)
    title = _("Add a private note")
    private = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="content", title=_("Private note"), shape="note"),
    )
