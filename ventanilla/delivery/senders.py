"""Who sends what lies in the out-tray: one function per kind, which returns a receipt or raises SendFailed."""

from __future__ import annotations

from collections.abc import Callable

from ventanilla.delivery.mails import send_mail
from ventanilla.delivery.models import Outgoing
from ventanilla.delivery.sending import send_message
from ventanilla.delivery.webhooks import call_webhook
from ventanilla.inboxes.channel import Receipt

SENDERS: dict[str, Callable[[Outgoing], Receipt]] = {
    "message": send_message,
    "mail": send_mail,
    "webhook": call_webhook,
}
