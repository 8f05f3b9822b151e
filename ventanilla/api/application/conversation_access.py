"""What the endpoints of conversations share: who may see which one, and how it is answered."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpResponse
from pydantic import BeforeValidator

from ventanilla.accounts.models import Team, User
from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.replies import raw_json_reply
from ventanilla.contacts.selectors import hides_contacts
from ventanilla.conversations import given, selectors
from ventanilla.conversations.models import Conversation
from ventanilla.conversations.policies import Visibility, needed_for_status, visibility_for
from ventanilla.conversations.rendering import conversations_json
from ventanilla.kit.errors import NotFound
from ventanilla.search.operators import Reader


def _blank_is_none(value: Any) -> Any:
    return None if value in ("", "null") else value


# Query parameters of clients that send `inbox_id=`.
OptionalInt = Annotated[int | None, BeforeValidator(_blank_is_none)]
OptionalText = Annotated[str | None, BeforeValidator(_blank_is_none)]


def visibility_of(request: Request) -> Visibility:
    """What the caller, a user, may see."""
    caller = request.auth
    return visibility_for(caller.person, caller.account, membership=caller.member)


def reader_of(request: Request) -> Reader:
    """The caller, a user, as one who searches."""
    caller = request.auth
    return Reader(
        visibility_of(request), caller.account.timezone, sees_contacts=not hides_contacts(caller.member)
    )


def seen_with(request: Request, contact_id: int) -> QuerySet[Conversation] | None:
    """What the caller, a user, sees of the conversations with that contact; None for all of the inboxes they open."""
    sees = visibility_of(request)
    if not sees.is_limited:
        return None
    return Conversation.objects.filter(sees.q(), contact_id=contact_id, merged_into__isnull=True)


def find_conversation(request: Request, display_id: int) -> Conversation:
    """The conversation with that number, if the caller (user or bot) may see it. Raises NotFound."""
    caller = request.auth
    if caller.bot is not None:
        return selectors.get_conversation_for_bot(caller.bot, caller.account, display_id=display_id)
    return selectors.get_conversation(visibility_of(request), display_id=display_id)


def writable_conversation(request: Request, display_id: int) -> Conversation:
    """The same, to change it. Raises Unauthorised for a role that only looks."""
    require_of_person(request, Capability.CONVERSATIONS_WRITE)
    return find_conversation(request, display_id)


def require_of_person(request: Request, *needed: Capability) -> None:
    """Raises Unauthorised, at the desk Forbidden, when the role of a user lacks one of these; bots have no roles."""
    if request.auth.bot is None:
        for capability in needed:
            request.auth.require(capability)


def require_for_status(request: Request, conversation: Conversation, status: int) -> None:
    """The same to give the conversation a state."""
    require_of_person(request, *needed_for_status(conversation, status))


def conversation_to_write_in(request: Request, display_id: int) -> Conversation:
    """The same for a new message, which needs little of it."""
    caller = request.auth
    if caller.bot is not None:
        return find_conversation(request, display_id)
    caller.require(Capability.CONVERSATIONS_WRITE)
    return selectors.get_conversation_in_brief(visibility_of(request), display_id=display_id)


def agent_given(request: Request, user_id: int | None) -> User | None:
    """The member of the account with that id; None for 0 and null. Raises NotFound, naming assignee_id."""
    return given.agent_given(request.auth.account, user_id)


def team_given(request: Request, team_id: int | None) -> Team | None:
    """The team of the account with that id; None for 0 and null. Raises NotFound, naming team_id."""
    return given.team_given(request.auth.account, team_id)


def conversation_reply(request: Request, conversation: Conversation) -> HttpResponse:
    """The bare conversation."""
    user = request.auth.user
    rendered = conversations_json(
        [conversation.pk], account_id=conversation.account_id, viewer_id=user.pk if user else None
    )
    if conversation.pk not in rendered:  # deleted by someone else meanwhile
        raise NotFound
    return raw_json_reply(rendered[conversation.pk])
