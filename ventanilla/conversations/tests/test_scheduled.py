"""Send later: kept durably, sent once, in sight, and cancelled with its conversation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from threading import Barrier, Thread

import pytest
from django.core.files.storage import default_storage
from django.db import connections
from django.test import override_settings

from ventanilla.accounts.commands.agents import remove_agent
from ventanilla.accounts.models import Membership, User
from ventanilla.conversations import jobs
from ventanilla.conversations.commands import NewMessage, delete_conversation, receive_message
from ventanilla.conversations.commands.scheduled import (
    cancel_scheduled,
    move_scheduled,
    schedule_message,
    send_scheduled,
)
from ventanilla.conversations.errors import EmptyMessage, SentAlready, TooManyScheduled
from ventanilla.conversations.models import (
    Attachment,
    Conversation,
    Message,
    ScheduledFile,
    ScheduledMessage,
    Upload,
)
from ventanilla.conversations.tests.scenes import events, talk, texts
from ventanilla.inboxes.commands.members import remove_inbox_members
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid, NotFound

TOMORROW = timedelta(days=1)


@pytest.fixture
def conversation(carla, web_inbox) -> Conversation:
    return talk(carla, web_inbox, "Hola")


@pytest.fixture
def schedule(conversation: Conversation, ana: User) -> Callable[..., ScheduledMessage]:
    def write(content: str = "Buenos días", **more: object) -> ScheduledMessage:
        more = {"send_at": now() + TOMORROW, "by": ana} | more
        return schedule_message(conversation, content=content, **more)  # type: ignore[arg-type]

    return write


def its_time_comes(row: ScheduledMessage) -> None:
    ScheduledMessage.objects.filter(pk=row.pk).update(send_at=now() - timedelta(hours=5))


def said() -> list[str]:
    return [event.payload["change"] for event in events("scheduled_message.changed")]


@pytest.mark.feature("Z-06")
def test_it_is_no_message_until_its_time_and_then_goes_once_as_its_author(conversation, schedule, ana):
    row = schedule("Tu pedido sale hoy, {{contact.name}}", content_attributes={"in_reply_to": None})
    assert jobs.send_scheduled() == 0
    assert texts(conversation) == ["Hola"]
    its_time_comes(row)  # five hours ago: the server was down
    assert jobs.send_scheduled() == 1
    assert jobs.send_scheduled() == 0
    assert texts(conversation) == ["Hola", "Tu pedido sale hoy, Carla Cliente"]
    message = Message.objects.get(sender_type="User")
    assert (message.sender_id, message.private) == (ana.pk, False)
    assert message.created_at > now() - timedelta(minutes=1)
    assert not ScheduledMessage.objects.exists()
    assert said() == ["scheduled", "sent"]


def test_the_customer_may_write_before_it_stays(conversation, schedule, carla):
    row = schedule()
    receive_message(conversation, NewMessage("¿Hay alguien?"), sender=carla)
    assert ScheduledMessage.objects.get().state == "waiting"
    its_time_comes(row)
    jobs.send_scheduled()
    assert texts(conversation)[-1] == "Buenos días"


def test_files_wait_with_it_and_become_the_message_s(conversation, schedule):
    row = schedule("", attachments=[Upload(BytesIO(b"hola"), "hola.txt")])
    path = ScheduledFile.objects.get().file.name
    its_time_comes(row)
    jobs.send_scheduled()
    attachment = Attachment.objects.get()
    assert (attachment.file.name, attachment.filename) == (path, "hola.txt")
    assert default_storage.open(path).read() == b"hola"


@pytest.mark.django_db(transaction=True)
def test_cancelled_or_deleted_with_the_conversation_its_files_go(conversation, schedule, ana, admin):
    paths = []
    for _time in range(2):
        schedule(attachments=[Upload(BytesIO(b"hola"), "hola.txt")])
        paths.append(ScheduledFile.objects.latest("pk").file.name)
    cancel_scheduled(ScheduledMessage.objects.earliest("pk"), by=ana)
    assert [default_storage.exists(path) for path in paths] == [False, True]
    assert said()[-1] == "cancelled"
    delete_conversation(conversation, by=admin)
    assert not default_storage.exists(paths[1])
    assert not ScheduledMessage.objects.exists()


@pytest.mark.feature("Z-06")
def test_sending_now_moving_and_cancelling_too_late(conversation, schedule, ana, bruno):
    row = schedule()
    moved = move_scheduled(row, send_at=now() + 2 * TOMORROW, by=bruno)
    assert moved.send_at > row.send_at
    message = send_scheduled(row, by=bruno)
    assert message.sender_id == ana.pk  # it is hers, whoever presses the button
    for late in (
        lambda: cancel_scheduled(row, by=ana),
        lambda: send_scheduled(row, by=ana),
        lambda: move_scheduled(row, send_at=now() + TOMORROW, by=ana),
    ):
        with pytest.raises(NotFound):
            late()
    assert texts(conversation) == ["Hola", "Buenos días"]


def test_the_same_key_schedules_once_and_never_after_it_left(conversation, schedule, ana):
    first = schedule(echo_id="k1")
    assert schedule(echo_id="k1").pk == first.pk
    send_scheduled(first, by=ana)
    with pytest.raises(SentAlready):
        schedule(echo_id="k1")
    assert texts(conversation) == ["Hola", "Buenos días"]


def test_what_cannot_be_scheduled(conversation, schedule):
    for send_at in (now() - timedelta(seconds=1), now() + timedelta(days=366)):
        with pytest.raises(Invalid) as refused:
            schedule(send_at=send_at)
        assert "send_at" in refused.value.fields
    with pytest.raises(EmptyMessage):
        schedule("  ")
    with override_settings(MAX_SCHEDULED_MESSAGES=1):
        schedule()
        with pytest.raises(TooManyScheduled):
            schedule()


@pytest.mark.parametrize("leaves", ["the team", "the inbox"])
def test_it_does_not_go_in_the_name_of_who_left_but_stays_in_sight(
    conversation, schedule, ana, bruno, admin, leaves
):
    row = schedule()
    if leaves == "the team":
        remove_agent(Membership.objects.get(user=ana), by=admin)
    else:
        remove_inbox_members(conversation.inbox, user_ids=[ana.pk], by=admin)
    its_time_comes(row)
    assert jobs.send_scheduled() == 0
    row.refresh_from_db()
    assert row.state == "failed" and row.reason
    assert said()[-1] == "failed"
    assert send_scheduled(row, by=bruno).sender_id == bruno.pk


def test_a_full_minute_only_delays_it(conversation, schedule):
    row = schedule()
    its_time_comes(row)
    with override_settings(MAX_MESSAGES_PER_MINUTE=1):
        assert jobs.send_scheduled() == 0
    row.refresh_from_db()
    assert row.state == "waiting" and row.send_at > now()


@pytest.mark.django_db(transaction=True)
def test_two_clocks_and_a_finger_send_it_once(conversation, schedule, bruno):
    row = schedule()
    its_time_comes(row)
    barrier = Barrier(3)

    def press(act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            act()
        except NotFound:
            pass
        finally:
            connections.close_all()

    acts = [jobs.send_scheduled, jobs.send_scheduled, lambda: send_scheduled(row, by=bruno)]
    threads = [Thread(target=press, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts(conversation) == ["Hola", "Buenos días"]
