"""A connection to a mailbox that is opened anew when it breaks, so that one mail which breaks it costs that mail alone."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, ProtocolError

from ventanilla.channels.email.imap import FolderMissing, ImapServer, open_mailbox, select_folder
from ventanilla.inboxes.channel import Unreachable
from ventanilla.kit import mail_causes

# After these nothing more can be said on the line: the server hung up, was silent, or spoke what is no IMAP.
_BREAKS = (imaplib.IMAP4.abort, ProtocolError, OSError, ssl.SSLError, ValueError, AssertionError)


class Answered(Exception):
    """The server refused this one command, or what it gives is of no use; the line continues. `reason`: why."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class Broken(Exception):
    """The line is gone; the next command opens another. `reason`: why, for people."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class Line:
    """Signed in when it is first needed. Each command raises Unreachable or SignInRefused where no line can be had."""

    def __init__(self, server: ImapServer) -> None:
        self.server = server
        self._fetched = False
        self._open: ExitStack | None = None
        self._client: IMAPClient | None = None
        self._folder: tuple[str, int] | None = None

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def is_fresh(self) -> bool:
        """Whether nothing was fetched on it yet."""
        return self._client is None or not self._fetched

    @property
    def client(self) -> IMAPClient:
        """The connection, in the folder that was selected last."""
        if self._client is None:
            self._open = ExitStack()
            self._client = self._open.enter_context(open_mailbox(self.server))
            self._fetched = False
            if self._folder is not None:
                self._select_again(self._client, *self._folder)
        return self._client

    def _select_again(self, client: IMAPClient, folder: str, validity: int) -> None:
        try:
            is_same = select_folder(client, folder)[0] == validity
        except (*_BREAKS, IMAPClientError, FolderMissing) as error:
            self.drop()
            raise Unreachable(self._cause(error)) from error
        if not is_same:  # made anew in this moment: the next look begins anew, too
            self.drop()
            raise Unreachable(self._cause(ConnectionResetError()))

    def select(self, folder: str) -> tuple[int, int, int]:
        """(UIDVALIDITY, UIDNEXT, HIGHESTMODSEQ) of a folder. Raises FolderMissing, Broken."""
        self._folder = None
        client = self.client
        try:
            found = select_folder(client, folder)
        except (*_BREAKS, IMAPClientError) as error:
            raise self._failed(error) from error
        self._folder = (folder, found[0])
        return found

    def fetch(self, uids: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
        """What the server gives of these mails. Raises Answered or Broken."""
        client = self.client
        self._fetched = True
        try:
            return dict(client.fetch(uids, items))
        except (*_BREAKS, IMAPClientError) as error:
            raise self._failed(error) from error

    def search(self, criteria: Sequence[Any]) -> list[int]:
        """UIDs in order. Raises Answered or Broken."""
        client = self.client
        try:
            return sorted(int(uid) for uid in client.search(criteria))
        except (*_BREAKS, IMAPClientError) as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> Answered | Broken:
        if isinstance(error, IMAPClientError) and not isinstance(error, _BREAKS):
            return Answered(self._cause(error))
        self.drop()
        return Broken(self._cause(error))

    def _cause(self, error: Exception) -> str:
        return mail_causes.of_connection(error, host=self.server.host, port=self.server.port)

    def drop(self) -> None:
        """Give up this line without a farewell that would be waited for."""
        client, self._client = self._client, None
        opened, self._open = self._open, None
        if client is not None:
            with suppress(*_BREAKS, IMAPClientError):
                client.shutdown()
        if opened is not None:
            opened.close()

    def close(self) -> None:
        """End it politely."""
        opened, self._open, self._client = self._open, None, None
        if opened is not None:
            opened.close()
