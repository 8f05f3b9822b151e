"""Who is here. Kept in the table accounts.Presence, shared by all processes, written in batches once a second at most.

A user is present for PRESENCE_LIFETIME after the last sign of life; sockets give one about every 20 s. So a reload or a
lost connection of half a minute changes nothing for others, and what changes is pushed at once.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from django.db import connection, transaction
from django.utils import timezone

from ventanilla.accounts.models import Account, Availability, Membership, Presence
from ventanilla.accounts.policies import seen_lately
from ventanilla.events import wakeup
from ventanilla.realtime.boards import Board, Office
from ventanilla.realtime.seats import ContactSeat, Room, UserSeat, encode_text

TOPIC = "presence.changed"
# What desks are told (described.py): who is there, by id.
TOLD = {"users": dict[str, Availability], "contacts": dict[str, str]}

_WRITE_SECONDS = 1.0
_LOOK_SECONDS = 5.0  # how often absences are looked for
_REWRITE_SECONDS = 15.0  # a sign of life within so long of the last written one needs no writing
_GATHER_SECONDS = 0.02
_CHUNK = 500

USER = str(Presence.Kind.USER)
CONTACT = str(Presence.Kind.CONTACT)


class Someone(NamedTuple):
    """A user or contact of an account."""

    account_id: int
    kind: str
    ref_id: int


class _Changed(msgspec.Struct):
    account_ids: list[int]


@dataclass(slots=True)
class Here:
    """Who is here in one account, and the frames that say so, encoded once."""

    users: dict[str, str] = field(default_factory=dict)
    contacts: dict[str, str] = field(default_factory=dict)
    for_users: str = ""
    for_contacts: str = ""
    for_desks: str = ""

    @classmethod
    def of(cls, account_id: int, users: dict[str, str], contacts: dict[str, str]) -> Here:
        everyone = {"account_id": account_id, "users": users, "contacts": contacts}
        desk = {"type": "ephemeral", "name": "presence", "data": {"users": users, "contacts": contacts}}
        return cls(
            users=users,
            contacts=contacts,
            for_users=_event(everyone),
            for_contacts=_event({"account_id": account_id, "users": users}),
            for_desks=encode_text(desk).decode(),
        )


def _event(data: dict[str, object]) -> str:
    return encode_text({"event": "presence.update", "data": data}).decode()


class PresenceBoard(Board):
    """This process's part of presence: signs of life of its sockets in, changes out to them."""

    topic = TOPIC

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._pending: dict[Someone, datetime] = {}
        self._written: dict[Someone, float] = {}
        self._here: dict[int, Here] = {}
        self._dirty: set[int] = set()
        self._waiting: list[UserSeat | ContactSeat] = []
        self._looked_at = 0.0

    def start(self) -> None:
        super().start()
        self.office.spawn(self._run())

    def arrived(self, seat: UserSeat | ContactSeat) -> None:
        """A subscription began."""
        self.seen(seat)

    def seen(self, seat: UserSeat | ContactSeat) -> None:
        """A sign of life of whoever sits there."""
        who = _who(seat)
        if time.monotonic() - self._written.get(who, -_REWRITE_SECONDS) >= _REWRITE_SECONDS:
            self._pending[who] = timezone.now()

    def look_again(self, account_id: int) -> None:
        """Someone's configured availability changed."""
        self._dirty.add(account_id)

    def answer(self, seat: UserSeat | ContactSeat) -> None:
        """Tell one seat who is here, themselves included, as the contract wants it after each sign of life."""
        here = self._here.get(seat.account_id)
        if here is not None and _who(seat) not in self._pending:
            _tell(seat, here)
            return
        self._waiting.append(seat)
        if len(self._waiting) == 1:
            self.office.spawn(self._answer_soon())

    async def _answer_soon(self) -> None:
        """Many arrive at once after a restart: write and look once for all of them."""
        await asyncio.sleep(_GATHER_SECONDS)
        waiting, self._waiting = self._waiting, []
        await self.flush()
        for account_id in {seat.account_id for seat in waiting}:
            await self._push(account_id)
        for seat in waiting:
            if (here := self._here.get(seat.account_id)) is not None:
                _tell(seat, here)

    async def flush(self) -> None:
        """Write the signs of life gathered so far, and say in which accounts someone appeared."""
        if not self._pending:
            return
        pending, self._pending = self._pending, {}
        appeared = await self.office.pool.run(write_presence, pending)
        now = time.monotonic()
        for who in pending:
            self._written[who] = now
        self._dirty |= appeared

    async def heard(self, payload: bytes) -> None:
        accounts = msgspec.json.decode(payload, type=_Changed).account_ids
        self._dirty |= {account_id for account_id in accounts if account_id in self.office.seating.rooms}

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_WRITE_SECONDS)
            await self.flush()
            now = time.monotonic()
            if now - self._looked_at >= _LOOK_SECONDS:
                self._looked_at = now
                self._dirty |= self.office.seating.rooms.keys()
                self._forget(now)
            dirty, self._dirty = self._dirty & self.office.seating.rooms.keys(), set()
            for account_id in dirty:
                await self._push(account_id)

    def _forget(self, now: float) -> None:
        self._written = {who: at for who, at in self._written.items() if now - at < _REWRITE_SECONDS}
        for account_id in self._here.keys() - self.office.seating.rooms.keys():
            del self._here[account_id]

    async def _push(self, account_id: int) -> None:
        before = self._here.get(account_id)
        here = await self._load(account_id)
        room = self.office.seating.rooms.get(account_id)
        if room is not None and before is not None:
            _tell_room(room, before, here)

    async def _load(self, account_id: int) -> Here:
        users, contacts = await self.office.pool.run(who_is_here, account_id)
        before = self._here.get(account_id)
        if before is not None and before.users == users and before.contacts == contacts:
            return before
        here = self._here[account_id] = Here.of(account_id, users, contacts)
        return here


def _who(seat: UserSeat | ContactSeat) -> Someone:
    if isinstance(seat, ContactSeat):
        return Someone(seat.account_id, CONTACT, seat.contact_id)
    return Someone(seat.account_id, USER, seat.user_id)


def _tell(seat: UserSeat | ContactSeat, here: Here) -> None:
    if isinstance(seat, ContactSeat):
        seat.outbox.post(f"{seat.prefix}{here.for_contacts}}}")
    elif seat.prefix:
        seat.outbox.post(f"{seat.prefix}{here.for_users}}}")
    else:
        seat.outbox.post(here.for_desks)


def _tell_room(room: Room, before: Here, here: Here) -> None:
    """Push a change to those it concerns: contacts never learn of other contacts."""
    if before is here:
        return
    for seat in room.users():
        _tell(seat, here)
    if before.users != here.users:
        for contact in tuple(room.contacts):
            _tell(contact, here)


def write_presence(seen: dict[Someone, datetime]) -> set[int]:
    """Note when people were last seen. Returns the accounts in which someone was absent before; others are told."""
    appeared: set[int] = set()
    people = sorted(seen)
    for begin in range(0, len(people), _CHUNK):
        appeared |= _write_chunk({who: seen[who] for who in people[begin : begin + _CHUNK]})
    if appeared:
        wakeup.publish_ephemeral(TOPIC, encode_text(_Changed(sorted(appeared)[:500])))
    return appeared


@transaction.atomic
def _write_chunk(seen: dict[Someone, datetime]) -> set[int]:
    rows = Presence.objects.filter(
        seen_lately(at=timezone.now()),
        account_id__in={who.account_id for who in seen},
        ref_id__in={who.ref_id for who in seen},
    )
    present = {Someone(*row) for row in rows.values_list("account_id", "kind", "ref_id")}
    # An account that was deleted meanwhile must not spoil the others.
    accounts = set(
        Account.objects.filter(pk__in={who.account_id for who in seen}).values_list("pk", flat=True)
    )
    seen = {who: at for who, at in seen.items() if who.account_id in accounts}
    if not seen:
        return set()
    values = ", ".join(["(%s, %s, %s, %s)"] * len(seen))
    adapt = connection.ops.adapt_datetimefield_value
    parameters = [item for who, at in seen.items() for item in (*who, adapt(at))]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO accounts_presence (account_id, kind, ref_id, last_seen_at) VALUES {values} "
            "ON CONFLICT (account_id, kind, ref_id) DO UPDATE SET last_seen_at = excluded.last_seen_at",
            parameters,
        )
    return {who.account_id for who in seen if who not in present}


def who_is_here(account_id: int) -> tuple[dict[str, str], dict[str, str]]:
    """Users by id with what they say of themselves, and present contacts (contract D.2 and F.4)."""
    present_users: set[int] = set()
    contacts: dict[str, str] = {}
    rows = Presence.objects.filter(seen_lately(at=timezone.now()), account_id=account_id).order_by("ref_id")
    for kind, ref_id in rows.values_list("kind", "ref_id"):
        if kind == USER:
            present_users.add(ref_id)
        else:
            contacts[str(ref_id)] = "online"
    members = Membership.objects.filter(account_id=account_id).order_by("user_id")
    users = {
        str(user_id): availability
        for user_id, availability, auto_offline in members.values_list(
            "user_id", "availability", "auto_offline"
        )
        if user_id in present_users or not auto_offline
    }
    return users, contacts


def forget_absent(*, older_than: timedelta = timedelta(days=1)) -> int:
    """Delete signs of life that are long over. Returns how many."""
    return Presence.objects.filter(last_seen_at__lt=timezone.now() - older_than).delete()[0]
