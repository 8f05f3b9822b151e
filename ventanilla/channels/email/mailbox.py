"""An inbox's mailbox as the post room pulls from it: folders, marks, where to begin, and waiting for more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from django.utils.translation import gettext as _

from ventanilla.channels.email import settings
from ventanilla.channels.email.fetching import Fetched, FolderState, Missed, Stuck, fetch_new, next_try
from ventanilla.channels.email.imap import FolderMissing, open_mailbox
from ventanilla.channels.email.line import Line
from ventanilla.channels.email.waiting import wait_for_mail
from ventanilla.inboxes.channel import Mark, NotFetched, PartlyFailed, Pulled, SignInRefused
from ventanilla.kit import mail_causes

if TYPE_CHECKING:
    from ventanilla.inboxes.models import Inbox

log = structlog.get_logger("email")

# A mailbox with a past begins the day before its inbox was made, unless all of it was asked for.
GRACE = timedelta(days=1)
_NUMBERS = ("uid_validity", "last_uid", "highest_modseq", "past_until")


def folders(inbox: Inbox) -> list[str]:
    """The folders to read."""
    return inbox.channel_settings.get("imap_folders") or ["INBOX"]


def pulls_from(inbox: Inbox) -> bool:
    """Whether a mailbox was given."""
    return bool(inbox.channel_settings.get("imap_enabled"))


def server_of(inbox: Inbox) -> str:
    """Which server it lies on: what is known of one mailbox there says something of the others."""
    return str(inbox.channel_settings.get("imap_address", "")).lower()


def pull(inbox: Inbox, marks: Mapping[str, Mapping[str, Any]]) -> Iterator[Pulled | Mark]:
    """New mails of every folder; one that is gone, or cannot be read on now, does not keep the others from being read.

    Raises Unreachable, SignInRefused, or PartlyFailed when all that could be read was.
    """
    server = settings.imap_server(inbox.channel_settings, inbox.secrets)
    if server is None:
        return
    since = None if wants_all(inbox) else (inbox.created_at - GRACE).date()
    wrong: list[str] = []
    try:
        with Line(server) as line:
            for name in folders(inbox):
                try:
                    state = _read_so_far(inbox, marks.get(name, {}))
                    for item in fetch_new(line, name, state, since=since):
                        yield _pulled(inbox, name, item)
                except FolderMissing:
                    log.warning("email.folder_missing", inbox=inbox.pk, folder=name)
                    wrong.append(_("There's no folder %(name)s.") % {"name": name})
                except Stuck as stuck:
                    log.warning("email.folder_stuck", inbox=inbox.pk, folder=name, reason=str(stuck))
                    wrong.append(str(stuck))
    except SignInRefused as error:
        raise SignInRefused(mail_causes.of_sign_in(str(error))) from error
    if wrong:
        raise PartlyFailed(" ".join(dict.fromkeys(wrong)))


def _pulled(inbox: Inbox, name: str, item: Fetched | FolderState) -> Pulled | Mark:
    if isinstance(item, Fetched):
        return Pulled(item.raw, {"folder": name, "uid": item.uid, "uid_validity": item.uid_validity})
    return Mark(name, _values(inbox, item))


def wants_all(inbox: Inbox) -> bool:
    """Whether the mailbox is read from its first mail."""
    return bool(inbox.channel_settings.get("imap_import") == "all")


def _read_so_far(inbox: Inbox, mark: Mapping[str, Any]) -> FolderState:
    """Nothing, when all is asked for only now: the folder is read from its beginning, and the post room knows its own."""
    if wants_all(inbox) and not mark.get("from_the_first"):
        return FolderState()
    numbers = {name: int(mark.get(name, 0)) for name in _NUMBERS}
    known = {field.name for field in fields(Missed)}
    missed = {
        int(uid): Missed(**{name: value for name, value in about.items() if name in known})
        for uid, about in mark.get("missed", {}).items()
    }
    return FolderState(**numbers, missed=missed)


def _values(inbox: Inbox, state: FolderState) -> dict[str, Any]:
    return {
        "from_the_first": int(wants_all(inbox)),
        **{name: getattr(state, name) for name in _NUMBERS},
        "missed": {str(uid): asdict(missed) for uid, missed in state.missed.items()},
    }


def not_fetched(inbox: Inbox, marks: Mapping[str, Mapping[str, Any]]) -> list[NotFetched]:
    """Mails of the folders in use that the server could not give, more than once."""
    found = []
    for name in folders(inbox):
        for uid, missed in sorted(_read_so_far(inbox, marks.get(name, {})).missed.items()):
            if missed.tries:
                about = {field: getattr(missed, field) for field in ("sender", "subject", "size", "reason")}
                found.append(NotFetched(name, str(uid), since=missed.since, next_try=missed.at, **about))
    return found


def ask_again(mark: Mapping[str, Any]) -> dict[str, Any]:
    """The mark of a folder whose missing mails are asked for at once."""
    missed = {uid: {**about, "at": 0.0} for uid, about in mark.get("missed", {}).items()}
    return {**mark, "missed": missed}


def wait(inbox: Inbox, marks: Mapping[str, Mapping[str, Any]], *, should_stop: Callable[[], bool]) -> None:
    """Until mail may have come to one of the folders, or it is time to ask again for one that could not be had."""
    server = settings.imap_server(inbox.channel_settings, inbox.secrets)
    if server is None:
        return
    names = folders(inbox)
    known = {name: _read_so_far(inbox, marks[name]) for name in names if name in marks}
    due = [moment for state in known.values() if (moment := next_try(state)) is not None]
    until = min(due, default=None)

    def must_end() -> bool:
        return should_stop() or (until is not None and time.time() >= until)

    try:
        with open_mailbox(server) as client:
            wait_for_mail(client, names, should_stop=must_end, known=known)
    except SignInRefused as error:
        raise SignInRefused(mail_causes.of_sign_in(str(error))) from error
