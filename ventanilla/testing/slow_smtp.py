"""An SMTP server that stops where it is told to: it hangs up, waits, or refuses at any step, and counts what it took."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

STEPS = ("connect", "ehlo", "mail", "rcpt", "data", "body", "end")


class SlowSmtp:
    """`hangs_up` and `waits` name a step; `says` maps a step or a recipient to what is said there instead of yes.

    At "body" it hangs up in the middle of the mail, at "end" when all of it came and before it answers. `taken` has the
    recipients and bytes of each mail that came whole and was not refused, in order: what a real server would deliver.
    """

    def __init__(self) -> None:
        self.hangs_up = ""
        self.waits: dict[str, float] = {}
        self.says: dict[str, str] = {}
        self.offers: tuple[str, ...] = ("SIZE 30000000", "8BITMIME")
        self.taken: list[tuple[list[str], bytes]] = []
        self.mails_from: list[str] = []
        self.reached: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]
        self._over = False
        self._go_on = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def answer_now(self) -> None:
        """End every wait that continues."""
        self._go_on.set()

    def close(self) -> None:
        """Answer no one any more; whoever comes is refused."""
        self._over = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while not self._over:
            try:
                line, _address = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._attend, args=(line,), daemon=True).start()

    def _attend(self, line: socket.socket) -> None:
        with line, suppress(OSError, _HungUp):
            line.settimeout(60)
            self._talk(line)

    def _at(self, step: str) -> None:
        self.reached.append(step)
        if self.hangs_up == step:
            raise _HungUp
        if step in self.waits:
            self._go_on.wait(self.waits[step])

    def _talk(self, line: socket.socket) -> None:
        self._at("connect")
        incoming = line.makefile("rb")

        def say(text: str) -> None:
            line.sendall(text.encode() + b"\r\n")

        say(self.says.get("connect", "220 slow.example"))
        recipients: list[str] = []
        while raw := incoming.readline():
            text = raw.decode("utf-8", "replace").strip()
            word = text.partition(" ")[0].upper()
            if word in ("EHLO", "HELO"):
                self._at("ehlo")
                lines = ["slow.example", *self.offers]
                say("\r\n".join(f"250{' ' if one is lines[-1] else '-'}{one}" for one in lines))
            elif word == "MAIL":
                self._at("mail")
                recipients = []
                self.mails_from.append(text)
                say(self.says.get("mail", "250 ok"))
            elif word == "RCPT":
                self._at("rcpt")
                address = text.partition("<")[2].partition(">")[0]
                answer = self.says.get(address) or self.says.get("rcpt", "250 ok")
                if answer.startswith("2"):
                    recipients.append(address)
                say(answer)
            elif word == "DATA":
                self._at("data")
                answer = self.says.get("data", "354 go on")
                say(answer)
                if answer.startswith("354"):
                    self._take(incoming, recipients)
                    say(self.says.get("end", "250 taken"))
            elif word == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    def _take(self, incoming: object, recipients: list[str]) -> None:
        content = bytearray()
        while (raw := incoming.readline()) != b".\r\n":  # type: ignore[attr-defined]
            if not raw:
                raise _HungUp
            content += raw
            self._at("body")
        if not self.says.get("end", "2").startswith("2"):
            return
        self.taken.append((list(recipients), bytes(content)))
        self._at("end")


class _HungUp(Exception):
    """The line is closed without a word."""


@pytest.fixture
def slow_smtp(loopback: None) -> Iterator[SlowSmtp]:
    """A server that does as it is told."""
    made = SlowSmtp()
    yield made
    made.close()
