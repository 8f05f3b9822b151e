"""A reply is held when its writer has not read everything, and can be taken back before it leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from ventanilla.accounts.models import User
from ventanilla.conversations import jobs
from ventanilla.conversations.commands import NewMessage, post_message, receive_message
from ventanilla.conversations.commands.scheduled import (
    cancel_scheduled,
    hold_message,
    release_scheduled,
    schedule_message,
    send_scheduled,
)
from ventanilla.conversations.errors import NotSeen
from ventanilla.conversations.models import Conversation, Message, ScheduledMessage, Status
from ventanilla.conversations.tests.scenes import fresh, talk, texts
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.commands.members import add_inbox_members
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid, NotFound


@pytest.fixture
def conversation(carla, web_inbox) -> Conversation:
    return talk(carla, web_inbox, "Hola")


def newest(conversation: Conversation) -> int:
    return Message.objects.filter(conversation=conversation).latest("id").pk


def reply(conversation: Conversation, by: User, text: str, *, seen: int | None, key: str = "") -> Message:
    return post_message(conversation, NewMessage(text, seen_id=seen, echo_id=key or None), by=by)


@pytest.mark.feature("Z-03")
def test_a_reply_to_what_was_not_seen_is_held(conversation, carla, ana, bruno) -> None:
    seen = newest(conversation)
    theirs = reply(conversation, bruno, "Ya lo pedí", seen=seen)
    with pytest.raises(NotSeen) as refused:
        reply(conversation, ana, "Te mando otro", seen=seen)
    assert refused.value.facts == {"newest_message_id": theirs.pk}
    assert texts(conversation) == ["Hola", "Ya lo pedí"]
    # Whoever has seen it, or claims nothing (as the contract's clients), writes.
    mine = reply(conversation, ana, "Te mando otro", seen=theirs.pk, key="k")
    assert reply(conversation, bruno, "Hecho", seen=None)
    # Told again it is the same message, whatever was said since; one's own are never news.
    assert reply(conversation, ana, "Te mando otro", seen=seen, key="k").pk == mine.pk
    with pytest.raises(NotSeen):
        hold_message(conversation, by=ana, content="Y otro", seen_id=mine.pk)
    assert not ScheduledMessage.objects.exists()
    seen = newest(conversation)
    post_message(conversation, NewMessage("Solo entre nosotros", private=True), by=bruno)
    reply(conversation, ana, "Una más", seen=seen)
    assert reply(conversation, ana, "Y otra", seen=seen)
    receive_message(conversation, NewMessage("¿Y el color?"), sender=carla)
    with pytest.raises(NotSeen):
        reply(conversation, bruno, "Listo", seen=newest(conversation) - 1)
    # A note is for colleagues: it holds nothing up.
    assert post_message(conversation, NewMessage("Nota", private=True, seen_id=1), by=bruno)


@pytest.mark.feature("Z-07")
def test_a_sent_reply_waits_and_can_be_taken_back(conversation, ana, acme) -> None:
    acme.undo_send_seconds = 10
    acme.save(update_fields=["undo_send_seconds"])
    conversation.account.refresh_from_db()
    kept = hold_message(conversation, by=ana, content="Te mando otro", echo_id="k")
    assert hold_message(conversation, by=ana, content="Te mando otro", echo_id="k").pk == kept.pk
    with time_machine.travel(now() + timedelta(seconds=9)):
        assert jobs.send_scheduled() == 0
    assert texts(conversation) == ["Hola"]
    cancel_scheduled(kept, by=ana)
    later = hold_message(conversation, by=ana, content="Te mando dos")
    # A worker that was killed meanwhile, or a browser that was closed: the row goes when its moment has come, once.
    with time_machine.travel(now() + timedelta(seconds=11)):
        assert jobs.send_scheduled() == 1
        assert jobs.send_scheduled() == 0
    assert texts(conversation) == ["Hola", "Te mando dos"]
    with pytest.raises(NotFound):
        cancel_scheduled(later, by=ana)


@pytest.fixture
def mailed(acme, carla, ana) -> Conversation:
    channel = {"type": "email", "email": "hola@acme.example"}
    inbox = create_inbox(acme, name="Soporte", channel=channel, by=None)
    add_inbox_members(inbox, user_ids=[ana.pk], by=None)
    return talk(carla, inbox, "¿Y mi pedido?")


@pytest.mark.feature("Z-07")
def test_a_mail_waits_ten_seconds_unless_the_account_says_otherwise_and_a_chat_goes_at_once(
    conversation, mailed, ana, acme
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        hold_message(conversation, by=ana, content="Ahora mismo")
        assert jobs.send_scheduled() == 1
        held = hold_message(mailed, by=ana, content="Sale hoy")
        assert held.send_at == now() + timedelta(seconds=10)
        clock.shift(timedelta(seconds=9))
        assert jobs.send_scheduled() == 0
        assert texts(mailed) == ["¿Y mi pedido?"]
        clock.shift(timedelta(seconds=1))
        assert jobs.send_scheduled() == 1
        acme.undo_send_mail_seconds = 0
        acme.save(update_fields=["undo_send_mail_seconds"])
        at_once = hold_message(fresh(mailed), by=ana, content="Y otro")
        assert at_once.send_at == now()


@pytest.mark.feature("Z-07")
def test_sent_and_resolved_is_one_act_that_is_taken_back_whole(mailed, ana) -> None:
    kept = hold_message(mailed, by=ana, content="Listo", then_status=Status.RESOLVED)
    assert fresh(mailed).status == Status.OPEN
    cancel_scheduled(kept, by=ana)
    with time_machine.travel(now() + timedelta(seconds=11)):
        assert jobs.send_scheduled() == 0
        assert (fresh(mailed).status, texts(mailed)) == (Status.OPEN, ["¿Y mi pedido?"])
    until = now() + timedelta(days=1)
    hold_message(mailed, by=ana, content="Mañana te digo", then_status=Status.SNOOZED, then_until=until)
    with time_machine.travel(now() + timedelta(seconds=11)):
        assert jobs.send_scheduled() == 1
    after = fresh(mailed)
    assert (after.status, after.snoozed_until, texts(mailed)[-1]) == (
        Status.SNOOZED,
        until,
        "Mañana te digo",
    )


@pytest.mark.feature("Z-07")
def test_what_the_customer_writes_meanwhile_is_not_resolved_away(mailed, ana, carla) -> None:
    kept = hold_message(mailed, by=ana, content="Listo", then_status=Status.RESOLVED)
    receive_message(mailed, NewMessage("¡Espera!"), sender=carla)
    send_scheduled(kept)
    assert fresh(mailed).status == Status.OPEN
    with pytest.raises(Invalid) as refused:
        hold_message(mailed, by=ana, content="Listo", then_status=Status.PENDING)
    assert "then_status" in refused.value.fields


@pytest.mark.feature("Z-06", "Z-07")
def test_a_scheduled_message_that_is_sent_now_can_still_be_put_back(mailed, ana, bruno) -> None:
    tomorrow = now() + timedelta(days=1)
    row = schedule_message(mailed, by=ana, content="Buenos días", send_at=tomorrow)
    soon = release_scheduled(row, by=bruno)
    assert timedelta(seconds=8) < soon.send_at - now() <= timedelta(seconds=10)
    assert texts(mailed) == ["¿Y mi pedido?"]
    with time_machine.travel(now() + timedelta(seconds=11)):
        assert jobs.send_scheduled() == 1
    assert texts(mailed)[-1] == "Buenos días"
    with pytest.raises(NotFound):
        release_scheduled(row, by=ana)
