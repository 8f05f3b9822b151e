"""Reading a mailbox by UID (RFC 3501, RFC 4551, RFC 2177), never by the Seen flag and without a look-back limit.

Only the protocol is here. What was read so far, and keeping what comes, is the post room's (delivery.mailboxes).
"""

from __future__ import annotations

import imaplib
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from ventanilla.channels.email import causes
from ventanilla.inboxes.channel import SignInRefused, Unreachable
from ventanilla.kit import safe_http
from ventanilla.kit.errors import Refusal

CONNECT_TIMEOUT_SECONDS = 20
READ_TIMEOUT_SECONDS = 60
# RFC 2177: a server may log out who idles for 30 minutes; ten find a dead connection sooner.
IDLE_SECONDS = 600
UIDS_AT_ONCE = 500
# Larger mails are fetched in pieces, so that memory does not grow with the mail.
PIECE_BYTES = 512 * 1024
# Small mails are asked for together: a first sync must not cost a round trip for each of 20,000 mails.
MAILS_AT_ONCE, BYTES_AT_ONCE = 50, 1024 * 1024
SPOOL_BYTES = 1024 * 1024
MAX_LITERAL_BYTES = 128 * 1024 * 1024
# Sizes that servers tell are not exact; one that never comes to the end of a mail would fill the disk.
_MORE_THAN_TOLD = 8 * 1024 * 1024


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


@dataclass(frozen=True)
class FolderState:
    """What was read of a folder: every mail up to `last_uid` of this `uid_validity`. 0 is nothing yet."""

    uid_validity: int = 0
    last_uid: int = 0
    highest_modseq: int = 0


@dataclass
class Fetched:
    """One mail, spooled to disk when it is large. `flags` are not looked at."""

    uid: int
    uid_validity: int
    raw: IO[bytes]
    size: int


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
        raise SignInRefused(_words(error)) from error
    except IMAPClientError as error:
        raise Unreachable(_words(error)) from error
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
    return Unreachable(causes.of_connection(error, host=server.host, port=server.port))


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
        raise SignInRefused(_words(error)) from error


def _words(error: Exception) -> str:
    return str(error).replace("b'", "").strip("'\" ")[:300] or type(error).__name__


def fetch_new(
    client: IMAPClient, folder: str, state: FolderState, *, since: date | None = None
) -> Iterator[Fetched | FolderState]:
    """Every mail of the folder that was not read yet, in the order of UIDs, each followed by the state after it.

    A changed UIDVALIDITY means that all UIDs are new: the folder is read from its beginning, and who keeps the mails
    knows those it has. `since` is asked only when nothing was read before: where to begin in a mailbox with a past.
    Raises FolderMissing, Unreachable.
    """
    validity, next_uid, modseq = _select(client, folder)
    if validity != state.uid_validity:
        last_uid = 0
        if state.uid_validity == 0 and since is not None:
            last_uid = _uid_before(client, since, next_uid)
        state = FolderState(validity, last_uid, 0)
        yield state
    if state.highest_modseq and modseq == state.highest_modseq:
        return  # nothing changed since (CONDSTORE)
    if next_uid and next_uid <= state.last_uid + 1:
        return
    for uids in _batches(_new_uids(client, state.last_uid), UIDS_AT_ONCE):
        sizes = {
            uid: int(data.get(b"RFC822.SIZE", 0)) for uid, data in client.fetch(uids, ["RFC822.SIZE"]).items()
        }
        for together in _together(uids, sizes):
            mails = _fetch_small(client, together, validity) if len(together) > 1 else {}
            for uid in together:
                fetched = mails.get(uid)
                if len(together) == 1 and uid in sizes:
                    fetched = _fetch(client, uid, sizes[uid], validity)
                if fetched is not None:
                    with fetched.raw:
                        yield fetched
                state = FolderState(validity, uid, state.highest_modseq)
                yield state
    # Every UID below UIDNEXT was there or is gone for good; so "beyond this" always means mail that came since.
    yield FolderState(validity, max(state.last_uid, next_uid - 1), modseq or state.highest_modseq)


def _select(client: IMAPClient, folder: str) -> tuple[int, int, int]:
    try:
        answer = client.select_folder(folder, readonly=True)
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


def _uid_before(client: IMAPClient, since: date, next_uid: int) -> int:
    """The UID before the first mail that arrived on or after that day."""
    recent = client.search(["SINCE", since])
    if recent:
        return int(min(recent)) - 1
    return max(0, next_uid - 1)


def _new_uids(client: IMAPClient, last_uid: int) -> list[int]:
    # "n:*" always gives the newest mail, even when its UID is below n (RFC 3501 §6.4.8): hence the comparison.
    return sorted(int(uid) for uid in client.search(["UID", f"{last_uid + 1}:*"]) if int(uid) > last_uid)


def _batches(values: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _together(uids: Sequence[int], sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """The same UIDs in the same order, in groups small enough to hold in memory."""
    group: list[int] = []
    total = 0
    for uid in uids:
        size = sizes.get(uid, 0)
        if group and (len(group) == MAILS_AT_ONCE or total + size > BYTES_AT_ONCE):
            yield group
            group, total = [], 0
        group.append(uid)
        total += size
    if group:
        yield group


def _fetch_small(client: IMAPClient, uids: Sequence[int], validity: int) -> dict[int, Fetched]:
    """Whole mails in one question, without marking them as seen; those expunged meanwhile are missing."""
    answers = client.fetch(uids, ["BODY.PEEK[]"])
    mails = {}
    for uid in uids:
        raw = answers.get(uid, {}).get(b"BODY[]")
        if raw is not None:
            mails[uid] = Fetched(uid=uid, uid_validity=validity, raw=BytesIO(raw), size=len(raw))
    return mails


def _fetch(client: IMAPClient, uid: int, size: int, validity: int) -> Fetched | None:
    """The whole mail without marking it as seen; None when it was expunged meanwhile."""
    raw: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 — the caller closes it
    offset = 0
    while True:
        wanted = f"BODY.PEEK[]<{offset}.{PIECE_BYTES}>" if size > PIECE_BYTES else "BODY.PEEK[]"
        data = client.fetch([uid], [wanted]).get(uid)
        if data is None:
            raw.close()
            return None
        piece = next((value for key, value in data.items() if key.startswith(b"BODY[]")), b"") or b""
        raw.write(piece)
        offset += len(piece)
        if offset > 2 * size + _MORE_THAN_TOLD:
            raw.close()
            raise Unreachable(_("The server sends a mail that does not end."))
        if size <= PIECE_BYTES or len(piece) < PIECE_BYTES:
            break
    raw.seek(0)
    return Fetched(uid=uid, uid_validity=validity, raw=raw, size=offset)


def wait_for_mail(
    client: IMAPClient, folder: str, *, should_stop: Callable[[], bool], known: FolderState | None = None
) -> bool:
    """Idle until the server says that something came, or until IDLE_SECONDS passed; whether something came.

    `known` is what was read of the folder: what came after it and before the idling began has come too, and the server
    will not tell of it. `should_stop` is looked at every second. The server must have the capability IDLE.
    """
    validity, next_uid, _modseq = _select(client, folder)
    if known is not None and (validity != known.uid_validity or next_uid > known.last_uid + 1):
        return True
    client.idle()
    waited = 0
    came = False
    try:
        while waited < IDLE_SECONDS and not came and not should_stop():
            answers = client.idle_check(timeout=1)
            waited += 1
            came = any(answer[1] in (b"EXISTS", b"RECENT") for answer in answers if len(answer) > 1)
    finally:
        client.idle_done()
    return came


def folders_of(client: IMAPClient) -> list[str]:
    """Names of the folders that can be read."""
    return [name for flags, _delimiter, name in client.list_folders() if b"\\Noselect" not in flags]
