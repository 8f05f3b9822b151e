"""A contact's conversations (contract B.1)."""

from __future__ import annotations

import msgspec
from django.http import HttpResponse
from ninja import Schema

from ventanilla.api.application.conversation_access import visibility_of
from ventanilla.api.application.conversation_shapes import ConversationShape
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.contacts.models import Contact
from ventanilla.conversations import selectors
from ventanilla.conversations.rendering.conversations import render
from ventanilla.kit.errors import NotFound

router = Router(tags=["Contacts"])


class ConversationsAnswer(Schema):
    """Conversations in their envelope."""

    payload: list[ConversationShape]


@router.get(
    "/{int:contact_id}/conversations",
    operation_id="list_contact_conversations",
    response=ConversationsAnswer,
)
def conversations(request: Request, account_id: int, contact_id: int) -> HttpResponse:
    """The newest 20 that the caller may see."""
    contact = Contact.objects.filter(pk=contact_id, account=request.auth.account).first()
    if contact is None:
        raise NotFound
    visibility = visibility_of(request)
    keys = selectors.contact_conversation_keys(visibility, contact.pk)
    shown = render(keys, form="rest", account_id=account_id, viewer_id=visibility.user_id)
    return json_reply({"payload": [msgspec.Raw(body) for body in shown.values()]})
