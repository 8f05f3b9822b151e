from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from PIL import Image

from ventanilla.accounts.models import AgentBot
from ventanilla.contacts.commands.contacts import set_blocked
from ventanilla.conversations.commands import NewMessage, post_message, receive_message, set_message_status
from ventanilla.conversations.commands.underway import retry_message
from ventanilla.conversations.errors import EmptyMessage, TooManyMessages
from ventanilla.conversations.models import (
    Attachment,
    Conversation,
    Mention,
    Message,
    MessageStatus,
    MessageType,
    Participant,
    Status,
    Upload,
)
from ventanilla.conversations.tests.scenes import events, fresh, reply, talk, texts
from ventanilla.inboxes.commands.inboxes import connect_bot
from ventanilla.kit import storage
from ventanilla.kit.errors import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(carla, api_inbox) -> Conversation:
    return talk(carla, api_inbox, "Where is my order?")


@pytest.fixture
def bot(acme) -> AgentBot:
    return AgentBot.objects.create(account=acme, name="Robo")


@pytest.mark.feature("Z-02")
def test_the_same_key_with_the_same_text_sends_once(conversation, ana):
    first = post_message(conversation, NewMessage("On its way", echo_id="k1"), by=ana)
    recorded = len(events())

    again = post_message(conversation, NewMessage("On its way", echo_id="k1"), by=ana)

    assert again.pk == first.pk
    assert len(events()) == recorded
    assert texts(conversation).count("On its way") == 1


def test_the_same_key_with_another_text_is_another_message_and_the_key_is_not_kept(conversation, ana):
    first = post_message(conversation, NewMessage("One", echo_id="k1"), by=ana)

    second = post_message(conversation, NewMessage("Two", echo_id="k1"), by=ana)

    assert second.pk != first.pk
    assert Message.objects.get(pk=second.pk).echo_id is None


def test_keys_of_two_people_do_not_meet(conversation, ana, bruno):
    first = post_message(conversation, NewMessage("Same", echo_id="k1"), by=ana)

    assert post_message(conversation, NewMessage("Same", echo_id="k1"), by=bruno).pk != first.pk


def test_a_providers_id_is_taken_once_per_inbox(conversation, carla):
    first = receive_message(conversation, NewMessage("Hi", source_id="wamid.1"), sender=carla)
    recorded = len(events())

    again = receive_message(conversation, NewMessage("Hi again", source_id="wamid.1"), sender=carla)

    assert again.pk == first.pk
    assert len(events()) == recorded


def test_an_incoming_message_makes_the_conversation_wait_and_count(carla, api_inbox):
    conversation = talk(carla, api_inbox)

    message = receive_message(conversation, NewMessage("Hi"), sender=carla)

    stored = fresh(conversation)
    assert (stored.unread_count, stored.last_message_id) == (1, message.pk)
    assert stored.last_incoming_at == stored.last_activity_at == message.created_at
    assert stored.waiting_since is not None


def test_unread_messages_count_up_to_ten(conversation, carla):
    for number in range(14):
        receive_message(conversation, NewMessage(str(number)), sender=carla)

    assert fresh(conversation).unread_count == 10


def test_a_persons_public_reply_ends_the_wait_and_the_first_is_remembered(conversation, ana):
    message = reply(conversation, by=ana)

    stored = fresh(conversation)
    assert stored.waiting_since is None
    assert stored.first_reply_created_at == message.created_at
    assert [event.payload["message_id"] for event in events("first.reply.created")] == [message.pk]


def test_the_second_reply_to_a_waiting_customer_is_told_with_how_long_they_waited(conversation, ana, carla):
    reply(conversation, by=ana)
    waiting = receive_message(conversation, NewMessage("And now?"), sender=carla)

    reply(conversation, by=ana)
    reply(conversation, by=ana, text="And this")

    told = events("reply.created")
    assert len(told) == 1
    assert told[0].payload["waiting_since"].startswith(waiting.created_at.isoformat()[:19])
    assert len(events("first.reply.created")) == 1


@pytest.mark.parametrize("what", ["note", "bot", "system", "automation", "campaign"])
def test_notes_bots_and_automatic_messages_end_no_wait(conversation, ana, bot, what):
    by = {"bot": bot, "system": None}.get(what, ana)
    post_message(
        conversation,
        NewMessage(
            "x",
            private=what == "note",
            content_attributes={"automation_rule_id": 1} if what == "automation" else {},
            additional_attributes={"campaign_id": 1} if what == "campaign" else {},
        ),
        by=by,
    )

    stored = fresh(conversation)
    assert stored.waiting_since is not None
    assert stored.first_reply_created_at is None


@pytest.mark.feature("C-05")
def test_a_snoozed_conversation_opens_when_the_customer_writes(carla, api_inbox):
    conversation = talk(carla, api_inbox, status=Status.SNOOZED)

    receive_message(conversation, NewMessage("Me again"), sender=carla)

    assert fresh(conversation).status == Status.OPEN
    assert [event.payload["changes"]["status"] for event in events("conversation.status_changed")] == [
        ["snoozed", "open"]
    ]


def test_a_resolved_conversation_opens_when_the_customer_writes(carla, api_inbox):
    conversation = talk(carla, api_inbox, status=Status.RESOLVED)

    receive_message(conversation, NewMessage("Me again"), sender=carla)

    stored = fresh(conversation)
    assert (stored.status, stored.close_reason) == (Status.OPEN, "")
    assert "reopened" in Message.objects.get(message_type=MessageType.ACTIVITY).content


@pytest.mark.feature("C-02", "C-04")
def test_with_a_bot_a_resolved_conversation_becomes_pending(carla, api_inbox, bot):
    connect_bot(api_inbox, bot=bot, by=None)
    conversation = talk(carla, api_inbox)
    assert conversation.status == Status.PENDING
    Conversation.objects.filter(pk=conversation.pk).update(status=Status.RESOLVED)

    receive_message(conversation, NewMessage("Me again"), sender=carla)

    assert fresh(conversation).status == Status.PENDING


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.SNOOZED])
def test_a_blocked_contact_reopens_nothing(conversation, carla, status):
    Conversation.objects.filter(pk=conversation.pk).update(status=status)
    set_blocked(carla, blocked=True, by=None)

    receive_message(conversation, NewMessage("Let me in"), sender=carla)

    assert fresh(conversation).status == status


def test_what_we_write_reopens_nothing(conversation, ana):
    Conversation.objects.filter(pk=conversation.pk).update(status=Status.RESOLVED)

    reply(conversation, by=ana)
    post_message(conversation, NewMessage("n", private=True), by=ana)

    assert fresh(conversation).status == Status.RESOLVED


def test_a_flood_is_stopped_and_ends_after_a_minute(conversation, carla, settings):
    settings.MAX_MESSAGES_PER_MINUTE = 5
    for number in range(4):
        receive_message(conversation, NewMessage(str(number)), sender=carla)

    with pytest.raises(TooManyMessages):
        receive_message(conversation, NewMessage("one too many"), sender=carla)

    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=True):
        receive_message(conversation, NewMessage("fine again"), sender=carla)


def test_what_is_told_again_in_a_flood_is_the_first_message(conversation, carla, settings):
    settings.MAX_MESSAGES_PER_MINUTE = 3
    first = receive_message(conversation, NewMessage("one", echo_id="1"), sender=carla)
    receive_message(conversation, NewMessage("two", echo_id="2"), sender=carla)

    assert receive_message(conversation, NewMessage("one", echo_id="1"), sender=carla) == first
    with pytest.raises(TooManyMessages):
        receive_message(conversation, NewMessage("another text", echo_id="1"), sender=carla)


def test_what_is_told_again_changes_nothing_else(conversation, carla, api_inbox):
    first = receive_message(conversation, NewMessage("one", echo_id="1"), sender=carla)
    Conversation.objects.filter(pk=conversation.pk).update(status=Status.RESOLVED)
    recorded = len(events())

    assert receive_message(conversation, NewMessage("one", echo_id="1"), sender=carla) == first
    assert fresh(conversation).status == Status.RESOLVED
    assert len(events()) == recorded


def test_variables_are_filled_in_except_in_code(conversation, ana):
    message = post_message(
        conversation, NewMessage("Hi {{contact.first_name}}, I am {{agent.name}}. `{{contact.name}}`"), by=ana
    )

    assert message.content == "Hi Carla, I am Ana Agente. `{{contact.name}}`"


@pytest.mark.parametrize("content", ["", "  \n "])
def test_a_message_says_something(conversation, ana, content):
    with pytest.raises(EmptyMessage):
        post_message(conversation, NewMessage(content), by=ana)


def test_a_message_has_an_end(conversation, ana, settings):
    settings.MAX_MESSAGE_CHARS = 10
    with pytest.raises(Invalid):
        post_message(conversation, NewMessage("x" * 11), by=ana)


@pytest.mark.parametrize(
    ("content_type", "items"),
    [
        ("input_select", []),
        ("input_select", [{"title": "a", "colour": "red"}]),
        ("cards", [{"title": "a"}]),
        ("cards", [{"title": "a", "actions": [{"type": "jump"}]}]),
        ("article", None),
    ],
)
def test_items_of_the_wrong_shape_are_refused(conversation, ana, content_type, items):
    with pytest.raises(Invalid):
        post_message(
            conversation,
            NewMessage("x", content_type=content_type, content_attributes={"items": items}),
            by=ana,
        )


def _picture() -> Upload:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "red").save(out, "PNG")
    out.seek(0)
    return Upload(file=out, filename="photo.exe", content_type="application/x-msdownload")


@pytest.mark.feature("N-06")
def test_a_file_is_what_its_bytes_are_not_what_its_name_says(conversation, ana):
    message = post_message(conversation, NewMessage("", private=True, attachments=[_picture()]), by=ana)

    attachment = Attachment.objects.get(message=message)
    assert (attachment.file_type, attachment.mime_type) == ("image", "image/png")
    assert (attachment.width, attachment.height) == (300, 200)
    assert message.has_attachments
    assert storage.exists(attachment.file.name)


def test_a_refused_message_leaves_no_file_behind(conversation, ana, settings, monkeypatch):
    kept: list[str] = []
    real = storage.store
    monkeypatch.setattr(storage, "store", lambda *a, **k: kept.append(blob := real(*a, **k)) or blob)
    settings.MAX_MESSAGES_PER_MINUTE = 1

    with pytest.raises(TooManyMessages):
        post_message(conversation, NewMessage("x", attachments=[_picture()]), by=ana)

    assert len(kept) == 1
    assert not storage.exists(kept[0].key)


def test_more_files_than_allowed_are_refused(conversation, ana, settings):
    settings.MAX_ATTACHMENTS = 1
    with pytest.raises(Invalid):
        post_message(conversation, NewMessage("x", attachments=[_picture(), _picture()]), by=ana)


@pytest.mark.feature("N-04", "N-05")
def test_a_mention_in_a_note_reaches_those_who_can_open_the_inbox(conversation, ana, admin, bruno, gus):
    everyone = " ".join(f"[@x](mention://user/{user.pk}/x)" for user in (admin, bruno, gus))

    note = post_message(conversation, NewMessage(f"{everyone} look", private=True), by=ana)

    # bruno is not a member of this inbox, gus is of another account
    assert list(Mention.objects.values_list("user_id", "message_id")) == [(admin.pk, note.pk)]
    assert Participant.objects.filter(conversation=conversation, user=admin).exists()
    assert [event.payload["user_id"] for event in events("conversation.mentioned")] == [admin.pk]


def test_mentions_count_in_notes_only(conversation, ana, admin):
    post_message(conversation, NewMessage(f"[@x](mention://user/{admin.pk}/x)"), by=ana)

    assert not Mention.objects.exists()


def test_a_second_mention_is_the_same_mention_made_newer(conversation, ana, admin):
    text = f"[@x](mention://user/{admin.pk}/x)"
    post_message(conversation, NewMessage(text, private=True), by=ana)
    second = post_message(conversation, NewMessage(text + "!", private=True), by=ana)

    assert Mention.objects.get().message_id == second.pk
    assert len(events("conversation.mentioned")) == 2


@pytest.mark.feature("Z-22")
def test_a_late_receipt_takes_nothing_back(conversation, ana):
    message = reply(conversation, by=ana)

    for status in (MessageStatus.READ, MessageStatus.DELIVERED, MessageStatus.SENT):
        set_message_status(message, status=status)

    stored = Message.objects.get(pk=message.pk)
    assert stored.status == MessageStatus.READ
    assert len(events("message.updated")) == 1


@pytest.mark.feature("Z-22")
def test_a_failed_message_keeps_its_reason_and_can_be_sent_again(conversation, ana):
    message = reply(conversation, by=ana)
    set_message_status(message, status=MessageStatus.FAILED, external_error="No such number")
    stored = Message.objects.get(pk=message.pk)
    assert (stored.status, stored.content_attributes) == (
        MessageStatus.FAILED,
        {"external_error": "No such number"},
    )

    retry_message(stored, by=ana)

    stored.refresh_from_db()
    assert (stored.status, stored.content_attributes) == (MessageStatus.SENT, {})
    assert [event.payload["message_id"] for event in events("message.retried")] == [message.pk]


def test_each_write_moves_the_version_on(conversation, ana, carla):
    seen = {fresh(conversation).version}
    for _ in range(3):
        reply(conversation, by=ana)
        receive_message(conversation, NewMessage("x"), sender=carla)
        seen |= {fresh(conversation).version}

    assert sorted(seen) == sorted({min(seen), min(seen) + 2, min(seen) + 4, min(seen) + 6})
