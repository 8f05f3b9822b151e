from __future__ import annotations

import json
import random
import time
from datetime import timedelta

import pytest
from django.db import transaction
from websockets.exceptions import ConnectionClosed, InvalidStatus

from ventanilla.accounts.commands.agents import remove_agent
from ventanilla.accounts.commands.sessions import note_sign_out
from ventanilla.accounts.models import Membership, Team
from ventanilla.contacts.commands.contacts import create_contact, update_contact
from ventanilla.contacts.models import ContactInbox
from ventanilla.conversations.commands import (
    NewMessage,
    announce_typing,
    assign_agent,
    assign_team,
    change_status,
    delete_conversation,
    post_message,
    receive_message,
    save_draft,
    start_conversation,
)
from ventanilla.conversations.commands.scheduled import cancel_scheduled, schedule_message
from ventanilla.conversations.models import Conversation, Status
from ventanilla.conversations.rendering import conversations_json, messages_json
from ventanilla.events.log import prune, settled_position
from ventanilla.events.models import Event
from ventanilla.inboxes.commands.members import add_inbox_members, remove_inbox_members
from ventanilla.kit.clock import now
from ventanilla.realtime import live
from ventanilla.realtime.tests.conftest import sign_in
from ventanilla.realtime.tests.wire import LiveWire
from ventanilla.testing.cast import make_user

pytestmark = pytest.mark.django_db(transaction=True)


# ── The door ─────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_enters_without_a_session(port):
    for cookie in ("", "made-up"):
        with pytest.raises(InvalidStatus) as refused:
            LiveWire(port, cookie)
        assert refused.value.response.status_code == 403


def test_a_page_of_another_site_cannot_open_the_socket(port, ana):
    with pytest.raises(InvalidStatus):
        LiveWire(port, sign_in(ana), origin="https://evil.example")


def test_a_session_from_before_the_password_changed_is_no_session(port, ana):
    session = sign_in(ana)
    ana.set_password("Otra-clave-2")
    ana.save()

    with pytest.raises(InvalidStatus):
        LiveWire(port, session)


def test_another_accounts_door_stays_shut(desk, ana, globex, gus):
    wire = desk(ana)
    wire.say({"type": "hello", "account_id": globex.pk, "after": None})

    assert wire.hear(lambda frame: frame["type"] == "disconnect")["reason"] == "forbidden"


def test_a_ping_is_answered(desk, ana, acme):
    wire = desk(ana)
    wire.hello(acme)
    wire.say({"type": "ping"})

    assert wire.hear(lambda frame: frame["type"] == "pong") == {"type": "pong"}


def test_noise_does_no_harm(desk, ana, acme):
    wire = desk(ana)
    for noise in ("", "{", "[]", '{"type":7}', '{"type":"dance"}', '{"type":"typing"}', '{"type":"hello"}'):
        wire.say(noise)

    wire.hello(acme)


# ── What is told ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("V-RTM-01", "W-11")
def test_a_message_comes_with_its_conversation_as_the_api_shows_them(desk, ana, acme, conversation, carla):
    wire = desk(ana)
    wire.hello(acme)

    message = receive_message(conversation, NewMessage("Hola", echo_id="e-1"), sender=carla)

    data = wire.event("message.created")
    assert data["message"]["id"] == message.pk
    assert data["message"]["content"] == "Hola"
    assert data["message"]["echo_id"] == "e-1"
    assert data["message"]["version"] == 1
    assert data["conversation"]["id"] == conversation.display_id
    assert data["conversation"]["unread_count"] == 1
    assert data["conversation"]["version"] > 1


def test_versions_only_grow(desk, ana, acme, conversation, carla):
    wire = desk(ana)
    wire.hello(acme)

    versions = []
    for number in range(5):
        receive_message(conversation, NewMessage(str(number)), sender=carla)
        versions.append(wire.event("message.created")["conversation"]["version"])

    assert versions == sorted(set(versions))


def test_positions_only_grow(desk, ana, acme, conversation, carla):
    wire = desk(ana)
    wire.hello(acme)
    for number in range(5):
        receive_message(conversation, NewMessage(str(number)), sender=carla)
    wire.event("message.created")

    positions = [tuple(map(int, f["position"].split("-"))) for f in wire.listen(0.5) if f["type"] == "events"]
    assert positions == sorted(positions)


def test_contacts_drafts_and_small_collections(desk, ana, acme, conversation, carla, admin, bruno):
    wire, other = desk(ana), desk(bruno)
    wire.hello(acme)
    other.hello(acme)

    update_contact(carla, name="Carla C.", by=ana)
    assert wire.event("contact.updated")["contact"]["name"] == "Carla C."
    save_draft(conversation, user=ana, mode="note", content="ojo")
    assert wire.event("draft.saved") == {
        "conversation_id": conversation.display_id,
        "mode": "note",
        "content": "ojo",
        "is_shared": False,
        "taken_by": None,
    }
    add_inbox_members(conversation.inbox, user_ids=[admin.pk], by=None)
    assert wire.event("inbox.members_changed") == {"kind": "inbox", "id": conversation.inbox_id}
    assert "draft.saved" not in str(other.listen())


def test_all_who_see_the_conversation_hear_what_is_scheduled(
    desk, ana, bruno, gus, acme, globex, conversation
):
    wire, stranger = desk(bruno), desk(gus)
    wire.hello(acme)
    stranger.hello(globex)

    row = schedule_message(conversation, by=ana, content="Luego", send_at=now() + timedelta(days=1))
    said = {"conversation_id": conversation.display_id, "id": row.pk}
    assert wire.event("scheduled_message.changed") == said
    cancel_scheduled(row, by=ana)
    assert wire.event("scheduled_message.changed") == said
    assert "scheduled" not in str(stranger.listen())


def test_a_deleted_conversation_is_told_by_its_number(desk, ana, acme, conversation, admin):
    wire = desk(ana)
    wire.hello(acme)

    delete_conversation(conversation, by=admin)

    assert wire.event("conversation.deleted") == {"id": conversation.display_id}


def test_an_agent_of_another_inbox_is_told_nothing(desk, bruno, ana, acme, api_inbox, carla):
    identity = ContactInbox.objects.create(contact=carla, inbox=api_inbox, source_id="x")
    wire = desk(bruno)
    wire.hello(acme)

    conversation = start_conversation(identity, by=None)
    post_message(conversation, NewMessage("Secret"), by=ana)

    assert "Secret" not in str(wire.listen(0.5))


@pytest.mark.feature("Z-08")
def test_whoever_loses_sight_of_a_conversation_is_told_to_hide_it(desk, ana, bruno, acme, conversation):
    team = Team.objects.create(account=acme, name="ventas", sight="team", allow_auto_assign=False)
    team.members.add(bruno)
    wire = desk(bruno)
    wire.hello(acme)

    assign_team(conversation, team=team, by=ana)
    assert wire.event("team.changed")["conversation"]["id"] == conversation.display_id
    assign_team(conversation, team=None, by=ana)

    assert wire.event("conversation.hidden") == {"id": conversation.display_id}


def test_a_team_gets_sight_of_what_is_given_to_it(desk, ana, bruno, acme, conversation):
    team = Team.objects.create(account=acme, name="ventas", sight="team", allow_auto_assign=False)
    team.members.add(bruno)
    wire = desk(bruno)
    wire.hello(acme)

    assign_team(conversation, team=team, by=ana)

    assert wire.event("team.changed")["conversation"]["id"] == conversation.display_id


def test_whoever_may_see_other_inboxes_now_is_told_to_load_anew(desk, bruno, acme, api_inbox):
    wire = desk(bruno)
    wire.hello(acme)

    add_inbox_members(api_inbox, user_ids=[bruno.pk], by=None)

    wire.hear(lambda frame: frame["type"] == "reset")


def test_between_a_reset_and_the_next_hello_a_desk_is_told_nothing(desk, ana, bruno, acme, api_inbox, carla):
    """What came then would move the position of a desk that is about to load everything anew."""
    identity = ContactInbox.objects.create(contact=carla, inbox=api_inbox, source_id="x")
    conversation = start_conversation(identity, by=None)
    wire = desk(bruno)
    wire.hello(acme)
    add_inbox_members(api_inbox, user_ids=[bruno.pk], by=None)
    wire.hear(lambda frame: frame["type"] == "reset")
    wire.listen(0.2)

    post_message(conversation, NewMessage("unheard"), by=ana)
    assert "unheard" not in str(wire.listen(0.5))
    wire.hello(acme)
    post_message(conversation, NewMessage("heard"), by=ana)

    assert wire.event("message.created")["message"]["content"] == "heard"


def test_saying_hello_again_does_not_close_the_conversation_one_has_open(
    desk, ana, bruno, acme, conversation
):
    first, second = desk(ana), desk(bruno)
    first.hello(acme)
    second.hello(acme)
    first.say({"type": "viewing", "conversation_id": conversation.display_id})
    second.ephemeral("viewing")

    first.hello(acme)

    assert "viewing" not in str(second.listen(0.4))


# ── Coming back ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("Z-01")
def test_a_desk_that_was_away_is_told_what_it_missed_in_order_and_once(
    desk, ana, acme, conversation, carla, settings
):
    settings.MAX_MESSAGES_PER_MINUTE = 0
    first = desk(ana)
    position = first.hello(acme)
    first.close()
    for number in range(250):
        if number % 50 == 0:
            receive_message(conversation, NewMessage(str(number)), sender=carla)
        else:
            post_message(conversation, NewMessage(str(number)), by=ana)

    second = desk(ana)
    second.hello(acme, after=position)
    post_message(conversation, NewMessage("250"), by=ana)

    heard = [second.event("message.created")["message"]["content"] for _ in range(251)]
    assert heard == [str(number) for number in range(251)]


@pytest.mark.feature("Z-01")
def test_a_desk_that_comes_back_while_messages_pour_in_misses_none_and_gets_none_twice(
    port, ana, acme, conversation, carla
):
    """The moment of changing over from the log to the live stream, many times over."""
    session = sign_in(ana)
    with LiveWire(port, session) as wire:
        position = wire.hello(acme)
    heard: list[int] = []
    sent = 0
    for _ in range(25):
        wire = LiveWire(port, session)
        wire.say({"type": "hello", "account_id": acme.pk, "after": position})
        for _ in range(random.randrange(1, 6)):
            receive_message(conversation, NewMessage(str(sent)), sender=carla)
            sent += 1
            time.sleep(random.random() * 0.004)
        try:
            for frame in wire.listen(0.05):
                position = frame.get("position", position)
                heard += _messages(frame)
        except ConnectionClosed:
            pass
        wire.close()
    with LiveWire(port, session) as wire:
        wire.hello(acme, after=position)
        for frame in wire.listen(0.5):
            heard += _messages(frame)

    assert heard == list(range(sent))


def _messages(frame) -> list[int]:
    events = frame["events"] if frame["type"] == "events" else []
    return [
        int(event["data"]["message"]["content"]) for event in events if event["name"] == "message.created"
    ]


@pytest.mark.parametrize("after", ["nonsense", "0-999999999", "9-1-1"])
def test_a_position_that_is_none_of_ours_resets(desk, ana, acme, after):
    wire = desk(ana)
    wire.say({"type": "hello", "account_id": acme.pk, "after": after})

    wire.hear(lambda frame: frame["type"] == "reset")
    wire.hello(acme)  # on the same socket


def test_a_position_older_than_the_log_resets(desk, ana, acme, conversation):
    first = desk(ana)
    position = first.hello(acme)
    post_message(conversation, NewMessage("x"), by=ana)
    first.event("message.created")
    first.close()
    Event.objects.update(occurred_at="2020-01-01T00:00:00Z")
    assert prune() > 0

    wire = desk(ana)
    wire.say({"type": "hello", "account_id": acme.pk, "after": position})

    wire.hear(lambda frame: frame["type"] == "reset")


def test_too_much_to_tell_resets(desk, ana, acme, conversation, monkeypatch):
    monkeypatch.setattr(live, "MAX_CATCH_UP_EVENTS", 5)
    position = str(settled_position())
    for number in range(6):
        post_message(conversation, NewMessage(str(number)), by=ana)
    time.sleep(1.2)  # the hub has passed them, so that the desk must catch up

    wire = desk(ana)
    wire.say({"type": "hello", "account_id": acme.pk, "after": position})

    wire.hear(lambda frame: frame["type"] == "reset")


def test_whoever_lost_an_inbox_while_away_loads_anew(desk, ana, bruno, acme, conversation):
    position = str(settled_position())
    post_message(conversation, NewMessage("x"), by=ana)
    remove_inbox_members(conversation.inbox, user_ids=[bruno.pk], by=None)

    wire = desk(bruno)
    wire.say({"type": "hello", "account_id": acme.pk, "after": position})

    assert "message.created" not in str(wire.listen(0.5))


@pytest.mark.feature("Z-01")
def test_after_any_absence_the_events_lead_to_what_a_fresh_load_shows(
    port, ana, bruno, admin, acme, web_inbox
):
    """Random changes, random absences: what the desk has put together equals what the API would show."""
    chance = random.Random(7)
    people = [ana, bruno, admin]
    contacts = [create_contact(acme, name=f"C{n}", email=f"c{n}@example.com", by=None) for n in range(4)]
    identities = [
        ContactInbox.objects.create(contact=c, inbox=web_inbox, source_id=f"s{c.pk}") for c in contacts
    ]
    conversations = [start_conversation(identity, by=None) for identity in identities]
    session = sign_in(ana)

    with LiveWire(port, session) as wire:
        position = wire.hello(acme)
    shown = _Shown()
    shown.load(acme.pk)
    for _ in range(15):
        for _ in range(chance.randrange(1, 6)):
            conversation = chance.choice(conversations)
            conversation.refresh_from_db()
            match chance.randrange(5):
                case 0:
                    receive_message(conversation, NewMessage("in"), sender=conversation.contact)
                case 1:
                    post_message(conversation, NewMessage("out"), by=chance.choice(people))
                case 2:
                    post_message(conversation, NewMessage("note", private=True), by=chance.choice(people))
                case 3:
                    assign_agent(conversation, assignee=chance.choice([*people, None]), by=admin)
                case 4:
                    change_status(
                        conversation, status=chance.choice([Status.OPEN, Status.RESOLVED]), by=admin
                    )
        if chance.random() < 0.6:
            with LiveWire(port, session) as wire:
                wire.hello(acme, after=position)
                for frame in wire.listen(0.25):
                    position = frame.get("position", position)
                    shown.apply(frame)
    with LiveWire(port, session) as wire:
        wire.hello(acme, after=position)
        for frame in wire.listen(0.5):
            shown.apply(frame)

    fresh = _Shown()
    fresh.load(acme.pk)
    assert shown.versions() == fresh.versions()


class _Shown:
    """What a desk shows: by id, the newest version it has been told."""

    def __init__(self) -> None:
        self.conversations: dict[int, dict[str, object]] = {}
        self.messages: dict[int, dict[str, object]] = {}

    def load(self, account_id: int) -> None:
        ids = list(Conversation.objects.filter(account_id=account_id).values_list("pk", flat=True))
        for rendered in conversations_json(ids, account_id=account_id).values():
            self._put(self.conversations, json.loads(rendered))
        for conversation in Conversation.objects.filter(account_id=account_id):
            message_ids = list(conversation.messages.values_list("pk", flat=True))
            for rendered in messages_json(message_ids, account_id=account_id).values():
                self._put(self.messages, json.loads(rendered))

    def apply(self, frame) -> None:
        for event in frame.get("events", []):
            data = event["data"]
            if "message" in data:
                self._put(self.messages, data["message"])
            if "conversation" in data:
                self._put(self.conversations, data["conversation"])

    @staticmethod
    def _put(store, item) -> None:
        if item["id"] not in store or store[item["id"]]["version"] <= item["version"]:
            store[item["id"]] = item

    def versions(self) -> object:
        parts = ("status", "unread_count", "version", "last_activity_at", "labels")
        return (
            {key: [value[part] for part in parts] for key, value in self.conversations.items()},
            {
                key: [value["content"], value["private"], value["version"]]
                for key, value in self.messages.items()
            },
        )


# ── Going ────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_is_removed_from_the_account_is_shown_out(desk, ana, acme, admin):
    wire = desk(ana)
    wire.hello(acme)

    remove_agent(Membership.objects.get(account=acme, user=ana), by=admin)

    assert wire.hear(lambda frame: frame["type"] == "disconnect")["reconnect"] is False


def test_signing_out_closes_that_desk_and_leaves_the_other_one_open(port, ana, acme):
    from ventanilla.accounts.browser_sessions import SessionStore

    going, staying = sign_in(ana), sign_in(ana)
    with LiveWire(port, going) as first, LiveWire(port, staying) as second:
        first.hello(acme)
        second.hello(acme)

        SessionStore(going).delete()
        note_sign_out(ana)

        assert first.hear(lambda frame: frame["type"] == "disconnect")["reason"] == "signed_out"
        second.say({"type": "ping"})
        second.hear(lambda frame: frame["type"] == "pong")


# ── Short-lived things ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("Z-04")
def test_a_desk_that_types_is_told_to_others_who_may_see_it(desk, ana, bruno, acme, conversation):
    typist, colleague = desk(ana), desk(bruno)
    typist.hello(acme)
    colleague.hello(acme)

    typist.say({"type": "typing", "conversation_id": conversation.display_id, "on": True, "is_private": True})

    assert colleague.ephemeral("typing") == {
        "conversation_id": conversation.display_id,
        "user": {"id": ana.pk, "name": ana.available_name, "type": "user"},
        "on": True,
        "is_private": True,
    }
    assert "typing" not in str(typist.listen())


def test_nobody_types_into_a_conversation_they_cannot_see(desk, ana, bruno, acme, api_inbox, carla):
    identity = ContactInbox.objects.create(contact=carla, inbox=api_inbox, source_id="x")
    hidden = start_conversation(identity, by=None)
    typist, colleague = desk(bruno), desk(ana)
    typist.hello(acme)
    colleague.hello(acme)

    typist.say({"type": "typing", "conversation_id": hidden.display_id, "on": True})
    typist.say({"type": "viewing", "conversation_id": hidden.display_id})

    heard = str(colleague.listen(0.5))
    assert "'typing'" not in heard
    assert "'viewing'" not in heard


@pytest.mark.feature("Z-04")
def test_who_has_a_conversation_open_is_told_until_they_leave(desk, ana, bruno, acme, conversation):
    first, second = desk(ana), desk(bruno)
    first.hello(acme)
    second.hello(acme)
    number = conversation.display_id

    first.say({"type": "viewing", "conversation_id": number})
    assert second.ephemeral("viewing") == {
        "conversation_id": number,
        "users": [{"id": ana.pk, "name": ana.available_name}],
    }
    second.say({"type": "viewing", "conversation_id": number})
    seen_by_both = second.ephemeral("viewing")
    assert [user["id"] for user in seen_by_both["users"]] == [ana.pk, bruno.pk]
    second.listen()
    first.close()

    assert [user["id"] for user in second.ephemeral("viewing")["users"]] == [bruno.pk]


def test_a_desk_makes_its_user_present_and_is_told_who_is_here(desk, ana, acme, bruno):
    wire = desk(ana)
    wire.hello(acme)

    assert wire.ephemeral("presence") == {"users": {str(ana.pk): "online"}, "contacts": {}}
    desk(bruno).hello(acme)
    assert wire.ephemeral("presence")["users"] == {str(ana.pk): "online", str(bruno.pk): "online"}


def test_a_customers_typing_reaches_the_desk(desk, ana, acme, conversation, carla):
    wire = desk(ana)
    wire.hello(acme)

    announce_typing(conversation, by=carla, on=True)

    assert wire.ephemeral("typing")["user"]["type"] == "contact"


def test_an_attachments_address_is_the_one_by_which_the_desk_reached_us(desk, port, ana, acme, conversation):
    from io import BytesIO

    from ventanilla.conversations.models import Upload

    wire = desk(ana)
    wire.hello(acme)

    post_message(
        conversation,
        NewMessage("", attachments=[Upload(BytesIO(b"%PDF-1.4 hello"), "a.pdf", "application/pdf")]),
        by=ana,
    )

    url = wire.event("message.created")["message"]["attachments"][0]["data_url"]
    assert url.startswith(f"http://127.0.0.1:{port}/")


def test_two_events_of_one_transaction_come_in_one_frame(desk, ana, acme, conversation):
    wire = desk(ana)
    wire.hello(acme)

    with transaction.atomic():
        post_message(conversation, NewMessage("1"), by=ana)
        post_message(conversation, NewMessage("2"), by=ana)

    frame = wire.hear(lambda frame: frame["type"] == "events")
    assert [
        event["data"]["message"]["content"] for event in frame["events"] if event["name"] == "message.created"
    ] == [
        "1",
        "2",
    ]


def test_a_colleague_in_two_accounts_hears_each_in_its_own(desk, ana, acme, globex, conversation):
    make_user(globex, "vera@globex.example", name="Vera")
    Membership.objects.create(account=globex, user=ana, role="agent")
    wire = desk(ana)
    wire.hello(globex)

    post_message(conversation, NewMessage("In acme"), by=ana)

    assert "In acme" not in str(wire.listen(0.4))
