"""Both trays of the whole installation: whether anybody works on them, and how much lies there."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Min
from django.utils.translation import gettext_lazy as _

from ventanilla.delivery.checks.wording import waiting
from ventanilla.delivery.models import Incoming, Outgoing
from ventanilla.kit.clock import now
from ventanilla.kit.health import Check, Figure, Found, Unit, Words, age_of, seldom, state_of_waiting

_IN, _OUT = Incoming.State, Outgoing.State
_ON_ITS_WAY = (_OUT.QUEUED, _OUT.SENDING, _OUT.HANDING)


class Trays(Check):
    """Two lines. What one account cannot get rid of says nothing here: only what nobody has begun with counts."""

    name = "trays"
    title = _("Queues of this server")
    place = 5
    group = "queues"
    metrics = {
        "in_tray_rows": "Rows of the in-tray by state.",
        "in_tray_oldest_seconds": "Age of the oldest waiting row of the in-tray.",
        "out_tray_rows": "Rows of the out-tray by state.",
        "out_tray_oldest_seconds": "Age of the oldest waiting row of the out-tray.",
    }

    def look(self, account_id: int | None) -> Sequence[Found]:
        return [_in(), _out()]


def _in() -> Found:
    moment = now()
    received = Incoming.objects.filter(state=_IN.RECEIVED)
    oldest = received.aggregate(at=Min("received_at"))["at"]
    untouched = received.filter(postponements=0).aggregate(at=Min("received_at"))["at"]
    count = received.count() if oldest else 0
    fresh = {_IN.RECEIVED: count, _IN.QUARANTINED: Incoming.objects.filter(state=_IN.QUARANTINED).count()}
    rows = {**_incoming_counts(), **{str(state): number for state, number in fresh.items()}}
    return Found(
        state=state_of_waiting(age_of(untouched, at=moment)),
        name=Words(_("All incoming")),
        says=waiting(count),
        code="in_tray_waits" if count else "in_tray_well",
        key="in",
        since=oldest,
        figures=(
            *(Figure("in_tray_rows", number, labels=(("state", state),)) for state, number in rows.items()),
            Figure("in_tray_oldest_seconds", age_of(oldest, at=moment), Unit.SECONDS),
        ),
    )


def _out() -> Found:
    moment = now()
    busy = Outgoing.objects.filter(state__in=_ON_ITS_WAY)
    oldest = busy.aggregate(at=Min("created_at"))["at"]
    due = busy.filter(attempts=0, waits=False, next_attempt_at__lte=moment)
    untouched = due.aggregate(at=Min("next_attempt_at"))["at"]
    count = due.count() if untouched else 0
    fresh = dict(busy.values_list("state").annotate(count=Count("id")))
    rows = {**_outgoing_counts(), **{str(state): fresh.get(state, 0) for state in _ON_ITS_WAY}}
    return Found(
        state=state_of_waiting(age_of(untouched, at=moment)),
        name=Words(_("All outgoing")),
        says=waiting(count),
        code="out_tray_waits" if count else "out_tray_well",
        key="out",
        since=untouched,
        figures=(
            *(Figure("out_tray_rows", number, labels=(("state", state),)) for state, number in rows.items()),
            Figure("out_tray_oldest_seconds", age_of(oldest, at=moment), Unit.SECONDS),
        ),
    )


@seldom(60)
def _incoming_counts() -> dict[str, int]:
    """What was read, of which there may be millions."""
    counts = dict(Incoming.objects.values_list("state").annotate(count=Count("id")))
    return {str(state): counts.get(state, 0) for state in _IN.values}


@seldom(60)
def _outgoing_counts() -> dict[str, int]:
    counts = dict(Outgoing.objects.values_list("state").annotate(count=Count("id")))
    return {str(state): counts.get(state, 0) for state in _OUT.values}
