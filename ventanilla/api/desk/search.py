"""The search page of the desk: hits of every kind in pages, counts to narrow by, and what operators offer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import get_language
from ninja import Query, Schema

from ventanilla.accounts.models import User
from ventanilla.api.application.conversation_access import OptionalInt, reader_of
from ventanilla.api.auth import Request
from ventanilla.api.desk import search_hits
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.inboxes.models import Inbox
from ventanilla.search import selectors
from ventanilla.search.keeping import keeping
from ventanilla.search.language import MOST_CHARS, Question, leaving_out, read
from ventanilla.search.operators import OPERATORS, Reader

router = Router(tags=["Desk"])

PAGE = 25
_FEW = 3  # contacts and conversations above the messages
_MOST = 1_000  # of conversations and contacts that are counted

Sort = Literal["newest", "oldest", "relevance"]
Kind = Literal["all", "messages", "notes", "conversations", "contacts"]
_OF_KIND = {"messages": Q(private=False), "notes": Q(private=True)}


class PieceShape(Schema):
    """A piece of a text; `hit`: it is what was looked for."""

    text: str
    hit: bool


class HitInboxShape(Schema):
    """Where it came in."""

    id: int
    name: str
    channel_type: str


class HitShape(Schema):
    """One thing that was found. `number`: of its conversation. `place`: content, subject or folded. `at`: Unix seconds."""

    kind: Literal["message", "note", "conversation", "contact"]
    id: int
    number: int | None
    title: str
    by: str
    is_ours: bool
    thumbnail: str
    pieces: list[PieceShape]
    place: str
    inbox: HitInboxShape | None
    status: str | None
    assignee: str | None
    at: int | None


class RelaxedShape(Schema):
    """How many messages there would be without this part of what was typed. At most 100."""

    part: str
    count: int


class HitsAnswer(Schema):
    """A page. `next`: what to ask with `before` for the next one. `loosely`: words a letter away were found instead.
    `of_newest`: by relevance only so many of the newest messages were weighed, and there are more.
    """

    payload: list[HitShape]
    next: int | None
    loosely: bool
    of_newest: int | None
    relaxed: list[RelaxedShape]
    seconds: float


class CountShape(Schema):
    """How many hits have this value, which can be written after the operator's colon."""

    value: str
    label: str
    count: int
    id: int | None = None


class FacetsAnswer(Schema):
    """Counts of what is found. `capped`: only the newest of the messages were counted."""

    kinds: dict[str, int]
    capped: bool
    inbox: list[CountShape]
    status: list[CountShape]
    assignee: list[CountShape]


class OperatorShape(Schema):
    """A word with a colon. `name` is that of the reader's language, `names` are all of them."""

    key: str
    name: str
    names: list[str]
    hint: str


class OperatorsAnswer(Schema):
    """All of them, and the words that turn a search round."""

    payload: list[OperatorShape]


class ChoiceShape(Schema):
    """What can be written after the colon."""

    value: str
    label: str


class ChoicesAnswer(Schema):
    """At most eight."""

    payload: list[ChoiceShape]


class HitsIn(Schema):
    """What is typed, which kind, in which order the messages, and from where on (`next` of the page before)."""

    q: str = ""
    kind: Kind = "all"
    sort: Sort = "newest"
    before: OptionalInt = None


class LostShape(Schema):
    """A part that a folder cannot keep. `why`: it is about what was said, or nothing is called that."""

    part: str
    why: Literal["said", "unknown"]


class KeptAnswer(Schema):
    """`conditions` as filters take them: what of the search is about conversations."""

    conditions: list[dict[str, Any]]
    lost: list[LostShape]


@dataclass(frozen=True, slots=True)
class _Page:
    found: selectors.Found
    next: int | None
    of_newest: int | None = None


def _language() -> str:
    return "en" if (get_language() or "es").startswith("en") else "es"


@router.get("", operation_id="desk_search", response=HitsAnswer)
def hits(request: Request, account_id: int, given: Query[HitsIn]) -> HttpResponse:
    """Contacts and conversations first, then messages in the order that is asked for."""
    began = time.perf_counter()
    text, reader = given.q.strip()[:MOST_CHARS], reader_of(request)
    question = read(text, reader)
    shown: list[dict[str, Any]] = []
    if given.before is None and not question.is_blank:
        shown = _people_and_conversations(request, reader, question, text, given.kind)
    page = _Page(selectors.Found([], None), None)
    if given.kind not in ("contacts", "conversations"):
        page = _messages(reader, question, given)
        shown += search_hits.of_messages(page.found)
    return json_reply(
        {
            "payload": shown,
            "next": page.next,
            "loosely": page.found.loosely,
            "of_newest": page.of_newest,
            "relaxed": [] if shown or given.before else _relaxed(reader, text),
            "seconds": round(time.perf_counter() - began, 4),
        }
    )


def _messages(reader: Reader, question: Question, given: HitsIn) -> _Page:
    asked = selectors.narrowed(question, message=_OF_KIND.get(given.kind))
    if given.sort == "relevance":
        weighed = selectors.find_by_relevance(reader, asked, size=PAGE, offset=max(0, given.before or 0))
        return _Page(weighed.found, weighed.more, weighed.of_newest)
    if given.sort == "oldest":
        found = selectors.find_oldest_messages(reader, asked, size=PAGE, after=given.before)
    else:
        found = selectors.find_messages(reader, asked, size=PAGE, before=given.before)
    return _Page(found, found.ids[-1] if len(found.ids) == PAGE else None)


def _people_and_conversations(
    request: Request, reader: Reader, question: Question, text: str, kind: str
) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    if kind in ("all", "contacts"):
        people = selectors.find_contacts(request.auth.member, question, text)
        shown += search_hits.of_contacts(list(people[: PAGE if kind == "contacts" else _FEW]), question)
    if kind in ("all", "conversations"):
        rows = selectors.find_conversations(reader, question, text)
        shown += search_hits.of_conversations(
            list(rows[: PAGE if kind == "conversations" else _FEW]), question
        )
    return shown


def _relaxed(reader: Reader, text: str) -> list[dict[str, Any]]:
    """Which part to leave out, when all together find nothing."""
    ways = ((part, read(rest, reader)) for part, rest in leaving_out(text))
    counts = [
        {"part": part, "count": len(selectors.find_messages(reader, question, size=100).ids)}
        for part, question in ways
        if not question.is_blank
    ]
    return [one for one in counts if one["count"]]


@router.get("/facets", operation_id="desk_search_facets", response=FacetsAnswer)
def facets(request: Request, account_id: int, given: Query[HitsIn]) -> HttpResponse:
    """How many hits of each kind, channel, state and agent; what is found by words a letter away is counted so."""
    text, reader = given.q.strip()[:MOST_CHARS], reader_of(request)
    question = read(text, reader)
    found = selectors.facets(reader, question)
    if not found.messages and not found.notes and question.is_spelt:
        found = selectors.facets(reader, question, loosely=True)
    kinds = {"messages": found.messages, "notes": found.notes, "conversations": 0, "contacts": 0}
    if not question.is_blank:
        people = selectors.find_contacts(request.auth.member, question, text).order_by()
        kinds["contacts"] = len(people.values_list("pk", flat=True)[:_MOST])
        rows = selectors.find_conversations(reader, question, text).order_by()
        kinds["conversations"] = len(rows.values_list("pk", flat=True)[:_MOST])
    language = _language()
    inboxes = dict(Inbox.objects.filter(pk__in=found.inboxes).values_list("pk", "name"))
    names = {user.pk: user.name for user in User.objects.filter(pk__in=found.assignees)}
    nobody = "nobody" if language == "en" else "nadie"
    return json_reply(
        {
            "kinds": kinds,
            "capped": found.capped,
            "inbox": [_count(inboxes.get(pk, ""), count, pk) for pk, count in found.inboxes.items()],
            "status": [
                {**_count(selectors.status_word(key, language), count), "label": key}
                for key, count in found.states.items()
            ],
            "assignee": [_count(names.get(pk, nobody), count, pk) for pk, count in found.assignees.items()],
        }
    )


def _count(value: str, count: int, pk: int | None = None) -> dict[str, Any]:
    return {"value": value, "label": value, "count": count, "id": pk}


@router.get("/folder", operation_id="desk_search_as_folder", response=KeptAnswer)
def as_folder(request: Request, account_id: int, q: str = "") -> HttpResponse:
    """What of the search a folder can keep, and what it cannot."""
    kept = keeping(q.strip()[:MOST_CHARS], reader_of(request))
    lost = [{"part": part, "why": why} for part, why in kept.lost]
    return json_reply({"conditions": kept.conditions, "lost": lost})


@router.get("/operators", operation_id="desk_search_operators", response=OperatorsAnswer)
def operators(request: Request, account_id: int) -> HttpResponse:
    """The words with a colon, to be offered and to be told from other words."""
    language = _language()
    shown = [
        {"key": one.key, "name": one.names[language], "names": [*one.names.values()], "hint": str(one.hint)}
        for one in OPERATORS
    ]
    return json_reply({"payload": shown})


@router.get("/choices", operation_id="desk_search_choices", response=ChoicesAnswer)
def choices(request: Request, account_id: int, operator: str, text: str = "") -> HttpResponse:
    """What the operator of that key offers for what is typed after its colon."""
    found = next((one for one in OPERATORS if one.key == operator), None)
    offered = found.choices(reader_of(request), text[:MOST_CHARS], _language()) if found else ()
    return json_reply({"payload": [{"value": one.value, "label": one.label} for one in offered]})
