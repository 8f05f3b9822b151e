"""Our own SMTP listener for forwarded mail (VENTANILLA_MAIL_LISTEN). It takes mail only for addresses that are ours, and
says yes only once the mail lies in the in-tray."""

from __future__ import annotations

import asyncio
import tempfile
from typing import IO, ClassVar

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import DatabaseError, close_old_connections

from ventanilla.delivery.certificates import Certificate
from ventanilla.delivery.mail_room import NobodyHere, accept, inbox_of
from ventanilla.kit import limit_values

log = structlog.get_logger("delivery.listener")

MAX_RECIPIENTS = 50
SPOOL_BYTES = 1024 * 1024
MAX_CONNECTIONS = 200  # of one process; other servers retry
MAX_STRANGERS = 20  # addresses that no one here has, in one connection: more is someone guessing
MAX_COMMANDS = 1_000  # of each kind in one connection
HEARD_OUT = 4  # times the largest mail: then the line is closed
_TRY_LATER = "451 4.3.0 Try again later"


class Postman:
    """What the server asks: is this address ours, and will you take this mail."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse what is not ours at once, so that the sender's server tells its writer."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        assert isinstance(server, Receiver)
        if server.strangers >= MAX_STRANGERS:
            return "450 4.7.1 Too many addresses that nobody here has"
        if await asyncio.to_thread(_is_ours, address):
            envelope.rcpt_tos.append(address)
            return "250 2.1.5 OK"
        server.strangers += 1
        return "550 5.1.1 Nobody here has this address"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep it, then say so. A fault of ours is passing: the other server keeps the mail and retries."""
        peer = str(session.peer[0]) if session.peer else ""
        assert isinstance(server, Receiver)
        return await asyncio.to_thread(
            _keep, server.body, list(envelope.rcpt_tos), envelope.mail_from or "", peer
        )

    async def handle_exception(self, error: Exception) -> str:
        """Whatever fails here is ours and passing; the library's own answer would make the other server give up."""
        log.error("listener.failed", exc_info=error)
        return _TRY_LATER


class Receiver(SMTP):
    """The library's server, but for how the mail itself comes in: to a file, so that its size costs no memory, and with
    lines of any length, for which real programs are known and other servers do not refuse them."""

    body: IO[bytes]
    strangers = 0
    _lines: ClassVar[set[Receiver]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the line, or say that there are too many."""
        super().connection_made(transport)
        if self in self._lines:  # said again once it is encrypted
            return
        if len(self._lines) >= MAX_CONNECTIONS and isinstance(transport, asyncio.Transport):
            transport.write(b"421 4.3.2 Too many connections\r\n")
            transport.close()
        else:
            self._lines.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Make room for another."""
        self._lines.discard(self)
        super().connection_lost(error)

    async def smtp_DATA(self, arg: str) -> None:
        """RFC 5321 §4.1.1.4. The answer is the handler's, once the mail is there whole."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        if self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 RCPT comes first")
            return
        if arg:
            await self.push("501 5.5.4 DATA takes nothing behind it")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as self.body:
            fits = await self._receive()
            if fits is None:
                await self.push("421 4.3.0 This mail does not end")
                if self.transport is not None:
                    self.transport.close()
                return
            await self.push(
                await self._call_handler_hook("DATA") if fits else "552 5.3.4 This mail is too large"
            )
        self._set_post_data_state()  # type: ignore[no-untyped-call]

    async def _receive(self) -> bool | None:
        """Write the mail to `body` up to its closing dot; whether it fits. What is too large is heard out, not kept; None
        when there is no end to it.
        """
        size, begins_line = 0, True
        while True:
            try:
                piece = await self._reader.readuntil(b"\r\n")
            except asyncio.LimitOverrunError as beyond:
                piece = await self._reader.readexactly(beyond.consumed)
            if begins_line and piece == b".\r\n":
                return size <= limit_values.of("MAX_BODY_BYTES")
            content = piece[1:] if begins_line and piece.startswith(b".") else piece
            begins_line = piece.endswith(b"\r\n")
            if size // SPOOL_BYTES < (size + len(content)) // SPOOL_BYTES:
                self._reset_timeout()  # a slow line is not a silent one
            size += len(content)
            if size > limit_values.of("MAX_BODY_BYTES") * HEARD_OUT:
                return None
            if size <= limit_values.of("MAX_BODY_BYTES"):
                self.body.write(content)


class Listener(Controller):
    """Runs a Receiver in a thread of its own."""

    certificate: Certificate | None = None

    def factory(self) -> SMTP:
        """One per connection."""
        context = self.certificate.context() if self.certificate is not None else None
        return Receiver(self.handler, tls_context=context, **self.SMTP_kwargs)


def _is_ours(address: str) -> bool:
    close_old_connections()
    return inbox_of(address) is not None


def _keep(content: IO[bytes], recipients: list[str], sender: str, peer: str) -> str:
    close_old_connections()
    try:
        accept(content, recipients=recipients, meta={"envelope_from": sender, "peer": peer})
    except NobodyHere:
        return "550 5.1.1 Nobody here has this address"
    except (DatabaseError, OSError):
        log.exception("listener.could_not_keep")
        return _TRY_LATER
    return "250 2.0.0 Kept"


def make_listener(address: str, *, certificate: Certificate | None = None) -> Listener:
    """A listener for `host:port`, not started. With a certificate it offers STARTTLS (RFC 3207), and
    demands it of no one.
    """
    host, _colon, port = address.rpartition(":")
    listener = Listener(
        Postman(),
        hostname=host or "127.0.0.1",
        port=int(port),
        data_size_limit=limit_values.of("MAX_BODY_BYTES"),
        ident="Ventanilla",
        command_call_limit=MAX_COMMANDS,
        decode_data=False,
    )
    listener.certificate = certificate
    return listener
