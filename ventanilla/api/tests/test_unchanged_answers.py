"""An answer the caller has already is not sent again, and everything an answer shows makes it another one."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from ventanilla.accounts.commands.agents import set_availability, update_agent
from ventanilla.accounts.commands.teams import add_team_members, create_team, update_team
from ventanilla.accounts.commands.users import update_profile
from ventanilla.accounts.models import AccessToken, Account, Team, User
from ventanilla.contacts.commands.contacts import set_blocked, update_contact
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations import commands
from ventanilla.conversations.commands.attachments import Upload
from ventanilla.conversations.models import Conversation, Message, Status
from ventanilla.inboxes.commands.members import remove_inbox_members
from ventanilla.inboxes.models import Inbox
from ventanilla.labels.commands import create_label, update_label
from ventanilla.testing.cast import in_account, membership, set_present


@dataclass
class Scene:
    """Carla's conversation, answered by bruno and assigned to him and his team; ana looks on."""

    account: Account
    ana: User
    bruno: User
    carla: Contact
    inbox: Inbox
    team: Team
    conversation: Conversation
    answer: Message
    drain_log: Callable[[], int]

    def ask(self, path: str, tag: str = "", **headers: str) -> Any:
        given = {"api_access_token": AccessToken.objects.get(user=self.ana).sealed} | headers
        if tag:
            given["If-None-Match"] = tag
        return Client().get(in_account(self.account, path), headers=given)


@pytest.fixture
def scene(acme, ana, bruno, carla, web_inbox, drain_log) -> Scene:
    conversation = commands.start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
    commands.receive_message(conversation, commands.NewMessage("Where is my order?"), sender=carla)
    answer = commands.post_message(conversation, commands.NewMessage("On its way."), by=bruno)
    team = create_team(acme, name="Sales", by=None)
    add_team_members(team, user_ids=[bruno.pk], by=None)
    create_label(acme, title="vip", color="#0b5c66", by=None)
    commands.assign_team(conversation, team=team, by=None)
    commands.assign_agent(conversation, assignee=bruno, by=None)
    commands.set_labels(conversation, titles=["vip"], by=None)
    return Scene(acme, ana, bruno, carla, web_inbox, team, conversation, answer, drain_log)


def another_conversation(scene: Scene) -> None:
    identity = ensure_contact_inbox(scene.carla, inbox=scene.inbox)
    commands.start_conversation(identity, by=None)


def renamed_label(scene: Scene) -> None:
    update_label(scene.account.labels.get(title="vip"), title="premium", by=None)
    scene.drain_log()


CHANGES: dict[str, tuple[str, Callable[[Scene], object]]] = {
    "a message comes": (
        "list thread",
        lambda s: commands.receive_message(s.conversation, commands.NewMessage("Hello?"), sender=s.carla),
    ),
    "a note is written": (
        "list thread",
        lambda s: commands.post_message(
            s.conversation, commands.NewMessage("He calls.", private=True), by=s.ana
        ),
    ),
    "a message is deleted": ("list thread", lambda s: commands.delete_message(s.answer, by=s.bruno)),
    "a message arrives": ("list thread", lambda s: commands.set_message_status(s.answer, status=1, by=None)),
    "an agent reads": ("list thread", lambda s: commands.mark_seen(s.conversation, by=s.bruno)),
    "it waits unread again": ("list", lambda s: commands.mark_unread(s.conversation, by=s.ana)),
    "it is given to another": (
        "list thread",
        lambda s: commands.assign_agent(s.conversation, assignee=s.ana, by=None),
    ),
    "it leaves its team": ("list", lambda s: commands.assign_team(s.conversation, team=None, by=None)),
    "it has another label": (
        "list thread",
        lambda s: commands.set_labels(s.conversation, titles=[], by=None),
    ),
    "its label is renamed": ("list thread", renamed_label),
    "it is urgent": ("list", lambda s: commands.set_priority(s.conversation, priority=3, by=None)),
    "it knows something": (
        "list",
        lambda s: commands.set_custom_attributes(s.conversation, attributes={"order": 7}, by=None),
    ),
    "it is over": (
        "list thread",
        lambda s: commands.change_status(s.conversation, status=Status.RESOLVED, by=s.ana),
    ),
    "there is another conversation": ("list", another_conversation),
    "the customer has another name": (
        "list thread",
        lambda s: update_contact(s.carla, name="Clara", by=None),
    ),
    "the customer is blocked": ("list thread", lambda s: set_blocked(s.carla, blocked=True, by=None)),
    "the customer is here": ("list thread", lambda s: set_present(s.account, s.carla)),
    "the agent has another name": ("list thread", lambda s: update_profile(s.bruno, name="Bruno Bueno")),
    "the agent is here": ("list thread", lambda s: set_present(s.account, s.bruno)),
    "the agent is busy": (
        "list thread",
        lambda s: (
            set_availability(membership(s.account, s.bruno), availability="busy"),
            set_present(s.account, s.bruno),
        ),
    ),
    "the agent has another role": (
        "list thread",
        lambda s: update_agent(membership(s.account, s.bruno), role="administrator", by=None),
    ),
    "the team has another name": ("list", lambda s: update_team(s.team, name="Care", by=None)),
    "the reader joins the team": (
        "list",
        lambda s: add_team_members(s.team, user_ids=[s.ana.pk], by=None),
    ),
    "the reader loses the inbox": (
        "list thread",
        lambda s: remove_inbox_members(s.inbox, user_ids=[s.ana.pk], by=None),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_an_answer_shows_makes_it_another_answer(scene, name):
    shown_in, change = CHANGES[name]
    paths = {"list": "conversations", "thread": f"conversations/{scene.conversation.display_id}/messages"}
    before = {path: scene.ask(paths[path]) for path in shown_in.split()}
    for path, first in before.items():
        again = scene.ask(paths[path], first["ETag"])
        assert (again.status_code, again.content) == (304, b"")
    change(scene)
    for path, first in before.items():
        after = scene.ask(paths[path], first["ETag"])
        assert after.status_code in {200, 404}, f"{path} still says what it said"
        assert after.content != first.content
        assert after.get("ETag") != first["ETag"]


@pytest.mark.parametrize(
    "path",
    ["conversations", "conversations/meta", "conversations/1", "conversations/1/messages", "contacts", "labels",
     "teams", "inboxes", "agents", "canned_responses"],
)  # fmt: skip
def test_what_is_known_is_not_sent_again(scene, path):
    first = scene.ask(path)
    assert first["Cache-Control"] == "private, no-cache"
    for tag in (first["ETag"], f"W/{first['ETag']}", f'"other", {first["ETag"]}'):
        again = scene.ask(path, tag)
        assert (again.status_code, again.content) == (304, b"")
        assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], "private, no-cache")
        assert "Content-Type" not in again
    assert scene.ask(path, '"other"').content == first.content


def test_answers_differ_by_who_asks_and_in_which_language(scene):
    vary = {name.strip() for name in scene.ask("labels")["Vary"].split(",")}
    assert {"Accept-Encoding", "Accept-Language", "Cookie", "api_access_token", "Access-Token"} <= vary
    assert {
        name.strip() for name in scene.ask("labels", scene.ask("labels")["ETag"])["Vary"].split(",")
    } == vary


def test_nobody_learns_by_a_tag_what_they_may_not_see(scene, globex):
    known = scene.ask("conversations")["ETag"]
    assert Client().get(
        in_account(scene.account, "conversations"), headers={"If-None-Match": known}
    ).status_code == 401  # fmt: skip
    assert scene.ask("conversations/77/messages", known).status_code == 404


def test_links_name_the_address_that_was_asked_so_the_answer_is_another(scene, settings):
    settings.ALLOWED_HOSTS, settings.EXTRA_HOSTS = ["*"], ("desk.acme.example",)
    files = [Upload(file=io.BytesIO(b"text"), filename="a.txt")]
    commands.post_message(scene.conversation, commands.NewMessage("x", attachments=files), by=scene.ana)
    path = f"conversations/{scene.conversation.display_id}/messages"
    first = scene.ask(path)
    assert scene.ask(path, first["ETag"], host="desk.acme.example").status_code == 200


def test_what_is_refused_or_written_has_no_tag(scene):
    assert "ETag" not in scene.ask("conversations/77")
    posted = Client().post(
        in_account(scene.account, f"conversations/{scene.conversation.display_id}/messages"),
        {"content": "Hello"},
        headers={"api_access_token": AccessToken.objects.get(user=scene.ana).sealed},
    )
    assert posted.status_code == 200
    assert "ETag" not in posted
