"""Inboxes: what a change tells, and what it must not."""

from __future__ import annotations

import io

from django.core.files.storage import default_storage

from ventanilla.attributes.commands import create_definition, delete_definition, update_definition
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.conversations.commands.messages import post_message
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.commands.opening import start_conversation
from ventanilla.conversations.jobs import delete_hidden_inboxes
from ventanilla.conversations.models import Conversation, Message, Upload
from ventanilla.events.log import START, read_after
from ventanilla.inboxes.commands.inboxes import delete_inbox, update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.selectors import inboxes_for
from ventanilla.testing.cast import membership


def logged(name: str) -> list[dict]:
    return [event.payload for event in read_after(START, settled=False) if event.name == name]


def test_a_change_of_settings_names_the_setting_and_hides_its_value(web_inbox, admin):
    update_inbox(
        web_inbox, channel={"welcome_title": "private words"}, external_token="hush", name="Nueva", by=admin
    )
    changes = logged("inbox.updated")[-1]["changes"]
    assert changes == {"name": ["Acme web", "Nueva"], "channel.welcome_title": [None, None]}


def test_what_does_not_change_records_nothing(web_inbox, admin):
    before = len(logged("inbox.updated"))
    version = web_inbox.version
    update_inbox(web_inbox, name="Acme web", greeting_enabled=False, by=admin)
    assert len(logged("inbox.updated")) == before
    assert Inbox.objects.get(pk=web_inbox.pk).version == version


def test_deleting_an_inbox_takes_its_conversations_and_leaves_others(
    acme, admin, ana, carla, web_inbox, api_inbox
):
    for inbox in (web_inbox, api_inbox):
        conversation = start_conversation(create_contact_inbox(carla, inbox=inbox), by=None)
        upload = Upload(file=io.BytesIO(b"text"), filename="a.txt")
        post_message(conversation, NewMessage("Hola", attachments=[upload]), by=ana)
    files = {
        row.inbox_id: row.attachments.get().file.name for row in Message.objects.filter(has_attachments=True)
    }
    delete_inbox(web_inbox, by=admin)
    assert list(inboxes_for(membership(acme, ana))) == [api_inbox]
    delete_hidden_inboxes()
    assert [row.inbox_id for row in Conversation.objects.all()] == [api_inbox.pk]
    assert {row.inbox_id for row in Message.objects.all()} == {api_inbox.pk}
    assert carla.contact_inboxes.count() == 1
    assert not default_storage.exists(files[web_inbox.pk])
    assert default_storage.exists(files[api_inbox.pk])


def test_the_form_before_the_chat_follows_the_attribute_it_asks_for(acme, admin, web_inbox, drain_log):
    definition = create_definition(acme, key="plan", display_name="Plan", attribute_model=1, by=admin)
    standard = {"field_type": "standard", "name": "emailAddress", "type": "email", "enabled": True}
    field = {
        "field_type": "contact_attribute",
        "name": "plan",
        "type": "text",
        "label": "Plan",
        "required": True,
    }
    form = {"pre_chat_message": "Hola", "pre_chat_fields": [standard, field]}
    update_inbox(web_inbox, channel={"pre_chat_form_options": form}, by=admin)
    update_definition(definition, display_type="list", display_name="Tarifa", values=["a", "b"], by=admin)
    drain_log()
    fields = fields_of(web_inbox)
    assert standard.items() <= fields[0].items()
    assert (fields[1]["label"], fields[1]["type"], fields[1]["values"]) == ("Tarifa", "list", ["a", "b"])
    assert fields[1]["required"] is True
    delete_definition(definition, by=admin)
    drain_log()
    assert fields_of(web_inbox) == fields[:1]


def fields_of(inbox: Inbox) -> list[dict]:
    return Inbox.objects.get(pk=inbox.pk).channel_settings["pre_chat_form_options"]["pre_chat_fields"]
