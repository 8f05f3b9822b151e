"""What the log tells the post room: messages to send, webhooks to call, mails of ours to write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from django.conf import settings

from ventanilla.conversations.models import Conversation, Message, MessageType
from ventanilla.delivery import out_tray
from ventanilla.delivery.mails import writers
from ventanilla.delivery.out_tray import Parcel
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent
from ventanilla.inboxes.channel import channel_of
from ventanilla.inboxes.models import Inbox

_LEAVES = (MessageType.OUTGOING, MessageType.TEMPLATE)


class MessagesToSend(Consumer):
    """Lays every public message of ours in the out-tray of a channel that needs sending. Notes never get past here."""

    name = "delivery.messages"
    subscribes = frozenset({"message.created", "message.retried"})

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        self._lay([event for event in events if event.name == "message.created"])
        for event in events:
            if event.name == "message.retried":
                out_tray.send_again(event.payload["message_id"])

    def _lay(self, events: Sequence[LoggedEvent]) -> None:
        ids = [
            e.payload["message_id"]
            for e in events
            if e.payload["message_type"] in _LEAVES and not e.payload["private"]
        ]
        # A message that came with the provider's id was sent elsewhere already (contract B.2, source_id).
        if not ids:
            return
        messages = Message.objects.filter(pk__in=ids, private=False, source_id__isnull=True)
        out_tray.put(
            [
                Parcel(
                    kind="message",
                    key=f"message:{message.pk}",
                    account_id=message.account_id,
                    message_id=message.pk,
                    inbox=message.inbox,
                )
                for message in messages.only("pk", "account_id", "inbox")
                .select_related("inbox")
                .order_by("pk")
                if channel_of(message.inbox.kind).capabilities.sends_through_out_tray
            ]
        )


class InboxWebhooks(Consumer):
    """Tells the system behind an API inbox of everything that happens in it (contract E.2)."""

    name = "delivery.inbox_webhooks"
    subscribes: ClassVar[frozenset[str]] = frozenset(
        {
            "message.created",
            "message.updated",
            "conversation.created",
            "conversation.updated",
            "conversation.status_changed",
        }
    )

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        inboxes = _webhook_inboxes(events)
        if not inboxes:
            return
        conversation_ids = {event.payload["conversation_id"] for event in events}
        inbox_of = dict(
            Conversation.objects.filter(pk__in=conversation_ids, inbox__in=inboxes).values_list(
                "pk", "inbox_id"
            )
        )
        parcels = []
        for event in events:
            inbox = inboxes.get(inbox_of.get(event.payload["conversation_id"], 0))
            if inbox is None or event.payload.get("message_type") == MessageType.ACTIVITY or _is_ours(event):
                continue
            parcels.append(
                Parcel(
                    kind="webhook",
                    key=f"event:{event.id}:inbox:{inbox.pk}",
                    account_id=event.account_id,
                    inbox=inbox,
                    message_id=event.payload.get("message_id") if event.name == "message.created" else None,
                    destination=inbox.channel_settings["webhook_url"],
                    payload={"event": event.name.replace(".", "_"), **event.payload},
                )
            )
        out_tray.put(parcels)


# What a message.updated tells of our own way to the webhook: whoever just took the message need not hear that he did.
_ON_ITS_WAY = frozenset({"delivery", "waits_for", "activity"})


def _is_ours(event: LoggedEvent) -> bool:
    changes = event.payload.get("changes") or {}
    if event.name != "message.updated" or not changes:
        return False
    arrived = changes.get("status") in (["progress", "sent"], ["failed", "progress"])
    return _ON_ITS_WAY | ({"status", "external_error"} if arrived else set()) >= changes.keys()


def _webhook_inboxes(events: Iterable[LoggedEvent]) -> dict[int, Inbox]:
    accounts = {event.account_id for event in events}
    api = Inbox.objects.filter(kind="api", account_id__in=accounts, deleted_at__isnull=True)
    return {inbox.pk: inbox for inbox in api if inbox.channel_settings.get("webhook_url")}


class MailsToWrite(Consumer):
    """Mails of ours that an event asks for: transcript, notification (settings.MAIL_WRITERS)."""

    name = "delivery.mails"
    subscribes = frozenset(settings.MAIL_WRITERS)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        out_tray.put(
            [
                Parcel(
                    kind="mail",
                    key=f"mail:{event.id}",
                    account_id=event.account_id,
                    payload={"event": event.name, **event.payload},
                    wait=writers()[event.name].wait(event.payload),
                )
                for event in events
                if writers()[event.name].is_due(event.payload)
            ]
        )
