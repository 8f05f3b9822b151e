from __future__ import annotations

import pytest

from ventanilla.accounts.commands.agents import remove_agent
from ventanilla.accounts.commands.teams import create_team, delete_team
from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.commands.identities import merge_contacts
from ventanilla.conversations.commands import (
    NewMessage,
    assign_agent,
    assign_team,
    receive_message,
    set_labels,
)
from ventanilla.conversations.consumers import Departures, LabelCopies
from ventanilla.conversations.models import Message, Participant, SenderType
from ventanilla.conversations.tests.scenes import events, fresh, talk
from ventanilla.events.consumer import drain_log as drain
from ventanilla.labels.commands import delete_label, update_label
from ventanilla.labels.models import Label
from ventanilla.testing.cast import membership

pytestmark = pytest.mark.django_db


def test_a_renamed_label_is_renamed_on_every_conversation(carla, web_inbox, ana):
    conversation = talk(carla, web_inbox)
    set_labels(conversation, titles=["vip", "señal"], by=ana)
    update_label(Label.objects.get(title="señal"), title="aviso", by=None)

    drain([LabelCopies()])

    assert fresh(conversation).label_titles == ["aviso", "vip"]
    assert events("conversation.updated")[-1].payload["changes"] == {
        "label_list": [["señal", "vip"], ["aviso", "vip"]]
    }


def test_a_deleted_label_is_gone_from_every_conversation(carla, web_inbox, ana):
    conversation = talk(carla, web_inbox)
    set_labels(conversation, titles=["vip"], by=ana)
    delete_label(Label.objects.get(), by=None)

    drain([LabelCopies()])

    assert fresh(conversation).label_titles == []


def test_who_leaves_the_account_leaves_their_conversations(acme, carla, web_inbox, ana, admin):
    conversation = talk(carla, web_inbox)
    assign_agent(conversation, assignee=ana, by=None)
    remove_agent(membership(acme, ana), by=admin)

    drain([Departures()])

    assert fresh(conversation).assignee_id is None
    assert not Participant.objects.exists()


def test_a_deleted_team_has_no_conversations(acme, carla, web_inbox):
    conversation = talk(carla, web_inbox)
    team = create_team(acme, name="sales", by=None)
    assign_team(conversation, team=team, by=None)
    delete_team(team, by=None)

    drain([Departures()])

    assert fresh(conversation).team_id is None


@pytest.mark.feature("Z-23")
def test_a_merged_contacts_conversations_are_the_other_contacts(acme, carla, api_inbox):
    other = create_contact(acme, name="Carla again", by=None)
    conversation = talk(other, api_inbox, "Hi")
    version = fresh(conversation).version
    merge_contacts(carla, mergee=other, by=None)

    drain([Departures()])

    stored = fresh(conversation)
    assert stored.contact_id == carla.pk
    assert stored.version > version
    assert Message.objects.get(sender_type=SenderType.CONTACT).sender_id == carla.pk
    assert [event.payload["conversation_id"] for event in events("conversation.contact_changed")] == [
        conversation.pk
    ]


@pytest.mark.feature("Z-23")
def test_what_a_merged_contact_wrote_in_anothers_thread_is_the_other_contacts(acme, carla, api_inbox):
    stranger = create_contact(acme, name="Sofía, del taller", by=None)
    owner = create_contact(acme, name="Olga", by=None)
    conversation = talk(owner, api_inbox, "Hola")
    written = receive_message(conversation, NewMessage("Yo lo arreglo"), sender=stranger)
    merge_contacts(carla, mergee=stranger, by=None)

    drain([Departures()])

    assert Message.objects.get(pk=written.pk).sender_id == carla.pk
    assert fresh(conversation).contact_id == owner.pk
