"""Tell a program of the company's about the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Action, Parameter, text
from ventanilla.conversations.models import Conversation
from ventanilla.delivery import out_tray
from ventanilla.delivery.out_tray import Parcel
from ventanilla.kit import rate_limits
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import is_web_url
from ventanilla.kit.tokens import digest


class SendWebhookEvent(Action):
    """The conversation's form (contract E.4) leaves by the out-tray: guarded, tried again, once for each run."""

    name = "send_webhook_event"
    title = _("Call a webhook")
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter(name="url", title=_("Address"), shape="uri"),)

    def read(self, given: Mapping[str, Any]) -> None:
        self.url = text(given, "url").strip()
        if not is_web_url(self.url):
            raise Invalid(fields={"url": [_("Enter an address that starts with http:// or https://.")]})

    def apply(self, conversation: Conversation) -> None:
        # One press over thousands of conversations would knock at somebody's door as often. Raises Throttled.
        rate_limits.check("action_webhooks_per_account", conversation.account_id)
        out_tray.put(
            [
                Parcel(
                    kind="webhook",
                    key=f"action:{self.acting.run}:{conversation.pk}:{digest(self.url)}",
                    account_id=conversation.account_id,
                    destination=self.url,
                    payload={"event": self.acting.event, "conversation_id": conversation.pk},
                )
            ]
        )

    def shown(self) -> list[str]:
        return [self.url]
