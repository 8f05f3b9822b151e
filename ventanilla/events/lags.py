"""How far all readers of the log trail, by three questions however many they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count

from ventanilla.events.consumer import Consumer, Lag, lag_of, position_of
from ventanilla.events.log import START, Position, headlines_after
from ventanilla.events.models import ConsumerCursor, SetAsideEvent

_WINDOW = 1_000  # cursors of the idle trail up to consumer.SKIP_AHEAD events of other names


def lags(consumers: Sequence[Consumer]) -> list[Lag]:
    """Each one's lag. Only in a rush, when more lies there than fits in one look, each is asked for by itself."""
    names = [consumer.name for consumer in consumers]
    cursors = {row.name: row for row in ConsumerCursor.objects.filter(name__in=names)}
    places = {name: position_of(cursors[name]) if name in cursors else START for name in names}
    lines = headlines_after(min(places.values(), default=START), limit=_WINDOW)
    if len(lines) == _WINDOW:
        return [lag_of(consumer) for consumer in consumers]
    aside = dict(SetAsideEvent.objects.values_list("consumer").annotate(Count("id")))
    return [
        _lag(consumer, cursors.get(consumer.name), places[consumer.name], lines, aside.get(consumer.name, 0))
        for consumer in consumers
    ]


def _lag(
    consumer: Consumer,
    cursor: ConsumerCursor | None,
    place: Position,
    lines: Sequence[tuple[Position, str, datetime]],
    set_aside: int,
) -> Lag:
    waiting = [
        at
        for position, name, at in lines
        if position > place and (consumer.subscribes is None or name in consumer.subscribes)
    ]
    return Lag(
        consumer=consumer.name,
        events=len(waiting),
        oldest=waiting[0] if waiting else None,
        failures=cursor.failures if cursor is not None else 0,
        set_aside=set_aside,
    )
