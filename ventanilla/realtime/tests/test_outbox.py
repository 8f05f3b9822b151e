from __future__ import annotations

import asyncio

import pytest

from ventanilla.realtime import outbox as outboxes
from ventanilla.realtime.outbox import Outbox


class Receiver:
    """Takes frames, or not, as a socket would."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.gone = False
        self.ended = 0
        self.outbox = Outbox(self.send, on_end=self.end, too_slow_frame="too slow")

    async def send(self, message) -> None:
        await self.open.wait()
        if self.gone:
            raise ConnectionResetError
        self.taken.append(message["text"])

    def end(self) -> None:
        self.ended += 1


def test_a_frame_is_sent_within_the_call():
    async def run() -> None:
        receiver = Receiver()
        receiver.outbox.post("1")
        assert receiver.taken == ["1"]

    asyncio.run(run())


def test_frames_for_a_busy_receiver_wait_in_their_order():
    async def run() -> None:
        receiver = Receiver()
        receiver.open.clear()
        for number in range(10):
            receiver.outbox.post(str(number))
        assert receiver.taken == []
        assert receiver.outbox.is_behind

        receiver.open.set()
        await asyncio.sleep(0.01)
        receiver.outbox.post("10")

        assert receiver.taken == [str(number) for number in range(11)]
        assert not receiver.outbox.is_behind

    asyncio.run(run())


def test_a_receiver_that_is_too_slow_is_told_to_come_back(monkeypatch):
    monkeypatch.setattr(outboxes, "MAX_BACKLOG_FRAMES", 3)

    async def run() -> None:
        receiver = Receiver()
        receiver.open.clear()
        for number in range(10):
            receiver.outbox.post(str(number))

        assert receiver.outbox.closed
        assert receiver.ended == 1
        receiver.open.set()
        await receiver.outbox.finish()
        assert receiver.taken == ["0", "too slow"]

    asyncio.run(run())


def test_memory_for_a_slow_receiver_is_bounded_by_size_too(monkeypatch):
    monkeypatch.setattr(outboxes, "MAX_BACKLOG_CHARS", 1_000)

    async def run() -> None:
        receiver = Receiver()
        receiver.open.clear()
        for _ in range(3):
            receiver.outbox.post("x" * 600)

        assert receiver.outbox.closed

    asyncio.run(run())


@pytest.mark.parametrize("busy", [False, True])
def test_a_receiver_that_is_gone_ends_the_outbox_once(busy):
    async def run() -> None:
        receiver = Receiver()
        receiver.gone = True
        if busy:
            receiver.open.clear()
        receiver.outbox.post("1")
        receiver.outbox.post("2")
        receiver.open.set()
        await asyncio.sleep(0.01)
        receiver.outbox.post("3")

        assert receiver.outbox.closed
        assert receiver.ended == 1
        assert receiver.taken == []

    asyncio.run(run())


def test_a_receiver_that_never_takes_anything_is_given_up_after_a_moment(monkeypatch):
    monkeypatch.setattr(outboxes, "GOODBYE_SECONDS", 0.05)

    async def run() -> None:
        receiver = Receiver()
        receiver.open.clear()
        receiver.outbox.post("1")
        receiver.outbox.end("bye")

        await asyncio.wait_for(receiver.outbox.finish(), 1)

    asyncio.run(run())
