"""How fast an inbox may send: its `sending_limit_per_hour` counts in any sixty minutes, over all workers together.

Nothing is planned ahead: what is over the limit lies in the out-tray as it came, in order, and each claim counts anew
what left in the last hour. A limit that is changed or lifted counts from the next claim on.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Count, Q

from ventanilla.delivery.models import Outgoing
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import ahead, now

WINDOW = timedelta(hours=1)
_GONE = (Outgoing.State.SENT, Outgoing.State.UNKNOWN)
_GOING = (Outgoing.State.SENDING, Outgoing.State.HANDING)


def limits() -> dict[int, int]:
    """The limit of each inbox that has one."""
    limited = Inbox.objects.filter(channel_settings__sending_limit_per_hour__gt=0)
    return dict(limited.values_list("pk", "channel_settings__sending_limit_per_hour"))


def places(limits: dict[int, int]) -> dict[int, int]:
    """How many more messages may leave each inbox now. What a worker is sending counts as sent."""
    moment = now()
    gone = Q(state__in=_GONE, finished_at__gt=moment - WINDOW) & ~ahead("finished_at", at=moment)
    going = Q(state__in=_GOING)
    used = dict(
        Outgoing.objects.filter(gone | going, kind="message", inbox_id__in=limits)
        .values_list("inbox_id")
        .annotate(count=Count("pk"))
    )
    return {pk: max(0, limit - used.get(pk, 0)) for pk, limit in limits.items()}


def places_to_claim(limits: dict[int, int]) -> dict[int, int]:
    """The same for a worker that is about to claim, in its transaction: another worker that counts the same inbox at
    this moment has the turn, and we see no place there.
    """
    ours = set(
        Inbox.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(pk__in=limits)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return {pk: count if pk in ours else 0 for pk, count in places(limits).items()}


def within(rows: Collection[Outgoing], free: dict[int, int]) -> list[Outgoing]:
    """Those of `rows`, in their order, that have a place."""
    left, taken = dict(free), []
    for row in rows:
        if row.kind == "message" and row.inbox_id in left:
            if left[row.inbox_id] <= 0:
                continue
            left[row.inbox_id] -= 1
        taken.append(row)
    return taken


def of_full(free: dict[int, int]) -> Q:
    """Messages of inboxes without a place."""
    return Q(kind="message", inbox_id__in=[pk for pk, count in free.items() if count == 0])
