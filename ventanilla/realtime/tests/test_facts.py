"""Facts describe themselves: whom each is told, in which shapes; readers of the log have no list of names of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations import commands as conversations
from ventanilla.events import facts
from ventanilla.events.facts import ALWAYS, CABLE, DESK, VISITOR, Fact, Hearers
from ventanilla.events.log import START, read_after
from ventanilla.inboxes.models import Inbox
from ventanilla.realtime import forms, stream

HOUSE = Path(facts.__file__).parents[1]
# Contract D.3: event, audience. M: members who may see the conversation, CI: the contact's own sockets.
CONTRACT = {
    "message.created": ("M", True),
    "message.updated": ("M", True),
    "first.reply.created": ("M", False),
    "conversation.created": ("M", True),
    "conversation.status_changed": ("M", True),
    "conversation.updated": ("M", True),
    "conversation.read": ("M", False),
    "conversation.contact_changed": ("M", False),
    "assignee.changed": ("M", False),
    "team.changed": ("M", False),
    "conversation.mentioned": ("U", False),
    "contact.created": ("AGC", False),
    "contact.updated": ("AGC", False),
    "contact.deleted": ("AGC", False),
    "notification.created": ("U", False),
    "notification.updated": ("U", False),
    "notification.deleted": ("U", False),
    "account.cache_invalidated": ("AG", False),
}


def kinds() -> list[type[Fact]]:
    names = facts.names_where(lambda kind: kind.__module__.endswith(".events"))
    return [facts.kind_of(name) for name in sorted(names)]


@pytest.mark.feature("X-01", "V-RTM-01")
@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_each_event_of_the_contract_goes_by_cable_to_whom_it_says(name: str) -> None:
    told = facts.kind_of(name).told
    audience, to_contact = CONTRACT[name]

    assert told.to.value == audience
    assert CABLE in told.shapes
    assert (VISITOR in told.shapes) == to_contact


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_what_is_told_is_told_somebody_and_can_be_shown(kind: type[Fact]) -> None:
    told = kind.told
    assert bool(told.shapes) == (told.to is not Hearers.NOBODY)
    if told.shapes and told.about not in stream.FORMS:
        assert told.shapes == DESK
        assert told.key or told.to is Hearers.USER, "a small collection is told its kind and the id"
    if told.key:
        assert told.key in kind.__struct_fields__
    assert kind.personal <= set(kind.__struct_fields__)
    if kind.alters_permissions - ALWAYS:
        assert "changes" in kind.__struct_fields__
    if kind.ends_sessions in ("one", "all") or told.to is Hearers.USER:
        assert "user_id" in kind.__struct_fields__


def test_sockets_name_no_event() -> None:
    """An event that is added needs no line in the room of the sockets."""
    names = {kind.name for kind in kinds()}
    found = [
        f"{path.name}: {name}"
        for path in (HOUSE / "realtime").glob("*.py")
        for name in re.findall(r'"([a-z_]+(?:\.[a-z_]+)+)"', path.read_text())
        if name in names
    ]
    assert found == []


def test_two_facts_cannot_have_one_name() -> None:
    with pytest.raises(TypeError, match=r"label\.created"):

        class LabelCreated(Fact, frozen=True, kw_only=True):
            name = "label.created"  # type: ignore[misc]


def test_an_event_of_another_version_of_the_program_is_told_nobody() -> None:
    assert not facts.kind_of("comet.seen").told.shapes
    assert not facts.alters_permissions("comet.seen", {"role": [1, 2]})


@pytest.mark.django_db
@pytest.mark.feature("T-01", "V-RTM-01")
def test_a_notification_is_shown_whole_to_the_desk_and_the_app(
    acme: Account, ana: User, admin: User, carla: Contact, web_inbox: Inbox, drain_log: Callable[[], int]
) -> None:
    identity = create_contact_inbox(carla, inbox=web_inbox)
    conversation = conversations.start_conversation(identity, by=None)
    conversations.assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    [event] = read_after(START, names={"notification.created"}, settled=False)

    [item] = stream.render([event], lambda _account: stream.EVERYTHING)

    assert (item.audience, item.user_id) == (Hearers.USER, ana.pk)
    assert item.live is not None and item.cable is not None
    shown = json.loads(item.cable.at("https://desk.example"))["data"]
    assert shown["notification"]["notification_type"] == "conversation_assignment"
    assert shown["unread_count"] == 1
    assert json.loads(item.live.at("https://desk.example"))["data"] == {
        "notification": shown["notification"], "unread_count": 1, "count": 1, "in_bell": True, "sound": None
    }  # fmt: skip


def test_what_is_loaded_for_a_batch_is_asked_for_by_what_facts_are_about() -> None:
    """A name that no fact is about would load nothing, and nothing would be shown."""
    about = {kind.told.about for kind in kinds()}
    source = (HOUSE / "realtime" / "forms.py").read_text()
    asked = {
        name
        for given in re.findall(r'_ids\("\w+", ([^*)]+)\)', source)
        for name in re.findall(r'"([^"]+)"', given)
    } | set(forms._ABOUT_CONVERSATIONS)
    assert asked and asked <= about


def test_what_changes_how_people_are_shown_says_so() -> None:
    """Else a desk would go on showing an older name: nothing later puts it right."""
    of_people = {kind.name for kind in kinds() if kind.told.about in {"agent", "team"}}
    assert {kind.name for kind in kinds() if kind.changes_people} == of_people - {"agent.link_shown"}
