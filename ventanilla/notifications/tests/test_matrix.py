"""Each event by each way, for each member and conversation (T-05, Z-26): every switch flipped, every medium looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.conversations.commands import (
    NewMessage,
    add_participants,
    assign_agent,
    post_message,
    receive_message,
    set_alert_level,
    set_reminder,
    start_conversation,
)
from ventanilla.conversations.jobs import remind_due
from ventanilla.conversations.models import AlertLevel, Conversation
from ventanilla.conversations.tests.scenes import events
from ventanilla.delivery.out_tray import send_due
from ventanilla.kit.clock import now
from ventanilla.notifications import commands
from ventanilla.notifications.kinds.conversation_creation import ConversationCreation
from ventanilla.notifications.models import Notification
from ventanilla.notifications.registry import kinds
from ventanilla.notifications.tests.test_push import browser, subscribed
from ventanilla.testing.cast import membership

__all__ = ["browser", "subscribed"]

OFFERED = [kind.name for kind in kinds() if kind.is_offered and not kind.name.startswith("sla_")]
# Heard by the desk in the conversation itself, without being told: desk/src/stores/sounds.test.ts.
HEARD_THERE = {kind.name for kind in kinds() if kind.is_heard_there}
SWITCHES = [
    (kind, way)
    for kind in OFFERED
    for way in ("bell", "sound", "push", "email")
    if way != "sound" or kind not in HEARD_THERE
]


def begun(carla, inbox) -> Conversation:
    identity = ensure_contact_inbox(carla, inbox=inbox)
    conversation = start_conversation(identity, by=None)
    receive_message(conversation, NewMessage("¿Dónde está mi pedido?"), sender=carla)
    return conversation


@pytest.fixture
def happens(carla, web_inbox, ana, bruno, admin, drain_log) -> Callable[[str], Conversation]:
    """Makes that happen which a kind tells Ana of, in a conversation of its own."""

    def make(kind: str, level: AlertLevel = AlertLevel.ALL) -> Conversation:
        conversation = begun(carla, web_inbox)
        if kind == "conversation_creation":
            return conversation
        drain_log()
        set_alert_level(conversation, user=ana, level=level)
        match kind:
            case "conversation_assignment":
                assign_agent(conversation, assignee=ana, by=admin)
            case "assigned_conversation_new_message":
                Conversation.objects.filter(pk=conversation.pk).update(assignee=ana)
                conversation.refresh_from_db()
                receive_message(conversation, NewMessage("¿Hola?"), sender=carla)
            case "conversation_mention":
                note = NewMessage(f"[@Ana](mention://user/{ana.pk}/Ana) mira", private=True)
                post_message(conversation, note, by=bruno)
            case "participating_conversation_new_message":
                add_participants(conversation, user_ids=[ana.pk], by=ana)
                receive_message(conversation, NewMessage("¿Hola?"), sender=carla)
            case "conversation_reminder":
                set_reminder(conversation, user=ana, at=now() + timedelta(seconds=1))
                with time_machine.travel(now() + timedelta(seconds=5)):
                    remind_due()
        return conversation

    return make


def media(user, conversation, post_office, browser, drain_log) -> set[str]:
    """By which ways the user hears of it now: looked for where each arrives."""
    post_office.letters.clear()
    browser.received.clear()
    drain_log()
    with time_machine.travel(now() + ConversationCreation.mail_waits + timedelta(seconds=30)):
        send_due()
    told = [event.payload for event in events("notification.created")]
    about = [one for one in told if (one["user_id"], one["conversation_id"]) == (user.pk, conversation.pk)]
    found = {"sound"} if about and "sound" in about[-1]["ways"] else set()
    found |= {"push"} if browser.received else set()
    found |= {"email"} if any(letter["To"] == user.email for letter in post_office.read()) else set()
    if Notification.objects.filter(user=user, conversation=conversation, in_bell=True).exists():
        found.add("bell")
    return found


def only(acme, user, kind: str, *ways: str) -> None:
    """The member wants this kind by these ways, and nothing else by any."""
    for one in kinds():
        for way in ("bell", "email", "push"):
            on = one.name == kind and way in ways
            commands.switch(membership(acme, user), kind=one.name, way=way, on=on)
    tone = next(one.tone_name() for one in kinds() if one.name == kind)
    user.ui_settings = {"sounds": {"tones": {tone: "bell"} if "sound" in ways else {}}}
    user.save()


@pytest.mark.feature("T-05", "Z-26")
@pytest.mark.parametrize(("kind", "way"), SWITCHES)
def test_each_switch_alone_tells_by_its_way_and_by_no_other(
    acme, ana, happens, post_office, subscribed, drain_log, kind, way
):
    only(acme, ana, kind, way)
    conversation = happens(kind)
    assert media(ana, conversation, post_office, subscribed, drain_log) == {way}


@pytest.mark.feature("T-05")
@pytest.mark.parametrize("kind", OFFERED)
def test_off_by_every_way_is_told_by_none(acme, ana, happens, post_office, subscribed, drain_log, kind):
    only(acme, ana, kind)
    conversation = happens(kind)
    assert media(ana, conversation, post_office, subscribed, drain_log) == set()
    assert not Notification.objects.filter(user=ana).exists()


@pytest.mark.feature("Z-26", "C-18")
@pytest.mark.parametrize(
    ("level", "heard"),
    [
        (AlertLevel.ALL, set(OFFERED)),
        (AlertLevel.MINE, {"conversation_assignment", "conversation_mention", "conversation_reminder"}),
        (AlertLevel.NOTHING, {"conversation_reminder"}),
    ],
)
@pytest.mark.parametrize("kind", [one for one in OFFERED if one != "conversation_creation"])
def test_a_conversations_level_lets_through_what_it_says(
    acme, ana, happens, post_office, subscribed, drain_log, kind, level, heard
):
    only(acme, ana, kind, "bell", "sound", "push", "email")
    conversation = happens(kind, level)
    ways = {"bell", "push", "email"} | (set() if kind in HEARD_THERE else {"sound"})
    expected = ways if kind in heard else set()
    assert media(ana, conversation, post_office, subscribed, drain_log) == expected


@pytest.mark.feature("Z-26")
def test_a_level_is_one_members_alone_and_kept_by_the_api(acme, ana, bruno, carla, web_inbox, api):
    conversation = begun(carla, web_inbox)
    path = f"/api/desk/accounts/{acme.pk}/conversations/{conversation.display_id}/alerts"
    number = str(conversation.display_id)
    assert api(ana).patch(path, {"level": "mine"}).json()["alerts"] == {number: "mine"}
    assert api(ana).get(f"/api/desk/accounts/{acme.pk}/own").json()["alerts"] == {number: "mine"}
    assert api(bruno).get(f"/api/desk/accounts/{acme.pk}/own").json()["alerts"] == {}
    refused = api(ana).patch(path, {"level": "loud"})
    assert (refused.status_code, refused.json()["attributes"]) == (422, ["level"])
    assert api(ana).patch(path, {"level": "all"}).json()["alerts"] == {}


@pytest.mark.feature("T-05")
def test_what_the_bell_does_not_show_leaves_what_it_shows(acme, ana, carla, bruno, web_inbox, drain_log, api):
    """A mention that waits in the bell stays there when a message comes that the bell is not to show."""
    only(acme, ana, "conversation_mention", "bell")
    conversation = begun(carla, web_inbox)
    Conversation.objects.filter(pk=conversation.pk).update(assignee=ana)
    conversation.refresh_from_db()
    commands.switch(membership(acme, ana), kind="assigned_conversation_new_message", way="email", on=True)
    post_message(
        conversation, NewMessage(f"[@Ana](mention://user/{ana.pk}/Ana) mira", private=True), by=bruno
    )
    receive_message(conversation, NewMessage("¿Hola?"), sender=carla)
    drain_log()
    receive_message(conversation, NewMessage("¿Hay alguien?"), sender=carla)
    drain_log()
    path = f"/api/v1/accounts/{acme.pk}/notifications"
    [shown] = api(ana).get(path).json()["data"]["payload"]
    assert shown["notification_type"] == "conversation_mention"
    assert api(ana).get(f"{path}/unread_count").json() == 1


@pytest.mark.feature("T-05")
def test_the_screen_is_told_of_every_switch_and_each_is_changed_alone(acme, ana, api):
    path = f"/api/desk/accounts/{acme.pk}/notification_preferences"
    shown = {one["name"]: one for one in api(ana).get(path).json()["kinds"]}
    assert set(shown) == {kind.name for kind in kinds() if kind.is_offered}
    assert (shown["conversation_creation"]["bell"], shown["conversation_mention"]["bell"]) == (False, True)
    assert all(one["label"] and one["icon"] and one["sound"] for one in shown.values())
    for way in ("bell", "push", "email"):
        for on in (True, False):
            said = {"kind": "conversation_mention", "way": way, "on": on}
            kept = api(ana).post(f"{path}/switch", said).json()["kinds"]
            assert next(one for one in kept if one["name"] == "conversation_mention")[way] is on
    for wrong, field in (
        ({"kind": "nonsense", "way": "push"}, "kind"),
        ({"kind": OFFERED[0], "way": "smoke"}, "way"),
    ):
        refused = api(ana).post(f"{path}/switch", wrong)
        assert (refused.status_code, refused.json()["attributes"]) == (422, [field])
    # Clients of the contract know nothing of the bell: who chooses new conversations there finds them in it.
    settings = {"selected_push_flags": ["push_conversation_creation"]}
    api(ana).patch(f"/api/v1/accounts/{acme.pk}/notification_settings", {"notification_settings": settings})
    kept = {one["name"]: one for one in api(ana).get(path).json()["kinds"]}
    assert kept["conversation_creation"]["bell"] and kept["conversation_creation"]["push"]


# ── quiet hours ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("T-05")
@pytest.mark.parametrize(
    ("clock", "noisy"),
    [("21:59", True), ("22:00", False), ("03:00", False), ("07:59", False), ("08:00", True)],
)
def test_nothing_sounds_or_pops_up_in_quiet_hours_where_the_member_is(
    acme, ana, admin, carla, web_inbox, post_office, subscribed, drain_log, clock, noisy
):
    only(acme, ana, "conversation_assignment", "bell", "sound", "push", "email")
    ana.timezone = "America/Santiago"  # in December three hours behind UTC
    ana.save()
    commands.change_hours(membership(acme, ana), changes={"quiet_from": "22:00", "quiet_until": "08:00"})
    hour, minute = map(int, clock.split(":"))
    with time_machine.travel(
        datetime(2026, 12, 3, hour, minute, tzinfo=UTC) + timedelta(hours=3), tick=False
    ):
        conversation = begun(carla, web_inbox)
        assign_agent(conversation, assignee=ana, by=admin)
        found = media(ana, conversation, post_office, subscribed, drain_log)
    assert found == {"bell", "email"} | ({"sound", "push"} if noisy else set())


@pytest.mark.feature("T-05")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quiet_from": "22:00"}, "quiet_until"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "quiet_until"),
        ({"quiet_from": "25:00", "quiet_until": "08:00"}, "quiet_from"),
        ({"quiet_from": "9", "quiet_until": "08:00"}, "quiet_from"),
        ({"mail_pace": "sometimes"}, "mail_pace"),
        ({"mail_every_minutes": 1}, "mail_every_minutes"),
        ({"mail_daily_at": ""}, "mail_daily_at"),
        ({"mail_daily_at": "0900"}, "mail_daily_at"),
    ],
)
def test_hours_that_are_none_are_refused_by_name_and_change_nothing(acme, ana, api, changes, field):
    path = f"/api/desk/accounts/{acme.pk}/notification_preferences"
    before = api(ana).get(path).json()
    refused = api(ana).patch(path, changes)
    assert (refused.status_code, refused.json()["attributes"]) == (422, [field])
    assert api(ana).get(path).json() == before
