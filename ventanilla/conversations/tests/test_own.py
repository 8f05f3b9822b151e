"""What a user keeps about a conversation for themselves: no alerts of it, and a reminder that does not hide it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from ventanilla.accounts.commands.agents import remove_agent
from ventanilla.conversations.commands import (
    NewMessage,
    assign_agent,
    merge_conversations,
    post_message,
    receive_message,
    set_alert_level,
    set_reminder,
)
from ventanilla.conversations.jobs import remind_due
from ventanilla.conversations.models import AlertLevel, Mute, Reminder, Status
from ventanilla.conversations.tests.scenes import events, fresh, talk
from ventanilla.events.timed import REGISTRY
from ventanilla.kit.clock import epoch, now
from ventanilla.notifications.models import Notification


@pytest.fixture
def conversation(carla, web_inbox):
    return talk(carla, web_inbox, "Hi")


def path(conversation, tail: str) -> str:
    return f"/api/desk/accounts/{conversation.account_id}/conversations/{conversation.display_id}/{tail}"


def told(user) -> list[str]:
    return [row.get_kind() for row in Notification.objects.filter(user=user)]


# ── reminders ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("C-08")
def test_a_reminder_comes_at_its_moment_and_the_conversation_stays_in_the_list(
    conversation, ana, api, drain_log
):
    at = now() + timedelta(hours=2)
    answer = api(ana).patch(path(conversation, "reminder"), {"remind_at": epoch(at)}).json()
    assert answer["reminders"] == {str(conversation.display_id): epoch(at)}
    assert fresh(conversation).status == Status.OPEN

    assert remind_due() == 0
    with time_machine.travel(at + timedelta(seconds=1)):
        assert remind_due() == 1
        assert remind_due() == 0  # once
        drain_log()

    only = Notification.objects.get(user=ana, conversation=conversation)
    assert only.kind == 9
    assert fresh(conversation).status == Status.OPEN
    assert api(ana).get(f"/api/desk/accounts/{conversation.account_id}/own").json()["reminders"] == {}


@pytest.mark.feature("C-08", "C-09")
def test_reminders_are_looked_for_twice_a_minute():
    assert REGISTRY["conversations.remind"].every <= timedelta(seconds=30)


@pytest.mark.feature("C-08")
def test_a_reminder_by_name_is_counted_where_the_agent_is(conversation, ana, api):
    with time_machine.travel(datetime(2026, 6, 4, 20, 0, tzinfo=UTC), tick=False):
        api(ana).patch("/api/v1/profile", {"profile": {"timezone": "America/Santiago"}})
        api(ana).patch(path(conversation, "reminder"), {"remind_at": "tomorrow"})
    assert Reminder.objects.get().remind_at == datetime(2026, 6, 5, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize("wrong", [1, "", None, "never", "next_reply", "nan"])
def test_a_reminder_needs_a_moment_to_come(conversation, ana, api, wrong):
    answer = api(ana).patch(path(conversation, "reminder"), {"remind_at": wrong})
    assert answer.status_code == 422
    assert not Reminder.objects.exists()


def test_another_moment_takes_its_place_and_it_can_be_taken_back(conversation, ana, bruno, api):
    for hours in (1, 5):
        api(ana).patch(path(conversation, "reminder"), {"remind_at": epoch(now() + timedelta(hours=hours))})
    set_reminder(conversation, user=bruno, at=now() + timedelta(hours=1))
    assert Reminder.objects.get(user=ana).remind_at > now() + timedelta(hours=4)

    assert api(ana).call("DELETE", path(conversation, "reminder")).json()["reminders"] == {}
    assert list(Reminder.objects.values_list("user_id", flat=True)) == [bruno.pk]


def test_a_reminder_follows_a_merge(carla, ana, web_inbox, drain_log):
    gone, stays = talk(carla, web_inbox, "One"), talk(carla, web_inbox, "Two")
    set_reminder(gone, user=ana, at=now() + timedelta(hours=1))
    merge_conversations(gone, into=stays, by=ana)
    with time_machine.travel(now() + timedelta(hours=2)):
        remind_due()
        drain_log()
    assert Notification.objects.filter(user=ana, conversation=stays, kind=9).exists()


# ── muted for oneself ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("C-18")
def test_a_muted_conversation_alerts_its_user_of_nothing_and_others_of_all(
    conversation, carla, ana, bruno, admin, api, drain_log
):
    drain_log()
    answer = api(ana).patch(path(conversation, "alerts"), {"level": "nothing"}).json()
    assert answer["alerts"] == {str(conversation.display_id): "nothing"}
    Notification.objects.all().delete()

    assign_agent(conversation, assignee=ana, by=admin)  # assigned
    receive_message(conversation, NewMessage("Are you there?"), sender=carla)  # a message in one's own
    note = f"[@Ana](mention://user/{ana.pk}/Ana) [@Bruno](mention://user/{bruno.pk}/Bruno)"
    post_message(conversation, NewMessage(note, private=True), by=admin)  # mentioned
    assign_agent(conversation, assignee=bruno, by=admin)  # taken away; and now a follower
    receive_message(conversation, NewMessage("Hello?"), sender=carla)  # a message in one that is followed
    drain_log()

    assert not Notification.objects.filter(user=ana).exists()
    assert Notification.objects.filter(user=bruno).exists()
    assert not fresh(conversation).contact.blocked


@pytest.mark.feature("C-18")
def test_it_is_heard_again_once_it_is_not_muted(conversation, carla, ana, api, drain_log):
    assign_agent(conversation, assignee=ana, by=None)
    set_alert_level(conversation, user=ana, level=AlertLevel.NOTHING)
    assert api(ana).patch(path(conversation, "alerts"), {"level": "all"}).json()["alerts"] == {}
    receive_message(conversation, NewMessage("Hello?"), sender=carla)
    drain_log()
    assert Notification.objects.filter(user=ana, conversation=conversation).exists()


def test_a_reminder_is_heard_of_what_is_muted(conversation, ana, drain_log):
    set_alert_level(conversation, user=ana, level=AlertLevel.NOTHING)
    set_reminder(conversation, user=ana, at=now() + timedelta(minutes=1))
    with time_machine.travel(now() + timedelta(minutes=2)):
        remind_due()
        drain_log()
    assert Notification.objects.filter(user=ana).exists()


def test_only_what_changed_is_told_and_to_its_user_alone(conversation, ana):
    set_alert_level(conversation, user=ana, level=AlertLevel.NOTHING)
    set_alert_level(conversation, user=ana, level=AlertLevel.NOTHING)
    told = events("conversation.own_changed")
    assert [event.payload for event in told] == [{"user_id": ana.pk, "conversation_id": conversation.pk}]


def test_what_one_may_not_see_is_not_found(conversation, gus, carla, api_inbox, bruno, api):
    hidden = talk(carla, api_inbox, "For Ana alone")
    for tail, body in (("alerts", {"level": "nothing"}), ("reminder", {"remind_at": "tomorrow"})):
        assert api(bruno).patch(path(hidden, tail), body).status_code == 404
    assert not Mute.objects.exists()


def test_who_leaves_takes_it_along(conversation, acme, ana, admin, drain_log):
    set_alert_level(conversation, user=ana, level=AlertLevel.NOTHING)
    set_reminder(conversation, user=ana, at=now() + timedelta(hours=1))
    remove_agent(ana.memberships.get(account=acme), by=admin)
    drain_log()
    assert not Mute.objects.exists() and not Reminder.objects.exists()
