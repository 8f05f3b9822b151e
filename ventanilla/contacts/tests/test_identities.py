"""Who is who: identities found, contacts recognised, two that are one merged (F.11)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ventanilla.contacts.commands.contacts import create_contact, update_contact
from ventanilla.contacts.commands.identities import (
    create_contact_inbox,
    find_or_create_contact_inbox,
    identify_contact,
    merge_contacts,
)
from ventanilla.contacts.commands.labels import set_contact_labels
from ventanilla.contacts.commands.notes import create_note
from ventanilla.contacts.errors import SourceTaken
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.conversations.commands.opening import start_conversation
from ventanilla.conversations.models import Conversation
from ventanilla.events.log import START, read_after
from ventanilla.inboxes.channel import Capabilities, Identity, registry
from ventanilla.inboxes.models import Inbox
from ventanilla.labels.commands import create_label


def facts() -> list[str]:
    return [event.name for event in read_after(START, settled=False) if event.name.startswith("contact.")]


@pytest.fixture
def visitor(acme):
    return create_contact(acme, name="quiet-river-12", by=None)


@pytest.mark.feature("P-01")
def test_the_first_message_of_an_unknown_sender_makes_a_contact_and_the_second_does_not(web_inbox):
    first = find_or_create_contact_inbox(web_inbox, source_id="cookie")
    again = find_or_create_contact_inbox(web_inbox, source_id="cookie", name="Ignored")
    assert first.pk == again.pk
    assert Contact.objects.count() == 1
    assert len(first.contact.name.split("-")) == 3
    assert first.contact.contact_type == "visitor"


def test_a_known_address_is_the_known_contact(api_inbox, carla):
    made = find_or_create_contact_inbox(api_inbox, source_id="x", email="CARLA@example.com", name="C.")
    assert made.contact == carla
    assert Contact.objects.get(pk=carla.pk).name == "Carla Cliente"


def test_the_identifier_decides_before_the_address(acme, api_inbox, carla):
    other = create_contact(acme, identifier="crm-7", by=None)
    made = find_or_create_contact_inbox(api_inbox, source_id="x", email=carla.email, identifier="crm-7")
    assert made.contact == other


def test_what_is_not_valid_does_not_stop_a_message(api_inbox):
    made = find_or_create_contact_inbox(
        api_inbox, source_id="x", email="nonsense", phone_number="12", name="Nora"
    )
    assert (made.contact.email, made.contact.phone_number, made.contact.name) == (None, None, "Nora")


def test_a_contact_of_another_account_is_never_recognised(globex, api_inbox):
    theirs = create_contact(globex, email="same@example.com", by=None)
    made = find_or_create_contact_inbox(api_inbox, source_id="x", email="same@example.com")
    assert made.contact != theirs


def test_an_identity_belongs_to_one_contact(api_inbox, carla, visitor):
    create_contact_inbox(carla, inbox=api_inbox, source_id="x")
    with pytest.raises(SourceTaken):
        create_contact_inbox(visitor, inbox=api_inbox, source_id="x")


# ── recognising ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("P-08")
def test_an_address_given_in_chat_is_added_and_makes_a_lead(visitor):
    known = identify_contact(visitor, email="New@example.com", by=visitor)
    assert (known.email, known.contact_type) == ("new@example.com", "lead")


@pytest.mark.parametrize("given", [{"email": "carla@example.com"}, {"phone_number": "+56912345678"}])
def test_a_visitor_who_gives_a_known_key_is_that_contact(carla, visitor, api_inbox, given):
    create_contact_inbox(visitor, inbox=api_inbox, source_id="cookie")
    known = identify_contact(visitor, by=visitor, **given)
    assert known == carla
    assert ContactInbox.objects.get(source_id="cookie").contact == carla
    assert not Contact.objects.filter(pk=visitor.pk).exists()


def test_two_identifiers_are_two_people_and_the_address_is_left_out(acme, carla):
    one = create_contact(acme, identifier="A", by=None)
    identify_contact(carla, identifier="B", by=None)
    known = identify_contact(one, email="carla@example.com", name="Uno", by=None)
    assert known == one
    assert (known.email, known.name) == (None, "Uno")
    assert Contact.objects.get(pk=carla.pk).email == "carla@example.com"


def test_a_known_phone_with_another_address_is_another_person(acme, carla):
    other = create_contact(acme, email="other@example.com", by=None)
    known = identify_contact(other, phone_number="+56912345678", by=None)
    assert known == other
    assert known.phone_number is None


def test_attributes_merge_deeply_when_someone_says_who_they_are(acme, visitor):
    visitor.additional_attributes = {"social_profiles": {"twitter": "a"}, "city": "Lima"}
    visitor.save()
    known = identify_contact(
        visitor,
        by=None,
        additional_attributes={"social_profiles": {"github": "b"}},
        custom_attributes={"x": 1},
    )
    assert known.additional_attributes == {"social_profiles": {"twitter": "a", "github": "b"}, "city": "Lima"}
    assert (known.location, known.custom_attributes) == ("Lima", {"x": 1})


def test_the_form_before_the_chat_keeps_a_name_that_stands(carla):
    assert identify_contact(carla, name="c", keep_name=True, by=None).name == "Carla Cliente"
    assert identify_contact(carla, name="Carla C.", by=None).name == "Carla C."


# ── merging ───────────────────────────────────────────────────────────────────────────────────────────


def test_merging_moves_everything_and_fills_what_the_base_lacks(acme, admin, ana, carla, visitor, api_inbox):
    create_label(acme, title="vip", by=admin)
    create_label(acme, title="new", by=admin)
    set_contact_labels(carla, titles=["vip"], by=ana)
    set_contact_labels(visitor, titles=["vip", "new"], by=ana)
    create_note(visitor, content="note", by=ana)
    conversation = start_conversation(create_contact_inbox(visitor, inbox=api_inbox), by=None)
    version = Conversation.objects.get(pk=conversation.pk).version
    identify_contact(visitor, identifier="crm-1", custom_attributes={"a": 1, "b": {"c": 1}}, by=None)
    identify_contact(carla, custom_attributes={"b": {"d": 2}, "a": 9}, by=None)

    base = merge_contacts(carla, mergee=visitor, by=ana)

    assert (base.name, base.identifier) == ("Carla Cliente", "crm-1")
    assert base.custom_attributes == {"a": 9, "b": {"c": 1, "d": 2}}
    assert base.label_titles == ["new", "vip"]
    assert base.contact_labels.count() == 2
    assert base.notes.count() == 1
    moved = Conversation.objects.get(pk=conversation.pk)
    assert moved.contact == carla
    assert moved.version > version
    assert not Contact.objects.filter(pk=visitor.pk).exists()
    assert facts()[-1] == "contact.merged"


def test_merging_a_contact_with_itself_does_nothing(carla, ana):
    before = facts()
    assert merge_contacts(carla, mergee=carla, by=ana) is carla
    assert facts() == before


def test_every_change_of_a_contact_is_in_the_log(acme, ana, carla):
    create_label(acme, title="vip", by=ana)
    identify_contact(carla, name="Otra", by=ana)
    set_contact_labels(carla, titles=["vip"], by=ana)
    events = [event for event in read_after(START, settled=False) if event.name.startswith("contact.")]
    assert [event.name for event in events] == ["contact.created", "contact.updated", "contact.updated"]
    assert events[1].payload["changes"] == {"name": ["Carla Cliente", "Otra"]}
    assert events[2].payload["changes"] == {"label_list": [[], ["vip"]]}
    assert events[1].actor == ("user", ana.pk)


def test_the_identity_at_whatsapp_follows_a_new_number(acme, carla, ana, monkeypatch):
    network = SimpleNamespace(capabilities=Capabilities(identity=Identity.PHONE_DIGITS))
    monkeypatch.setitem(registry(), "whatsapp", network)
    inbox = Inbox.objects.create(account=acme, name="WhatsApp", kind="whatsapp")
    made = create_contact_inbox(carla, inbox=inbox)
    assert made.source_id == "56912345678"
    update_contact(carla, phone_number="+34600111222", by=ana)
    assert ContactInbox.objects.get(pk=made.pk).source_id == "34600111222"
