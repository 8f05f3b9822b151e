"""Automatic assignment: who is online, in turn, below their capacity (contract F.5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ventanilla.accounts.commands.teams import add_team_members, create_team
from ventanilla.accounts.models import Account, Availability, Membership, User
from ventanilla.contacts.commands.identities import find_or_create_contact_inbox
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation, Status
from ventanilla.inboxes.commands.inboxes import update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import set_present

Drain = Callable[[], int]


def open_one(inbox: Inbox, source_id: str = "visitor") -> Conversation:
    return conversations.start_conversation(find_or_create_contact_inbox(inbox, source_id=source_id), by=None)


def assignee_of(conversation: Conversation) -> User | None:
    conversation.refresh_from_db()
    return conversation.assignee


@pytest.mark.feature("A-03", "A-09")
def test_who_is_online_takes_turns(
    acme: Account, web_inbox: Inbox, ana: User, bruno: User, drain_log: Drain
) -> None:
    set_present(acme, ana, bruno)
    taken = []
    for number in range(4):
        conversation = open_one(web_inbox, f"visitor-{number}")
        drain_log()
        taken.append(assignee_of(conversation))
    assert taken == [ana, bruno, ana, bruno]


@pytest.mark.feature("A-03")
def test_switched_off_the_conversation_stays_unassigned(
    acme: Account, web_inbox: Inbox, ana: User, drain_log: Drain
) -> None:
    update_inbox(web_inbox, enable_auto_assignment=False, by=None)
    set_present(acme, ana)
    conversation = open_one(web_inbox)
    drain_log()
    assert assignee_of(conversation) is None


@pytest.mark.feature("A-09")
def test_busy_and_absent_agents_are_skipped(
    acme: Account, web_inbox: Inbox, ana: User, bruno: User, drain_log: Drain
) -> None:
    set_present(acme, ana)
    Membership.objects.filter(user=ana).update(availability=Availability.BUSY)
    conversation = open_one(web_inbox)
    drain_log()
    assert assignee_of(conversation) is None


def test_a_full_agent_is_skipped(
    acme: Account, web_inbox: Inbox, ana: User, bruno: User, drain_log: Drain
) -> None:
    update_inbox(web_inbox, auto_assignment_config={"max_assignment_limit": 1}, by=None)
    set_present(acme, ana, bruno)
    for number in range(2):
        open_one(web_inbox, f"visitor-{number}")
        drain_log()
    third = open_one(web_inbox, "visitor-3")
    drain_log()
    assert assignee_of(third) is None


def test_a_conversation_that_somebody_has_is_left_with_them(
    acme: Account, web_inbox: Inbox, ana: User, bruno: User, drain_log: Drain
) -> None:
    set_present(acme, ana, bruno)
    conversation = open_one(web_inbox)
    conversations.assign_agent(conversation, assignee=bruno, by=None)
    drain_log()
    assert assignee_of(conversation) == bruno


def test_reopened_it_is_given_out_again(
    acme: Account, web_inbox: Inbox, ana: User, admin: User, drain_log: Drain
) -> None:
    conversation = open_one(web_inbox)
    drain_log()
    conversations.change_status(conversation, status=Status.RESOLVED, by=admin)
    set_present(acme, ana)
    conversations.change_status(conversation, status=Status.OPEN, by=admin)
    drain_log()
    assert assignee_of(conversation) == ana


@pytest.mark.feature("A-07")
def test_a_team_gives_it_to_one_of_its_own(
    acme: Account, web_inbox: Inbox, ana: User, bruno: User, admin: User, drain_log: Drain
) -> None:
    update_inbox(web_inbox, enable_auto_assignment=False, by=None)
    team = create_team(acme, name="ventas", by=admin)
    add_team_members(team, user_ids=[bruno.pk], by=admin)
    set_present(acme, ana, bruno)
    conversation = open_one(web_inbox)
    conversations.assign_team(conversation, team=team, by=admin)
    drain_log()
    assert assignee_of(conversation) == bruno
