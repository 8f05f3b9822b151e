"""Waiting until mail comes (RFC 2177), in every folder that is read, on one connection."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from ventanilla.channels.email.fetching import FolderState
from ventanilla.channels.email.imap import FolderMissing, select_folder

# RFC 2177: a server may log out who idles for 30 minutes; ten find a dead connection sooner.
IDLE_SECONDS = 600
# A server tells of the folder that is open alone: the others are asked about as often as this.
OTHERS_SECONDS = 5
# Without IDLE each folder is asked about.
POLL_SECONDS = 15


def wait_for_mail(
    client: IMAPClient,
    folders: Sequence[str],
    *,
    should_stop: Callable[[], bool],
    known: Mapping[str, FolderState] | None = None,
) -> bool:
    """Wait until something came to one of the folders, or until IDLE_SECONDS passed; whether something came.

    `known` is what was read of each: what came after it and before the waiting began has come too, and the server will
    not tell of it. `should_stop` is looked at every second. A folder that is missing is not waited for.
    """
    known = known or {}
    first = _open_one(client, folders, known)
    if first is None:
        return True
    others = [name for name in folders if name != first]
    idles = bool(first) and client.has_capability("IDLE")
    until = time.monotonic() + IDLE_SECONDS
    while not should_stop():
        if any(_has_news(client, name, known.get(name)) for name in others):
            return True
        left = until - time.monotonic()
        if left <= 0:
            return False
        if idles:
            if _idle(client, min(left, OTHERS_SECONDS if others else IDLE_SECONDS), should_stop):
                return True
        else:
            _pause(min(left, POLL_SECONDS), should_stop)
            if first and _is_news(select_folder(client, first)[:2], known.get(first)):
                return True
    return False


def _open_one(client: IMAPClient, folders: Sequence[str], known: Mapping[str, FolderState]) -> str | None:
    """The first folder that is there, now open; "" for none, None when it holds what was not read."""
    for name in folders:
        try:
            found = select_folder(client, name)[:2]
        except FolderMissing:  # the pull has said so
            continue
        return None if _is_news(found, known.get(name)) else name
    return ""


def _is_news(found: tuple[int, ...], known: FolderState | None) -> bool:
    validity, next_uid = found
    return known is not None and (validity != known.uid_validity or next_uid > known.last_uid + 1)


def _has_news(client: IMAPClient, folder: str, known: FolderState | None) -> bool:
    try:
        status = client.folder_status(folder, ["UIDVALIDITY", "UIDNEXT"])
    except IMAPClientError as error:
        if isinstance(error, client.AbortError):
            raise
        return False
    return _is_news((int(status.get(b"UIDVALIDITY", 0)), int(status.get(b"UIDNEXT", 0))), known)


def _idle(client: IMAPClient, seconds: float, should_stop: Callable[[], bool]) -> bool:
    client.idle()
    until = time.monotonic() + seconds
    came = False
    try:
        while time.monotonic() < until and not came and not should_stop():
            answers = client.idle_check(timeout=1)
            came = any(answer[1] in (b"EXISTS", b"RECENT") for answer in answers if len(answer) > 1)
    finally:
        client.idle_done()
    return came


def _pause(seconds: float, should_stop: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not should_stop():
        time.sleep(min(1.0, max(0.0, until - time.monotonic())))
