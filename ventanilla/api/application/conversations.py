"""Conversations: lists, one, its state and what hangs on it (contract B.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Literal

import msgspec
from django.db import transaction
from django.http import HttpResponse
from ninja import Query, Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.conversation_access import (
    OptionalInt,
    OptionalText,
    conversation_reply,
    find_conversation,
    reader_of,
    visibility_of,
    writable_conversation,
)
from ventanilla.api.application.conversation_changes import Changes
from ventanilla.api.application.conversation_changes import change as change_all
from ventanilla.api.application.conversation_input import ConversationIn
from ventanilla.api.application.conversation_shapes import ConversationShape
from ventanilla.api.application.conversation_start import begin
from ventanilla.api.auth import Request, account_or_bot_auth
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.conversations import commands, selectors
from ventanilla.conversations.policies import Visibility
from ventanilla.conversations.rendering.conversations import render
from ventanilla.conversations.selectors import Counts, ListQuestion
from ventanilla.inboxes.rendering import contract_type
from ventanilla.kit.clock import epoch
from ventanilla.kit.pagination import page_number
from ventanilla.labels.titles import stored_titles
from ventanilla.search.selectors import conversations_that_say, messages_that_say
from ventanilla.service_levels.commands import add_policy

router = Router(tags=["Conversations"])


class CountsShape(Schema):
    """How many conversations the filters mean, whatever the assignee."""

    mine_count: int
    assigned_count: int
    unassigned_count: int
    all_count: int


class CountsAnswer(Schema):
    """The counts alone."""

    meta: CountsShape


class ConversationPage(Schema):
    """A page of conversations and the counts of all."""

    meta: CountsShape
    payload: list[ConversationShape]


class ConversationList(Schema):
    """The list's envelope."""

    data: ConversationPage


class FoundMessageShape(Schema):
    """A message that contains the words."""

    id: int
    content: str
    sender_name: str | None
    message_type: int
    created_at: int


class FoundConversationShape(Schema):
    """A conversation in which the words were written."""

    id: int
    uuid: str
    created_at: int
    contact: dict[str, Any]
    inbox: dict[str, Any]
    messages: list[FoundMessageShape]
    account_id: int


class FoundConversations(Schema):
    """What `conversations/search` answers."""

    meta: CountsShape
    payload: list[FoundConversationShape]


class ListIn(Body):
    """Filters of a list."""

    status: OptionalText = None
    assignee_type: OptionalText = None
    inbox_id: OptionalInt = None
    team_id: OptionalInt = None
    labels: list[str] = []
    conversation_type: OptionalText = None
    sort_by: OptionalText = None
    source_id: OptionalText = None
    q: OptionalText = None
    updated_within: OptionalInt = None
    page: OptionalText = None


def list_question(request: Request, given: ListIn, *, people: bool = True) -> ListQuestion:
    """What the filters of a list mean; words find those of contacts of that name, too, with `people`. Raises Invalid."""
    words = (given.q or "").strip()
    labels = [*given.labels, *request.GET.getlist("labels[]")]
    return ListQuestion(
        status=given.status or "open",
        assignee_type=given.assignee_type or "all",
        inbox_id=given.inbox_id,
        team_id=given.team_id,
        labels=tuple(sorted(stored_titles(labels))),
        conversation_type=given.conversation_type or "",
        source_id=given.source_id or "",
        about=conversations_that_say(reader_of(request), words, people=people) if words else None,
        updated_within_seconds=given.updated_within,
        sort_by=given.sort_by or "last_activity_at_desc",
    )


def counts_json(counts: Counts) -> dict[str, int]:
    """The contract's names."""
    return {
        "mine_count": counts.mine,
        "assigned_count": counts.assigned,
        "unassigned_count": counts.unassigned,
        "all_count": counts.all,
    }


def rendered(visibility: Visibility, keys: list[tuple[Any, ...]]) -> list[msgspec.Raw]:
    """The conversations of those keys for this reader."""
    found = render(keys, form="rest", account_id=visibility.account_id, viewer_id=visibility.user_id)
    return [msgspec.Raw(body) for body in found.values()]


@router.get("", operation_id="list_conversations", response=ConversationList)
def index(request: Request, account_id: int, given: Query[ListIn]) -> HttpResponse:
    """A page of 25 with the counts of all. Arrays are sent as `labels[]`."""
    visibility, question = visibility_of(request), list_question(request, given)
    keys = selectors.page_keys(visibility, question, page=page_number(given.page))
    meta = counts_json(selectors.counts_of(visibility, question))
    return json_reply({"data": {"meta": meta, "payload": rendered(visibility, keys)}})


@router.get("/meta", operation_id="count_conversations", response=CountsAnswer)
def meta(request: Request, account_id: int, given: Query[ListIn]) -> HttpResponse:
    """The counts alone."""
    counts = selectors.counts_of(visibility_of(request), list_question(request, given))
    return json_reply({"meta": counts_json(counts)})


@router.get("/search", operation_id="search_in_conversations", response=FoundConversations)
def search(request: Request, account_id: int, given: Query[ListIn]) -> HttpResponse:
    """Conversations in which the words `q` were written, with those messages."""
    visibility, question = visibility_of(request), list_question(request, given, people=False)
    rows = selectors.listed(visibility, replace(question, assignee_type="all", sort_by=""))
    rows = rows.select_related("contact", "inbox")
    start = (page_number(given.page) - 1) * selectors.PAGE_SIZE
    page = list(rows[start : start + selectors.PAGE_SIZE])
    found: dict[int, list[Any]] = {conversation.pk: [] for conversation in page}
    messages = messages_that_say(reader_of(request), given.q or "") if question.about is not None else None
    said = list(messages.filter(conversation__in=page)) if messages is not None else []
    names = selectors.sender_names(said)
    for message in said:
        found[message.conversation_id].append(
            {
                "content": message.content,
                "id": message.pk,
                "sender_name": names.get((message.sender_type, message.sender_id or 0)),
                "message_type": message.message_type,
                "created_at": epoch(message.created_at),
            }
        )
    payload = [
        {
            "id": conversation.display_id,
            "uuid": str(conversation.uuid),
            "created_at": epoch(conversation.created_at),
            "contact": {"id": conversation.contact_id, "name": conversation.contact.name},
            "inbox": {
                "id": conversation.inbox_id,
                "name": conversation.inbox.name,
                "channel_type": contract_type(conversation.inbox.kind),
            },
            "messages": found[conversation.pk],
            "account_id": account_id,
        }
        for conversation in page
    ]
    counts = counts_json(selectors.counts_of(visibility, question))
    return json_reply({"meta": counts, "payload": payload})


class FilterIn(Body):
    """Conditions of F.15, joined as written. `assignee_type` and `sort_by` as lists have them; the counts are of all."""

    payload: list[dict[str, Any]] = []
    page: OptionalText = None
    assignee_type: Literal["me", "unassigned", "assigned", "all"] = "all"
    sort_by: str = "last_activity_at_desc"


@router.post("/filter", operation_id="filter_conversations", response=ConversationPage)
def filter_(request: Request, account_id: int, given: FilterIn = Given()) -> HttpResponse:
    """The page of conversations that the conditions mean, newest activity first unless told otherwise."""
    visibility, account = visibility_of(request), request.auth.account
    shown = selectors.filtered(
        visibility, account, given.payload, whose=given.assignee_type, sort_by=given.sort_by
    )
    keys = selectors.keys_of(shown, page=page_number(given.page))
    rows = selectors.filtered(visibility, account, given.payload)
    meta = counts_json(selectors.counts_in(rows, user_id=visibility.user_id))
    return json_reply({"meta": meta, "payload": rendered(visibility, keys)})


@router.post("", operation_id="create_conversation", response=ConversationShape, auth=account_or_bot_auth)
def create(request: Request, account_id: int, given: ConversationIn = Given()) -> HttpResponse:
    """Begin a conversation, with its first message if one is given. An inbox that locks to one answers the newest."""
    if request.auth.bot is None:
        request.auth.require(Capability.CONVERSATIONS_WRITE)
    return conversation_reply(request, begin(request, given))


@router.get("/{int:conversation_id}", operation_id="show_conversation", response=ConversationShape)
def show(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """One conversation."""
    return conversation_reply(request, find_conversation(request, conversation_id))


class ChangeIn(Changes):
    """What to change."""

    wrapper: ClassVar[str | None] = "conversation"
    sla_policy_id: int | None = None


@router.patch(
    "/{int:conversation_id}",
    operation_id="update_conversation",
    response=ConversationShape,
    auth=account_or_bot_auth,
)
def change(
    request: Request, account_id: int, conversation_id: int, given: ChangeIn = Given()
) -> HttpResponse:
    """Change what is given, all of it or nothing; a null or blank priority clears it, labels replace those there are."""
    conversation = writable_conversation(request, conversation_id)
    with transaction.atomic():
        if given.sla_policy_id:
            add_policy(conversation, policy_id=given.sla_policy_id, by=request.auth.actor)
        change_all(request, conversation, given)
    return conversation_reply(request, conversation)


@router.delete("/{int:conversation_id}", operation_id="delete_conversation", response={200: None})
def destroy(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """Delete it with all messages and files. Administrators only."""
    request.auth.require_administrator()
    commands.delete_conversation(find_conversation(request, conversation_id), by=request.auth.person)
    return empty_reply()
