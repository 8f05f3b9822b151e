"""Search over conversations, contacts and messages (contract B.12), within what the caller may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from ninja import Query, Schema

from ventanilla.accounts.rendering import agent_json
from ventanilla.accounts.selectors import agents_by_id
from ventanilla.api.application.conversation_access import OptionalInt, OptionalText, reader_of
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.contacts.models import Contact
from ventanilla.conversations import selectors
from ventanilla.conversations.models import Conversation, Message, SenderType
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.rendering import contract_type
from ventanilla.kit.clock import epoch
from ventanilla.kit.pagination import page_number
from ventanilla.kit.wire_values import moment
from ventanilla.search import selectors as found_by
from ventanilla.search.language import MOST_CHARS, read

router = Router(tags=["Search"])

FIRST_PAGE = 10
PAGE = 15  # for clients that ask for pages


class SearchIn(Schema):
    """The words, and for messages what narrows them: `from` is contact:{id} or agent:{id}."""

    q: OptionalText = None
    page: OptionalInt = None
    sender: OptionalText = None
    inbox_id: OptionalInt = None
    since: OptionalText = None
    until: OptionalText = None


class SearchAnswer(Schema):
    """What was found, by kind."""

    payload: dict[str, list[dict[str, Any]]]


def _page(rows: QuerySet[Any], page: int | None) -> list[Any]:
    if page is None:
        return list(rows[:FIRST_PAGE])
    start = (page_number(page) - 1) * PAGE
    return list(rows[start : start + PAGE])


def _inbox(inbox: Inbox) -> dict[str, Any]:
    return {
        "id": inbox.pk,
        "channel_id": inbox.pk,
        "name": inbox.name,
        "channel_type": contract_type(inbox.kind),
    }


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "email": contact.email,
        "id": contact.pk,
        "name": contact.name,
        "phone_number": contact.phone_number,
        "identifier": contact.identifier,
    }


def _conversations(request: Request, given: SearchIn) -> list[dict[str, Any]]:
    text = given.q or ""
    reader = reader_of(request)
    found: list[Conversation] = _page(
        found_by.find_conversations(reader, read(text, reader), text), given.page
    )
    last_ids = [row.last_non_activity_message_id for row in found if row.last_non_activity_message_id]
    last = {message.pk: message for message in Message.objects.filter(pk__in=last_ids)}
    agents = agents_by_id(request.auth.account.pk, [row.assignee_id for row in found if row.assignee_id])
    shown = []
    for row in found:
        message = last.get(row.last_non_activity_message_id or 0)
        item: dict[str, Any] = {
            "id": row.display_id,
            "account_id": row.account_id,
            "created_at": epoch(row.created_at),
            "message": _message(message, row, row.inbox) if message is not None else None,
            "contact": _contact(row.contact),
            "inbox": _inbox(row.inbox),
        }
        if row.assignee_id in agents:
            item["agent"] = agent_json(agents[row.assignee_id])
        shown.append(item)
    return shown


def _contacts(request: Request, given: SearchIn) -> list[dict[str, Any]]:
    text = given.q or ""
    rows = found_by.find_contacts(request.auth.member, read(text, reader_of(request)), text)
    return [_contact(contact) for contact in _page(rows, given.page)]


def _message(message: Message, conversation: Conversation, inbox: Inbox) -> dict[str, Any]:
    return {
        "id": message.pk,
        "content": message.content,
        "message_type": message.message_type,
        "content_type": message.content_type,
        "source_id": message.source_id,
        "inbox_id": message.inbox_id,
        "conversation_id": conversation.display_id,
        "created_at": epoch(message.created_at),
        "private": message.private,
        "inbox": _inbox(inbox),
    }


def _messages(request: Request, given: SearchIn) -> list[dict[str, Any]]:
    reader = reader_of(request)
    question = found_by.narrowed(read(given.q or "", reader), message=_narrower(request, given))
    size, page = (FIRST_PAGE, 1) if given.page is None else (PAGE, page_number(given.page))
    said = found_by.find_messages(reader, question, size=size, offset=(page - 1) * size)
    rows = Message.objects.select_related("conversation", "inbox").in_bulk(said.ids)
    found = [rows[pk] for pk in said.ids if pk in rows]
    names = selectors.sender_names(found)
    excerpts = found_by.excerpts(found, said.expression)
    shown = []
    for message in found:
        item = _message(message, message.conversation, message.inbox)
        if excerpts[message.pk].place == "folded":
            # Else no one would see why it was found.
            item["folded_excerpt"] = excerpts[message.pk].text
        name = names.get((message.sender_type, message.sender_id or 0))
        if name is not None:
            item["sender"] = {"id": message.sender_id, "name": name, "type": _TYPES[message.sender_type]}
        shown.append(item)
    return shown


def _narrower(request: Request, given: SearchIn) -> Q:
    rule = Q()
    sender = _sender(request.GET.get("from") or given.sender)
    if sender is not None:
        rule &= Q(sender_type=sender[0], sender_id=sender[1])
    if given.inbox_id is not None:
        rule &= Q(inbox_id=given.inbox_id)
    since, until = _moment(given.since, "since"), _moment(given.until, "until")
    if since is not None:
        rule &= Q(created_at__gte=since)
    if until is not None:
        rule &= Q(created_at__lte=until)
    return rule


_TYPES: dict[str, str] = {
    SenderType.USER: "user",
    SenderType.CONTACT: "contact",
    SenderType.AGENT_BOT: "agent_bot",
}


def _sender(given: str | None) -> tuple[str, int] | None:
    kind, _colon, number = (given or "").partition(":")
    table = {"contact": SenderType.CONTACT, "agent": SenderType.USER}.get(kind)
    return (table, int(number)) if table and number.isdecimal() and len(number) < 18 else None


def _moment(given: str | None, field: str) -> datetime | None:
    return moment(given, field=field)


_KINDS = {"conversations": _conversations, "contacts": _contacts, "messages": _messages}


def _answer(request: Request, given: SearchIn, *kinds: str) -> HttpResponse:
    words = (given.q or "").strip()[:MOST_CHARS]
    given.q = words
    return json_reply({"payload": {kind: _KINDS[kind](request, given) if words else [] for kind in kinds}})


@router.get("", operation_id="search", response=SearchAnswer)
def everything(request: Request, account_id: int, given: Query[SearchIn]) -> HttpResponse:
    """Ten of each kind."""
    return _answer(request, given, "conversations", "contacts", "messages")


@router.get("/conversations", operation_id="search_conversations", response=SearchAnswer)
def conversations(request: Request, account_id: int, given: Query[SearchIn]) -> HttpResponse:
    """By number or contact."""
    return _answer(request, given, "conversations")


@router.get("/contacts", operation_id="search_contacts_by_words", response=SearchAnswer)
def contacts(request: Request, account_id: int, given: Query[SearchIn]) -> HttpResponse:
    """Known contacts."""
    return _answer(request, given, "contacts")


@router.get("/messages", operation_id="search_messages", response=SearchAnswer)
def messages(request: Request, account_id: int, given: Query[SearchIn]) -> HttpResponse:
    """By their text, of any age. Words that stand in what a mail quotes or signs with come with `folded_excerpt`."""
    return _answer(request, given, "messages")
