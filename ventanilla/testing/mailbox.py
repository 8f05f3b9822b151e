"""Mail servers on loopback: a real Dovecot with one user, skipped, loudly, where it is not installed; a receiver by SMTP."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from imapclient import IMAPClient

from ventanilla.channels.email.imap import ImapServer
from ventanilla.kit import own_mail_server
from ventanilla.kit.mail_server import PLAIN, MailServer
from ventanilla.kit.smtp import SmtpServer

USER, PASSWORD = "soporte", "Secreto-1"

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
default_internal_user = {user}
default_login_user = {user}
first_valid_uid = 0
mail_max_userip_connections = 100
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def free_port() -> int:
    """A port of loopback that no one has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Dovecot:
    """The running server."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def server(self) -> ImapServer:
        return ImapServer(host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, security="none")

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(  # noqa: S603
            ["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]  # noqa: S607 — where the machine has it
        )
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as line:
                    if line.recv(4) == b"* OK":
                        return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(
            (self.folder / "log").read_text() if (self.folder / "log").exists() else "no answer"
        )

    def stop(self) -> None:
        """Stop it, as a machine that goes down."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def client(self) -> IMAPClient:
        """A connection for the test's own hands."""
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False)
        client.login(USER, PASSWORD)
        return client

    def deliver(self, *mails: bytes, folder: str = "INBOX") -> None:
        """Put mails into the mailbox."""
        client = self.client()
        if folder != "INBOX" and not client.folder_exists(folder):
            client.create_folder(folder)
        for mail in mails:
            client.append(folder, mail)
        client.logout()


class PostOffice:
    """A real SMTP server for the mail of the installation: keeps what it is sent, refuses `nadie@`, and says of the next
    email what stands in `answers` instead of taking it.
    """

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], bytes]] = []
        self.answers: list[str] = []

    async def handle_RCPT(
        self, server: object, session: object, envelope: Any, address: str, _options: object
    ) -> str:
        if address.startswith("nadie@"):
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        if self.answers:
            return self.answers.pop(0)
        self.letters.append((list(envelope.rcpt_tos), bytes(envelope.content)))
        return "250 2.0.0 Taken"

    def read(self) -> list[EmailMessage]:
        """What came, as a second parser reads it; each must have both parts and no line that SMTP would break."""
        found = []
        for _to, raw in self.letters:
            assert max(len(line) for line in raw.split(b"\r\n")) <= 998
            found.append(BytesParser(EmailMessage, policy=default).parsebytes(raw))
        return found


def text_of(letter: EmailMessage) -> str:
    """Its part for plain screens."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(letter: EmailMessage) -> str:
    """Its part for the others."""
    part = letter.get_body(("html",))
    assert part is not None
    return str(part.get_content())


@pytest.fixture
def post_office(settings: Any) -> Iterator[PostOffice]:
    """The installation's own mail server, on loopback; the desk is at https://desk.example."""
    office, port = PostOffice(), free_port()
    running = Controller(office, hostname="127.0.0.1", port=port)
    running.start()
    settings.EMAIL_BACKEND = own_mail_server.BACKEND
    settings.MAIL_SERVER = MailServer(host="127.0.0.1", port=port, security=PLAIN)
    settings.BASE_URL = "https://desk.example"
    yield office
    running.stop()


@pytest.fixture
def loopback(settings: Any) -> None:
    """Servers of this machine may be called, as the operator of a private network allows it."""
    settings.ALLOW_PRIVATE_ADDRESSES = True


def why_not() -> str:
    """Why Dovecot cannot be started here; "" when it can."""
    if shutil.which("dovecot") is None:
        return "Dovecot is not installed: IMAP is not tested here"
    if os.geteuid() != 0:
        return "Dovecot wants to be started by root: IMAP is not tested here"
    return ""


@pytest.fixture
def dovecot(tmp_path: Path, loopback: None) -> Iterator[Dovecot]:
    if reason := why_not():
        pytest.skip(reason)
    with running_dovecot(tmp_path.name[-20:]) as running:
        yield running


@contextmanager
def running_dovecot(name: str) -> Iterator[Dovecot]:
    """A server of its own with an empty mailbox, gone afterwards."""
    owner = pwd.getpwnam("nobody")
    # Not below pytest's own folder: that is closed to everyone but its owner.
    folder = Path(f"/tmp/dovecot-{os.getpid()}-{name}")  # noqa: S108
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("run", "state", "mail", "home"):
        (folder / name).mkdir(parents=True)
    for path in (folder / "mail", folder / "home"):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    port = free_port()
    (folder / "dovecot.conf").write_text(
        CONFIG.format(
            folder=folder, port=port, password=PASSWORD, uid=owner.pw_uid, gid=owner.pw_gid, user="nobody"
        )
    )
    running = Dovecot(folder, port)
    running.start()
    try:
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Receiver:
    """Takes mail from who knows the password and puts it into the mailbox."""

    dovecot: Dovecot
    folder: str = "INBOX"
    refuses: str = ""
    taken: list[bytes] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.taken.append(content)
        if self.folder:
            self.dovecot.deliver(content, folder=self.folder)
        return "250 OK"


def _sign_in(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and given.password == PASSWORD.encode()
    return AuthResult(success=right, handled=right)


@pytest.fixture
def receiver(dovecot: Dovecot) -> Receiver:
    return Receiver(dovecot)


@pytest.fixture
def smtp_server(receiver: Receiver) -> Iterator[SmtpServer]:
    """Its door, for who has the mailbox's user and password."""
    port = free_port()
    running = Controller(
        receiver,
        hostname="127.0.0.1",
        port=port,
        authenticator=_sign_in,
        auth_required=True,
        auth_require_tls=False,
    )
    running.start()
    yield SmtpServer("127.0.0.1", port, "none", USER, PASSWORD)
    running.stop()
