"""One mail that a server cannot give, and lines that break, cost the others nothing."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from ventanilla.channels.email import fetching, imap
from ventanilla.channels.email.fetching import Fetched, FolderState, Stuck, fetch_new, next_try
from ventanilla.channels.email.imap import ImapServer
from ventanilla.channels.email.line import Line

pytestmark = pytest.mark.feature("I-03", "Z-10")


def a_mail(number: int, size: int = 40) -> bytes:
    return b"From: a@x.cl\r\nSubject: %d\r\n\r\n" % number + b"x" * size + b"\r\n"


@dataclass
class FakeMailbox:
    """An IMAP server with these mails. Those of `refused` it cannot give (NO), at those of `hangs_up` it hangs up, at
    those of `silent` it says nothing; `breaks_after`: bytes after which every line breaks.
    """

    mails: dict[int, bytes]
    refused: set[int] = field(default_factory=set)
    hangs_up: set[int] = field(default_factory=set)
    silent: set[int] = field(default_factory=set)
    breaks_after: int = 0
    lines: int = 0
    asked: list[str] = field(default_factory=list)

    def serve(self, door: socket.socket) -> None:
        while True:
            try:
                line = door.accept()[0]
            except OSError:
                return
            self.lines += 1
            threading.Thread(target=self._speak, args=[line], daemon=True).start()

    def _speak(self, line: socket.socket) -> None:
        left = [self.breaks_after or 1 << 40]

        def send(data: bytes) -> bool:
            line.sendall(data[: left[0]])
            left[0] -= len(data)
            return left[0] > 0

        with line, line.makefile("rb") as heard:
            try:
                send(b"* OK [CAPABILITY IMAP4rev1] hello\r\n")
                for said in heard:
                    tag, _space, rest = said.strip().partition(b" ")
                    self.asked.append(rest.decode())
                    if not self._answer(tag, rest.decode(), send):
                        return
            except OSError:
                return

    def _answer(self, tag: bytes, said: str, send: Callable[[bytes], bool]) -> bool:
        if said.startswith(("EXAMINE", "SELECT")):
            uid_next = max(self.mails) + 1
            head = f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT {uid_next}] x\r\n"
            return send(head.encode() + tag + b" OK [READ-ONLY] x\r\n")
        if said == "CAPABILITY":
            return send(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK x\r\n")
        if said.startswith("UID SEARCH"):
            first = int(re.findall(r"(\d+):\*", said)[0])
            found = [uid for uid in self.mails if uid >= first] or [max(self.mails)]
            return send(b"* SEARCH " + " ".join(map(str, found)).encode() + b"\r\n" + tag + b" OK x\r\n")
        if said.startswith("UID FETCH"):
            return self._fetch(tag, said, send)
        return send(tag + b" OK x\r\n")

    def _fetch(self, tag: bytes, said: str, send: Callable[[bytes], bool]) -> bool:
        uids = [int(uid) for uid in said.split()[2].split(",")]
        for uid in uids:
            mail = self.mails.get(uid)
            if mail is None:
                continue
            if "RFC822.SIZE" in said:
                given = b"* 1 FETCH (UID %d RFC822.SIZE %d)\r\n" % (uid, len(mail))
            elif "HEADER.FIELDS" in said:
                head = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                given = b"* 1 FETCH (UID %d BODY[HEADER.FIELDS (FROM SUBJECT)] {%d}\r\n%s)\r\n" % (
                    uid, len(head), head,
                )  # fmt: skip
            else:
                if uid in self.hangs_up:
                    return False
                if uid in self.silent:
                    return True
                if uid in self.refused:
                    return send(tag + b" NO [SERVERBUG] Internal error occurred\r\n")
                piece, name = mail, b"BODY[]"
                if asked := re.search(r"<(\d+)\.(\d+)>", said):
                    start, length = int(asked[1]), int(asked[2])
                    piece, name = mail[start : start + length], b"BODY[]<%d>" % start
                given = b"* 1 FETCH (UID %d %s {%d}\r\n%s)\r\n" % (uid, name, len(piece), piece)
            if not send(given):
                return False
        return send(tag + b" OK x\r\n")


Start = Callable[[FakeMailbox], ImapServer]


@pytest.fixture
def start(loopback: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setattr(imap, "READ_TIMEOUT_SECONDS", 1)
    doors: list[socket.socket] = []

    def begin(mailbox: FakeMailbox) -> ImapServer:
        doors.append(socket.create_server(("127.0.0.1", 0)))
        threading.Thread(target=mailbox.serve, args=[doors[-1]], daemon=True).start()
        return ImapServer("127.0.0.1", doors[-1].getsockname()[1], "u", "p", security="none")

    yield begin
    for door in doors:
        door.close()


class Clock:
    """Seconds that pass when they are told to."""

    at = 1_000_000.0

    def __call__(self) -> float:
        return self.at


def look(
    server: ImapServer, state: FolderState | None = None, *, clock: Clock | None = None
) -> tuple[list[bytes], FolderState]:
    """One look at the mailbox, the state kept as it comes, as the post room does."""
    mails, state = [], state or FolderState()
    with Line(server) as line:
        try:
            for item in fetch_new(line, "INBOX", state, now=clock or Clock()):
                if isinstance(item, Fetched):
                    mails.append(item.raw.read())
                else:
                    state = item
        except Stuck:
            pass
    return mails, state


FAULTS = ["refused", "hangs_up", "silent"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("bad", [{1}, {5}, {9}, {4, 5}], ids=str)
def test_what_the_server_cannot_give_does_not_keep_the_others(
    start: Start, fault: str, bad: set[int]
) -> None:
    mailbox = FakeMailbox({uid: a_mail(uid) for uid in range(1, 10)}, **{fault: bad})
    mails, state = look(start(mailbox))
    assert mails == [a_mail(uid) for uid in range(1, 10) if uid not in bad]
    assert set(state.missed) == bad
    assert state.last_uid == 9
    assert all(missed.tries == 1 and missed.reason for missed in state.missed.values())
    assert {missed.subject for missed in state.missed.values()} == (
        {str(uid) for uid in bad} if fault == "refused" else {""}
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_it_is_asked_for_again_later_and_comes_once(start: Start, fault: str) -> None:
    mailbox, clock = FakeMailbox({uid: a_mail(uid) for uid in range(1, 4)}, **{fault: {2}}), Clock()
    server = start(mailbox)
    _mails, state = look(server, clock=clock)
    assert look(server, state, clock=clock) == ([], state)  # not before its time
    tries = []
    for _time in range(7):
        clock.at = next_try(state) or 0
        mails, state = look(server, state, clock=clock)
        assert mails == []
        tries.append((state.missed[2].tries, state.missed[2].at - clock.at))
    assert tries[-1] == (8, fetching.RETRIES[-1])  # for as long as it is there
    setattr(mailbox, fault, set())
    clock.at = next_try(state) or 0
    mails, state = look(server, state, clock=clock)
    assert (mails, state.missed) == ([a_mail(2)], {})
    assert look(server, state, clock=clock)[0] == []


def test_what_was_deleted_meanwhile_is_not_asked_for_any_more(start: Start) -> None:
    mailbox, clock = FakeMailbox({1: a_mail(1), 2: a_mail(2)}, refused={1}), Clock()
    server = start(mailbox)
    _mails, state = look(server, clock=clock)
    del mailbox.mails[1]
    clock.at += 40
    assert look(server, state, clock=clock)[1].missed == {}


def test_new_mail_does_not_wait_for_the_one_that_is_missing(start: Start) -> None:
    mailbox = FakeMailbox({1: a_mail(1), 2: a_mail(2)}, hangs_up={2})
    server = start(mailbox)
    _mails, state = look(server)
    mailbox.mails[3] = a_mail(3)
    mails, state = look(server, state)
    assert mails == [a_mail(3)]
    assert set(state.missed) == {2}


@pytest.mark.parametrize("each", [2_000, 30_000, 200_000])
def test_a_line_that_always_breaks_gets_on_all_the_same(start: Start, each: int) -> None:
    mailbox = FakeMailbox({uid: a_mail(uid, each) for uid in range(1, 13)}, breaks_after=300_000)
    mails, state = look(start(mailbox))
    assert mails == [a_mail(uid, each) for uid in range(1, 13)]
    assert state.missed == {}


def test_a_mail_larger_than_any_line_holds_comes_in_pieces_behind_the_others(start: Start) -> None:
    sizes = {1: 900_000, 2: 50, 3: 1_400_000, 4: 50}
    mailbox = FakeMailbox({uid: a_mail(uid, size) for uid, size in sizes.items()}, breaks_after=300_000)
    mails, state = look(start(mailbox))
    assert [mail.split(b"\r\n")[1] for mail in mails] == [b"Subject: %d" % uid for uid in (2, 4, 1, 3)]
    assert [len(mail) for mail in mails] == [len(mailbox.mails[uid]) for uid in (2, 4, 1, 3)]
    assert state.missed == {}


def test_a_server_that_gives_nothing_is_left_alone_soon(start: Start) -> None:
    """Then it is not the mails: what was not asked for waits in the mailbox, and nothing is taken for lost."""
    mailbox = FakeMailbox({uid: a_mail(uid) for uid in range(1, 60)}, hangs_up=set(range(1, 60)))
    mails, state = look(start(mailbox))
    assert mails == []
    assert len(state.missed) == fetching.MOST_BREAKS
    assert state.last_uid == fetching.MOST_BREAKS
    mailbox.hangs_up = set()
    clock = Clock()
    clock.at += 60
    mails, state = look(start(mailbox), state, clock=clock)
    assert sorted(mails) == sorted(mailbox.mails.values())
    assert state.missed == {}
