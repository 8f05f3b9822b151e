"""A mailbox from the server to the thread: kept before its mark, watched by one worker, its failures told once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import translation

from ventanilla.accounts.commands.accounts import create_account
from ventanilla.accounts.models import Account, Role, SystemMail, User
from ventanilla.conversations.models import Message
from ventanilla.delivery import in_tray, pulling
from ventanilla.delivery.health import ALERT_AFTER, ask_now, note_failure, note_success
from ventanilla.delivery.models import Incoming, ReadMark, Watch
from ventanilla.inboxes.channel import PartlyFailed, SignInRefused, Unreachable
from ventanilla.inboxes.channel import pulling as pulling_channel
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.testing.cast import ApiClient, make_user
from ventanilla.testing.mailbox import PASSWORD, USER, Dovecot

Mail = Callable[..., bytes]


CHANNEL = {
    "type": "email",
    "imap_enabled": True,
    "imap_address": "127.0.0.1",
    "imap_login": USER,
    "imap_password": PASSWORD,
    "imap_enable_ssl": False,
}


def connect(account: Account, server: Dovecot, address: str = "soporte@acme.example") -> Inbox:
    channel = {**CHANNEL, "email": address, "imap_port": server.port}
    return create_inbox(account, name="Soporte", channel=channel, by=None)


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


@pytest.mark.feature("I-03", "Z-10")
def test_a_mail_that_cannot_be_had_is_shown_and_the_others_come(
    mailbox: Inbox, dovecot: Dovecot, mail: Mail, acme: Account, admin: User, api: Callable[..., ApiClient]
) -> None:
    dovecot.deliver(*(mail(Message_ID=f"<{number}@x>", Subject=f"Pedido {number}") for number in range(5)))
    box = dovecot.folder / "mail"
    # Its name does not say which it is: the fraction of a second in there has no leading zeros.
    files = [*(box / "new").iterdir(), *(box / "cur").iterdir()]
    damaged = next(file for file in files if b"Pedido 2" in file.read_bytes())
    whole = damaged.read_bytes()
    damaged.chmod(0)

    assert pulling.pull(mailbox) == 4
    client, path = api(admin), f"/api/desk/accounts/{acme.pk}/inboxes/{mailbox.pk}"
    [missing] = client.get(f"{path}/mailbox").json()["not_fetched"]
    assert (missing["place"], missing["key"]) == ("INBOX", "3")
    assert missing["reason"]
    assert "b'" not in missing["reason"]

    damaged.chmod(0o644)
    assert damaged.read_bytes() == whole
    assert pulling.pull(mailbox) == 0  # not yet: it is asked for after a pause
    client.post(f"{path}/look_now")
    assert pulling.pull(mailbox) == 1
    assert client.get(f"{path}/mailbox").json()["not_fetched"] == []
    in_tray.read_due()
    assert Message.objects.filter(content_type="incoming_email").count() == 5


@pytest.mark.feature("I-03")
def test_a_folder_that_is_not_there_is_named_and_the_others_are_read(
    mailbox: Inbox, dovecot: Dovecot, mail: Mail, acme: Account, admin: User, api: Callable[..., ApiClient]
) -> None:
    dovecot.deliver(mail())
    dovecot.deliver(mail(Message_ID="<dos@x>"), folder="Ventas")
    mailbox.channel_settings["imap_folders"] = ["INBOX", "Falta", "Ventas"]
    mailbox.save()
    watcher = pulling.Watcher(mailbox.pk, "here:1")
    channel = pulling_channel(mailbox.kind)
    assert channel is not None
    Watch.objects.create(inbox=mailbox, watcher="here:1")
    with translation.override("es"):
        watcher._look(mailbox, channel)
    mailbox.refresh_from_db()
    assert mailbox.failure_reason == "No existe la carpeta Falta."
    assert mailbox.last_success_at is not None
    assert Incoming.objects.count() == 2

    settings = {"imap_folders": ["INBOX", "Falta"]}
    path = f"/api/v1/accounts/{acme.pk}/inboxes"
    refused = api(admin).patch(f"{path}/{mailbox.pk}", {"channel": settings})
    assert (refused.status_code, "imap_folders" in refused.content.decode()) == (422, True)
    new = {**CHANNEL, "email": "otra@acme.example", "imap_port": dovecot.port, **settings}
    refused = api(admin).post(path, {"name": "Otra", "channel": new})
    assert (refused.status_code, "imap_folders" in refused.content.decode()) == (422, True)


@pytest.mark.feature("I-03")
def test_a_stuck_folder_does_not_keep_the_next_one(mailbox: Inbox, dovecot: Dovecot, mail: Mail) -> None:
    dovecot.deliver(mail())
    dovecot.deliver(mail(Message_ID="<dos@x>"), folder="Ventas")
    (dovecot.folder / "mail" / "cur").chmod(0)
    (dovecot.folder / "mail" / "new").chmod(0)
    mailbox.channel_settings["imap_folders"] = ["INBOX", "Ventas"]
    with pytest.raises(PartlyFailed):
        pulling.pull(mailbox)
    assert Incoming.objects.get().meta["folder"] == "Ventas"


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
    assert SystemMail.objects.filter(to=admin.email).count() == 1
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
    assert not SystemMail.objects.exists()
    Inbox.objects.filter(pk=mailbox.pk).update(failing_since=now() - ALERT_AFTER)
    note_failure(mailbox, "no answer")
    note_failure(mailbox, "no answer")
    assert SystemMail.objects.count() == 1
    note_success(mailbox)
    mailbox.refresh_from_db()
    assert (mailbox.failure_reason, mailbox.failing_since) == ("", None)


def test_one_watcher_at_a_time_and_the_lease_of_a_dead_process_is_free(mailbox: Inbox) -> None:
    assert pulling._lease(mailbox.pk, "here:1")
    Watch.objects.filter(inbox=mailbox).update(watcher="elsewhere:7")
    assert not pulling._lease(mailbox.pk, "here:1")
    Watch.objects.filter(inbox=mailbox).update(watched_until=now())
    assert pulling._lease(mailbox.pk, "here:1")


@contextmanager
def worker() -> Iterator[None]:
    """What a worker does every second, for a while."""
    stopping = threading.Event()

    def work() -> None:
        while not stopping.wait(0.2):
            pulling.keep_watching()
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(10)
        pulling.stop_watching()


def until(condition: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen")


@pytest.mark.slow
@pytest.mark.feature("I-03")
@pytest.mark.parametrize("ended_by", ["saving", "asking", "a neighbour"])
def test_a_pause_ends_when_something_changes(
    transactional_db: None,
    dovecot: Dovecot,
    mail: Mail,
    monkeypatch: pytest.MonkeyPatch,
    api: Any,
    ended_by: str,
) -> None:
    monkeypatch.setattr(pulling, "FIRST_PAUSE_SECONDS", 300.0)
    account = create_account("Acme", locale="es", by=None)
    admin = make_user(account, "admin@acme.example", name="Admin", role=Role.ADMINISTRATOR)
    inbox = connect(account, dovecot)
    neighbour = (
        connect(account, dovecot, address="ventas@acme.example") if ended_by == "a neighbour" else None
    )
    dovecot.deliver(mail())
    dovecot.stop()

    def is_failing() -> bool:
        inbox.refresh_from_db()
        return bool(inbox.failing_since)

    with worker():
        until(is_failing, seconds=60)
        assert "no acepta conexiones" in inbox.failure_reason
        dovecot.start()
        path = f"/api/v1/accounts/{account.pk}/inboxes/{inbox.pk}"
        if ended_by == "saving":
            answer = api(admin).patch(path, {"channel": {"imap_login": USER}})
            assert answer.json()["health"]["reason"] == ""
        elif ended_by == "asking":
            api(admin).post(path.replace("/api/v1", "/api/desk") + "/look_now")
        else:
            assert neighbour is not None
            until(
                lambda: Inbox.objects.filter(pk=neighbour.pk, failing_since__isnull=False).exists(),
                seconds=60,
            )
            ask_now(neighbour)
        until(lambda: Incoming.objects.filter(inbox=inbox).exists() and not is_failing(), seconds=60)


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
