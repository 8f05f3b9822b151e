"""Push messages that an event asks for (settings.PUSHERS says whose). One row of the out-tray is one device's."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from ventanilla.delivery.models import Outgoing
from ventanilla.inboxes.channel import Receipt
from ventanilla.kit.pusher import Pusher


@lru_cache(maxsize=1)
def pushers() -> dict[str, Pusher]:
    """Who pushes for which event."""
    return {event: import_string(path) for event, path in settings.PUSHERS.items()}


def send_push(row: Outgoing, _hand_over: Callable[[], None]) -> Receipt:
    """One message to one device. A second copy takes the place of the first there, by its tag."""
    pushers()[row.payload["event"]].send(row.payload, row.payload["device"])
    return Receipt()
