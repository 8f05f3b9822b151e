from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from ventanilla.accounts.commands.agents import remove_agent, set_availability
from ventanilla.accounts.events import PasswordChanged
from ventanilla.accounts.models import Availability, Membership
from ventanilla.config.asgi import application
from ventanilla.config.server import Server
from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.models import ContactInbox
from ventanilla.conversations.commands import (
    NewMessage,
    announce_typing,
    assign_agent,
    contact_saw,
    post_message,
    receive_message,
    start_conversation,
)
from ventanilla.events.log import record
from ventanilla.inboxes.commands.members import add_inbox_members, remove_inbox_members
from ventanilla.realtime.presence import Someone, who_is_here, write_presence
from ventanilla.realtime.tests.serving import serving
from ventanilla.realtime.tests.wire import CableWire

pytestmark = pytest.mark.django_db(transaction=True)


# ── The protocol ─────────────────────────────────────────────────────────────────────────────────────


def test_a_client_is_welcomed_in_its_own_subprotocol(cable):
    assert cable().connection.subprotocol == "actioncable-v1-json"


def test_a_ping_comes_within_three_seconds_and_tells_the_time(cable):
    ping = cable().hear(lambda frame: frame.get("type") == "ping", seconds=3.5)

    assert abs(ping["message"] - time.time()) < 3


def test_the_identifier_is_echoed_byte_for_byte(cable, ana, acme):
    identifier = (
        f'{{"user_id":{ana.pk},  "channel":"RoomChannel","account_id": "{acme.pk}",'
        f'"pubsub_token":"{ana.pubsub_token}","ñ":"\\u00e9 / \\/"}}'
    )

    answer = cable().subscribe(identifier)

    assert answer == {"identifier": identifier, "type": "confirm_subscription"}


@pytest.mark.parametrize(
    "identifier",
    [
        "nonsense",
        "{}",
        '{"channel":"RoomChannel"}',
        '{"channel":"RoomChannel","pubsub_token":""}',
        '{"channel":"RoomChannel","pubsub_token":"unknown"}',
        '{"channel":"RoomChannel","pubsub_token":"unknown","account_id":1,"user_id":1}',
        '{"channel":"RoomChannel","pubsub_token":["a"],"account_id":{},"user_id":"x"}',
    ],
)
def test_a_subscription_without_a_good_token_is_rejected(cable, identifier):
    assert cable().subscribe(identifier) == {"identifier": identifier, "type": "reject_subscription"}


def test_token_user_and_account_must_belong_together(cable, acme, globex, ana, bruno, gus, identity):
    wire = cable()
    good = {
        "channel": "RoomChannel",
        "pubsub_token": ana.pubsub_token,
        "account_id": acme.pk,
        "user_id": ana.pk,
    }

    for wrong in (
        {"user_id": bruno.pk},
        {"account_id": globex.pk},
        {"account_id": None},
        {"channel": "OtherChannel"},
        {"pubsub_token": gus.pubsub_token},
        {"pubsub_token": identity.pubsub_token},
    ):
        assert wire.subscribe({**good, **wrong})["type"] == "reject_subscription", wrong
    assert (
        wire.subscribe({"channel": "RoomChannel", "pubsub_token": ana.pubsub_token})["type"]
        == "reject_subscription"
    )
    assert wire.subscribe(good)["type"] == "confirm_subscription"


def test_what_is_no_command_is_not_heard_and_does_no_harm(cable, ana, acme):
    wire = cable()
    for noise in ("", "{", "[]", '{"command":7}', '{"command":"dance","identifier":"x"}', "ñ" * 1_000):
        wire.say(noise)

    wire.subscribe_user(ana, acme)


def test_after_unsubscribing_nothing_more_is_told(cable, ana, acme, conversation):
    wire = cable()
    identifier = wire.subscribe_user(ana, acme)
    wire.say({"command": "unsubscribe", "identifier": identifier})
    time.sleep(0.1)

    post_message(conversation, NewMessage("Hi"), by=ana)

    assert wire.events() == []


# ── Who hears what ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("W-11", "V-RTM-01")
def test_a_customers_message_reaches_the_agents_of_the_inbox_and_the_administrator(
    cable, acme, ana, bruno, admin, conversation, carla
):
    wires = [cable() for _ in range(3)]
    for wire, user in zip(wires, (ana, bruno, admin), strict=True):
        wire.subscribe_user(user, acme)

    receive_message(conversation, NewMessage("¿Hay alguien?"), sender=carla)

    for wire in wires:
        data = wire.event("message.created")
        assert data["content"] == "¿Hay alguien?"
        assert data["account_id"] == acme.pk
        assert data["message_type"] == 0
        assert data["conversation_id"] == conversation.display_id
        assert data["sender"]["type"] == "contact"


def test_an_agent_outside_the_inbox_and_another_account_hear_nothing(
    cable, acme, globex, ana, bruno, gus, api_inbox, carla
):
    identity = ContactInbox.objects.create(contact=carla, inbox=api_inbox, source_id="x")
    outside, stranger, inside = cable(), cable(), cable()
    outside.subscribe_user(bruno, acme)
    stranger.subscribe_user(gus, globex)
    inside.subscribe_user(ana, acme)

    conversation = start_conversation(identity, by=None)
    receive_message(conversation, NewMessage("Secret"), sender=carla)

    assert inside.event("message.created")["content"] == "Secret"
    assert outside.events() == []
    assert stranger.events() == []


def test_the_customer_hears_replies_and_neither_notes_nor_activity(cable, acme, ana, conversation, identity):
    wire = cable()
    wire.subscribe_contact(identity)

    post_message(conversation, NewMessage("Only for us", private=True), by=ana)
    assign_agent(conversation, assignee=ana, by=ana)
    post_message(conversation, NewMessage("For you"), by=ana)

    data = wire.event("message.created")
    assert data["content"] == "For you"
    assert data["account_id"] == acme.pk
    text = json.dumps(wire.listen())
    assert "Only for us" not in text
    assert "assignee.changed" not in text
    assert "message.created" not in text


def test_no_event_tells_a_customer_a_token(cable, ana, conversation, identity, carla):
    wire = cable()
    wire.subscribe_contact(identity)

    receive_message(conversation, NewMessage("Hello"), sender=carla)
    post_message(conversation, NewMessage("Hello"), by=ana)

    told = json.dumps(
        [frame["message"] for frame in wire.listen(0.6) if "message" in frame and "identifier" in frame]
    )
    assert "message.created" in told
    assert identity.pubsub_token not in told
    assert ana.pubsub_token not in told


def test_another_customer_of_the_inbox_hears_nothing(cable, ana, conversation, web_inbox, acme):
    other = create_contact(acme, name="Other", email="other@example.com", by=None)
    identity = ContactInbox.objects.create(contact=other, inbox=web_inbox, source_id="other")
    wire = cable()
    wire.subscribe_contact(identity)

    post_message(conversation, NewMessage("For Carla"), by=ana)

    assert wire.events() == []


def test_only_verified_identities_share_what_they_hear(cable, ana, conversation, identity, web_inbox, carla):
    second = ContactInbox.objects.create(
        contact=carla, inbox=web_inbox, source_id="phone", hmac_verified=True
    )
    third = ContactInbox.objects.create(contact=carla, inbox=web_inbox, source_id="stranger's laptop")
    first_wire, second_wire, third_wire = cable(), cable(), cable()
    first_wire.subscribe_contact(identity)
    second_wire.subscribe_contact(second)
    third_wire.subscribe_contact(third)

    post_message(conversation, NewMessage("One"), by=ana)
    assert first_wire.event("message.created")["content"] == "One"
    assert second_wire.events() == []  # the conversation's own identity is not verified

    ContactInbox.objects.filter(pk=identity.pk).update(hmac_verified=True)
    post_message(conversation, NewMessage("Two"), by=ana)
    assert first_wire.event("message.created")["content"] == "Two"
    assert second_wire.event("message.created")["content"] == "Two"
    assert third_wire.events() == []


def test_every_event_has_the_account_and_whoever_caused_it(cable, acme, ana, conversation):
    wire = cable()
    wire.subscribe_user(ana, acme)

    assign_agent(conversation, assignee=ana, by=ana)

    data = wire.event("assignee.changed")
    assert data["account_id"] == acme.pk
    assert data["performer"]["id"] == ana.pk
    assert data["performer"]["type"] == "user"
    assert data["id"] == conversation.display_id


def test_the_customers_look_is_told_to_agents_only(cable, acme, ana, conversation, identity):
    agent, customer = cable(), cable()
    agent.subscribe_user(ana, acme)
    customer.subscribe_contact(identity)
    post_message(conversation, NewMessage("Look"), by=ana)
    customer.event("message.created")

    contact_saw(conversation)

    assert agent.event("conversation.read")["id"] == conversation.display_id
    assert "conversation.read" not in customer.events()


def test_an_agent_who_joins_an_inbox_hears_it_at_once_and_one_who_leaves_does_not(
    cable, acme, ana, bruno, api_inbox, carla
):
    identity = ContactInbox.objects.create(contact=carla, inbox=api_inbox, source_id="x")
    conversation = start_conversation(identity, by=None)
    wire = cable()
    wire.subscribe_user(bruno, acme)

    add_inbox_members(api_inbox, user_ids=[bruno.pk], by=None)
    post_message(conversation, NewMessage("Welcome"), by=ana)
    assert wire.event("message.created")["content"] == "Welcome"
    wire.listen()

    remove_inbox_members(api_inbox, user_ids=[bruno.pk], by=None)
    post_message(conversation, NewMessage("Bruno is gone"), by=ana)
    assert wire.events() == []


def test_the_order_of_the_log_is_the_order_of_the_wire(cable, acme, ana, conversation):
    wire = cable()
    wire.subscribe_user(ana, acme)

    for number in range(30):
        post_message(conversation, NewMessage(str(number)), by=ana)

    assert [wire.event("message.created")["content"] for _ in range(30)] == [
        str(number) for number in range(30)
    ]


# ── Going ────────────────────────────────────────────────────────────────────────────────────────────


def ends(wire: CableWire) -> dict[str, object]:
    frame = wire.hear(lambda frame: frame.get("type") == "disconnect")
    with pytest.raises(ConnectionClosed):
        wire.listen(2)
    return frame


def test_an_agent_who_is_removed_from_the_account_is_shown_out(cable, acme, ana, admin):
    wire = cable()
    wire.subscribe_user(ana, acme)

    remove_agent(Membership.objects.get(account=acme, user=ana), by=admin)

    assert wire.event("user:logout") == {"account_id": acme.pk}
    assert ends(wire)["reconnect"] is False


def test_a_changed_password_ends_the_sockets(cable, acme, ana):
    wire = cable()
    wire.subscribe_user(ana, acme)

    with transaction.atomic():
        record(PasswordChanged(account_id=acme.pk, user_id=ana.pk))

    wire.event("user:logout")
    assert ends(wire)["reconnect"] is False


def test_when_the_server_stops_clients_are_asked_to_come_back(transactional_db, acme, ana):
    with serving(application, server_class=Server) as port:
        wire = CableWire(port)
        wire.subscribe_user(ana, acme)
    frame = wire.hear(lambda frame: frame.get("type") == "disconnect")

    assert frame["reconnect"] is True


# ── Typing and presence ──────────────────────────────────────────────────────────────────────────────


def test_typing_is_told_to_all_but_the_typist(cable, acme, ana, bruno, conversation, identity):
    typist, colleague, customer = cable(), cable(), cable()
    typist.subscribe_user(ana, acme)
    colleague.subscribe_user(bruno, acme)
    customer.subscribe_contact(identity)

    announce_typing(conversation, by=ana, on=True)

    data = colleague.event("conversation.typing_on")
    assert data["conversation"]["id"] == conversation.display_id
    assert (data["user"]["id"], data["user"]["type"], data["is_private"]) == (ana.pk, "user", False)
    assert data["account_id"] == acme.pk
    assert customer.event("conversation.typing_on")["user"]["name"] == ana.name
    assert typist.events() == []
    announce_typing(conversation, by=ana, on=False)
    assert colleague.event("conversation.typing_off")["user"]["id"] == ana.pk


def test_typing_a_note_is_not_told_to_the_customer(cable, acme, ana, bruno, conversation, identity):
    colleague, customer = cable(), cable()
    colleague.subscribe_user(bruno, acme)
    customer.subscribe_contact(identity)

    announce_typing(conversation, by=ana, on=True, is_private=True)

    assert colleague.event("conversation.typing_on")["is_private"] is True
    assert customer.events() == []


def test_a_customers_typing_is_told_to_agents_and_not_to_their_other_window(
    cable, acme, ana, conversation, identity, carla
):
    agent, window = cable(), cable()
    agent.subscribe_user(ana, acme)
    window.subscribe_contact(identity)

    announce_typing(conversation, by=carla, on=True)

    assert agent.event("conversation.typing_on")["user"]["type"] == "contact"
    assert window.events() == []


def test_whoever_never_says_that_they_stopped_is_forgotten(
    cable, acme, ana, bruno, conversation, monkeypatch
):
    monkeypatch.setattr("ventanilla.realtime.typing.TYPING_SECONDS", 0.3)
    wire = cable()
    wire.subscribe_user(bruno, acme)

    announce_typing(conversation, by=ana, on=True)

    wire.event("conversation.typing_on")
    assert wire.event("conversation.typing_off")["user"]["id"] == ana.pk


def test_subscribing_makes_one_present_and_tells_who_is_here(cable, acme, ana, bruno, identity):
    wire = cable()
    wire.subscribe_user(ana, acme)

    data = wire.event("presence.update")
    assert data["account_id"] == acme.pk
    assert data["users"] == {str(ana.pk): "online"}

    customer = cable()
    customer.subscribe_contact(identity)
    told = customer.event("presence.update")
    assert told["users"] == {str(ana.pk): "online"}
    assert "contacts" not in told
    assert wire.event("presence.update")["contacts"] == {str(identity.contact_id): "online"}


def test_a_colleague_who_comes_is_told_at_once(cable, acme, ana, bruno):
    wire = cable()
    wire.subscribe_user(ana, acme)
    wire.event("presence.update")

    cable().subscribe_user(bruno, acme)

    assert wire.event("presence.update")["users"] == {str(ana.pk): "online", str(bruno.pk): "online"}


def test_a_sign_of_life_is_answered(cable, acme, ana):
    wire = cable()
    identifier = wire.subscribe_user(ana, acme)
    wire.event("presence.update")

    wire.say(
        {"command": "message", "identifier": identifier, "data": json.dumps({"action": "update_presence"})}
    )

    assert wire.event("presence.update")["users"] == {str(ana.pk): "online"}


def test_a_reload_does_not_flicker(cable, acme, ana, bruno):
    watcher, first = cable(), cable()
    watcher.subscribe_user(bruno, acme)
    first.subscribe_user(ana, acme)
    while str(ana.pk) not in watcher.event("presence.update")["users"]:
        pass

    first.close()
    cable().subscribe_user(ana, acme)
    time.sleep(1.5)

    heard = [told for told in watcher.told(0.2) if told["event"] == "presence.update"]
    assert all(told["data"]["users"].get(str(ana.pk)) == "online" for told in heard)


def test_what_an_agent_says_of_themselves_is_told_when_it_changes(cable, acme, ana, bruno):
    wire = cable()
    wire.subscribe_user(ana, acme)
    wire.event("presence.update")

    set_availability(Membership.objects.get(account=acme, user=ana), availability=Availability.BUSY)

    assert wire.event("presence.update")["users"] == {str(ana.pk): "busy"}


def test_whoever_does_not_want_to_seem_away_stays_as_they_say(cable, acme, ana, bruno):
    Membership.objects.filter(account=acme, user=bruno).update(auto_offline=False, availability="busy")
    wire = cable()
    wire.subscribe_user(ana, acme)

    assert wire.event("presence.update")["users"] == {str(ana.pk): "online", str(bruno.pk): "busy"}


def test_whoever_is_silent_for_long_is_away(acme, ana, transactional_db):
    write_presence({Someone(acme.pk, "user", ana.pk): timezone.now()})
    assert who_is_here(acme.pk)[0] == {str(ana.pk): "online"}

    with time_machine.travel(timezone.now() + timedelta(seconds=49)):
        assert who_is_here(acme.pk)[0] == {str(ana.pk): "online"}
    with time_machine.travel(timezone.now() + timedelta(seconds=51)):
        assert who_is_here(acme.pk)[0] == {}
