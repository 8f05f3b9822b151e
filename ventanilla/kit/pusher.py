"""What a room promises that has its push messages sent from the post room: who lays them there, who sends one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Asking(NamedTuple):
    """An event that may ask for push messages."""

    event_id: int
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Pusher:
    """`lay` is asked once for all events of a batch, in the transaction that lays the messages in the out-tray, and answers
    pairs of an event's id and a device's. `send` is given the event's payload and the device when its turn comes, so it
    tells the latest state; it raises inboxes.channel's SendFailed, or Withdrawn when no one wants it any more.
    """

    lay: Callable[[Sequence[Asking]], Iterable[tuple[int, int]]]
    send: Callable[[Mapping[str, Any], int], None]
