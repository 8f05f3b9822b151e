"""Mail of ours leaves from a tray, is tried again, and is given up in the end."""

from __future__ import annotations

from datetime import timedelta

from ventanilla.accounts.commands.letters import PAUSES, write_letter
from ventanilla.accounts.jobs import send_letters
from ventanilla.accounts.models import Letter
from ventanilla.kit.clock import now


def a_letter() -> Letter:
    return write_letter("x@example.com", subject="S", heading="H", paragraphs=["P"], locale="es")


def test_a_letter_that_cannot_leave_is_tried_again_and_given_up_at_the_end(db, settings, time_machine):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens on the discard port
    a_letter()
    moment = now()
    for pause in PAUSES:
        time_machine.move_to(moment, tick=False)
        assert send_letters() == 1
        letter = Letter.objects.get()
        assert letter.state == "waiting"
        assert letter.last_error
        moment += pause + timedelta(seconds=1)
    time_machine.move_to(moment, tick=False)
    send_letters()
    assert Letter.objects.get().state == "failed"
    time_machine.move_to(moment + timedelta(days=1))
    assert send_letters() == 0


def test_a_letter_that_was_taken_is_not_taken_twice(db):
    from ventanilla.accounts.commands.letters import claim_letters

    a_letter()
    assert len(claim_letters()) == 1
    assert claim_letters() == []


def test_the_text_at_rest_is_sealed(db):
    from django.db import connection

    write_letter(
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
