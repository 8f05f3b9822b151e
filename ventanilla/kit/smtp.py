"""One mail to one SMTP server, with the moment in which no one knows told apart from all others.

Until the last line of the mail is on its way nothing was handed over, and it may be tried again. After it, only the
server's answer says whether it took the mail (RFC 5321 §4.2.5); a line that breaks there leaves it open for ever, since
SMTP has no key by which a server would know a second copy.
"""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ventanilla.kit import addresses, safe_http

TIMEOUT_SECONDS = 30.0
# A server may look at a mail for long before it answers (RFC 5321 §4.5.3.2.6 says ten minutes).
ANSWER_SECONDS = 300.0
_CHUNK_BYTES = 1 << 16
_LINE_BEGINS_WITH_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True)
class SmtpServer:
    """How to reach a server. `security`: none, starttls or tls. `access_token` signs in by XOAUTH2 instead of a password.

    `is_ours`: the operator named it, so it may stand in a private network.
    """

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = ""
    access_token: str = ""
    verify_certificate: bool = True
    timeout_seconds: float = TIMEOUT_SECONDS
    is_ours: bool = False


class Unanswered(Exception):
    """The whole mail went to the server and no answer came: it may have taken it."""


class NeedsUtf8(Exception):
    """An address is not ASCII before its @, and the server does not offer SMTPUTF8."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


@dataclass(frozen=True)
class Accepted:
    """The server took the mail for some recipient at least; `refused` says who it was not taken for: (code, words).

    `takes_utf8`: whether it offers SMTPUTF8.
    """

    refused: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    takes_utf8: bool = False


def nothing() -> None:
    """No one wants to know of the moment."""


def hand_over(
    raw: bytes,
    *,
    server: SmtpServer,
    sender: str,
    recipients: Sequence[str],
    before_data: Callable[[], None] = nothing,
) -> Accepted:
    """Give the mail to the server. `before_data` is called right before the moment from which it may be taken.

    Addresses are brought into their form for the wire. Raises Unanswered when no one knows; NeedsUtf8, Refusal (an
    address that may not be called or written), smtplib's errors or OSError when the server did not take it.
    """
    sender = addresses.on_the_wire(sender)
    wire = {addresses.on_the_wire(one): one for one in recipients}
    connection = connect(server)
    try:
        connection.ehlo_or_helo_if_needed()
        _mail_from(connection, sender, [sender, *wire], raw)
        refused = {wire[one]: said for one, said in _recipients(connection, list(wire)).items()}
        if len(refused) == len(wire):
            raise smtplib.SMTPRecipientsRefused(
                {one: (code, said.encode()) for one, (code, said) in refused.items()}
            )
        takes_utf8 = connection.has_extn("smtputf8")
        before_data()
        _data(connection, raw)
    except BaseException:
        connection.close()
        raise
    with suppress(smtplib.SMTPException, OSError):  # it was taken; how the line ends means nothing
        connection.quit()
    connection.close()
    return Accepted(refused, takes_utf8)


def _mail_from(connection: smtplib.SMTP, sender: str, everybody: Sequence[str], raw: bytes) -> None:
    options = [f"size={len(raw)}"] if connection.has_extn("size") else []
    if not raw[:4096].isascii() and connection.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    if wide := [one for one in everybody if addresses.needs_utf8(one)]:
        if not connection.has_extn("smtputf8"):
            raise NeedsUtf8(wide[0])
        options.append("SMTPUTF8")
    code, said = connection.mail(sender, options)
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, said, sender)


def _recipients(connection: smtplib.SMTP, recipients: Sequence[str]) -> dict[str, tuple[int, str]]:
    refused: dict[str, tuple[int, str]] = {}
    for one in recipients:
        code, said = connection.rcpt(one)
        if code == 421:  # it closes the line
            raise smtplib.SMTPResponseException(code, said)
        if code not in (250, 251):
            refused[one] = (code, words(said))
    return refused


def _data(connection: smtplib.SMTP, raw: bytes) -> None:
    code, said = connection.docmd("DATA")
    if code != 354:
        raise smtplib.SMTPDataError(code, said)
    content = _LINE_BEGINS_WITH_DOT.sub(b"..", raw)
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    # In pieces, since a time limit counts for a whole call. When one fails, the last line never left.
    for start in range(0, len(content), _CHUNK_BYTES):
        connection.send(content[start : start + _CHUNK_BYTES])
    connection.send(b".\r\n")
    if connection.sock is not None:
        connection.sock.settimeout(ANSWER_SECONDS)
    try:
        code, said = connection.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise Unanswered(str(error) or type(error).__name__) from error
    if code != 250:
        raise smtplib.SMTPDataError(code, said)


def words(said: bytes | str) -> str:
    """What a server said, as text."""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


# ── the line ──────────────────────────────────────────────────────────────────────────────────────────


def connect(server: SmtpServer) -> smtplib.SMTP:
    """An open, signed-in connection; close it with `quit` or `with`.

    Raises smtplib's and socket's own errors, and AddressRefused or FetchFailed for an address that may not be called: an
    administrator of one account must not look into our network.
    """
    context = ssl.create_default_context()
    if not server.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    connection = _Pinned(server, context=context if server.security == "tls" else None)
    try:
        if server.security == "starttls":
            connection.starttls(context=context)
        if server.access_token:
            _sign_in_by_token(connection, server)
        elif server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


class _Pinned(smtplib.SMTP):
    """Connects to the address that was checked, while TLS keeps the name; with a context it begins with TLS."""

    def __init__(self, server: SmtpServer, *, context: ssl.SSLContext | None) -> None:
        self._first_context = context
        self._is_ours = server.is_ours
        super().__init__(
            addresses.ascii_domain(server.host),
            server.port,
            local_hostname=_own_name(),
            timeout=server.timeout_seconds,
        )

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        if self._is_ours:
            line = socket.create_connection((host, port), timeout)
        else:
            line = safe_http.connect(host, port, timeout_seconds=timeout)
        return self._first_context.wrap_socket(line, server_hostname=host) if self._first_context else line


def _own_name() -> str | None:
    """How we greet; None leaves it to the library, which gives its address in brackets."""
    name = socket.getfqdn()
    return name if name.isascii() and "." in name else None


def _sign_in_by_token(connection: smtplib.SMTP, server: SmtpServer) -> None:
    """XOAUTH2, as Google and Microsoft document it."""
    text = f"user={server.user}\x01auth=Bearer {server.access_token}\x01\x01"
    connection.ehlo_or_helo_if_needed()
    code, answer = connection.docmd("AUTH", "XOAUTH2 " + base64.b64encode(text.encode()).decode())
    if code == 334:  # the server explains; an empty line asks for its verdict
        code, answer = connection.docmd("")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)
