"""Questions about a contact's timeline."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import Conversation
from ventanilla.conversations.policies import Visibility
from ventanilla.timeline.models import TimelineEntry

PAGE = 50
Place = tuple[datetime, int]


def entries_of(contact: Contact, visibility: Visibility) -> QuerySet[TimelineEntry]:
    """The contact's lines, newest first; those of conversations that the caller may not see are left out."""
    seen = Conversation.objects.filter(visibility.q(), contact=contact).values("pk")
    rows = TimelineEntry.objects.filter(contact=contact)
    return rows.filter(Q(conversation=None) | Q(conversation__in=seen)).order_by("-happened_at", "-pk")


def page_before(rows: QuerySet[TimelineEntry], *, group: str, before: Place | None) -> list[TimelineEntry]:
    """A page, and one line more where there is another page."""
    if group:
        rows = rows.filter(group=group)
    if before is not None:
        at, pk = before
        rows = rows.filter(Q(happened_at__lt=at) | Q(happened_at=at, pk__lt=pk))
    return list(rows.select_related("conversation__inbox").defer("conversation__inbox__secrets")[: PAGE + 1])


def newer_than(rows: QuerySet[TimelineEntry], *, group: str, after: Place) -> int:
    """How many lines came since."""
    at, pk = after
    if group:
        rows = rows.filter(group=group)
    return rows.filter(Q(happened_at__gt=at) | Q(happened_at=at, pk__gt=pk)).count()


def counts_by_group(rows: QuerySet[TimelineEntry]) -> dict[str, int]:
    """How many lines each group has."""
    return dict(rows.order_by().values_list("group").annotate(count=Count("pk")))
