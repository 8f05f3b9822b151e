"""What every transport promises."""

from __future__ import annotations

import os
from collections.abc import Callable

import msgspec

LOG_CHANNEL = "ventanilla_log"
EPHEMERAL_CHANNEL = "ventanilla_ephemeral"

OnWake = Callable[[], None]
OnMessage = Callable[[str, bytes], None]


class Envelope(msgspec.Struct, array_like=True):
    """An ephemeral message on its way. `origin` lets a process ignore what it sent and has already
    delivered."""

    origin: str
    topic: str
    payload: str


encode_envelope = msgspec.json.Encoder().encode
decode_envelope = msgspec.json.Decoder(Envelope).decode


class Transport:
    """Reaches the other processes. This base reaches none: right for a database only one process can see."""

    def __init__(self) -> None:
        self.origin = f"{os.getpid()}-{os.urandom(4).hex()}"
        self.on_wake: OnWake | None = None
        self.on_message: OnMessage | None = None

    def start(self, *, on_wake: OnWake, on_message: OnMessage) -> None:
        """Begin to receive. The callbacks run on the transport's thread."""
        self.on_wake = on_wake
        self.on_message = on_message

    def stop(self) -> None:
        """Stop receiving; sending still works."""

    def wake(self) -> None:
        """Tell the other processes to look at the log."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Send an ephemeral message to the other processes."""

    def seal(self, topic: str, payload: bytes) -> bytes:
        """The message as it travels."""
        return encode_envelope(Envelope(self.origin, topic, payload.decode()))

    def received(self, message: bytes | str) -> None:
        """Hand on what another process sent."""
        envelope = decode_envelope(message)
        if envelope.origin != self.origin and self.on_message is not None:
            self.on_message(envelope.topic, envelope.payload.encode())
