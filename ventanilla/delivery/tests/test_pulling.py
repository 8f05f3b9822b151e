"""A mailbox from the server to the thread: kept before its mark, watched by one worker, its failures told once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from ventanilla.accounts.commands.accounts import create_account
from ventanilla.accounts.models import Account, Letter, User
from ventanilla.conversations.models import Message
from ventanilla.delivery import in_tray, pulling
from ventanilla.delivery.health import ALERT_AFTER, note_failure, note_success
from ventanilla.delivery.models import Incoming, ReadMark, Watch
from ventanilla.inboxes.channel import SignInRefused, Unreachable
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.testing.mailbox import PASSWORD, USER, Dovecot

Mail = Callable[..., bytes]


def connect(account: Account, server: Dovecot) -> Inbox:
    return create_inbox(
        account,
        name="Soporte",
        channel={
            "type": "email",
            "email": "soporte@acme.example",
            "imap_enabled": True,
            "imap_address": "127.0.0.1",
            "imap_port": server.port,
            "imap_login": USER,
            "imap_password": PASSWORD,
            "imap_enable_ssl": False,
        },
        by=None,
    )


@pytest.fixture
def mailbox(acme: Account, dovecot: Dovecot) -> Inbox:
    return connect(acme, dovecot)


@pytest.mark.feature("I-03", "Z-09", "Z-10")
def test_what_lies_in_the_mailbox_becomes_messages_once(mailbox: Inbox, dovecot: Dovecot, mail: Mail) -> None:
    dovecot.deliver(mail(), mail(Message_ID="<dos@x>", Subject="Otro"))
    assert pulling.pull(mailbox) == 2
    assert pulling.pull(mailbox) == 0
    in_tray.read_due()
    assert Message.objects.filter(content_type="incoming_email").count() == 2
    assert ReadMark.objects.get().values["last_uid"] == 2


@pytest.mark.feature("Z-10")
def test_the_past_of_a_mailbox_is_read_when_it_is_asked_for(
    mailbox: Inbox, dovecot: Dovecot, mail: Mail
) -> None:
    dovecot.deliver(mail(Message_ID="<antes@x>"))
    Inbox.objects.filter(pk=mailbox.pk).update(created_at=now() + timedelta(days=3))
    mailbox.refresh_from_db()
    assert pulling.pull(mailbox) == 0
    dovecot.deliver(mail(Message_ID="<ahora@x>"))
    assert pulling.pull(mailbox) == 1
    mailbox.channel_settings["imap_import"] = "all"
    pulling.pull(mailbox)
    assert Incoming.objects.count() == 2
    assert pulling.pull(mailbox) == 0


@pytest.mark.feature("Z-10")
def test_a_sync_that_has_to_stop_goes_on_from_there(mailbox: Inbox, dovecot: Dovecot, mail: Mail) -> None:
    dovecot.deliver(*(mail(Message_ID=f"<{number}@x>") for number in range(5)))
    stops = iter([False, False, True])
    assert pulling.pull(mailbox, must_stop=lambda: next(stops)) == 2
    assert pulling.pull(mailbox) == 3
    assert Incoming.objects.count() == 5


@pytest.mark.feature("Z-10")
def test_a_mark_that_was_lost_fetches_again_and_stores_nothing_twice(
    mailbox: Inbox,
    dovecot: Dovecot,
    mail: Mail,
) -> None:
    dovecot.deliver(mail())
    pulling.pull(mailbox)
    in_tray.read_due()
    ReadMark.objects.all().delete()
    assert pulling.pull(mailbox) == 1
    in_tray.read_due()
    assert Incoming.objects.count() == 1
    assert Message.objects.filter(content_type="incoming_email").count() == 1


@pytest.mark.feature("I-03")
def test_a_refused_sign_in_asks_the_administrator_once_and_is_left_alone(mailbox: Inbox, admin: User) -> None:
    mailbox.secrets = {"imap_password": "otra"}
    mailbox.save()
    with pytest.raises(SignInRefused):
        pulling.pull(mailbox)
    for _ in range(pulling.MOST_SIGN_IN_FAILURES + 2):
        pulling._note_refusal(mailbox, "no")
    mailbox.refresh_from_db()
    assert mailbox.reauthorization_required
    assert Letter.objects.filter(to=admin.email).count() == 1
    assert not pulling._watched().exists()


@pytest.mark.feature("I-03")
def test_a_server_that_is_away_is_told_of_after_a_while_and_once(
    mailbox: Inbox,
    dovecot: Dovecot,
    admin: User,
) -> None:
    dovecot.stop()
    with pytest.raises(Unreachable):
        pulling.pull(mailbox)
    Watch.objects.create(inbox=mailbox)
    note_failure(mailbox, "no answer")
    assert not Letter.objects.exists()
    Inbox.objects.filter(pk=mailbox.pk).update(failing_since=now() - ALERT_AFTER)
    note_failure(mailbox, "no answer")
    note_failure(mailbox, "no answer")
    assert Letter.objects.count() == 1
    note_success(mailbox)
    mailbox.refresh_from_db()
    assert (mailbox.failure_reason, mailbox.failing_since) == ("", None)


def test_one_watcher_at_a_time_and_the_lease_of_a_dead_process_is_free(mailbox: Inbox) -> None:
    assert pulling._lease(mailbox.pk, "here:1")
    Watch.objects.filter(inbox=mailbox).update(watcher="elsewhere:7")
    assert not pulling._lease(mailbox.pk, "here:1")
    Watch.objects.filter(inbox=mailbox).update(watched_until=now())
    assert pulling._lease(mailbox.pk, "here:1")


@pytest.mark.slow
@pytest.mark.feature("I-03")
def test_a_watched_mailbox_is_read_when_mail_comes(
    transactional_db: None, dovecot: Dovecot, mail: Mail
) -> None:
    inbox = connect(create_account("Acme", locale="es", by=None), dovecot)
    pulling.keep_watching()
    try:
        time.sleep(2)
        dovecot.deliver(mail())
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and not Incoming.objects.filter(inbox=inbox).exists():
            time.sleep(0.2)
        assert Incoming.objects.filter(inbox=inbox).count() == 1
    finally:
        pulling.stop_watching()
