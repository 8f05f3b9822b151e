"""Send files to the customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Action, Parameter, texts
from ventanilla.conversations import commands
from ventanilla.conversations.errors import AttachmentRefused
from ventanilla.conversations.models import Conversation
from ventanilla.kit import storage
from ventanilla.kit.errors import Invalid


class SendAttachment(Action):
    """Uploads by their signed ids. Each conversation gets a copy, which goes with its message."""

    name = "send_attachment"
    title = _("Send files")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="attachments", title=_("Files"), shape="upload", many=True),
    )

    def read(self, given: Mapping[str, Any]) -> None:
        self.signed_ids = texts(given, "attachments")
        try:
            self.names = [storage.from_signed_id(one).filename for one in self.signed_ids]
        except Invalid:
            raise Invalid(fields={"attachments": [AttachmentRefused.default_message]}) from None

    def apply(self, conversation: Conversation) -> None:
        new = commands.NewMessage(
            "",
            content_attributes=self.acting.marks,
            attachments=[commands.uploaded(one) for one in self.signed_ids],
        )
        commands.post_message(conversation, new, by=self.acting.by, caused_by=self.acting.caused_by)

    def shown(self) -> list[str]:
        return self.names
