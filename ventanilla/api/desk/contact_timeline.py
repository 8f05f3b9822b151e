"""All that happened with a contact, newest first, fifty at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.api.application.conversation_access import visibility_of
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.contacts.selectors import get_contact_for
from ventanilla.kit.errors import Invalid
from ventanilla.timeline import selectors
from ventanilla.timeline.models import TimelineEntry
from ventanilla.timeline.rendering import entries_json

router = Router(tags=["Desk"])


class TimelineLine(Schema):
    """One line. `text`: the message or note itself; `data`: what changed, how many messages, a rating, a page."""

    id: int
    at: int
    group: str
    name: str
    actor: str
    actor_kind: str
    is_automatic: bool
    text: str
    data: dict[str, Any]
    conversation_id: int | None
    channel: str
    channel_name: str


class TimelinePage(Schema):
    """`next`: where the next page begins, "" at the end; `newest`: what to ask for news with; `counts` by group."""

    payload: list[TimelineLine]
    next: str
    newest: str
    counts: dict[str, int]


class TimelineNews(Schema):
    """How many lines came since."""

    count: int


def _place(row: TimelineEntry) -> str:
    return f"{int(row.happened_at.timestamp() * 1_000_000)}.{row.pk}"


def _read(text: str) -> selectors.Place | None:
    if not text:
        return None
    try:
        at, pk = (int(part) for part in text.split("."))
        return datetime.fromtimestamp(at // 1_000_000, UTC).replace(microsecond=at % 1_000_000), pk
    except (ValueError, OverflowError, OSError) as error:
        raise Invalid(_("This isn't one of the known values.")) from error


def _group(text: str) -> str:
    if text and text not in TimelineEntry.Group.values:
        raise Invalid(fields={"group": [_("This isn't one of the known values.")]})
    return text


@router.get("/contacts/{int:contact_id}/timeline", operation_id="contact_timeline", response=TimelinePage)
def index(
    request: Request, account_id: int, contact_id: int, group: str = "", before: str = ""
) -> HttpResponse:
    """A page, of one group of lines or of all."""
    contact = get_contact_for(request.auth.member, contact_id=contact_id)
    rows = selectors.entries_of(contact, visibility_of(request))
    found = selectors.page_before(rows, group=_group(group), before=_read(before))
    page = found[: selectors.PAGE]
    return json_reply(
        {
            "payload": entries_json(page),
            "next": _place(page[-1]) if len(found) > selectors.PAGE else "",
            "newest": _place(page[0]) if page else "",
            "counts": selectors.counts_by_group(rows) if not before else {},
        }
    )


@router.get(
    "/contacts/{int:contact_id}/timeline/news", operation_id="contact_timeline_news", response=TimelineNews
)
def news(
    request: Request, account_id: int, contact_id: int, group: str = "", after: str = ""
) -> HttpResponse:
    """How many lines came after that place."""
    contact = get_contact_for(request.auth.member, contact_id=contact_id)
    rows = selectors.entries_of(contact, visibility_of(request))
    place = _read(after)
    count = rows.count() if place is None else selectors.newer_than(rows, group=_group(group), after=place)
    return json_reply({"count": count})
