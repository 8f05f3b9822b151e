"""Webhook bodies (contract E.1): the events' forms with the contract's differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ventanilla.accounts.models import Account
from ventanilla.conversations.models import Conversation, Message
from ventanilla.conversations.rendering import conversation_events, message_events
from ventanilla.kit.clock import iso

_TYPES = {0: "incoming", 1: "outgoing", 2: "activity", 3: "template"}
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def body_of(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """The body for `event` (`event`, ids, `changes`); None when what it is about is gone."""
    if "message_id" in event:
        return _message_body(event)
    return _conversation_body(event)


def _account(account_id: int) -> dict[str, Any]:
    name = Account.objects.filter(pk=account_id).values_list("name", flat=True).first()
    return {"id": account_id, "name": name}


def _conversation(conversation_id: int, account_id: int) -> dict[str, Any] | None:
    rendered = conversation_events([conversation_id], account_id=account_id).get(conversation_id)
    return _decode(rendered) if rendered is not None else None


def _conversation_body(event: Mapping[str, Any]) -> dict[str, Any] | None:
    row = Conversation.objects.filter(pk=event["conversation_id"]).values("account_id").first()
    shown = _conversation(event["conversation_id"], row["account_id"]) if row else None
    if row is None or shown is None:
        return None
    shown |= {"event": event["event"], "account": _account(row["account_id"])}
    if event["event"] != "conversation_created":
        shown["changed_attributes"] = _changes(event.get("changes"))
    return shown


def _changes(changes: Mapping[str, Any] | None) -> list[dict[str, Any]] | None:
    if not changes:
        return None
    return [{name: {"previous_value": old, "current_value": new}} for name, (old, new) in changes.items()]


def _message_body(event: Mapping[str, Any]) -> dict[str, Any] | None:
    message = Message.objects.filter(pk=event["message_id"]).select_related("inbox").first()
    if message is None:
        return None
    rendered = message_events([message.pk], account_id=message.account_id, all_answers=True).get(message.pk)
    conversation = _conversation(message.conversation_id, message.account_id)
    if rendered is None or conversation is None:
        return None
    form = _decode(rendered)
    kept = (
        "id",
        "content",
        "content_type",
        "content_attributes",
        "additional_attributes",
        "private",
        "status",
        "source_id",
    )
    body: dict[str, Any] = {"event": event["event"], **{key: form.get(key) for key in kept}}
    body |= {
        "message_type": _TYPES[message.message_type],
        "created_at": iso(message.created_at),
        "account": _account(message.account_id),
        "inbox": {"id": message.inbox_id, "name": message.inbox.name},
        "conversation": conversation,
        "sender": form.get("sender"),
    }
    if "attachments" in form:
        body["attachments"] = form["attachments"]
    return body
