"""Who sends what lies in the out-tray: one function per kind. It is given the row and what it calls right before the
network may have it, and returns a receipt or raises SendFailed, SendUnknown or Withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable

from ventanilla.delivery.mails import send_mail
from ventanilla.delivery.models import Outgoing
from ventanilla.delivery.pushes import send_push
from ventanilla.delivery.sending import send_message
from ventanilla.delivery.webhooks import call_webhook
from ventanilla.inboxes.channel import HandsOver, Receipt
from ventanilla.inboxes.channels import capabilities_of

SENDERS: dict[str, Callable[[Outgoing, Callable[[], None]], Receipt]] = {
    "message": send_message,
    "mail": send_mail,
    "webhook": call_webhook,
    "push": send_push,
}


def is_keyed(row: Outgoing) -> bool:
    """Whether the other side knows a second copy by the row's key, so that it may simply be sent once more."""
    if row.kind == "message" and row.inbox is not None:
        return capabilities_of(row.inbox.kind).hands_over == HandsOver.KEYED
    return row.kind in ("webhook", "push")
