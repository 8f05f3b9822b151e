"""An inbox's mailbox as the post room pulls from it: folders, marks, where to begin, and waiting for more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from ventanilla.channels.email import settings
from ventanilla.channels.email.imap import (
    Fetched,
    FolderMissing,
    FolderState,
    fetch_new,
    open_mailbox,
    wait_for_mail,
)
from ventanilla.inboxes.channel import Mark, Pulled

if TYPE_CHECKING:
    from ventanilla.inboxes.models import Inbox

log = structlog.get_logger("email")

POLL_SECONDS = 60  # where the server has no IDLE, or several folders are read
# A mailbox with a past begins the day before its inbox was made, unless all of it was asked for.
GRACE = timedelta(days=1)


def folders(inbox: Inbox) -> list[str]:
    """The folders to read."""
    return inbox.channel_settings.get("imap_folders") or ["INBOX"]


def pulls_from(inbox: Inbox) -> bool:
    """Whether a mailbox was given."""
    return bool(inbox.channel_settings.get("imap_enabled"))


def pull(inbox: Inbox, marks: Mapping[str, Mapping[str, int]]) -> Iterator[Pulled | Mark]:
    """New mails of every folder. A folder that is gone is passed over: the others are still read."""
    server = settings.imap_server(inbox.channel_settings, inbox.secrets)
    if server is None:
        return
    since = None if wants_all(inbox) else (inbox.created_at - GRACE).date()
    with open_mailbox(server) as client:
        for name in folders(inbox):
            try:
                for item in fetch_new(client, name, _read_so_far(inbox, marks.get(name, {})), since=since):
                    if isinstance(item, Fetched):
                        yield Pulled(
                            item.raw, {"folder": name, "uid": item.uid, "uid_validity": item.uid_validity}
                        )
                    else:
                        yield Mark(name, _values(inbox, item))
            except FolderMissing:
                log.warning("email.folder_missing", inbox=inbox.pk, folder=name)


def wants_all(inbox: Inbox) -> bool:
    """Whether the mailbox is read from its first mail."""
    return bool(inbox.channel_settings.get("imap_import") == "all")


def _read_so_far(inbox: Inbox, mark: Mapping[str, int]) -> FolderState:
    """Nothing, when all is asked for only now: the folder is read from its beginning, and the post room knows its own."""
    if wants_all(inbox) and not mark.get("from_the_first"):
        return FolderState()
    return FolderState(**{name: mark.get(name, 0) for name in ("uid_validity", "last_uid", "highest_modseq")})


def _values(inbox: Inbox, state: FolderState) -> dict[str, int]:
    return {
        "from_the_first": int(wants_all(inbox)),
        "uid_validity": state.uid_validity,
        "last_uid": state.last_uid,
        "highest_modseq": state.highest_modseq,
    }


def wait(inbox: Inbox, marks: Mapping[str, Mapping[str, int]], *, should_stop: Callable[[], bool]) -> None:
    """Idle in the one folder where the server can; else look again after POLL_SECONDS."""
    server = settings.imap_server(inbox.channel_settings, inbox.secrets)
    if server is None:
        return
    names = folders(inbox)
    if len(names) == 1:
        with open_mailbox(server) as client:
            if client.has_capability("IDLE"):
                known = _read_so_far(inbox, marks[names[0]]) if names[0] in marks else None
                try:
                    wait_for_mail(client, names[0], should_stop=should_stop, known=known)
                    return
                except FolderMissing:  # the pull has said so
                    pass
    until = time.monotonic() + POLL_SECONDS
    while time.monotonic() < until and not should_stop():
        time.sleep(1)
