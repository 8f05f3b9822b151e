"""A server's name is looked up once and checked; a second answer of its owner leads nowhere."""

from __future__ import annotations

import datetime
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ventanilla.channels.email.imap import ImapServer, open_mailbox
from ventanilla.inboxes.channel import Unreachable
from ventanilla.kit import smtp
from ventanilla.kit.smtp import SmtpServer
from ventanilla.testing.mailbox import PASSWORD, USER, Dovecot, free_port

NAME = "mail.rebinding.example"


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """NAME means loopback the first time and a machine of our network ever after."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def answer(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        if host != NAME:
            return real(host, port, *args, **options)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "127.9.9.9", port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


@pytest.fixture
def smtp_port(
    loopback: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., int]]:
    """Starts an SMTP server; with `tls` it speaks TLS with a certificate for NAME."""
    running = []

    def start(*, tls: bool = False) -> int:
        port = free_port()
        context = certified(tmp_path, monkeypatch) if tls else None
        # ready_timeout's own probe does not know our authority: it is told not to look.
        made = Server(Sink(), hostname="127.0.0.1", port=port, ssl_context=context)
        made.start()
        running.append(made)
        return port

    yield start
    for one in running:
        one.stop()


class Server(Controller):
    def _trigger_server(self) -> None:
        with socket.create_connection((self.hostname, self.port), 5) as line:
            if self.ssl_context is None:
                line.recv(1)
            else:
                trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
                trusting.wrap_socket(line).recv(1)


def certified(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    moment = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(moment - datetime.timedelta(days=1))
        .not_valid_after(moment + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = folder / "certificate.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = folder / "key.pem"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context


@pytest.mark.feature("I-04")
def test_mail_goes_to_the_address_that_was_checked(smtp_port: Callable[..., int], lookups: list[str]) -> None:
    with smtp.connect(SmtpServer(NAME, smtp_port(), "none")) as connection:
        assert connection.noop()[0] == 250
    assert lookups == [NAME]


@pytest.mark.feature("I-04")
def test_the_certificate_is_checked_against_the_name(
    smtp_port: Callable[..., int], lookups: list[str]
) -> None:
    port = smtp_port(tls=True)
    with smtp.connect(SmtpServer(NAME, port, "tls")) as connection:
        assert connection.noop()[0] == 250
    with pytest.raises(ssl.SSLCertVerificationError):
        smtp.connect(SmtpServer("127.0.0.1", port, "tls"))


@pytest.mark.feature("I-03")
def test_a_mailbox_is_read_at_the_address_that_was_checked(dovecot: Dovecot, lookups: list[str]) -> None:
    with open_mailbox(ImapServer(NAME, dovecot.port, USER, PASSWORD, security="none")) as client:
        assert client.noop()
    assert lookups == [NAME]


def test_a_private_address_is_not_called_at_all(settings: Any) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    with pytest.raises(Unreachable), open_mailbox(ImapServer("127.0.0.1", 143, USER, PASSWORD)):
        pass
