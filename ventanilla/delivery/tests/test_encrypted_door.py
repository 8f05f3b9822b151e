"""Our SMTP listener encrypts where it has a certificate, and takes mail whatever becomes of that."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ventanilla.delivery import receiver
from ventanilla.delivery.certificates import BadCertificate, Certificate
from ventanilla.delivery.models import Incoming
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.testing.mailbox import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.feature("I-02")]
Mail = Callable[..., bytes]
TO = "soporte@acme.example"


def make(folder: Path, name: str = "mx", *, days: int = 30) -> tuple[Path, Path]:
    """A self-signed certificate for localhost, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=60))
        .not_valid_after(now() + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / f"{name}.pem", folder / f"{name}.key"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return chain, secret


@contextmanager
def door(certificate: Certificate | None) -> Iterator[int]:
    port = free_port()
    running = receiver.make_listener(f"127.0.0.1:{port}", certificate=certificate)
    running.start()
    try:
        yield port
    finally:
        running.stop()


@contextmanager
def calling(port: int) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client._host = "localhost"  # type: ignore[attr-defined]  # the name that the certificate is for
        client.ehlo()
        yield client


def trusting(chain: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(chain))


def test_mail_comes_encrypted_where_there_is_a_certificate(
    mail_inbox: Inbox, mail: Mail, tmp_path: Path
) -> None:
    chain, key = make(tmp_path)
    with door(Certificate(chain, key)) as port, calling(port) as client:
        assert client.has_extn("starttls")
        assert client.starttls(context=trusting(chain))[0] == 220
        assert isinstance(client.sock, ssl.SSLSocket)
        client.ehlo()
        assert not client.has_extn("starttls")
        client.sendmail("carla@example.com", [TO], mail())
    assert Incoming.objects.get().meta["envelope_from"] == "carla@example.com"


def test_it_is_demanded_of_nobody_and_offered_only_with_a_certificate(
    mail_inbox: Inbox, mail: Mail, tmp_path: Path
) -> None:
    with door(Certificate(*make(tmp_path))) as port, calling(port) as client:
        client.sendmail("carla@example.com", [TO], mail())
    with door(None) as port, calling(port) as client:
        assert not client.has_extn("starttls")
        assert client.docmd("STARTTLS")[0] >= 450
        client.sendmail("carla@example.com", [TO], mail(Message_ID="<dos@example.com>"))
    assert Incoming.objects.count() == 2


def test_what_was_said_in_the_clear_counts_for_nothing_once_it_is_encrypted(
    mail_inbox: Inbox, tmp_path: Path
) -> None:
    chain, key = make(tmp_path)
    with (
        door(Certificate(chain, key)) as port,
        socket.create_connection(("127.0.0.1", port), timeout=20) as line,
    ):
        line.recv(1024)
        line.sendall(b"EHLO a.example\r\n")
        while b"250 " not in line.recv(1024):
            pass
        line.sendall(b"MAIL FROM:<a@a.example>\r\n")
        line.recv(1024)
        # Someone between puts a command behind STARTTLS (CVE-2011-0411).
        line.sendall(f"STARTTLS\r\nRCPT TO:<{TO}>\r\n".encode())
        assert line.recv(1024).startswith(b"220")
        with trusting(chain).wrap_socket(line, server_hostname="localhost") as safe:
            safe.sendall(b"DATA\r\n")
            assert safe.recv(1024).startswith(b"503")  # no one greeted, no one is named
    assert not Incoming.objects.exists()


def test_a_line_that_turns_encrypted_is_still_one_line(
    mail_inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "MAX_CONNECTIONS", 1)
    chain, key = make(tmp_path)
    with door(Certificate(chain, key)) as port:
        for _time in range(2):
            with calling(port) as client:
                client.starttls(context=trusting(chain))
                assert client.ehlo()[0] == 250


def test_a_renewed_certificate_is_used_at_once_and_a_broken_one_stops_no_mail(
    mail_inbox: Inbox, mail: Mail, tmp_path: Path
) -> None:
    chain, key = make(tmp_path)
    with door(Certificate(chain, key)) as port:
        new, new_key = make(tmp_path, "new")
        chain.write_text("not a certificate")
        with calling(port) as client:
            assert not client.has_extn("starttls")
            client.sendmail("carla@example.com", [TO], mail())
        new_key.replace(key)
        new.replace(chain)
        with calling(port) as client:
            client.starttls(context=trusting(chain))
            assert client.ehlo()[0] == 250
    assert Incoming.objects.count() == 1


def test_what_is_wrong_with_a_certificate_is_said(tmp_path: Path) -> None:
    chain, key = make(tmp_path)
    assert Certificate(chain, key).ends_at() > now() + timedelta(days=29)
    both = tmp_path / "both.pem"
    both.write_bytes(chain.read_bytes() + key.read_bytes())
    assert Certificate(both).ends_at() == Certificate(chain, key).ends_at()
    other, other_key = make(tmp_path, "other", days=-1)
    for code, files in {
        "missing": (tmp_path / "none.pem", key),
        "no_match": (chain, other_key),
        "not_a_certificate": (key, key),
        "expired": (other, other_key),
    }.items():
        with pytest.raises(BadCertificate) as bad:
            Certificate(*files).ends_at()
        assert bad.value.code == code
