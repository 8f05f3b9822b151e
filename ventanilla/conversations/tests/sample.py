"""One of each thing of this room, which strangers ask for in vain."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ventanilla.accounts.models import Membership
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.conversations.commands.canned import CannedText, create_canned_response
from ventanilla.conversations.commands.messages import post_message
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.commands.opening import start_conversation
from ventanilla.conversations.commands.scheduled import schedule_message
from ventanilla.kit.clock import now
from ventanilla.testing.strangers import Sample, Scene


def lay_out(scene: Scene) -> dict[str, Any]:
    identity = create_contact_inbox(scene.carla, inbox=scene.inbox)
    conversation = start_conversation(identity, by=None)
    message = post_message(conversation, NewMessage("Hola"), by=scene.ana)
    tomorrow = now() + timedelta(days=1)
    scheduled = schedule_message(conversation, by=scene.ana, content="Luego", send_at=tomorrow)
    canned = create_canned_response(
        CannedText(short_code="ana", content="Hola", visibility="personal"),
        by=Membership.objects.get(account=scene.account, user=scene.ana),
    )
    return {
        "canned_id": canned.pk,
        "response_id": canned.pk,
        "conversation_id": conversation.display_id,
        "message_id": message.pk,
        "mode": "reply",
        "scheduled_id": scheduled.pk,
    }


BODY: dict[str, Any] = {
    "content": "stranger", "short_code": "stranger", "status": "open", "priority": "low", "typing_status": "on",
    "send_at": 4102444800, "snoozed_until": 4102444800, "assignee_id": 0, "before": 0, "type": "Conversation",
    "ids": [], "fields": {}, "filename": "a.txt", "byte_size": 1, "content_type": "text/plain", "checksum": "",
    "message_id": 1,
}  # fmt: skip

SAMPLE = Sample(lay_out, body=BODY)
