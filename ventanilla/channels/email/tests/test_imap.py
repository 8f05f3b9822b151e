"""Reading a real mailbox by UID: nothing lost, nothing marked, whatever happens to the server in between."""

from __future__ import annotations

import threading
import time
from datetime import date, timedelta

import pytest

from ventanilla.channels.email.imap import (
    Fetched,
    FolderMissing,
    FolderState,
    ImapServer,
    fetch_new,
    open_mailbox,
    wait_for_mail,
)
from ventanilla.inboxes.channel import SignInRefused, Unreachable
from ventanilla.testing.mailbox import Dovecot


def a_mail(number: int, size: int = 0) -> bytes:
    return f"From: carla@example.com\r\nMessage-ID: <{number}@x>\r\nSubject: {number}\r\n\r\n{'x' * size}\r\n".encode()


def read(
    server: ImapServer, state: FolderState, folder: str = "INBOX", **options: object
) -> tuple[list[bytes], FolderState]:
    mails = []
    with open_mailbox(server) as client:
        for item in fetch_new(client, folder, state, **options):  # type: ignore[arg-type]
            if isinstance(item, Fetched):
                mails.append(item.raw.read())
            else:
                state = item
    return mails, state


@pytest.mark.feature("I-03", "Z-10")
def test_every_mail_is_read_once_in_order_and_stays_unseen(dovecot: Dovecot) -> None:
    dovecot.deliver(*(a_mail(number) for number in range(5)))
    mails, state = read(dovecot.server, FolderState())
    assert mails == [a_mail(number) for number in range(5)]
    assert read(dovecot.server, state)[0] == []
    client = dovecot.client()
    client.select_folder("INBOX")
    assert client.search(["UNSEEN"]) == [1, 2, 3, 4, 5]
    client.logout()


@pytest.mark.feature("Z-10")
def test_what_somebody_has_read_or_moved_is_read_all_the_same(dovecot: Dovecot) -> None:
    dovecot.deliver(a_mail(1), a_mail(2), a_mail(3))
    client = dovecot.client()
    client.select_folder("INBOX")
    client.add_flags([1, 2], [b"\\Seen"])
    client.delete_messages([2])
    client.expunge()
    client.logout()
    assert read(dovecot.server, FolderState())[0] == [a_mail(1), a_mail(3)]


@pytest.mark.feature("Z-10")
def test_a_week_without_the_server_loses_nothing(dovecot: Dovecot) -> None:
    dovecot.deliver(a_mail(1))
    _mails, state = read(dovecot.server, FolderState())
    dovecot.stop()
    with pytest.raises(Unreachable):
        read(dovecot.server, state)
    dovecot.start()
    dovecot.deliver(*(a_mail(number) for number in range(2, 30)))
    assert read(dovecot.server, state)[0] == [a_mail(number) for number in range(2, 30)]


@pytest.mark.feature("Z-10")
def test_a_new_uidvalidity_reads_the_folder_from_its_beginning(dovecot: Dovecot) -> None:
    dovecot.deliver(a_mail(1), a_mail(2))
    _mails, state = read(dovecot.server, FolderState())
    client = dovecot.client()
    client.create_folder("Nueva")
    client.select_folder("INBOX")
    client.logout()
    changed = FolderState(state.uid_validity + 7, 99, 0)
    mails, after = read(dovecot.server, changed)
    assert mails == [a_mail(1), a_mail(2)]
    assert after.uid_validity == state.uid_validity


def test_a_mailbox_with_a_past_begins_where_it_is_asked_to(dovecot: Dovecot) -> None:
    dovecot.deliver(a_mail(1))
    tomorrow = date.today() + timedelta(days=2)  # noqa: DTZ011 — the server's own day
    mails, state = read(dovecot.server, FolderState(), since=tomorrow)
    assert mails == []
    dovecot.deliver(a_mail(2))
    assert read(dovecot.server, state)[0] == [a_mail(2)]


def test_several_folders_have_marks_of_their_own(dovecot: Dovecot) -> None:
    dovecot.deliver(a_mail(1))
    dovecot.deliver(a_mail(2), folder="Ventas")
    assert read(dovecot.server, FolderState(), "Ventas")[0] == [a_mail(2)]
    with pytest.raises(FolderMissing):
        read(dovecot.server, FolderState(), "Falta")


def test_a_large_mail_comes_whole_in_pieces(dovecot: Dovecot) -> None:
    large = a_mail(1, size=3_000_000)
    dovecot.deliver(large)
    assert read(dovecot.server, FolderState())[0] == [large]


def test_a_wrong_password_is_told_apart_from_a_silent_server(dovecot: Dovecot) -> None:
    server = ImapServer("127.0.0.1", dovecot.port, "soporte", "otra", security="none")
    with pytest.raises(SignInRefused):
        read(server, FolderState())
    with pytest.raises(Unreachable):
        read(ImapServer("127.0.0.1", 1, "soporte", "x", security="none"), FolderState())


def test_a_connection_cut_in_mid_fetch_goes_on_where_it_stopped(dovecot: Dovecot) -> None:
    dovecot.deliver(*(a_mail(number, size=2_000) for number in range(120)))
    mails: list[bytes] = []
    state = FolderState()

    def read_until_cut() -> None:
        nonlocal state
        with open_mailbox(dovecot.server) as client:
            for item in fetch_new(client, "INBOX", state):
                if isinstance(item, Fetched):
                    mails.append(item.raw.read())
                    if len(mails) == 10:
                        client.shutdown()
                else:
                    state = item

    with pytest.raises(Unreachable):
        read_until_cut()
    rest, _state = read(dovecot.server, state)
    assert sorted({*mails, *rest}) == sorted(a_mail(number, size=2_000) for number in range(120))
    assert len(mails) + len(rest) <= 121


def test_idling_ends_when_mail_comes(dovecot: Dovecot) -> None:
    dovecot.deliver(a_mail(1))
    came: list[bool] = []

    def idle() -> None:
        with open_mailbox(dovecot.server) as client:
            came.append(wait_for_mail(client, "INBOX", should_stop=lambda: False))

    thread = threading.Thread(target=idle)
    thread.start()
    time.sleep(1.5)
    dovecot.deliver(a_mail(2))
    thread.join(15)
    assert came == [True]


@pytest.mark.feature("I-03", "Z-10")
def test_mail_that_came_before_the_idling_began_is_not_waited_for(dovecot: Dovecot) -> None:
    dovecot.deliver(a_mail(1), a_mail(2))
    _mails, state = read(dovecot.server, FolderState())
    dovecot.deliver(a_mail(3))
    with open_mailbox(dovecot.server) as client:
        assert wait_for_mail(client, "INBOX", should_stop=lambda: True, known=state)
    _mails, state = read(dovecot.server, state)
    with open_mailbox(dovecot.server) as client:
        assert not wait_for_mail(client, "INBOX", should_stop=lambda: True, known=state)


@pytest.mark.feature("Z-10")
def test_mail_that_was_deleted_before_we_saw_it_does_not_look_like_news(dovecot: Dovecot) -> None:
    dovecot.deliver(a_mail(1))
    _mails, state = read(dovecot.server, FolderState())
    dovecot.deliver(a_mail(2))
    client = dovecot.client()
    client.select_folder("INBOX")
    client.delete_messages([2])
    client.expunge()
    client.logout()
    mails, state = read(dovecot.server, state)
    assert mails == []
    with open_mailbox(dovecot.server) as line:
        assert not wait_for_mail(line, "INBOX", should_stop=lambda: True, known=state)
    dovecot.deliver(a_mail(3))
    assert read(dovecot.server, state)[0] == [a_mail(3)]
