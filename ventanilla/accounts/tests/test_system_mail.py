"""Mail of ours leaves from a tray, is tried again, and is given up in the end."""

from __future__ import annotations

import smtplib
import ssl
from datetime import timedelta

import pytest
from django.utils import translation

from ventanilla.accounts.commands.system_mail import (
    PAUSES,
    claim_mail,
    hurry_mail,
    note_mail_failed,
    obstacle,
    write_mail,
)
from ventanilla.accounts.jobs import send_system_mail
from ventanilla.accounts.mail_states import MailState, mail_state
from ventanilla.accounts.models import SystemMail
from ventanilla.kit import links, own_mail_server
from ventanilla.kit.clock import now
from ventanilla.kit.mail_server import PLAIN, MailServer
from ventanilla.kit.undelivered import cause_of


def a_letter(**more: str) -> SystemMail | None:
    return write_mail("x@example.com", subject="S", heading="H", paragraphs=["P"], locale="es", **more)


def in_english(shown: MailState) -> str:
    with translation.override("en"):
        return shown.reason


def test_a_letter_that_cannot_leave_is_tried_again_and_given_up_at_the_end(db, settings, time_machine):
    settings.EMAIL_BACKEND = own_mail_server.BACKEND
    settings.MAIL_SERVER = MailServer(
        host="127.0.0.1", port=9, security=PLAIN
    )  # no one listens on the discard port
    a_letter()
    moment = now()
    for pause in PAUSES:
        time_machine.move_to(moment, tick=False)
        assert send_system_mail() == 1
        letter = SystemMail.objects.get()
        assert letter.state == "waiting"
        assert letter.last_error
        moment += pause + timedelta(seconds=1)
    time_machine.move_to(moment, tick=False)
    send_system_mail()
    assert SystemMail.objects.get().state == "failed"
    time_machine.move_to(moment + timedelta(days=1))
    assert send_system_mail() == 0


def test_a_letter_that_was_taken_is_not_taken_twice(db):
    a_letter()
    assert claim_mail() is not None
    assert claim_mail() is None


@pytest.mark.feature("Z-22")
def test_a_letter_says_why_it_waits_and_leaves_when_that_is_mended(db, settings, post_office):
    working, settings.MAIL_SERVER = settings.MAIL_SERVER, MailServer(host="127.0.0.1", port=9, security=PLAIN)
    letter = a_letter()
    assert mail_state(letter).state == "queued"
    send_system_mail()
    waits = mail_state(SystemMail.objects.get())
    assert (waits.state, "The mail server isn't responding" in in_english(waits)) == ("trying", True)
    assert send_system_mail() == 0  # its pause
    settings.MAIL_SERVER = working
    hurry_mail()
    assert send_system_mail() == 1
    left = SystemMail.objects.get()
    assert (mail_state(left).state, mail_state(left).reason, left.content) == ("sent", "", {})
    assert [to for to, _raw in post_office.letters] == [["x@example.com"]]


@pytest.mark.feature("Z-22")
@pytest.mark.parametrize(
    ("error", "state", "said"),
    [
        (smtplib.SMTPRecipientsRefused({"x@example.com": (550, b"no such user")}), "failed", "no such user"),
        (smtplib.SMTPRecipientsRefused({"x@example.com": (451, b"greylisted")}), "trying", "greylisted"),
        (smtplib.SMTPSenderRefused(550, b"who are you", "a@b"), "trying", "who are you"),
        (smtplib.SMTPAuthenticationError(535, b"bad password"), "trying", "bad password"),
        (smtplib.SMTPDataError(554, b"looks like spam"), "failed", "looks like spam"),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), "trying", "unexpectedly closed"),
        (TimeoutError("timed out"), "trying", "timed out"),
        (ssl.SSLCertVerificationError(1, "certificate has expired"), "trying", "certificate"),
        (own_mail_server.MailNotSetUp(), "trying", ""),
        (links.AddressUnknown(), "trying", ""),
        (KeyError("heading"), "failed", ""),  # ours: trying for hours would fix nothing
    ],
)
def test_each_failure_is_told_in_words_and_tried_again_only_where_that_helps(db, error, state, said):
    a_letter()
    letter = claim_mail()
    note_mail_failed(letter, cause=cause_of(error))
    shown = mail_state(SystemMail.objects.get())
    assert shown.state == state
    assert said in shown.reason
    assert shown.reason not in {"", in_english(shown)}


@pytest.mark.feature("Z-22")
def test_without_a_server_or_an_address_no_letter_is_written(db, settings):
    settings.EMAIL_BACKEND = own_mail_server.BACKEND
    assert (a_letter(), obstacle()) == (None, "mail_not_set_up")
    settings.MAIL_SERVER = MailServer(host="127.0.0.1", port=9, security=PLAIN)
    settings.BASE_URL = ""
    assert obstacle() == "address_unknown"
    assert a_letter(button_label="B", button_path="/app/x") is None
    assert a_letter() is not None  # one without a link needs no address
    assert SystemMail.objects.count() == 1


def test_the_button_of_an_older_letter_leads_to_our_own_address(db, mailoutbox):
    letter = a_letter()
    letter.content = {
        **letter.content,
        "button_label": "B",
        "button_url": "http://evil.example/app/set-password?token=t",
    }
    letter.content.pop("button_path")
    letter.save()
    send_system_mail()
    assert "http://testserver/app/set-password?token=t" in mailoutbox[0].body
    assert "evil.example" not in mailoutbox[0].body


def test_each_try_of_a_letter_has_the_same_message_id(db, mailoutbox):
    a_letter()
    for _again in range(2):
        SystemMail.objects.update(state="waiting", due_at=now(), content=a_letter().content)
        SystemMail.objects.exclude(pk=SystemMail.objects.earliest("pk").pk).delete()
        send_system_mail()
    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == 1 < len(mailoutbox)


def test_the_text_at_rest_is_sealed(db):
    from django.db import connection

    write_mail(
        "x@example.com",
        subject="S",
        heading="H",
        paragraphs=["hush"],
        locale="es",
        button_label="B",
        button_path="/app/secret",
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM accounts_letter")
        assert "secret" not in cursor.fetchone()[0]
