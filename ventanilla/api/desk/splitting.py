"""One conversation that is two matters: splitting it from a message on, and undoing it."""

from __future__ import annotations

from django.http import HttpResponse

from ventanilla.api.application.conversation_access import conversation_reply, writable_conversation
from ventanilla.api.application.conversation_shapes import ConversationShape
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.conversations import selectors
from ventanilla.conversations.commands.splitting import split_conversation, unsplit_conversation
from ventanilla.conversations.models import Split

router = Router(tags=["Desk"])


class SplitIn(Body):
    """The first message that goes."""

    message_id: int


@router.post(
    "/conversations/{int:conversation_id}/split",
    operation_id="split_conversation",
    response=ConversationShape,
)
def split(request: Request, account_id: int, conversation_id: int, given: SplitIn = Given()) -> HttpResponse:
    """Put the message and what follows it into a new conversation, which is answered."""
    conversation = writable_conversation(request, conversation_id)
    message = selectors.get_message(conversation, message_id=given.message_id)
    return conversation_reply(request, split_conversation(conversation, at=message, by=request.auth.person))


@router.post(
    "/conversations/{int:conversation_id}/unsplit",
    operation_id="unsplit_conversation",
    response=ConversationShape,
)
def unsplit(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """Undo it: what was split off goes back where it came from, which is answered. 404 when that is not to be seen."""
    made = writable_conversation(request, conversation_id)
    source = Split.objects.filter(made=made).values_list("source__display_id", flat=True).first()
    if source is not None:
        writable_conversation(request, source)
    return conversation_reply(request, unsplit_conversation(made, by=request.auth.person))
