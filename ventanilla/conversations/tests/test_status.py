from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from ventanilla.accounts.models import Account, AgentBot
from ventanilla.contacts.commands.contacts import set_blocked
from ventanilla.conversations.commands import archive, change_status, mute, unmute
from ventanilla.conversations.jobs import auto_resolve_idle, wake_snoozed
from ventanilla.conversations.models import Conversation, Status
from ventanilla.conversations.tests.scenes import activity, events, fresh, reply, talk
from ventanilla.inboxes.commands.inboxes import connect_bot
from ventanilla.kit.errors import Invalid

pytestmark = pytest.mark.django_db

ALL = list(Status)


@pytest.fixture
def conversation(carla, api_inbox) -> Conversation:
    return talk(carla, api_inbox, "Hi")


def put(conversation: Conversation, status: int) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(status=status)


@pytest.mark.feature("C-10")
@pytest.mark.parametrize("old", ALL)
@pytest.mark.parametrize("new", ALL)
def test_every_state_can_become_every_other(conversation, admin, old, new):
    put(conversation, old)
    before = len(events())

    change_status(conversation, status=new, by=admin)

    assert fresh(conversation).status == new
    names = [event.name for event in events()[before:]]
    if old == new:
        assert names == []
        return
    told = {Status.OPEN: "conversation.opened", Status.RESOLVED: "conversation.resolved"}.get(new)
    assert names.count("conversation.status_changed") == 1
    assert [name for name in names if name in {"conversation.opened", "conversation.resolved"}] == (
        [told] if told else []
    )
    assert activity(conversation)[-1] == f"status.{Status(new).label}"


@pytest.mark.feature("C-01")
def test_a_new_conversation_is_open(carla, api_inbox):
    assert talk(carla, api_inbox).status == Status.OPEN


@pytest.mark.feature("C-02")
def test_with_a_bot_a_new_conversation_is_pending_whatever_was_asked(carla, api_inbox, acme):
    connect_bot(api_inbox, bot=AgentBot.objects.create(account=acme, name="Robo"), by=None)

    assert talk(carla, api_inbox, status=Status.OPEN).status == Status.PENDING


def test_a_blocked_contacts_new_conversation_is_resolved(carla, api_inbox):
    set_blocked(carla, blocked=True, by=None)

    assert talk(carla, api_inbox).status == Status.RESOLVED


def test_a_snooze_has_an_end_only_while_it_lasts(conversation, admin):
    until = timezone.now() + timedelta(hours=1)
    change_status(conversation, status=Status.SNOOZED, snoozed_until=until, by=admin)
    assert fresh(conversation).snoozed_until == until

    change_status(conversation, status=Status.PENDING, snoozed_until=until, by=admin)
    assert fresh(conversation).snoozed_until is None


@pytest.mark.feature("C-03")
def test_a_bot_that_opens_a_pending_conversation_hands_it_over(conversation, acme):
    put(conversation, Status.PENDING)

    change_status(conversation, status=Status.OPEN, by=AgentBot.objects.create(account=acme, name="Robo"))

    assert fresh(conversation).status == Status.OPEN
    assert len(events("conversation.bot_handoff")) == 1


def test_a_person_who_opens_a_pending_conversation_is_no_hand_off(conversation, ana):
    put(conversation, Status.PENDING)

    change_status(conversation, status=Status.OPEN, by=ana)

    assert not events("conversation.bot_handoff")


@pytest.mark.feature("C-12")
@pytest.mark.parametrize("old", ALL)
def test_an_agent_who_sets_open_becomes_the_assignee(conversation, ana, bruno, old):
    Conversation.objects.filter(pk=conversation.pk).update(status=old, assignee=bruno)

    change_status(conversation, status=Status.OPEN, by=ana)

    assert fresh(conversation).assignee_id == ana.pk
    assert "self_assigned" in activity(conversation)
    assert len(events("assignee.changed")) == 1


@pytest.mark.feature("C-12")
@pytest.mark.parametrize("who", ["admin", "vera", "nobody"])
def test_whoever_is_no_agent_does_not(conversation, bruno, who, request):
    Conversation.objects.filter(pk=conversation.pk).update(status=Status.RESOLVED, assignee=bruno)

    change_status(
        conversation, status=Status.OPEN, by=None if who == "nobody" else request.getfixturevalue(who)
    )

    assert fresh(conversation).assignee_id == bruno.pk


def test_a_state_that_does_not_exist_is_refused(conversation, admin):
    with pytest.raises(Invalid):
        change_status(conversation, status=9, by=admin)


def test_closed_without_a_human_reply_is_ignored_and_with_one_resolved(conversation, ana, admin):
    change_status(conversation, status=Status.RESOLVED, by=admin)
    assert fresh(conversation).close_reason == "ignored"

    change_status(conversation, status=Status.OPEN, by=admin)
    assert fresh(conversation).close_reason == ""
    reply(conversation, by=ana)
    change_status(conversation, status=Status.RESOLVED, by=admin)
    assert fresh(conversation).close_reason == "resolved"


def test_archived_is_resolved_for_another_reason(conversation, admin):
    archive(conversation, by=admin)

    stored = fresh(conversation)
    assert (stored.status, stored.close_reason) == (Status.RESOLVED, "archived")
    assert activity(conversation) == ["status.archived"]


def test_the_customer_who_resolves_is_named(conversation, carla):
    change_status(conversation, status=Status.RESOLVED, by=carla)

    assert activity(conversation) == ["resolved_by_contact"]


def test_muting_blocks_the_contact_and_resolves_and_unmuting_only_unblocks(conversation, ana, carla):
    mute(conversation, by=ana)
    carla.refresh_from_db()
    assert carla.blocked
    assert fresh(conversation).status == Status.RESOLVED

    unmute(conversation, by=ana)
    carla.refresh_from_db()
    assert not carla.blocked
    assert fresh(conversation).status == Status.RESOLVED
    assert activity(conversation) == ["muted", "unmuted"]


@pytest.mark.feature("C-09")
def test_a_snooze_wakes_when_its_time_has_come_even_days_late(conversation, admin):
    until = timezone.now() + timedelta(hours=10)
    change_status(conversation, status=Status.SNOOZED, snoozed_until=until, by=admin)

    with time_machine.travel(until - timedelta(seconds=1), tick=False):
        assert wake_snoozed() == 0
    with time_machine.travel(until + timedelta(days=6), tick=False):
        assert wake_snoozed() == 1
        assert wake_snoozed() == 0

    stored = fresh(conversation)
    assert (stored.status, stored.snoozed_until) == (Status.OPEN, None)
    assert activity(conversation)[-1] == "woken"


@pytest.mark.feature("C-09")
def test_all_that_are_due_wake_in_one_run(conversation, carla, api_inbox):
    first = conversation.contact_inbox_id
    until = timezone.now() + timedelta(hours=1)
    Conversation.objects.bulk_create(
        Conversation(
            account_id=conversation.account_id,
            inbox=api_inbox,
            contact=carla,
            contact_inbox_id=first,
            display_id=number,
            status=Status.SNOOZED,
            snoozed_until=until,
        )
        for number in range(2, 230)
    )

    with time_machine.travel(until + timedelta(hours=1), tick=False):
        assert wake_snoozed() == 228

    assert not Conversation.objects.filter(status=Status.SNOOZED).exists()


def test_a_snooze_without_an_end_waits_for_the_customer(conversation, admin):
    change_status(conversation, status=Status.SNOOZED, by=admin)

    with time_machine.travel(timezone.now() + timedelta(days=30), tick=False):
        assert wake_snoozed() == 0


@pytest.mark.feature("Z-12")
def test_idle_open_conversations_resolve_after_the_accounts_days(acme, conversation, carla, api_inbox):
    Account.objects.filter(pk=acme.pk).update(auto_resolve_duration=3)
    pending = talk(carla, api_inbox, "Hi")
    put(pending, Status.PENDING)

    with time_machine.travel(timezone.now() + timedelta(days=2, hours=23), tick=False):
        assert auto_resolve_idle() == 0
    with time_machine.travel(timezone.now() + timedelta(days=3, hours=1), tick=False):
        assert auto_resolve_idle() == 1

    assert fresh(conversation).status == Status.RESOLVED
    assert fresh(pending).status == Status.PENDING
    assert activity(conversation) == ["auto_resolved"]


def test_without_a_duration_nothing_resolves_by_itself(conversation):
    with time_machine.travel(timezone.now() + timedelta(days=900), tick=False):
        assert auto_resolve_idle() == 0


# ── archived ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("V-LST-03")
def test_archiving_is_one_request_and_taken_back_by_one(conversation, acme, ana, api):
    base = f"/api/v1/accounts/{acme.pk}/conversations"
    one = f"{base}/{conversation.display_id}"

    def listed(status: str) -> list[int]:
        rows = api(ana).get(f"{base}?status={status}").json()["data"]["payload"]
        return [row["id"] for row in rows]

    api(ana).post(f"{one}/toggle_status", {"status": "resolved", "close_reason": "archived"})
    assert (listed("archived"), listed("ignored"), listed("open")) == ([conversation.display_id], [], [])
    assert api(ana).get(one).json()["close_reason"] == "archived"

    api(ana).post(f"{one}/toggle_status", {"status": "open"})
    assert (listed("archived"), listed("open")) == ([], [conversation.display_id])


@pytest.mark.feature("V-LST-03")
def test_one_that_was_resolved_goes_back_to_resolved_and_says_why(conversation, acme, ana, api):
    reply(conversation, by=ana)
    path = f"/api/v1/accounts/{acme.pk}/conversations/{conversation.display_id}/toggle_status"
    for reason in ("resolved", "archived", "resolved"):
        api(ana).post(path, {"status": "resolved", "close_reason": reason})
        assert fresh(conversation).close_reason == reason
    last = events("conversation.updated")[-1]
    assert last.payload["changes"]["close_reason"] == ["archived", "resolved"]
