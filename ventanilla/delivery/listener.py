"""Our own SMTP listener for forwarded mail (VENTANILLA_MAIL_LISTEN). It takes mail only for addresses that are ours, and
says yes only once the mail lies in the in-tray."""

from __future__ import annotations

import asyncio

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from ventanilla.delivery.mail_room import NobodyHere, accept, inbox_of

log = structlog.get_logger("delivery.listener")

MAX_RECIPIENTS = 50


class Postman:
    """What the server asks: is this address ours, and will you take this mail."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse what is not ours at once, so that the sender's server tells its writer."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if await asyncio.to_thread(_is_ours, address):
            envelope.rcpt_tos.append(address)
            return "250 2.1.5 OK"
        return "550 5.1.1 Nobody here has this address"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep it, then say so. A fault of ours is passing: the other server keeps the mail and comes back."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        peer = str(session.peer[0]) if session.peer else ""
        return await asyncio.to_thread(
            _keep, content, list(envelope.rcpt_tos), envelope.mail_from or "", peer
        )


def _is_ours(address: str) -> bool:
    close_old_connections()
    return inbox_of(address) is not None


def _keep(content: bytes, recipients: list[str], sender: str, peer: str) -> str:
    close_old_connections()
    try:
        accept(content, recipients=recipients, meta={"envelope_from": sender, "peer": peer})
    except NobodyHere:
        return "550 5.1.1 Nobody here has this address"
    except (DatabaseError, OSError):
        log.exception("listener.could_not_keep")
        return "451 4.3.0 Try again later"
    return "250 2.0.0 Kept"


def make_listener(address: str) -> Controller:
    """A listener for `host:port`, not started."""
    host, _colon, port = address.rpartition(":")
    return Controller(
        Postman(),
        hostname=host or "127.0.0.1",
        port=int(port),
        data_size_limit=settings.MAX_BODY_BYTES,
        ident="Ventanilla",
        decode_data=False,
    )


_running: Controller | None = None


def keep_listening() -> int:
    """See to it that this worker listens, when the settings ask for it. A tray of the worker; always 0."""
    global _running
    if _running is None and settings.MAIL_LISTEN:
        listener = make_listener(settings.MAIL_LISTEN)
        try:
            listener.start()
        except OSError:  # another worker of this machine has the port: one is enough
            return 0
        _running = listener
        log.info("listener.started", address=settings.MAIL_LISTEN)
    return 0


def stop_listening() -> None:
    """Close the port."""
    global _running
    if _running is not None:
        _running.stop()
        _running = None
