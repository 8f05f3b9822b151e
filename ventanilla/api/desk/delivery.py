"""What a person decides about a message of which no one knows whether it left. Sending it again is the contract's retry."""

from __future__ import annotations

from django.http import HttpResponse

from ventanilla.api.application.conversation_access import writable_conversation
from ventanilla.api.application.conversation_shapes import MessageShape
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import raw_json_reply
from ventanilla.conversations import commands, selectors
from ventanilla.conversations.rendering import messages_json

router = Router(tags=["Desk"])


@router.post(
    "/conversations/{int:conversation_id}/messages/{int:message_id}/leave",
    operation_id="leave_unknown_message",
    response=MessageShape,
)
def leave(request: Request, account_id: int, conversation_id: int, message_id: int) -> HttpResponse:
    """Do not send it again: no one is asked any more. A message in another state stays as it is."""
    conversation = writable_conversation(request, conversation_id)
    message = selectors.get_message(conversation, message_id=message_id)
    commands.leave_unknown(message, by=request.auth.person)
    return raw_json_reply(messages_json([message.pk], account_id=account_id)[message.pk])
