"""Whoever a limit keeps from a conversation finds it behind no door at all: one walk for each limit.

The doors are the operations of the API, from its document, and beside them sockets, notifications, mails and pushes. What
is added tomorrow is walked tomorrow; that the walk sees a door left open is shown by leaving one open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from ventanilla.accounts.commands.agents import update_agent
from ventanilla.accounts.commands.roles import create_role
from ventanilla.accounts.commands.teams import create_team, set_team_members
from ventanilla.accounts.models import Membership
from ventanilla.api.application import conversations as list_door
from ventanilla.api.application.conversation_access import visibility_of
from ventanilla.api.tests.test_strangers import ROUTES, SCHEMA, address, body_for
from ventanilla.conversations.commands import (
    NewMessage,
    add_participants,
    assign_agent,
    assign_team,
    post_message,
    remove_participants,
)
from ventanilla.conversations.models import Conversation, Message, Participant
from ventanilla.conversations.policies import facts_of
from ventanilla.events.facts import Hearers
from ventanilla.inboxes.commands.members import set_inbox_members
from ventanilla.notifications.scene import Audience
from ventanilla.notifications.told import may_see, told_of
from ventanilla.realtime.permissions import load_permission
from ventanilla.realtime.stream import Rendered
from ventanilla.testing.standing import *  # noqa: F403

pytestmark = pytest.mark.django_db

ASKED, SECRET = "quetzal", "turquesa"


@pytest.fixture
def hidden(things, acme, ana, bruno, drain_log) -> Conversation:
    """Ana's conversation, of which bruno was told while he saw it."""
    conversation = Conversation.objects.get(account=acme, display_id=things["conversation_id"])
    assign_agent(conversation, assignee=ana, by=None)
    add_participants(conversation, user_ids=[bruno.pk], by=ana)
    post_message(
        conversation,
        NewMessage(f"{ASKED} {SECRET} [@Bruno](mention://user/{bruno.pk}/Bruno)", private=True),
        by=ana,
    )
    drain_log()
    remove_participants(conversation, user_ids=[bruno.pk], by=ana)
    return Conversation.objects.get(pk=conversation.pk)


def _outside_the_inbox(hidden: Conversation, bruno: Any) -> None:
    set_inbox_members(hidden.inbox, user_ids=[hidden.assignee_id], by=None)


def _in_a_team_of_ones_own(hidden: Conversation, bruno: Any) -> None:
    team = create_team(hidden.account, name="calladas", sight="own", by=None)
    set_team_members(team, user_ids=[bruno.pk], by=None)


def _in_another_team(hidden: Conversation, bruno: Any) -> None:
    team = create_team(hidden.account, name="norte", sight="team", by=None)
    set_team_members(team, user_ids=[bruno.pk], by=None)
    theirs = create_team(hidden.account, name="sur", by=None)
    set_team_members(theirs, user_ids=[hidden.assignee_id], by=None)
    assign_team(hidden, team=theirs, by=None)


def _by_a_role(**answers: Any) -> Callable[[Conversation, Any], None]:
    def limit(hidden: Conversation, bruno: Any) -> None:
        capabilities = (
            [] if answers.get("sight") == "none" else ["conversations.write", "conversations.assign"]
        )
        fields = {"sight": "inboxes", "capabilities": capabilities} | answers
        role = create_role(hidden.account, name="Fuera", by=None, **fields)
        member = Membership.objects.get(account=hidden.account, user=bruno)
        update_agent(member, custom_role_id=role.pk, by=None)

    return limit


LIMITS: dict[str, Callable[[Conversation, Any], None]] = {
    "inboxes": _outside_the_inbox,
    "team: own": _in_a_team_of_ones_own,
    "team: team": _in_another_team,
    "role: own": _by_a_role(sight="own"),
    "role: own and unassigned": _by_a_role(sight="unassigned"),
    "role: team": _by_a_role(sight="team"),
    "role: none": _by_a_role(sight="none"),
    "role: no such inbox": _by_a_role(inbox_ids=[]),
}


def open_doors(caller: Any, things: dict[str, Any], hidden: Conversation) -> list[str]:
    """The operations that show or change the conversation."""
    found = []
    before = _state(hidden)  # and again after each door, whose changes are taken back
    for method, path, operation in ROUTES:
        for at in _addresses(method, path, things):
            with transaction.atomic():
                answer = caller.call(method, at, _body(path, things, hidden) if method != "GET" else None)
                changed = _state(hidden) != before
                transaction.set_rollback(True)
            said = _text(answer)
            shown = SECRET in said or hidden.uuid.hex in said
            if changed or shown or ("{conversation_id}" in path and answer.status_code < 400):
                found.append(operation)
    return found


def _addresses(method: str, path: str, things: dict[str, Any]) -> list[str]:
    """Without a question, and where one can be asked, with it."""
    at = address(path, things)
    if method != "GET":
        return [at]
    asks = any(one["name"] == "q" for one in SCHEMA[path]["get"].get("parameters", []))
    wide = f"{at}?assignee_type=all&status=all"
    return [wide, f"{wide}&q={ASKED}"] if asks else [wide]


def _body(path: str, things: dict[str, Any], hidden: Conversation) -> dict[str, Any]:
    ids = [hidden.display_id]
    asked = {"ids": ids, "conversation_ids": ids, "q": ASKED, "labels": ["azul"], "status": "resolved"}
    body = body_for(path, things) | asked
    if path.endswith("bulk_actions"):
        body |= {"labels": {"add": ["azul"]}, "fields": {"status": "resolved"}}
    return body


def _text(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace").replace("-", "")


def _state(hidden: Conversation) -> tuple[Any, ...]:
    row = Conversation.objects.filter(pk=hidden.pk).values_list()
    said = Message.objects.filter(conversation=hidden)
    follow = Participant.objects.filter(conversation=hidden).values_list("user_id", flat=True)
    return (*row, *said.order_by("pk").values_list("pk", "content"), *follow)


@pytest.mark.feature("Z-08", "Z-17", "A-08", "V-USR-02")
@pytest.mark.parametrize("limit", LIMITS)
def test_what_a_limit_hides_is_behind_no_door(limit, things, hidden, bruno, api, drain_log):
    LIMITS[limit](hidden, bruno)
    drain_log()
    hidden.refresh_from_db()

    assert open_doors(api(bruno), things, hidden) == []
    assert told_beside_the_api(hidden, bruno) == []


def told_beside_the_api(hidden: Conversation, bruno: Any) -> list[str]:
    """Which of sockets, notifications and what leaves by mail and push would tell bruno of it."""
    facts = facts_of(hidden)
    permission = load_permission(hidden.account_id, bruno.pk)
    assert permission is not None
    heard = Rendered(1, None, hidden.account_id, audience=Hearers.MEMBERS, facts=facts)  # type: ignore[arg-type]
    note = {"conversation_id": hidden.pk, "user_id": bruno.pk, "actor_id": 0, "message_id": None}
    told = told_of(note)
    return [
        name
        for name, tells in {
            "sockets": heard.may_be_heard_by(permission, bruno.pk),
            "notifications": Audience(hidden.account_id, [bruno.pk]).may_see(
                bruno.pk, hidden, facts.participant_ids
            ),
            "mails and pushes": told is not None and may_see(told),
        }.items()
        if tells
    ]


def test_who_is_not_limited_finds_it_behind_many(things, hidden, bruno, api):
    found = set(open_doors(api(bruno), things, hidden))

    assert {
        "list_conversations", "show_conversation", "list_messages", "desk_search", "search_messages",
        "notifications_list", "change_conversations", "assign_conversation", "toggle_conversation_status",
    } <= found  # fmt: skip
    assert told_beside_the_api(hidden, bruno) == ["sockets", "notifications", "mails and pushes"]


def test_a_door_that_is_left_open_is_found(things, hidden, bruno, api, monkeypatch):
    _outside_the_inbox(hidden, bruno)
    monkeypatch.setattr(
        list_door, "visibility_of", lambda request: replace(visibility_of(request), everything=True)
    )

    assert "list_conversations" in open_doors(api(bruno), things, hidden)
