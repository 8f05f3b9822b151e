"""What the log tells the post room: messages to send, webhooks to call, mails of ours to write."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from django.conf import settings

from ventanilla.conversations.events import MessageCreated, MessageRetried, MessageUpdated
from ventanilla.conversations.models import MessageType
from ventanilla.delivery import out_tray
from ventanilla.delivery.mails import writers
from ventanilla.delivery.out_tray import Parcel
from ventanilla.delivery.pushes import pushers
from ventanilla.events.consumer import Consumer
from ventanilla.events.facts import WEBHOOK, Fact, names_where
from ventanilla.events.log import LoggedEvent
from ventanilla.inboxes.channels import capabilities_of, kinds_where
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import statements
from ventanilla.kit.pusher import Asking

_LEAVES = (MessageType.OUTGOING, MessageType.TEMPLATE)
_PUBLIC = (
    "SELECT m.id, m.account_id, m.inbox_id, i.kind FROM conversations_message m JOIN inboxes_inbox i ON i.id = m.inbox_id"
    " WHERE m.id IN ({}) AND NOT m.private AND m.source_id IS NULL"
)
_INBOXES = (
    "SELECT c.id, c.inbox_id, i.kind FROM conversations_conversation c JOIN inboxes_inbox i ON i.id = c.inbox_id"
    " WHERE c.id IN ({}) AND i.deleted_at IS NULL"
)


class MessagesToSend(Consumer):
    """Lays every public message of ours in the out-tray of a channel that needs sending. Notes never get past here."""

    name = "delivery.messages"
    hears = (MessageCreated, MessageRetried)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        facts = [event.fact for event in events]
        self._lay([fact for fact in facts if isinstance(fact, MessageCreated)])
        for fact in facts:
            if isinstance(fact, MessageRetried):
                out_tray.send_again(fact.message_id)

    def _lay(self, created: Sequence[MessageCreated]) -> None:
        ids = [fact.message_id for fact in created if fact.message_type in _LEAVES and not fact.private]
        # A message that came with the provider's id was sent elsewhere already (contract B.2, source_id).
        if not ids:
            return
        rows = statements.fetch_among(_PUBLIC, ids)
        out_tray.put(
            [
                Parcel(
                    kind="message",
                    key=f"message:{message_id}",
                    account_id=account_id,
                    message_id=message_id,
                    inbox_id=inbox_id,
                )
                for message_id, account_id, inbox_id, kind in sorted(rows)
                if capabilities_of(kind).sends_through_out_tray
            ]
        )


class InboxWebhooks(Consumer):
    """Tells the system behind an API inbox of everything that happens in it (contract E.2)."""

    name = "delivery.inbox_webhooks"
    subscribes: ClassVar[frozenset[str]] = names_where(lambda kind: WEBHOOK in kind.told.shapes)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        rows = statements.fetch_among(_INBOXES, {event.payload["conversation_id"] for event in events})
        programs = kinds_where(written_by_program=True)
        inbox_of: dict[int, int] = {pk: inbox_id for pk, inbox_id, kind in rows if kind in programs}
        if not inbox_of:
            return
        inboxes = _with_webhook(set(inbox_of.values()))
        parcels = []
        for event in events:
            inbox = inboxes.get(inbox_of.get(event.payload["conversation_id"], 0))
            if inbox is None or _is_ours(event.fact):
                continue
            parcels.append(
                Parcel(
                    kind="webhook",
                    key=f"event:{event.id}:inbox:{inbox.pk}",
                    account_id=event.account_id,
                    inbox_id=inbox.pk,
                    message_id=event.fact.message_id if isinstance(event.fact, MessageCreated) else None,
                    destination=inbox.channel_settings["webhook_url"],
                    payload={"event": event.name.replace(".", "_"), **event.payload},
                )
            )
        out_tray.put(parcels)


# What an update tells of our own way to the webhook: whoever just took the message need not hear that he did.
_ON_ITS_WAY = frozenset({"delivery", "waits_for", "activity"})


def _is_ours(fact: Fact) -> bool:
    match fact:
        case MessageCreated(message_type=MessageType.ACTIVITY):
            return True
        case MessageUpdated(changes=changes) if changes:
            arrived = changes.get("status") in (["progress", "sent"], ["failed", "progress"])
            return _ON_ITS_WAY | ({"status", "external_error"} if arrived else set()) >= changes.keys()
    return False


def _with_webhook(inbox_ids: Collection[int]) -> dict[int, Inbox]:
    found = Inbox.objects.filter(pk__in=inbox_ids)
    return {inbox.pk: inbox for inbox in found if inbox.channel_settings.get("webhook_url")}


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


class PushesToSend(Consumer):
    """Lays one message for each device that is to be told."""

    name = "delivery.pushes"
    subscribes = frozenset(settings.PUSHERS)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        by_id = {event.id: event for event in events}
        parcels = []
        for name, pusher in pushers().items():
            asking = [Asking(event.id, event.payload) for event in events if event.name == name]
            parcels += [_parcel(by_id[event_id], device) for event_id, device in pusher.lay(asking)]
        out_tray.put(parcels)


def _parcel(event: LoggedEvent, device: int) -> Parcel:
    return Parcel(
        kind="push",
        key=f"push:{event.id}:{device}",
        account_id=event.account_id,
        payload={"event": event.name, **event.payload, "device": device},
    )
