"""Who is typing where, told to everyone else who may see the conversation. Forgotten after half a minute."""

from __future__ import annotations

import asyncio

import msgspec

from ventanilla.conversations.commands.typing import TYPING_TOPIC, Typing
from ventanilla.realtime.boards import Board, Office
from ventanilla.realtime.seats import Room
from ventanilla.realtime.stream import RenderedTyping, render_typing

TYPING_SECONDS = 30.0  # the contract: receivers clear it after so long
_REPEAT_SECONDS = 1.0  # the same news sooner than that is not passed on

_Key = tuple[int, str, int, bool]


class TypingBoard(Board):
    """This process's part: passes the news on, and says "off" for those who never did."""

    topic = TYPING_TOPIC

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._on: dict[_Key, asyncio.TimerHandle] = {}
        self._told_at: dict[_Key, float] = {}

    async def heard(self, payload: bytes) -> None:
        typing = msgspec.json.decode(payload, type=Typing)
        if typing.account_id not in self.office.seating.rooms:
            return
        key = (typing.conversation_id, typing.typist_kind, typing.typist_id, typing.is_private)
        loop = asyncio.get_running_loop()
        timer = self._on.pop(key, None)
        if timer is not None:
            timer.cancel()
        elif not typing.on:
            return
        if typing.on:
            self._on[key] = loop.call_later(TYPING_SECONDS, self._expire, key, typing)
            if timer is not None and loop.time() - self._told_at.get(key, 0.0) < _REPEAT_SECONDS:
                return
            self._told_at[key] = loop.time()
        else:
            self._told_at.pop(key, None)
        await self._tell(typing)

    def stop(self) -> None:
        super().stop()
        for timer in self._on.values():
            timer.cancel()

    def _expire(self, key: _Key, typing: Typing) -> None:
        self._on.pop(key, None)
        self._told_at.pop(key, None)
        self.office.spawn(self._tell(msgspec.structs.replace(typing, on=False)))

    async def _tell(self, typing: Typing) -> None:
        rendered = await self.office.pool.run(render_typing, typing)
        room = self.office.seating.rooms.get(typing.account_id)
        if rendered is not None and room is not None:
            self._tell_users(room, typing, rendered)
            self._tell_contacts(typing, rendered)

    def _tell_users(self, room: Room, typing: Typing, rendered: RenderedTyping) -> None:
        typist = typing.typist_id if typing.typist_kind == "user" else None
        cable, live = room.audience(rendered.facts)
        for seat in cable:
            if seat.user_id != typist:
                seat.outbox.post(f"{seat.prefix}{rendered.cable.at(seat.base)}}}")
        for seat in live:
            if seat.user_id != typist:
                seat.outbox.post(rendered.live.at(seat.base))

    def _tell_contacts(self, typing: Typing, rendered: RenderedTyping) -> None:
        if typing.typist_kind == "contact":
            return  # the other sockets of this customer are the typist too
        for contact_inbox_id, message in rendered.contacts.items():
            for seat in tuple(self.office.seating.identities.get(contact_inbox_id, ())):
                seat.outbox.post(f"{seat.prefix}{message.at(seat.base)}}}")
