"""One per web process: follows the log and hands each event to the sockets that may hear it.

Each event is rendered once per shape and encoded once; to each socket goes a ready text. Nothing here waits for a
receiver (see outbox), and broadcasts pause between slices so that other work gets its turn.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, NamedTuple

import structlog
from django.db import connection
from prometheus_client import Counter, Gauge

from ventanilla.conversations.rendering import forget_people
from ventanilla.events.facts import Hearers, kind_of
from ventanilla.events.log import LoggedEvent, Position, has_unsettled, read_after, settled_position
from ventanilla.events.wakeup import SAFETY_POLL_SECONDS, Waiter
from ventanilla.realtime import columns
from ventanilla.realtime.permissions import Permission, load_permission, load_permissions
from ventanilla.realtime.presence import PresenceBoard
from ventanilla.realtime.seats import ContactSeat, Room, Seating, UserSeat
from ventanilla.realtime.stream import EVERYTHING, Rendered, Wanted, changes_permissions, render
from ventanilla.realtime.texts import Text
from ventanilla.realtime.threads import ThreadPool
from ventanilla.realtime.typing import TypingBoard
from ventanilla.realtime.viewing import ViewingBoard

log = structlog.get_logger("realtime")

_BATCH = 200
_SLICE = 100  # sockets served before other work gets its turn
_THREADS = 3
_RECENT = 2_000  # rendered events kept for those who come back after a moment
_UNSETTLED_PAUSES_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1)
_AFTER_TROUBLE_SECONDS = 1.0
_GATHER_SECONDS = 0.025

RESET_FRAME = '{"type":"reset"}'
DELIVERED = Counter("ventanilla_socket_messages_total", "Frames handed to sockets.", ["kind"])
SEATS = Gauge("ventanilla_socket_subscriptions", "Subscriptions of this process.", ["kind"])


class Told(NamedTuple):
    """An event for a desk, or (`hides`) only that its conversation is out of that desk's sight now."""

    item: Rendered
    hides: bool


class Hub:
    """Where sockets take their seats. `start` and `stop` belong to the process's life."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self.seating = Seating()
        self.position: Position | None = None  # up to here the log has been read
        self.delivered: Position | None = None  # and up to here every seat has been served
        self.recent: OrderedDict[int, Rendered] = OrderedDict()
        self.presence = PresenceBoard(self)
        self.typing = TypingBoard(self)
        self.viewing = ViewingBoard(self)
        self.farewells: set[Callable[[], None]] = set()  # how to end each open socket
        self._pool: ThreadPool | None = None
        self._reader: ThreadPool | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiter: Waiter | None = None
        self._since_pause = 0
        # Grow whenever permissions in an account changed, so that a seat made from an older look is made anew.
        self._epochs: dict[int, int] = {}
        self._unread_stretches = 0  # times the log moved on unread, because no one listened

    @property
    def pool(self) -> ThreadPool:
        """Threads for the database."""
        if self._pool is None:
            raise RuntimeError("the hub does not run")
        return self._pool

    @property
    def reader(self) -> ThreadPool:
        """The thread that reads the log and renders."""
        if self._reader is None:
            raise RuntimeError("the hub does not run")
        return self._reader

    async def start(self) -> None:
        """Begin to follow the log, from where it ends now."""
        self._reset()
        self._pool = ThreadPool(name="sockets", size=_THREADS)
        self._reader = ThreadPool(name="log", size=1)  # its own, so that its connection's caches stay warm
        self._waiter = Waiter()
        self.position = self.delivered = await self.reader.run(settled_position)
        self.spawn(self._follow(self._waiter))
        for board in (self.presence, self.typing, self.viewing):
            board.start()

    async def stop(self) -> None:
        """Ask every socket to come back later, then end."""
        self.say_goodbye()
        for board in (self.presence, self.typing, self.viewing):
            board.stop()
        await self.presence.flush()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._waiter is not None:
            self._waiter.close()
        for pool in (self._pool, self._reader):
            if pool is not None:
                await asyncio.to_thread(pool.close)
        self._pool = self._reader = None

    def say_goodbye(self) -> None:
        """Tell every socket to come back in a moment, and close it."""
        for farewell in tuple(self.farewells):
            farewell()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside everything else until it ends or the hub stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("realtime.task_failed", exc_info=error)

    # Seats.

    def join(self, seat: UserSeat | ContactSeat) -> None:
        """From now on this seat hears what is recorded."""
        if isinstance(seat, ContactSeat):
            self.seating.add_contact(seat)
            SEATS.labels("contact").inc()
        elif seat.prefix:
            self.seating.add_cable(seat)
            SEATS.labels("cable").inc()
        else:
            self.seating.add_live(seat)
            SEATS.labels("live").inc()
        self.presence.arrived(seat)

    def leave(self, seat: UserSeat | ContactSeat) -> None:
        """It hears nothing more."""
        if self.seating.remove(seat):
            kind = "contact" if isinstance(seat, ContactSeat) else "cable" if seat.prefix else "live"
            SEATS.labels(kind).dec()

    # The log.

    async def _follow(self, waiter: Waiter) -> None:
        unsettled_looks = 0
        loop = asyncio.get_running_loop()
        while True:
            pause = SAFETY_POLL_SECONDS
            try:
                while await self._next_batch():
                    pass
                unsettled_looks = unsettled_looks + 1 if await self._is_held_up() else 0
                if unsettled_looks:
                    pause = _UNSETTLED_PAUSES_SECONDS[
                        min(unsettled_looks, len(_UNSETTLED_PAUSES_SECONDS)) - 1
                    ]
            except Exception:
                log.exception("realtime.follow_failed")
                await asyncio.sleep(_AFTER_TROUBLE_SECONDS)
            looked_at = loop.time()
            if await waiter.wait_async(pause):
                # The first event after a calm goes out at once; in a rush, those of a moment share the work.
                await asyncio.sleep(max(0.0, looked_at + _GATHER_SECONDS - loop.time()))

    async def _is_held_up(self) -> bool:
        if self.position is None or connection.vendor != "postgresql":  # elsewhere nothing is ever held up
            return False
        return await self.reader.run(has_unsettled, self.position)

    async def _next_batch(self) -> bool:
        """Deliver the next events; False when there were none."""
        assert self.position is not None
        if not self.seating.rooms:
            position = await self.reader.run(settled_position)
            if self.seating.rooms:  # someone sat down meanwhile, level with the old position
                return True
            if position != self.position:
                self.position = self.delivered = position
                self._unread_stretches += 1
            return False
        wishes = self.seating.wishes
        events, rendered = await self.reader.run(self._read, self.position)
        if not events:
            return False
        if wishes != self.seating.wishes:
            # Someone sat down while these were rendered without them in mind. They may hear them all the same.
            rendered = await self.reader.run(self._rendered, events, lambda account_id: EVERYTHING)
        self.position = events[-1].position
        for event in events:
            if changes_permissions(event):
                self._epochs[event.account_id] = self._epochs.get(event.account_id, 0) + 1
        for item in rendered:
            if item.live is not None:
                self.recent[item.event_id] = item
        while len(self.recent) > _RECENT:
            self.recent.popitem(last=False)
        await self._fan_out(rendered, self.position)
        self.delivered = self.position
        return len(events) == _BATCH

    def _read(self, position: Position) -> tuple[list[LoggedEvent], list[Rendered]]:
        """On a thread: the next events and what becomes of those someone here may listen to."""
        events = read_after(position, limit=_BATCH)
        for account_id in {event.account_id for event in events if kind_of(event.name).changes_people}:
            # What follows shows them as they are now: nothing later would put an older name right.
            forget_people(account_id)
        rooms = self.seating.rooms
        heard = [event for event in events if event.account_id in rooms or kind_of(event.name).ends_sessions]
        return events, self._rendered(heard, self._wanted)

    def _rendered(self, heard: list[LoggedEvent], wanted: Callable[[int], Wanted]) -> list[Rendered]:
        rendered = render(heard, wanted)
        rooms = self.seating.rooms
        walls = {account_id: room.columns for account_id, room in tuple(rooms.items()) if room.columns}
        if walls:
            columns.match(heard, rendered, walls)
        return rendered

    def _wanted(self, account_id: int) -> Wanted:
        room = self.seating.rooms.get(account_id)
        if room is None:
            return Wanted(cable=False, live=False)
        return Wanted(cable=bool(room.cable), live=bool(room.live), contacts=self.seating.identities)

    async def _fan_out(self, items: Sequence[Rendered], end: Position) -> None:
        """Deliver up to each event that changes permissions, ask again, and go on."""
        begin = 0
        for index, item in enumerate(items):
            if item.changes_permissions:
                await self._deliver(
                    items[begin : index + 1], end if index + 1 == len(items) else item.position
                )
                begin = index + 1
                await self.refresh(item.account_id)
            if item.ends_sessions_of is not None or item.ends_unfitting:
                await self._end_sessions(item)
            if item.concerns_presence:
                self.presence.look_again(item.account_id)
        await self._deliver(items[begin:], end)

    async def _deliver(self, items: Sequence[Rendered], end: Position) -> None:
        rounds: dict[UserSeat, list[Told]] = {}
        for item in items:
            room = self.seating.rooms.get(item.account_id)
            if room is None:
                continue
            cable, live = audience_of(room, item)
            if item.cable_whole is not None:
                await self._post((seat for seat in cable if seat.permission.sees_answers), item.cable_whole)
                cable = [seat for seat in cable if not seat.permission.sees_answers]
            if item.cable is not None:
                await self._post(cable, item.cable)
            await self._post_to_contacts(item)
            self._note_told(rounds, item, live if item.live is not None else (), hides=False)
            if item.hidden is not None:
                gone = [seat for seat in room.live if item.hides_from(seat.permission)]
                self._note_told(rounds, item, gone, hides=True)
        await self._post_live(rounds, end)

    @staticmethod
    def _note_told(
        rounds: dict[UserSeat, list[Told]], item: Rendered, seats: Iterable[UserSeat], *, hides: bool
    ) -> None:
        for seat in seats:
            if seat.position is None or item.position > seat.position:
                rounds.setdefault(seat, []).append(Told(item, hides))

    async def _post(self, seats: Iterable[UserSeat | ContactSeat], message: Text) -> None:
        count = 0
        for seat in seats:
            seat.outbox.post(f"{seat.prefix}{message.at(seat.base)}}}")
            count += 1
            await self._breathe()
        DELIVERED.labels("cable").inc(count)

    async def _post_to_contacts(self, item: Rendered) -> None:
        for contact_inbox_id, message in item.contacts.items():
            seats = self.seating.identities.get(contact_inbox_id)
            if seats:
                await self._post(tuple(seats), message)

    async def _post_live(self, rounds: dict[UserSeat, list[Told]], end: Position) -> None:
        """One frame per seat, in the order of the log; seats that hear the same events share its text."""
        frames: dict[tuple[str, bool, bool, tuple[tuple[int, bool], ...]], str] = {}
        for seat, told in rounds.items():
            whole = seat.permission.sees_answers and any(item.live_whole for item, _hides in told)
            has_wall = bool(seat.columns)
            key = (seat.base, whole, has_wall, tuple([(item.event_id, hides) for item, hides in told]))
            frame = frames.get(key)
            if frame is None:
                texts = [item.hidden if hides else item.live_for(seat.permission) for item, hides in told]
                if has_wall:
                    texts += [item.matched for item, hides in told if not hides]
                frame = live_frame([text.at(seat.base) for text in texts if text is not None], end)
                frames[key] = frame
            seat.position = end
            seat.outbox.post(frame)
            await self._breathe()
        DELIVERED.labels("live").inc(len(rounds))

    async def _breathe(self) -> None:
        self._since_pause += 1
        if self._since_pause >= _SLICE:
            self._since_pause = 0
            await asyncio.sleep(0)

    # Permissions.

    async def current_permission(self, account_id: int, user_id: int) -> Permission | None:
        """What a user may hear, not older than the last change this process knows of. The caller joins at once."""
        while True:
            epoch = self._epoch(account_id)
            permission = await self.pool.run(load_permission, account_id, user_id)
            if epoch == self._epoch(account_id):
                return permission

    def _epoch(self, account_id: int) -> tuple[int, int]:
        return self._epochs.get(account_id, 0), self._unread_stretches

    async def refresh(self, account_id: int) -> None:
        """Ask again what the users of an account may hear. Who may hear nothing any more is shown out."""
        room = self.seating.rooms.get(account_id)
        if room is None:
            return
        seats = room.users()
        permissions = await self.pool.run(load_permissions, account_id, {seat.user_id for seat in seats})
        for seat in seats:
            permission = permissions.get(seat.user_id)
            if permission is None:
                self.leave(seat)
                seat.expel()
                continue
            changed = permission.visibility != seat.permission.visibility
            seat.permission = permission
            if changed and not seat.prefix:
                # What they see has changed as a whole: the desk loads it anew and then takes its seat again.
                self.leave(seat)
                seat.outbox.post(RESET_FRAME)
        room.forget_audiences()

    async def _end_sessions(self, item: Rendered) -> None:
        """A user's sessions ended (password changed), one did (signed out), or an account asks for another way in: ask
        each seat that it concerns whether it still holds.
        """
        for room in tuple(self.seating.rooms.values()):
            for seat in room.users():
                unfitting = item.ends_unfitting and seat.account_id == item.account_id
                if (unfitting or seat.user_id == item.ends_sessions_of) and (
                    item.ends_all_sessions or not await seat.still_holds()
                ):
                    self.leave(seat)
                    seat.expel()


def audience_of(room: Room, item: Rendered) -> tuple[Iterable[UserSeat], Iterable[UserSeat]]:
    """The cable seats and the live seats that may hear an event."""
    if item.audience is Hearers.MEMBERS:
        assert item.facts is not None
        return room.audience(item.facts)  # the same rule, remembered for each conversation
    return (
        [seat for seat in room.cable if item.may_be_heard_by(seat.permission, seat.user_id)],
        [seat for seat in room.live if item.may_be_heard_by(seat.permission, seat.user_id)],
    )


def live_frame(events: Sequence[str], position: Position) -> str:
    """The frame that carries rendered events to a desk."""
    return f'{{"type":"events","position":"{position}","events":[{",".join(events)}]}}'


hub = Hub()
