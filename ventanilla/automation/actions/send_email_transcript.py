"""Send a copy of the conversation by mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Action, Parameter, text
from ventanilla.conversations import commands
from ventanilla.conversations.commands.content import expand
from ventanilla.conversations.models import Conversation
from ventanilla.kit import rate_limits
from ventanilla.kit.errors import Invalid


class SendEmailTranscript(Action):
    """Addresses with commas between them; variables such as {{contact.email}} are filled in for each conversation."""

    name = "send_email_transcript"
    title = _("Send a copy by mail")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            name="email",
            title=_("Addresses"),
            hint=_("Several with commas between them. {{contact.email}} is the customer's."),
        ),
    )

    def read(self, given: Mapping[str, Any]) -> None:
        self.addresses = [one.strip() for one in text(given, "email").split(",") if one.strip()]
        if not self.addresses:
            raise Invalid(fields={"email": [_("Enter a valid email address.")]})

    def apply(self, conversation: Conversation) -> None:
        for address in self.addresses:
            if self.acting.by is not None:  # people send no more of them this way than one by one
                rate_limits.check("transcripts_per_account", conversation.account_id)
            commands.request_transcript(
                conversation,
                email=expand(address, conversation, sender=self.acting.by),
                by=self.acting.by,
                caused_by=self.acting.caused_by,
            )

    def shown(self) -> list[str]:
        return self.addresses
