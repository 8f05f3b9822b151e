"""Reading a folder by UID, never by the Seen flag and without a look-back limit (RFC 3501, RFC 4551).

Each mail is given as it comes. What the server cannot give (it refuses, hangs, or breaks the line) is set aside, the
others go on, and it is asked for again after growing pauses for as long as it is there.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _

from ventanilla.channels.email.line import Answered, Broken, Line
from ventanilla.channels.email.reading import heads
from ventanilla.channels.email.reading.headers import arrived_at

UIDS_AT_ONCE = 500
# Small mails are asked for together: a first sync must not cost a round trip for each of 20,000 mails.
MAILS_AT_ONCE, BYTES_AT_ONCE = 50, 1024 * 1024
# Larger mails are fetched in pieces, so that memory does not grow with the mail.
PIECE_BYTES = 512 * 1024
SMALL_PIECE_BYTES = 64 * 1024  # on a line that breaks
SPOOL_BYTES = 1024 * 1024
# Sizes that servers tell are not exact; one that never comes to the end of a mail would fill the disk.
_MORE_THAN_TOLD = 8 * 1024 * 1024
_MOST_BYTES = 256 * 1024 * 1024  # of a mail whose size the server does not tell
# When a mail that could not be had is asked for again, in seconds; the last one for as long as it is there.
RETRIES = (30, 120, 600, 3600, 6 * 3600)
# Mails in a row on which the line broke: then it is the server, not the mails.
MOST_BREAKS = 4


class Stuck(Exception):
    """This folder cannot be read on now; others may. The text is the cause, for people."""


@dataclass(frozen=True)
class Missed:
    """A mail that could not be had. `at`: when it is asked for again, seconds since 1970; `since`: of the first failure."""

    tries: int = 0
    at: float = 0.0
    since: float = 0.0
    reason: str = ""
    size: int = 0
    sender: str = ""
    subject: str = ""


@dataclass(frozen=True)
class FolderState:
    """What was read of a folder: every mail up to `last_uid` of this `uid_validity`, but for `missed`. 0 is nothing yet.

    `past_until`: up to this UID a folder that was made anew may hold the past again.
    """

    uid_validity: int = 0
    last_uid: int = 0
    highest_modseq: int = 0
    past_until: int = 0
    missed: Mapping[int, Missed] = field(default_factory=dict)


@dataclass
class Fetched:
    """One mail, spooled to disk when it is large. `flags` are not looked at."""

    uid: int
    uid_validity: int
    raw: IO[bytes]
    size: int


def fetch_new(
    line: Line,
    folder: str,
    state: FolderState,
    *,
    since: date | None = None,
    now: Callable[[], float] = time.time,
) -> Iterator[Fetched | FolderState]:
    """Every mail of the folder that was not read yet, each followed by the state after it.

    `since` is where to begin in a mailbox with a past, the first time and when the folder was made anew (UIDVALIDITY):
    mails that arrived before are left, those the caller has it knows.
    Raises FolderMissing, Stuck, Unreachable, SignInRefused.
    """
    try:
        yield from _Reading(line, folder, since, now).run(state)
    except (Answered, Broken) as fault:
        raise Stuck(fault.reason) from fault


class _Reading:
    """One pass over a folder."""

    def __init__(self, line: Line, folder: str, since: date | None, now: Callable[[], float]) -> None:
        self.line, self.folder, self.since, self.now = line, folder, since, now
        self.state = FolderState()
        self.together = BYTES_AT_ONCE  # less on a line that breaks
        self.alone: set[int] = set()  # asked for one by one, after they could not be had together
        self.breaks = 0
        self.sizes: dict[int, int] = {}

    def run(self, state: FolderState) -> Iterator[Fetched | FolderState]:
        self.state = state
        validity, next_uid, modseq = self.line.select(self.folder)
        if validity != state.uid_validity:
            self._begin(validity, next_uid, anew=state.uid_validity != 0)
            yield self.state
        known = self.state
        unchanged = bool(known.highest_modseq) and modseq == known.highest_modseq  # CONDSTORE
        if not unchanged and not (next_uid and next_uid <= known.last_uid + 1):
            uids = [
                uid for uid in self.line.search(["UID", f"{known.last_uid + 1}:*"]) if uid > known.last_uid
            ]
            # "n:*" always gives the newest mail, even when its UID is below n (RFC 3501 §6.4.8): hence the comparison.
            for start in range(0, len(uids), UIDS_AT_ONCE):
                yield from self._read(uids[start : start + UIDS_AT_ONCE])
            # Every UID below UIDNEXT was there or is gone for good; so "beyond this" always means mail that came since.
            last = max(self.state.last_uid, next_uid - 1)
            self.state = replace(self.state, last_uid=last, highest_modseq=modseq or known.highest_modseq)
            yield self.state
        yield from self._once_more()

    def _begin(self, validity: int, next_uid: int, *, anew: bool) -> None:
        """Where to begin in a folder that nothing was read of."""
        last_uid = past_until = 0
        if self.since is not None and anew:
            past_until = max(0, next_uid - 1)
        elif self.since is not None:
            recent = self.line.search(["SINCE", self.since])
            last_uid = (recent[0] if recent else next_uid) - 1
        self.state = FolderState(validity, max(0, last_uid), 0, past_until)

    # ── new mails ────────────────────────────────────────────────────────────────────────────────────

    def _read(self, uids: Sequence[int]) -> Iterator[Fetched | FolderState]:
        waiting = self._without_the_past(uids)
        self._ask_sizes(waiting)
        while waiting:
            group, was_fresh = self._group(waiting), self.line.is_fresh
            try:
                mails = self._small(group) if len(group) > 1 else self._single(group[0])
            except (Answered, Broken) as fault:
                if len(group) > 1:  # one of them, or all together: each by itself
                    self.alone = set(group)
                    self.together //= 4 if isinstance(fault, Broken) else 1
                    continue
                if isinstance(fault, Broken) and not was_fresh:
                    continue  # what came before it may have been the cause: first on a line of its own
                yield self._set_aside(group[0])
                self._count_break(fault)
            else:
                for uid in group:
                    if (fetched := mails.get(uid)) is not None:
                        with fetched.raw:
                            yield fetched
                    yield self._done(uid)
            waiting = waiting[len(group) :]
        self.state = replace(self.state, last_uid=max([self.state.last_uid, *uids]))
        yield self.state

    def _group(self, waiting: Sequence[int]) -> list[int]:
        """The next mails, few and small enough to be asked for at once; never none."""
        group: list[int] = []
        total = 0
        for uid in waiting[:MAILS_AT_ONCE]:
            total += self.sizes.get(uid, BYTES_AT_ONCE)
            if group and (total > self.together or uid in self.alone or group[0] in self.alone):
                break
            group.append(uid)
        return group

    def _ask_sizes(self, uids: Sequence[int]) -> None:
        """One by one where the server refuses all for one."""
        self.sizes = {}
        with suppress(Answered, Broken):
            found = self.line.fetch(uids, ["RFC822.SIZE"]) if uids else {}
            self.sizes = {uid: int(data.get(b"RFC822.SIZE", 0)) for uid, data in found.items()}

    def _small(self, uids: Sequence[int]) -> dict[int, Fetched]:
        """Whole mails in one question, without marking them as seen; those expunged meanwhile are missing."""
        answers = self.line.fetch(uids, ["BODY.PEEK[]"])
        mails = {}
        for uid in uids:
            raw = answers.get(uid, {}).get(b"BODY[]")
            if raw is not None:
                mails[uid] = Fetched(uid, self.state.uid_validity, BytesIO(raw), len(raw))
        return mails

    def _single(self, uid: int) -> dict[int, Fetched]:
        fetched = _whole(self.line, uid, self.sizes.get(uid, 0), self.state.uid_validity)
        return {} if fetched is None else {uid: fetched}

    def _done(self, uid: int) -> FolderState:
        self.breaks = 0
        missed = {other: what for other, what in self.state.missed.items() if other != uid}
        self.state = replace(self.state, last_uid=max(self.state.last_uid, uid), missed=missed)
        return self.state

    def _set_aside(self, uid: int) -> FolderState:
        """It could not be had: the others go on, and it is asked for again when they are done."""
        at = self.now()
        missed = self.state.missed.get(uid, Missed(at=at, since=at, size=self.sizes.get(uid, 0)))
        return self._keep_missed(uid, missed)

    def _miss(self, uid: int, fault: Answered | Broken) -> FolderState:
        """Once more in vain: until later."""
        before = self.state.missed[uid]
        pause = RETRIES[min(before.tries, len(RETRIES) - 1)]
        missed = replace(before, tries=before.tries + 1, at=self.now() + pause, reason=fault.reason[:300])
        if isinstance(fault, Answered) and not missed.subject:
            missed = self._named(uid, missed)
        return self._keep_missed(uid, missed)

    def _keep_missed(self, uid: int, missed: Missed) -> FolderState:
        self.state = replace(
            self.state,
            last_uid=max(self.state.last_uid, uid),
            missed={**self.state.missed, uid: missed},
        )
        return self.state

    def _named(self, uid: int, missed: Missed) -> Missed:
        """With sender and subject, where the server gives at least these."""
        with suppress(Answered, Broken):
            data = self.line.fetch([uid], ["BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]"]).get(uid, {})
            head = next((value for key, value in data.items() if key.startswith(b"BODY[HEADER")), b"") or b""
            sender, subject = heads.of(BytesIO(head))
            return replace(missed, sender=sender[:320], subject=subject[:500])
        return missed

    def _count_break(self, fault: Answered | Broken) -> None:
        self.breaks = self.breaks + 1 if isinstance(fault, Broken) else 0
        if self.breaks >= MOST_BREAKS:
            raise fault

    # ── the past, and what could not be had ──────────────────────────────────────────────────────────

    def _without_the_past(self, uids: Sequence[int]) -> list[int]:
        """Of a folder that was made anew: without what arrived before `since`, by the receiving server's own line."""
        if self.since is None or not self.state.past_until or not uids or uids[0] > self.state.past_until:
            return list(uids)
        asked = [uid for uid in uids if uid <= self.state.past_until]
        items = ["INTERNALDATE", "BODY.PEEK[HEADER.FIELDS (RECEIVED DATE)]"]
        try:
            answers = self.line.fetch(asked, items)
        except (Answered, Broken):
            answers = {}
            for uid in asked:
                with suppress(Answered, Broken):
                    answers |= self.line.fetch([uid], items)
        return [
            uid for uid in uids if uid > self.state.past_until or not _is_past(answers.get(uid), self.since)
        ]

    def _once_more(self) -> Iterator[Fetched | FolderState]:
        """Ask again for what could not be had, where it is time."""
        self.breaks = 0
        for uid, missed in sorted(self.state.missed.items()):
            if missed.at > self.now():
                continue
            self.sizes = {uid: missed.size}
            fetched = None
            try:
                for step in _patiently(self.line, uid, missed.size, self.state.uid_validity):
                    if step is None:
                        yield self.state  # it takes long: whoever reads may want to stop
                    else:
                        fetched = step
            except (Answered, Broken) as fault:
                yield self._miss(uid, fault)
                self._count_break(fault)
                continue
            if fetched is not None:
                with fetched.raw:
                    yield fetched
            yield self._done(uid)


def next_try(state: FolderState) -> float | None:
    """When something is asked for again, in seconds since 1970; None when nothing is missing."""
    return min((missed.at for missed in state.missed.values()), default=None)


def _is_past(data: Mapping[bytes, Any] | None, since: date) -> bool:
    """Whether the mail arrived before that day. A folder that is put back may stamp all its mails anew."""
    if not data:
        return False
    head = next((value for key, value in data.items() if key.startswith(b"BODY[HEADER")), b"") or b""
    received, written = arrived_at(message_from_bytes(head))
    stamped = data.get(b"INTERNALDATE")
    moments = [received] if received else [moment for moment in (_aware(stamped), written) if moment]
    return bool(moments) and min(moments).date() < since


def _aware(moment: Any) -> datetime | None:
    """INTERNALDATE as the library gives it: local time without its zone."""
    return moment.astimezone(UTC) if isinstance(moment, datetime) else None


def _whole(line: Line, uid: int, size: int, validity: int) -> Fetched | None:
    """The whole mail without marking it as seen; None when it was expunged meanwhile. Raises Answered, Broken."""
    found: Fetched | None = None
    for step in _pieces(line, uid, size, validity, piece=PIECE_BYTES, resumes=False):
        found = step or found
    return found


def _patiently(line: Line, uid: int, size: int, validity: int) -> Iterator[Fetched | None]:
    """The same in small pieces, going on where the line broke as long as each line brings some. None: still at it."""
    yield from _pieces(line, uid, size, validity, piece=SMALL_PIECE_BYTES, resumes=True)


def _pieces(
    line: Line, uid: int, size: int, validity: int, *, piece: int, resumes: bool
) -> Iterator[Fetched | None]:
    raw: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 — the caller closes it
    offset, before = 0, -1
    try:
        while True:
            # Some servers know no pieces of what is whole in one.
            whole = not resumes and 0 < size <= piece
            wanted = "BODY.PEEK[]" if whole else f"BODY.PEEK[]<{offset}.{piece}>"
            try:
                data = line.fetch([uid], [wanted]).get(uid)
            except Broken:
                if not resumes or offset == before:
                    raise
                before = offset
                yield None
                continue
            if data is None:
                raw.close()
                return
            got = next((value for key, value in data.items() if key.startswith(b"BODY[]")), b"") or b""
            raw.write(got)
            offset += len(got)
            if offset > (2 * size + _MORE_THAN_TOLD if size else _MOST_BYTES):
                raise Answered(_("The server is sending an email that never ends."))
            if whole or len(got) < piece:
                break
    except BaseException:
        raw.close()
        raise
    raw.seek(0)
    yield Fetched(uid, validity, raw, offset)
