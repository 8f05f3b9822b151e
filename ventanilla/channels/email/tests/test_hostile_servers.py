"""An IMAP server that an administrator of one account named fills neither the memory nor the disk of all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from ventanilla.channels.email import fetching, imap
from ventanilla.channels.email.fetching import FolderState, fetch_new
from ventanilla.channels.email.imap import ImapServer, open_mailbox
from ventanilla.channels.email.line import Line
from ventanilla.inboxes.channel import Unreachable

pytestmark = pytest.mark.feature("I-03")

Answer = Callable[[bytes, str], bytes]


def _speak(line: socket.socket, answer: Answer) -> None:
    with line, line.makefile("rb") as heard:
        line.sendall(b"* OK [CAPABILITY IMAP4rev1] hello\r\n")
        for said in heard:
            tag, _space, rest = said.strip().partition(b" ")
            try:
                line.sendall(answer(tag, rest.decode()))
            except OSError:
                return


@pytest.fixture
def server(loopback: None) -> Iterator[Callable[[Answer], ImapServer]]:
    """Starts a server that answers as it is told."""
    door = socket.create_server(("127.0.0.1", 0))

    def start(answer: Answer) -> ImapServer:
        threading.Thread(target=lambda: _speak(door.accept()[0], answer), daemon=True).start()
        return ImapServer("127.0.0.1", door.getsockname()[1], "u", "p", security="none")

    yield start
    door.close()


def _usual(tag: bytes, said: str) -> bytes:
    if said.startswith(("EXAMINE", "SELECT")):
        return (
            b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 2] x\r\n" + tag + b" OK [READ-ONLY] x\r\n"
        )
    if said == "CAPABILITY":
        return b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK x\r\n"
    if "SEARCH" in said:
        return b"* SEARCH 1\r\n" + tag + b" OK x\r\n"
    if "RFC822.SIZE" in said:
        return b"* 1 FETCH (UID 1 RFC822.SIZE 600000)\r\n" + tag + b" OK x\r\n"
    return tag + b" OK x\r\n"


def test_an_announced_terabyte_is_not_waited_for(server: Callable[[Answer], ImapServer]) -> None:
    def answer(tag: bytes, said: str) -> bytes:
        return b'* LIST () "/" {999999999999}\r\nx' if said.startswith("LIST") else _usual(tag, said)

    with pytest.raises(Unreachable), open_mailbox(server(answer)) as client:
        imap.folders_of(client)


def test_a_mail_without_end_is_given_up(
    server: Callable[[Answer], ImapServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_MORE_THAN_TOLD", 1024 * 1024)
    pieces = 0

    def answer(tag: bytes, said: str) -> bytes:
        nonlocal pieces
        if "BODY.PEEK" not in said:
            return _usual(tag, said)
        pieces += 1
        piece = b"x" * int(said.partition("<")[2].partition(".")[2].partition(">")[0] or 0)
        return b"* 1 FETCH (UID 1 BODY[]<0> {%d}\r\n%s)\r\n%s OK x\r\n" % (len(piece), piece, tag)

    with Line(server(answer)) as line:
        *_before, state = fetch_new(line, "INBOX", FolderState(1, 0, 0))

    assert isinstance(state, FolderState)
    assert state.missed[1].tries == 1
    assert 2 < pieces < 60
