"""Which agents have which conversation open, told to the desks that may see it. Gone when a desk leaves or goes silent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import msgspec

from ventanilla.events import wakeup
from ventanilla.realtime.boards import Board, Office
from ventanilla.realtime.permissions import ConversationFacts
from ventanilla.realtime.seats import encode_text

TOPIC = "conversation.viewing"
TOLD = {"conversation_id": int, "users": [{"id": int, "name": str}]}  # what desks are told (described.py)

VIEWING_SECONDS = 50.0  # desks say it again about every 20 s
_LOOK_SECONDS = 5.0


class Viewing(msgspec.Struct, frozen=True):
    """What travels: the desk `desk` of a user has a conversation open, or (`conversation` null) no longer any."""

    desk: str
    account_id: int
    user_id: int
    user_name: str
    conversation: ConversationFacts | None = None
    display_id: int | None = None


@dataclass(slots=True)
class _Look:
    viewing: Viewing
    until: float


def say_viewing(viewing: Viewing) -> None:
    """Tell every process. May be called from any thread."""
    wakeup.publish_ephemeral(TOPIC, encode_text(viewing))


class ViewingBoard(Board):
    """All desks' open conversations, as far as this process has heard."""

    topic = TOPIC

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._looks: dict[str, _Look] = {}

    def start(self) -> None:
        super().start()
        self.office.spawn(self._run())

    async def heard(self, payload: bytes) -> None:
        viewing = msgspec.json.decode(payload, type=Viewing)
        before = self._looks.pop(viewing.desk, None)
        if viewing.conversation is not None:
            until = asyncio.get_running_loop().time() + VIEWING_SECONDS
            self._looks[viewing.desk] = _Look(viewing, until)
        if before is None or before.viewing.display_id != viewing.display_id:
            if before is not None:
                self._tell(before.viewing)
            self._tell(viewing)

    def frame(self, account_id: int, display_id: int) -> str:
        """Who has this conversation open now."""
        users = {
            look.viewing.user_id: {"id": look.viewing.user_id, "name": look.viewing.user_name}
            for look in self._looks.values()
            if look.viewing.account_id == account_id and look.viewing.display_id == display_id
        }
        data = {"conversation_id": display_id, "users": [users[user_id] for user_id in sorted(users)]}
        return encode_text({"type": "ephemeral", "name": "viewing", "data": data}).decode()

    def _tell(self, viewing: Viewing) -> None:
        room = self.office.seating.rooms.get(viewing.account_id)
        if room is None or viewing.conversation is None or viewing.display_id is None:
            return
        frame = self.frame(viewing.account_id, viewing.display_id)
        for seat in room.audience(viewing.conversation)[1]:
            seat.outbox.post(frame)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            now = asyncio.get_running_loop().time()
            silent = [desk for desk, look in self._looks.items() if look.until < now]
            for desk in silent:
                self._tell(self._looks.pop(desk).viewing)
