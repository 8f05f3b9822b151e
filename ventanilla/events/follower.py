"""One reading of the log for all consumers of a worker.

Consumers that stand at the same place of the log are handed each batch together: it is read once, their rows share a
transaction, and one statement moves their cursors. A consumer that fails stays where it is, and continues by itself
(consumer.run_once) until it has caught up with the others. See ADR 13.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import structlog
from django.db import InterfaceError, OperationalError, transaction

from ventanilla.events import consumer as alone
from ventanilla.events.consumer import LONGEST_PAUSE, SKIP_AHEAD, TURN_SECONDS, Consumer
from ventanilla.events.log import LoggedEvent, Position, has_unsettled, read_after
from ventanilla.events.models import ConsumerCursor
from ventanilla.kit.clock import is_over

log = structlog.get_logger("events")

_FIRST_SLICE = 8


@dataclass(frozen=True, slots=True)
class Turn:
    """What one look at the log brought."""

    handled: int = 0  # events that some consumer handled
    more: bool = False  # there is work for another turn now
    taken_by_another: bool = False  # another worker leads


class Follower:
    """Reads the log for these consumers, a batch each turn. One thread; any number of workers."""

    def __init__(self, consumers: Sequence[Consumer], *, limit: int = 500) -> None:
        self._consumers = {consumer.name: consumer for consumer in consumers}
        self._limit = limit
        self._cursors: dict[str, ConsumerCursor] = {}  # as last read from the database
        self._read_to: Position | None = None  # what lies before it is for no one here, or handled

    def turn(self) -> Turn:
        """Handle what is next: one batch of those who go together, and one of each that trails.

        Lasts TURN_SECONDS as far as single steps allow, so that whoever waits to write gets a turn as well. Raises
        OperationalError or InterfaceError when the database itself is the trouble; nothing is lost by it.
        """
        if not self._cursors:
            self._look()
        together, place = self._together()
        behind = sum(self._follow_alone(name, place) for name in self._behind(together))
        if place is None:
            return Turn(handled=behind, more=behind > 0)
        start = max(place, self._read_to) if self._read_to is not None else place
        events = read_after(start, limit=self._limit)
        if not events:
            return Turn(handled=behind, more=behind > 0)
        if not any(self._for(name, events) for name in together):
            self._pass_over(together, place, events[-1].position)
            return Turn(handled=behind, more=behind > 0 or len(events) == self._limit)
        done = self._handle(together, place, events)
        if done is None:
            self.forget()
            return Turn(handled=behind, taken_by_another=True)
        return Turn(
            handled=behind + done, more=done < len(events) or len(events) == self._limit or behind > 0
        )

    def waits_for_older(self) -> bool:
        """Whether events are visible that cannot be read yet, for an older transaction is still open (PostgreSQL)."""
        _names, place = self._together()
        place = self._read_to or place
        return place is not None and has_unsettled(place)

    def forget(self) -> None:
        """Read the cursors anew before the next turn: after trouble with the database."""
        self._cursors, self._read_to = {}, None

    # ── who stands where ──────────────────────────────────────────────────────────────────────────────

    def _look(self) -> None:
        known = {row.name: row for row in ConsumerCursor.objects.filter(name__in=list(self._consumers))}
        self._cursors = {
            name: known[name] if name in known else alone.cursor_of(consumer)
            for name, consumer in self._consumers.items()
        }

    def _together(self) -> tuple[list[str], Position | None]:
        """Those who stand at the foremost place, and that place."""
        well = [row for row in self._cursors.values() if row.failures == 0]
        if not well:
            return [], None
        place = max(alone.position_of(row) for row in well)
        return [row.name for row in well if alone.position_of(row) == place], place

    def _behind(self, together: Sequence[str]) -> list[str]:
        return [name for name in self._cursors if name not in together]

    def _follow_alone(self, name: str, place: Position | None) -> int:
        """Let one that trails go on, up to where the others stand; returns how many events it passed."""
        consumer, row = self._consumers[name], self._cursors[name]
        if not is_over(row.retry_at, longest=LONGEST_PAUSE):
            return 0
        handled = alone.run_once(consumer, self._limit, until=place)
        if handled == 0 and place is not None:
            alone.catch_up(consumer, place)
        self._cursors[name] = alone.cursor_of(consumer)
        return handled

    # ── a batch ───────────────────────────────────────────────────────────────────────────────────────

    def _for(self, name: str, events: Sequence[LoggedEvent]) -> list[LoggedEvent]:
        wanted = self._consumers[name].subscribes
        return list(events) if wanted is None else [event for event in events if event.name in wanted]

    def _pass_over(self, names: Sequence[str], place: Position, end: Position) -> None:
        """Remember that no one wants these; the cursors follow once they are many, for the log is pruned up to them."""
        self._read_to = end
        if end.id - place.id >= SKIP_AHEAD:
            with transaction.atomic():
                held = alone.lock_at(names, place)
                alone.move(held, end)
            self._moved(held, end)

    def _handle(self, names: Sequence[str], place: Position, events: Sequence[LoggedEvent]) -> int | None:
        """Hand out as many events as fit in a turn; how many that were, None when another worker holds the cursors."""
        try:
            return self._all_at_once(names, place, events)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.warning("follower.batch_failed", events=len(events), exc_info=True)
        return self._one_fails(names, place, events[:_FIRST_SLICE])

    def _all_at_once(
        self, names: Sequence[str], place: Position, events: Sequence[LoggedEvent]
    ) -> int | None:
        done = 0
        with transaction.atomic():
            held = alone.lock_at(names, place)
            if not held:
                return None
            for end in _slices(len(events)):
                for name in held:
                    if own := self._for(name, events[done:end]):
                        self._consumers[name].handle(own)
                done = end
            alone.move(held, events[done - 1].position)
        self._moved(held, events[done - 1].position)
        if len(held) < len(names):
            self.forget()
        return done

    def _one_fails(self, names: Sequence[str], place: Position, events: Sequence[LoggedEvent]) -> int | None:
        """The same for a few events, each consumer in a savepoint of its own. Who fails is left behind."""
        well: list[str] = []
        failing: list[str] = []
        end = events[-1].position
        with transaction.atomic():
            held = alone.lock_at(names, place)
            if not held:
                return None
            for name in held:
                try:
                    with transaction.atomic():
                        if own := self._for(name, events):
                            self._consumers[name].handle(own)
                    well.append(name)
                except (OperationalError, InterfaceError):
                    raise
                except Exception:
                    failing.append(name)
            alone.move(well, end)
        self._moved(well, end)
        for name in failing:  # finds the event, and notes the attempt
            alone.run_once(self._consumers[name], self._limit, until=end)
        self.forget()
        return len(events)

    def _moved(self, names: Sequence[str], place: Position) -> None:
        for name in names:
            self._cursors[name].position_xid, self._cursors[name].position_id = place
        self._read_to = place


def _slices(count: int) -> Iterator[int]:
    """Ends of slices of so many events, as long as a turn lasts; they grow while they cost little."""
    began, done, size = time.monotonic(), 0, _FIRST_SLICE
    while done < count and (done == 0 or time.monotonic() - began < TURN_SECONDS):
        done = min(done + size, count)
        yield done
        if time.monotonic() - began < TURN_SECONDS / 4:
            size *= 4
