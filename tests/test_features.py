"""`features` of an account promises what has routes and screens, and nothing else (F.27): clients draw menus from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ventanilla.accounts.features import BUILT, DEFAULTS, enabled_features
from ventanilla.accounts.models import Account
from ventanilla.inboxes.channel import registry
from ventanilla.testing.described import document

ROOT = Path(__file__).parents[1]
PATHS = document()["paths"]
OPERATIONS = {
    operation.get("operationId") for operations in PATHS.values() for operation in operations.values()
}
SCREENS = set(
    re.findall(r"name: '([\w-]+)'", (ROOT / "desk" / "src" / "router.ts").read_text(encoding="utf-8"))
)
CHANNELS = {channel.create_type for channel in registry().values()}

# What each promise stands on: operations of the API, screens of the desk, kinds of channel.
STANDS_ON: dict[str, tuple[set[str], set[str], set[str]]] = {
    "inbound_emails": (set(), {"new-inbox"}, {"email"}),
    "channel_email": ({"create_inbox"}, {"new-inbox"}, {"email"}),
    "channel_website": ({"create_inbox"}, {"new-inbox"}, {"web_widget"}),
    "channel_api": ({"create_inbox"}, {"new-inbox"}, {"api"}),
    "agent_management": ({"create_agent", "update_agent", "delete_agent"}, {"agents"}, set()),
    "team_management": ({"create_team", "update_team", "set_team_members"}, {"teams"}, set()),
    "inbox_management": (
        {"create_inbox", "update_inbox", "delete_inbox"},
        {"inboxes", "inbox-settings"},
        set(),
    ),
    "labels": ({"create_label", "update_label", "set_conversation_labels"}, {"labels", "label"}, set()),
    "custom_attributes": (
        {"create_attribute_definition", "set_conversation_custom_attributes"},
        {"attributes"},
        set(),
    ),
    "canned_responses": ({"create_canned_response", "update_canned_response"}, {"canned"}, set()),
    "macros": ({"create_macro", "update_macro", "delete_macro", "execute_macro"}, {"macros"}, set()),
    "mobile_v2": ({"list_conversations", "notifications_list"}, set(), set()),
    "crm": ({"list_contacts", "create_contact", "filter_contacts"}, {"contacts", "contact"}, set()),
    "auto_resolve_conversations": ({"update_account"}, {"account-settings"}, set()),
    "custom_reply_email": ({"update_account"}, {"account-settings"}, set()),
    "message_reply_to": ({"create_message"}, {"conversations"}, set()),
    "inbox_view": ({"notifications_list", "notifications_read", "notifications_snooze"}, set(), set()),
    "agent_conversation_viewed": ({"mark_conversation_seen"}, {"conversations"}, set()),
    "disable_branding": (set(), set(), {"web_widget"}),
    "audit_logs": ({"audit_logs", "list_audit_entries", "download_audit_entries"}, {"audit"}, set()),
    "custom_roles": ({"create_custom_role", "desk_roles"}, {"roles"}, set()),
    "sla": ({"create_sla_policy", "list_applied_slas"}, {"conversations"}, set()),
    "hide_all_chats_for_agent": ({"list_conversations"}, {"conversations"}, set()),
    "hide_unassigned_for_agent": ({"list_conversations"}, {"conversations"}, set()),
    "hide_contacts_for_agent": ({"list_contacts"}, {"contacts"}, set()),
}
# Where the others will be: once such an address exists, the promise may be made, and this test says so.
WILL_STAND_ON = {
    "automations": ("post", "/automation_rules"), "campaigns": ("post", "/campaigns"),
    "help_center": ("post", "/portals"), "agent_bots": ("post", "/agent_bots"),
    "integrations": ("get", "/integrations/apps"),
    "reports": ("get", "/reports"),
}  # fmt: skip
WILL_BE_CHANNELS = {
    "channel_whatsapp": "whatsapp", "channel_facebook": "facebook", "channel_sms": "sms", "channel_line": "line",
    "channel_telegram": "telegram", "channel_twitter": "twitter",
}  # fmt: skip


def test_what_is_promised_is_there():
    assert set(STANDS_ON) == BUILT
    for feature, (operations, screens, channels) in STANDS_ON.items():
        assert operations <= OPERATIONS, feature
        assert screens <= SCREENS, feature
        assert channels <= CHANNELS, feature


def test_what_is_not_promised_is_not_there_yet():
    for feature, (method, tail) in WILL_STAND_ON.items():
        built = any(path.endswith(tail) and method in operations for path, operations in PATHS.items())
        assert built is (feature in BUILT), f"{feature}: {'list it' if built else 'it has no routes'}"
    for feature, kind in WILL_BE_CHANNELS.items():
        assert (kind in CHANNELS) is (feature in BUILT), feature


@pytest.mark.parametrize("said", [True, False, None])
def test_an_account_lists_what_is_on_of_what_is_built(said):
    account = Account(features={} if said is None else dict.fromkeys(DEFAULTS, said))
    listed = enabled_features(account)
    assert set(listed) <= BUILT
    assert set(listed.values()) <= {True}
    expected = {name for name in BUILT if (DEFAULTS[name] if said is None else said)}
    assert set(listed) == expected
