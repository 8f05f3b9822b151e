"""/cable: the contract's ActionCable protocol (behaviour D), for the widget, mobile apps and other clients.

The address and the tokens are the only credentials: anyone may open a socket, a subscription needs a `pubsub_token`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import MutableMapping
from typing import Any

import msgspec
import structlog

from ventanilla.realtime.connection import Connection, Receive, Send
from ventanilla.realtime.doors import is_turned_away, turn_away
from ventanilla.realtime.hub import Hub, hub
from ventanilla.realtime.outbox import Outbox
from ventanilla.realtime.permissions import find_contact, listens_by_token
from ventanilla.realtime.proxies import address_of, base_of
from ventanilla.realtime.seats import ContactSeat, UserSeat, cable_prefix, encode_text
from ventanilla.realtime.waiting import Patience, room

log = structlog.get_logger("realtime")

SUBPROTOCOL = "actioncable-v1-json"
CHANNEL = "RoomChannel"
PING_SECONDS = 3.0
MAX_SUBSCRIPTIONS = 20
_PING_BUCKETS = 30  # pings of many sockets are spread over the interval instead of coming all at once

Scope = MutableMapping[str, Any]

WELCOME = '{"type":"welcome"}'
NOBODY_HERE = '{"type":"disconnect","reason":"not_subscribed","reconnect":false}'
UNAUTHORIZED = '{"type":"disconnect","reason":"unauthorized","reconnect":false}'


class Command(msgspec.Struct):
    """What clients send."""

    command: str
    identifier: str
    data: str = ""


class Identifier(msgspec.Struct):
    """What a subscription's identifier says. Numbers also come as text."""

    channel: str
    pubsub_token: str = ""
    account_id: int | None = None
    user_id: int | None = None


class Action(msgspec.Struct):
    """What a message to the channel asks for."""

    action: str = ""


_decode_command = msgspec.json.Decoder(Command).decode
_decode_identifier = msgspec.json.Decoder(Identifier, strict=False).decode
_decode_action = msgspec.json.Decoder(Action).decode


class Pinger:
    """One timer for all sockets of the process; each socket hears it every PING_SECONDS."""

    def __init__(self) -> None:
        self._buckets: list[set[Outbox]] = [set() for _ in range(_PING_BUCKETS)]
        self._next = 0
        self._task: asyncio.Task[None] | None = None

    def add(self, outbox: Outbox) -> set[Outbox]:
        """Ping this socket from now on, until it is taken out of the returned bucket."""
        bucket = min(self._buckets, key=len)
        bucket.add(outbox)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())
        return bucket

    async def _run(self) -> None:
        while any(self._buckets):
            frame = f'{{"type":"ping","message":{int(time.time())}}}'
            for outbox in tuple(self._buckets[self._next]):
                if not outbox.is_behind:  # it gets enough to know that we live
                    outbox.post(frame)
            self._next = (self._next + 1) % _PING_BUCKETS
            await asyncio.sleep(PING_SECONDS / _PING_BUCKETS)


pinger = Pinger()


class CableSocket(Connection):
    """One connection and its subscriptions, by identifier."""

    protocol = "cable"

    def __init__(self, office: Hub, receive: Receive, send: Send, base: str, address: str) -> None:
        super().__init__(office, receive, send)
        self._base = base
        self._pinged: set[Outbox] = set()
        self.seats: dict[str, UserSeat | ContactSeat] = {}
        self._patience = Patience(address, lambda: self.outbox.end(NOBODY_HERE))

    def _begin(self) -> None:
        self.outbox.post(WELCOME)
        self._patience.begin()
        self._pinged = pinger.add(self.outbox)

    def _end(self) -> None:
        self._pinged.discard(self.outbox)
        self._patience.end()
        for seat in self.seats.values():
            self.office.leave(seat)

    async def _listen(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return
            try:
                command = _decode_command(message.get("text") or message.get("bytes") or b"")
            except msgspec.MsgspecError:
                continue  # as the contract's server does: what is not a command is not heard
            await self._obey(command)

    async def _obey(self, command: Command) -> None:
        if command.command == "subscribe":
            await self._subscribe(command.identifier)
        elif command.command == "unsubscribe":
            seat = self.seats.pop(command.identifier, None)
            if seat is not None:
                self.office.leave(seat)
                if not self.seats:
                    self._patience.begin()
        elif command.command == "message":
            self._perform(command)

    def _perform(self, command: Command) -> None:
        seat = self.seats.get(command.identifier)
        if seat is None:
            return
        try:
            action = _decode_action(command.data).action
        except msgspec.MsgspecError:
            return
        if action == "update_presence":
            self.office.presence.seen(seat)
            self.office.presence.answer(seat)

    async def _subscribe(self, identifier: str) -> None:
        if identifier in self.seats:
            return
        seat = await self._find_seat(identifier)
        echo = encode_text(identifier).decode()
        if seat is None or len(self.seats) >= MAX_SUBSCRIPTIONS:
            self.outbox.post(f'{{"identifier":{echo},"type":"reject_subscription"}}')
            self._patience.refuse()
            return
        self.seats[identifier] = seat
        self._patience.end()
        self.office.join(seat)
        self.outbox.post(f'{{"identifier":{echo},"type":"confirm_subscription"}}')
        self.office.presence.answer(seat)

    async def _find_seat(self, text: str) -> UserSeat | ContactSeat | None:
        try:
            identifier = _decode_identifier(text)
        except msgspec.MsgspecError:
            return None
        if identifier.channel != CHANNEL or not identifier.pubsub_token:
            return None
        if identifier.user_id is not None:
            return await self._find_user_seat(text, identifier)
        found = await self.office.pool.run(find_contact, identifier.pubsub_token)
        if found is None:
            return None
        return ContactSeat(
            account_id=found.account_id,
            contact_id=found.contact_id,
            contact_inbox_id=found.contact_inbox_id,
            outbox=self.outbox,
            base=self._base,
            prefix=cable_prefix(text),
        )

    async def _find_user_seat(self, text: str, identifier: Identifier) -> UserSeat | None:
        assert identifier.user_id is not None
        account_id = identifier.account_id
        if account_id is None:
            return None

        async def still_holds() -> bool:
            return await self.office.pool.run(
                listens_by_token,
                identifier.pubsub_token,
                user_id=identifier.user_id or 0,
                account_id=account_id,
            )

        if not await still_holds():
            return None
        permission = await self.office.current_permission(account_id, identifier.user_id)
        if permission is None:
            return None
        prefix = cable_prefix(text)

        def expel() -> None:
            self.outbox.post(f'{prefix}{{"event":"user:logout","data":{{"account_id":{account_id}}}}}}}')
            self.outbox.end(UNAUTHORIZED)

        return UserSeat(
            account_id=account_id,
            user_id=identifier.user_id,
            outbox=self.outbox,
            permission=permission,
            expel=expel,
            still_holds=still_holds,
            base=self._base,
            prefix=prefix,
        )


class Cable:
    """The ASGI end of /cable."""

    def __init__(self, office: Hub) -> None:
        self._office = office

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        if message["type"] != "websocket.connect":
            return
        if await is_turned_away(scope, send, self._office.pool):
            return
        address = address_of(scope)
        if room.is_full(address):
            log.info("cable.too_many_waiting", address=address)
            await turn_away(scope, send, status=429)
            return
        offered: list[str] = scope.get("subprotocols", [])
        subprotocol = SUBPROTOCOL if SUBPROTOCOL in offered else None
        base = await self._office.pool.run(base_of, scope)
        await CableSocket(self._office, receive, send, base, address).serve(subprotocol)


cable = Cable(hub)
