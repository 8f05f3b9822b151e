"""A signed-in connection to a mailbox (RFC 3501), to the address that was checked."""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from ventanilla.inboxes.channel import SignInRefused, Unreachable
from ventanilla.kit import mail_causes, safe_http
from ventanilla.kit.errors import Refusal

CONNECT_TIMEOUT_SECONDS = 20
READ_TIMEOUT_SECONDS = 60
MAX_LITERAL_BYTES = 128 * 1024 * 1024


class FolderMissing(Exception):
    """There is no such folder."""


@dataclass(frozen=True)
class ImapServer:
    """How to reach a mailbox. `security`: tls, starttls or none."""

    host: str
    port: int
    user: str
    password: str = ""
    access_token: str = ""
    security: str = "tls"
    verify_certificate: bool = True
    connect_timeout_seconds: float = CONNECT_TIMEOUT_SECONDS


@contextmanager
def open_mailbox(server: ImapServer) -> Iterator[IMAPClient]:
    """A signed-in connection. Raises Unreachable or SignInRefused."""
    client = _connect(server)
    try:
        _sign_in(client, server)
        yield client
    except (OSError, ssl.SSLError) as error:
        raise _unreachable(error, server) from error
    except LoginError as error:
        raise SignInRefused(mail_causes.words(error)) from error
    except IMAPClientError as error:
        raise _unreachable(error, server) from error
    finally:
        # A line that was cut cannot be closed politely, and that is no news.
        with suppress(IMAPClientError, OSError):
            client.logout()
        with suppress(IMAPClientError, OSError):
            client.shutdown()


def _connect(server: ImapServer) -> IMAPClient:
    context = ssl.create_default_context()
    if not server.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        client = _PinnedClient(
            server.host,
            port=server.port,
            ssl=server.security == "tls",
            ssl_context=context,
            timeout=SocketTimeout(connect=server.connect_timeout_seconds, read=READ_TIMEOUT_SECONDS),
        )
        if server.security == "starttls":
            client.starttls(ssl_context=context)
    except (Refusal, OSError, imaplib.IMAP4.error) as error:
        raise _unreachable(error, server) from error
    return client


def _unreachable(error: Exception, server: ImapServer) -> Unreachable:
    return Unreachable(mail_causes.of_connection(error, host=server.host, port=server.port))


class _PinnedClient(IMAPClient):
    """Connects to the address that was checked, while TLS keeps the name: an administrator of one account must not
    look into the network this server stands in, also not by a name that answers differently the second time."""

    def _create_IMAP4(self) -> imaplib.IMAP4:
        context = self.ssl_context if self.ssl else None
        return _PinnedLine(self.host, self.port, context, self._timeout.connect)


class _PinnedLine(imaplib.IMAP4):
    def read(self, size: int) -> bytes:
        """What a server announces is read to its end, so it may not announce more than a large mail."""
        if size > MAX_LITERAL_BYTES:
            raise self.abort(f"{size} bytes announced")
        return super().read(size)

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, timeout: float) -> None:
        self._context = context
        super().__init__(host, port, timeout=timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        line = safe_http.connect(self.host, self.port, timeout_seconds=timeout or CONNECT_TIMEOUT_SECONDS)
        return self._context.wrap_socket(line, server_hostname=self.host) if self._context else line


def _sign_in(client: IMAPClient, server: ImapServer) -> None:
    try:
        if server.access_token:
            client.oauth2_login(server.user, server.access_token)
        else:
            client.login(server.user, server.password)
    except LoginError as error:
        raise SignInRefused(mail_causes.words(error)) from error


def select_folder(client: IMAPClient, folder: str) -> tuple[int, int, int]:
    """(UIDVALIDITY, UIDNEXT, HIGHESTMODSEQ) of a folder, opened to be read only. Raises FolderMissing."""
    try:
        answer = client.select_folder(folder, readonly=True)
    except imaplib.IMAP4.abort:
        raise
    except IMAPClientError as error:
        if client.folder_exists(folder):
            raise
        raise FolderMissing(folder) from error
    return tuple(_number(answer.get(name)) for name in (b"UIDVALIDITY", b"UIDNEXT", b"HIGHESTMODSEQ"))  # type: ignore[return-value]


def _number(value: Any) -> int:
    """A number of a SELECT answer; some come alone, some in a list."""
    if isinstance(value, (list, tuple)):
        value = value[0] if value else 0
    return int(value or 0)


def folders_of(client: IMAPClient) -> list[str]:
    """Names of the folders that can be read."""
    return [name for flags, _delimiter, name in client.list_folders() if b"\\Noselect" not in flags]
