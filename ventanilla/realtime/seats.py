"""Who sits where: the subscriptions of the sockets of this process, and what each may hear."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from ventanilla.boards.columns import LiveRule
from ventanilla.events.log import Position
from ventanilla.realtime.outbox import Outbox
from ventanilla.realtime.permissions import ConversationFacts, Permission

encode_text = msgspec.json.Encoder().encode
_MAX_REMEMBERED_AUDIENCES = 2_000


@dataclass(eq=False, slots=True)
class UserSeat:
    """A user listening in one account, over /cable (`prefix` set) or /live."""

    account_id: int
    user_id: int
    outbox: Outbox
    permission: Permission
    expel: Callable[[], None]  # end the subscription: this user may hear nothing more here
    still_holds: Callable[[], Awaitable[bool]]  # whether the sign-in behind it is still good
    base: str  # the address by which this client reached us
    prefix: str = ""
    position: Position | None = None  # on /live: what the desk has been sent up to
    columns: Mapping[str, LiveRule] = field(default_factory=dict)  # on /live: the filters of its open wall


@dataclass(eq=False, slots=True)
class ContactSeat:
    """A contact listening with the token of one of their identities."""

    account_id: int
    contact_id: int
    contact_inbox_id: int
    outbox: Outbox
    base: str
    prefix: str


def cable_prefix(identifier: str) -> str:
    """How every event frame of a subscription begins; the message and a closing brace follow."""
    return f'{{"identifier":{encode_text(identifier).decode()},"message":'


@dataclass(slots=True)
class Room:
    """The users of one account who listen in this process."""

    cable: set[UserSeat] = field(default_factory=set)
    live: set[UserSeat] = field(default_factory=set)
    contacts: set[ContactSeat] = field(default_factory=set)
    columns: Mapping[str, LiveRule] = field(default_factory=dict)  # of all its walls, each filter once
    _audiences: dict[ConversationFacts, tuple[tuple[UserSeat, ...], tuple[UserSeat, ...]]] = field(
        default_factory=dict
    )

    @property
    def is_empty(self) -> bool:
        return not (self.cable or self.live or self.contacts)

    def note_columns(self) -> None:
        """A desk's wall shows other columns, or a desk with a wall came or went."""
        self.columns = {key: one for seat in self.live for key, one in seat.columns.items()}

    def users(self) -> set[UserSeat]:
        """All seats of users."""
        return self.cable | self.live

    def audience(self, facts: ConversationFacts) -> tuple[tuple[UserSeat, ...], tuple[UserSeat, ...]]:
        """Cable seats and live seats that may see such a conversation. Remembered until someone comes or goes."""
        found = self._audiences.get(facts)
        if found is None:
            if len(self._audiences) >= _MAX_REMEMBERED_AUDIENCES:
                self._audiences.clear()
            found = (_who_may_see(self.cable, facts), _who_may_see(self.live, facts))
            self._audiences[facts] = found
        return found

    def forget_audiences(self) -> None:
        """Someone came, went, or may see other things now."""
        self._audiences.clear()


def _who_may_see(seats: Iterable[UserSeat], facts: ConversationFacts) -> tuple[UserSeat, ...]:
    return tuple(seat for seat in seats if seat.permission.sees(facts))


class Seating:
    """Every seat of this process, by account and by contact identity."""

    def __init__(self) -> None:
        self.rooms: dict[int, Room] = {}
        self.identities: dict[int, set[ContactSeat]] = {}
        # Grows whenever someone comes for whom a shape must be rendered that no one wanted before.
        self.wishes = 0

    def room(self, account_id: int) -> Room:
        """The account's room, made when first asked for."""
        room = self.rooms.get(account_id)
        if room is None:
            room = self.rooms[account_id] = Room()
        return room

    def add_cable(self, seat: UserSeat) -> None:
        room = self.room(seat.account_id)
        self.wishes += not room.cable
        room.cable.add(seat)
        room.forget_audiences()

    def add_live(self, seat: UserSeat) -> None:
        room = self.room(seat.account_id)
        self.wishes += not room.live
        room.live.add(seat)
        room.forget_audiences()
        if seat.columns:
            room.note_columns()

    def add_contact(self, seat: ContactSeat) -> None:
        self.room(seat.account_id).contacts.add(seat)
        self.wishes += seat.contact_inbox_id not in self.identities
        self.identities.setdefault(seat.contact_inbox_id, set()).add(seat)

    def remove(self, seat: UserSeat | ContactSeat) -> bool:
        """Take a seat away; False if it was not there."""
        room = self.rooms.get(seat.account_id)
        if room is None or not (seat in room.contacts or seat in room.cable or seat in room.live):
            return False
        if isinstance(seat, ContactSeat):
            room.contacts.discard(seat)
            same = self.identities.get(seat.contact_inbox_id, set())
            same.discard(seat)
            if not same:
                self.identities.pop(seat.contact_inbox_id, None)
        else:
            room.cable.discard(seat)
            room.live.discard(seat)
            room.forget_audiences()
            if seat.columns:
                room.note_columns()
        if room.is_empty:
            del self.rooms[seat.account_id]
        return True
