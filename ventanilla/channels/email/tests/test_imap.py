"""Reading a real mailbox by UID: nothing lost, nothing marked, whatever happens to the server in between."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest

from ventanilla.channels.email.fetching import Fetched, FolderState, fetch_new
from ventanilla.channels.email.imap import FolderMissing, ImapServer, open_mailbox
from ventanilla.channels.email.line import Line
from ventanilla.channels.email.waiting import wait_for_mail
from ventanilla.inboxes.channel import SignInRefused, Unreachable
from ventanilla.testing.mailbox import Dovecot


def a_mail(number: int, size: int = 0) -> bytes:
    return f"From: carla@example.com\r\nMessage-ID: <{number}@x>\r\nSubject: {number}\r\n\r\n{'x' * size}\r\n".encode()


def read(
    server: ImapServer, state: FolderState, folder: str = "INBOX", **options: object
) -> tuple[list[bytes], FolderState]:
    mails = []
    with Line(server) as line:
        for item in fetch_new(line, folder, state, **options):  # type: ignore[arg-type]
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


LONG_AGO = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.mark.feature("Z-10")
@pytest.mark.parametrize("keeps_its_stamps", [True, False], ids=["stamps kept", "stamped anew"])
def test_a_folder_made_anew_is_read_from_the_same_day_as_before(
    dovecot: Dovecot, keeps_its_stamps: bool
) -> None:
    """Put back from a copy: what came before the inbox was made stays where it is, also where every mail is stamped now."""
    client = dovecot.client()
    took = "Received: from a by b; {}\r\n"
    for number, moment in enumerate([LONG_AGO] * 3 + [datetime.now(UTC)] * 2):
        raw = took.format(format_datetime(moment)).encode() + a_mail(number)
        client.append("INBOX", raw, (), moment if keeps_its_stamps else None)
    client.append("INBOX", f"Date: {format_datetime(LONG_AGO)}\r\n".encode() + a_mail(7), (), LONG_AGO)
    client.logout()
    since = date.today() - timedelta(days=1)  # noqa: DTZ011 — the server's own day
    before = FolderState(uid_validity=77, last_uid=99)

    mails, state = read(dovecot.server, before, since=since)
    assert [mail[mail.index(b"Subject") :][:10] for mail in mails] == [b"Subject: 3", b"Subject: 4"]
    # Half of it read and then cut off: the rest is the past as before.
    half = FolderState(state.uid_validity, 1, 0, past_until=6)
    assert read(dovecot.server, half, since=since)[0] == mails
    # The past was asked for.
    assert len(read(dovecot.server, before)[0]) == 6


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
    with Line(dovecot.server) as line:
        for item in fetch_new(line, "INBOX", FolderState()):
            if isinstance(item, Fetched):
                mails.append(item.raw.read())
                if len(mails) in (10, 70):
                    line.client.shutdown()
    assert mails == [a_mail(number, size=2_000) for number in range(120)]


def test_idling_ends_when_mail_comes(dovecot: Dovecot) -> None:
    dovecot.deliver(a_mail(1))
    came: list[bool] = []

    def idle() -> None:
        with open_mailbox(dovecot.server) as client:
            came.append(wait_for_mail(client, ["INBOX"], should_stop=lambda: False))

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
        assert wait_for_mail(client, ["INBOX"], should_stop=lambda: True, known={"INBOX": state})
    _mails, state = read(dovecot.server, state)
    with open_mailbox(dovecot.server) as client:
        assert not wait_for_mail(client, ["INBOX"], should_stop=lambda: True, known={"INBOX": state})


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
        assert not wait_for_mail(line, ["INBOX"], should_stop=lambda: True, known={"INBOX": state})
    dovecot.deliver(a_mail(3))
    assert read(dovecot.server, state)[0] == [a_mail(3)]


@pytest.mark.feature("I-03")
@pytest.mark.parametrize("folder", ["INBOX", "Ventas"])
def test_mail_is_noticed_at_once_in_every_folder_that_is_read(dovecot: Dovecot, folder: str) -> None:
    dovecot.deliver(a_mail(1))
    dovecot.deliver(a_mail(2), folder="Ventas")
    known = {name: read(dovecot.server, FolderState(), name)[1] for name in ("INBOX", "Ventas")}
    came: list[float] = []

    def wait() -> None:
        with open_mailbox(dovecot.server) as client:
            names = ["INBOX", "Falta", "Ventas"]
            if wait_for_mail(client, names, should_stop=lambda: False, known=known):
                came.append(time.monotonic())

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(1.5)
    began = time.monotonic()
    dovecot.deliver(a_mail(3), folder=folder)
    thread.join(30)
    assert len(came) == 1
    assert came[0] - began < 15
