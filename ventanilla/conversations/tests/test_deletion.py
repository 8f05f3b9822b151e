from __future__ import annotations

import io

import pytest

from ventanilla.conversations.commands import NewMessage, delete_conversation, delete_message, post_message
from ventanilla.conversations.errors import DeletionNotAllowed
from ventanilla.conversations.models import Attachment, Conversation, Message, Upload
from ventanilla.conversations.rendering import message_events, messages_json, public_messages_json
from ventanilla.conversations.tests.scenes import events, fresh, reply, talk
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import storage
from ventanilla.kit.errors import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(carla, api_inbox) -> Conversation:
    return talk(carla, api_inbox, "Hi")


def _file(name: str = "a.txt") -> Upload:
    return Upload(file=io.BytesIO(b"a secret file"), filename=name)


@pytest.mark.feature("C-21")
def test_what_a_deleted_message_said_is_gone_for_everybody(conversation, ana):
    message = post_message(conversation, NewMessage("the secret 4711", attachments=[_file()]), by=ana)
    path = Attachment.objects.get().file.name

    delete_message(message, by=ana)

    stored = Message.objects.get(pk=message.pk)
    assert stored.content_attributes == {"deleted": True}
    assert not Attachment.objects.exists()
    assert not storage.exists(path)
    for render in (messages_json, message_events, public_messages_json):
        shown = render([message.pk], account_id=stored.account_id)[message.pk]
        assert b"4711" not in shown
        assert b"secret" not in shown
    assert all("4711" not in str(event.payload) for event in events())
    assert [event.payload["changes"] for event in events("message.updated")] == [{"deleted": [False, True]}]


def test_deleting_twice_is_deleting_once(conversation, ana):
    message = reply(conversation, by=ana)

    delete_message(message, by=ana)
    delete_message(message, by=ana)

    assert len(events("message.updated")) == 1


def test_an_inbox_can_keep_agents_but_not_administrators_from_deleting(conversation, ana, admin):
    Inbox.objects.update(allow_agent_to_delete_message=False)
    message = Message.objects.get(pk=reply(conversation, by=ana).pk)

    with pytest.raises(DeletionNotAllowed):
        delete_message(message, by=ana)
    delete_message(message, by=admin)

    assert Message.objects.get(pk=message.pk).deleted_at is not None


def test_a_deleted_conversation_takes_messages_and_files_with_it(conversation, admin):
    post_message(conversation, NewMessage("x", attachments=[_file()]), by=admin)
    path = Attachment.objects.get().file.name

    delete_conversation(conversation, by=admin)

    assert not Conversation.objects.exists()
    assert not Message.objects.exists()
    assert not storage.exists(path)
    gone = events("conversation.deleted")[0]
    assert gone.payload["display_id"] == 1
    with pytest.raises(NotFound):
        reply(conversation, by=admin)


def test_numbers_of_deleted_conversations_are_not_given_again(conversation, carla, api_inbox, admin):
    delete_conversation(conversation, by=admin)

    assert fresh(talk(carla, api_inbox)).display_id == 2
