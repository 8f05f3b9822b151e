"""Handing a mail to the inbox's SMTP server, and telling passing failures from permanent ones."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from ventanilla.inboxes.channel import SendFailed, SendNeedsSignIn
from ventanilla.kit import safe_http
from ventanilla.kit.errors import Refusal

TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class SmtpServer:
    """How to reach a server. `security`: none, starttls or tls. `access_token` signs in by XOAUTH2 instead of a password."""

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = ""
    access_token: str = ""
    verify_certificate: bool = True
    timeout_seconds: float = TIMEOUT_SECONDS


@dataclass(frozen=True)
class DkimKey:
    """The key we hold for a sender domain."""

    domain: str
    selector: str
    private_key: bytes


def sign(raw: bytes, key: DkimKey) -> bytes:
    """`raw` with a DKIM-Signature on top (RFC 6376, relaxed/relaxed). Raises SendFailed when the key cannot be used."""
    import dkim  # with it comes the asking of name servers, two megabytes for every process

    try:
        signature: bytes = dkim.sign(
            raw,
            key.selector.encode(),
            key.domain.encode(),
            key.private_key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[
                b"From",
                b"To",
                b"Cc",
                b"Subject",
                b"Date",
                b"Message-ID",
                b"In-Reply-To",
                b"References",
                b"MIME-Version",
            ],
        )
    except (dkim.DKIMException, ValueError) as error:
        raise SendFailed(f"DKIM: {error}", permanent=False) from error
    return signature + raw


def send(
    message: EmailMessage,
    *,
    server: SmtpServer,
    sender: str,
    recipients: Sequence[str],
    key: DkimKey | None = None,
) -> None:
    """Send one mail. Bcc stays out of what leaves. Raises SendFailed.

    A recipient who is refused while others are accepted does not fail the mail: it reached the others, and sending it
    again would reach them twice.
    """
    raw = without_blind(message)
    if key is not None:
        raw = sign(raw, key)
    try:
        with connect(server) as connection:
            connection.sendmail(sender, list(recipients), raw, mail_options=_options(connection, raw))
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _reason in error.recipients.values()]
        reason = "; ".join(f"{who}: {code} {_words(text)}" for who, (code, text) in error.recipients.items())
        raise SendFailed(reason[:900], permanent=all(500 <= code < 600 for code in codes)) from error
    except smtplib.SMTPAuthenticationError as error:
        raise SendNeedsSignIn(f"{error.smtp_code} {_words(error.smtp_error)}") from error
    except smtplib.SMTPResponseException as error:
        reason = f"{error.smtp_code} {_words(error.smtp_error)}"
        raise SendFailed(reason[:900], permanent=500 <= error.smtp_code < 600) from error
    except ssl.SSLCertVerificationError as error:
        raise SendFailed(f"TLS: {error.verify_message}", permanent=False) from error
    except (smtplib.SMTPException, OSError) as error:
        raise SendFailed(str(error) or type(error).__name__, permanent=False) from error


def without_blind(message: EmailMessage) -> bytes:
    """The mail as it leaves: nobody reads who got it blind."""
    del message["Bcc"]
    return message.as_bytes()


def connect(server: SmtpServer) -> smtplib.SMTP:
    """An open, signed-in connection; close it with `quit` or `with`. Raises smtplib's and socket's own errors, and
    SendFailed for an address that may not be called: an administrator of one account must not look into our network.
    """
    context = ssl.create_default_context()
    if not server.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        connection = _Pinned(server, context=context if server.security == "tls" else None)
    except Refusal as refusal:
        raise SendFailed(refusal.message, permanent=False) from refusal
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
        super().__init__(
            server.host, server.port, local_hostname=socket.getfqdn(), timeout=server.timeout_seconds
        )

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line = safe_http.connect(host, port, timeout_seconds=timeout)
        return self._first_context.wrap_socket(line, server_hostname=host) if self._first_context else line


def _sign_in_by_token(connection: smtplib.SMTP, server: SmtpServer) -> None:
    """XOAUTH2, as Google and Microsoft document it."""
    text = f"user={server.user}\x01auth=Bearer {server.access_token}\x01\x01"
    connection.ehlo_or_helo_if_needed()
    code, answer = connection.docmd("AUTH", "XOAUTH2 " + base64.b64encode(text.encode()).decode())
    if code == 334:  # the server explains; an empty line asks for its verdict
        code, answer = connection.docmd("")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)


def _options(connection: smtplib.SMTP, raw: bytes) -> list[str]:
    options = []
    if connection.has_extn("size"):
        options.append(f"size={len(raw)}")
    if any(byte > 127 for byte in raw[:4096]) and connection.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    return options


def _words(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
