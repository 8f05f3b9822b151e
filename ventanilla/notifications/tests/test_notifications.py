"""Who is told of what (contract F.24)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.identities import find_or_create_contact_inbox
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation
from ventanilla.inboxes.models import Inbox
from ventanilla.notifications import commands
from ventanilla.notifications.models import Notification
from ventanilla.notifications.registry import kind_of
from ventanilla.testing.cast import ApiClient, in_account, membership

Drain = Callable[[], int]
Api = Callable[..., ApiClient]


@pytest.fixture
def conversation(web_inbox: Inbox) -> Conversation:
    identity = find_or_create_contact_inbox(web_inbox, source_id="visitor", name="Carla")
    return conversations.start_conversation(identity, by=None)


def told(user: User) -> list[tuple[str, bool]]:
    rows = Notification.objects.filter(user=user)
    return [(kind_of(row.kind).name, row.read_at is None) for row in rows]


@pytest.mark.feature("N-05")
def test_a_mentioned_agent_is_told_and_the_notification_leads_to_the_note(
    acme: Account, conversation: Conversation, ana: User, bruno: User, drain_log: Drain, api: Api
) -> None:
    note = conversations.post_message(
        conversation,
        conversations.NewMessage(f"[@Bruno](mention://user/{bruno.pk}/Bruno) ¿lo ves?", private=True),
        by=ana,
    )
    drain_log()
    assert told(bruno) == [("conversation_mention", True)]
    shown = api(bruno).get(in_account(acme, "notifications")).json()["data"]
    assert shown["meta"]["unread_count"] == 1
    [row] = shown["payload"]
    assert row["notification_type"] == "conversation_mention"
    assert row["primary_actor"]["id"] == conversation.display_id
    assert row["secondary_actor"]["id"] == note.pk


def test_who_cannot_open_the_inbox_is_never_told(
    acme: Account, api_inbox: Inbox, ana: User, bruno: User, drain_log: Drain
) -> None:
    identity = find_or_create_contact_inbox(api_inbox, source_id="x")
    conversation = conversations.start_conversation(identity, by=None)
    conversations.post_message(
        conversation, conversations.NewMessage(f"[@B](mention://user/{bruno.pk}/B)", private=True), by=ana
    )
    drain_log()
    assert told(bruno) == []


@pytest.mark.feature("A-13")
def test_old_and_new_assignee_hear_of_a_transfer_but_not_who_made_it(
    conversation: Conversation, ana: User, bruno: User, admin: User, drain_log: Drain
) -> None:
    conversations.assign_agent(conversation, assignee=ana, by=admin)
    conversations.assign_agent(conversation, assignee=bruno, by=admin)
    drain_log()
    assert told(ana) == [("conversation_assignment", True)]
    assert told(bruno) == [("conversation_assignment", True)]
    assert told(admin) == []


def test_taking_it_oneself_tells_nobody(conversation: Conversation, ana: User, drain_log: Drain) -> None:
    conversations.assign_agent(conversation, assignee=ana, by=ana)
    drain_log()
    assert told(ana) == []


def test_a_customers_message_tells_the_assignee_and_a_blocked_customers_does_not(
    conversation: Conversation, ana: User, drain_log: Drain
) -> None:
    conversations.assign_agent(conversation, assignee=ana, by=ana)
    conversations.receive_message(
        conversation, conversations.NewMessage("¿Hola?"), sender=conversation.contact
    )
    drain_log()
    assert told(ana) == [("assigned_conversation_new_message", True)]
    Notification.objects.all().delete()
    conversations.mute(conversation, by=ana)
    conversations.receive_message(
        conversation, conversations.NewMessage("¿Hola?"), sender=conversation.contact
    )
    drain_log()
    assert told(ana) == []


def test_only_the_newest_about_a_conversation_is_kept(
    conversation: Conversation, ana: User, admin: User, drain_log: Drain
) -> None:
    conversations.assign_agent(conversation, assignee=ana, by=admin)
    conversations.receive_message(
        conversation, conversations.NewMessage("¿Hola?"), sender=conversation.contact
    )
    drain_log()
    assert told(ana) == [("assigned_conversation_new_message", True)]


def test_opening_the_conversation_reads_what_told_of_it(
    conversation: Conversation, ana: User, admin: User, drain_log: Drain
) -> None:
    conversations.assign_agent(conversation, assignee=ana, by=admin)
    conversations.receive_message(
        conversation, conversations.NewMessage("¿Hola?"), sender=conversation.contact
    )
    drain_log()
    conversations.mark_seen(conversation, by=ana)
    drain_log()
    assert told(ana) == [("assigned_conversation_new_message", False)]


def test_a_new_conversation_tells_members_who_asked_for_it(
    acme: Account, web_inbox: Inbox, ana: User, bruno: User, drain_log: Drain
) -> None:
    commands.change_settings(
        membership(acme, ana), email_flags=["email_conversation_creation"], push_flags=None
    )
    conversations.start_conversation(find_or_create_contact_inbox(web_inbox, source_id="v"), by=None)
    drain_log()
    assert told(ana) == [("conversation_creation", True)]
    assert told(bruno) == []


def test_the_routes_speak_the_contract(
    acme: Account, conversation: Conversation, ana: User, admin: User, drain_log: Drain, api: Api
) -> None:
    conversations.assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    caller, at = api(ana), lambda path: in_account(acme, path)
    assert caller.get(at("notifications/unread_count")).json() == 1
    number = Notification.objects.get(user=ana).pk
    assert caller.patch(at(f"notifications/{number}")).json()["read_at"]
    assert caller.get(at("notifications")).json()["data"]["payload"] == []
    assert caller.get(at("notifications?includes[]=read")).json()["data"]["payload"][0]["id"] == number
    assert caller.post(at(f"notifications/{number}/unread")).json()["read_at"] is None
    assert (
        caller.post(
            at("notifications/read_all"),
            {"primary_actor_type": "Conversation", "primary_actor_id": conversation.pk},
        ).status_code
        == 200
    )
    assert caller.get(at("notifications/unread_count")).json() == 0
    assert caller.delete(at(f"notifications/{number}")).status_code == 200
    assert not Notification.objects.exists()


def test_a_strangers_notification_is_not_found(
    acme: Account,
    conversation: Conversation,
    ana: User,
    bruno: User,
    admin: User,
    gus: User,
    drain_log: Drain,
    api: Api,
) -> None:
    conversations.assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    number = Notification.objects.get(user=ana).pk
    assert api(bruno).patch(in_account(acme, f"notifications/{number}")).status_code == 404
    assert api(gus).patch(in_account(acme, f"notifications/{number}")).status_code == 401


@pytest.mark.feature("T-05")
@pytest.mark.parametrize("field", ["selected_email_flags", "selected_push_flags"])
def test_a_flag_that_is_not_known_is_refused_by_name_and_changes_nothing(
    acme: Account, ana: User, api: Api, field: str
) -> None:
    caller, path = api(ana), in_account(acme, "notification_settings")
    before = caller.get(path).json()
    mine = {"selected_email_flags": [], "selected_push_flags": [], field: ["nonsense"]}
    answer = caller.put(path, {"notification_settings": mine})
    assert (answer.status_code, answer.json()["attributes"]) == (422, [field])
    assert "nonsense" in answer.json()["message"]
    assert caller.get(path).json() == before


def test_settings_and_devices_are_kept_as_clients_send_them(acme: Account, ana: User, api: Api) -> None:
    caller = api(ana)
    body: dict[str, Any] = {"notification_settings": {"selected_email_flags": ["email_conversation_mention"]}}
    assert caller.put(in_account(acme, "notification_settings"), body).json()["selected_email_flags"] == [
        "email_conversation_mention"
    ]
    device = {
        "subscription_type": "fcm",
        "subscription_attributes": {"push_token": "tok", "device_id": "d1", "devicePlatform": "android"},
    }
    assert caller.post("/api/v1/notification_subscriptions", device).status_code == 200
    assert (
        caller.post("/api/v1/notification_subscriptions", {"subscription_type": "carrier"}).status_code == 422
    )
    assert caller.delete("/api/v1/notification_subscriptions", {"push_token": "tok"}).status_code == 200
