"""The test button against a real SMTP receiver that delivers into a real Dovecot."""

from __future__ import annotations

import ssl
from dataclasses import replace
from io import BytesIO

import pytest
from django.utils import translation

from ventanilla.accounts.models import Account
from ventanilla.channels.email import channel as email
from ventanilla.channels.email import trying
from ventanilla.channels.email.trying import Step
from ventanilla.inboxes.channel import Ignored
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.kit import mail_causes
from ventanilla.kit.smtp import SmtpServer
from ventanilla.testing.mailbox import Dovecot, Receiver

ADDRESS = "soporte@acme.example"


def states(steps: list[Step]) -> dict[str, str]:
    return {step.name: step.state for step in steps}


@pytest.mark.feature("I-03", "I-04")
def test_a_mail_really_leaves_and_is_really_fetched(
    dovecot: Dovecot, smtp_server: SmtpServer, receiver: Receiver
) -> None:
    mark = trying.new_mark()
    sent = trying.send(smtp_server, address=ADDRESS, mark=mark)
    assert states(sent) == {"smtp_connect": "ok", "smtp_sign_in": "ok", "smtp_send": "ok"}
    found = trying.find(dovecot.server, folders=["INBOX"], mark=mark)
    assert states(found) == {"imap_connect": "ok", "imap_sign_in": "ok", "imap_find": "ok"}
    client = dovecot.client()
    client.select_folder("INBOX")
    assert client.search(["ALL"]) == []  # it leaves no trace in the mailbox
    client.logout()


@pytest.mark.feature("I-03")
def test_a_mail_that_has_not_come_is_waited_for_and_no_other_is_taken_for_it(dovecot: Dovecot) -> None:
    mark = trying.new_mark()
    dovecot.deliver(f"From: x@x\r\nSubject: Ventanilla: test {mark.partition(':')[0]}\r\n\r\nHola".encode())
    found = trying.find(dovecot.server, folders=["INBOX"], mark=mark, seconds=0.2)
    assert found[-1].state == "waiting"
    assert states(trying.find(dovecot.server, folders=["INBOX"], mark=None)) == {
        "imap_connect": "ok",
        "imap_sign_in": "ok",
    }


@pytest.mark.feature("I-03")
def test_the_mark_keeps_the_mail_out_of_the_conversations(
    acme: Account, receiver: Receiver, smtp_server: SmtpServer
) -> None:
    inbox = create_inbox(acme, name="Otra", channel={"type": "email", "email": "otra@acme.example"}, by=None)
    trying.send(smtp_server, address=ADDRESS, mark=trying.new_mark())
    [mail] = receiver.taken
    with pytest.raises(Ignored, match="test_mail"):
        email.parse(BytesIO(mail), {}, inbox)
    forged = b"X-Ventanilla-Test: abc:def\r\nFrom: carla@example.com\r\nSubject: Hola\r\n\r\nHola\r\n"
    assert len(email.parse(BytesIO(forged), {}, inbox)) == 1


@pytest.mark.feature("I-04")
def test_each_failure_stops_at_its_step_with_its_cause(
    dovecot: Dovecot, smtp_server: SmtpServer, receiver: Receiver
) -> None:
    with translation.override("es"):
        mark = trying.new_mark()
        wrong = trying.send(replace(smtp_server, password="otra"), address=ADDRESS, mark=mark)
        assert states(wrong) == {"smtp_connect": "ok", "smtp_sign_in": "failed"}
        assert wrong[-1].reason.startswith("No se aceptó el usuario o la contraseña")
        away = trying.send(replace(smtp_server, port=1), address=ADDRESS, mark=mark)
        assert states(away) == {"smtp_connect": "failed"}
        assert away[0].reason == "127.0.0.1 no acepta conexiones en el puerto 1."
        plain = trying.send(replace(smtp_server, security="tls"), address=ADDRESS, mark=mark)
        assert "no empieza con TLS" in plain[0].reason
        receiver.refuses = "550 5.7.60 Not your address"
        refused = trying.send(smtp_server, address=ADDRESS, mark=mark)
        assert states(refused)["smtp_send"] == "failed"
        assert "Not your address" in refused[-1].reason
        wrong = trying.find(replace(dovecot.server, password="otra"), folders=["INBOX"], mark=mark)
        assert states(wrong) == {"imap_connect": "ok", "imap_sign_in": "failed"}
        missing = trying.find(dovecot.server, folders=["Falta"], mark=mark)
        assert missing[-1].reason == "No existe la carpeta Falta."
        nowhere = trying.find(replace(dovecot.server, host="no.such.invalid"), folders=["INBOX"], mark=mark)
        assert nowhere[0].reason == "No existe ningún servidor llamado no.such.invalid."


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("5.7.9 Application-specific password required", "contraseña de aplicación"),
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "Microsoft"),
        ("LOGIN failed.", "LOGIN failed."),
    ],
)
def test_what_providers_say_is_told_in_plain_words(said: str, told: str) -> None:
    with translation.override("es"):
        assert told in mail_causes.of_sign_in(said)


def test_a_certificate_for_another_name_is_told() -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = 62, "Hostname mismatch"
    with translation.override("es"):
        assert (
            mail_causes.of_connection(error, host="m.x", port=993)
            == "El certificado de m.x es para otro nombre."
        )
