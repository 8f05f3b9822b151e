"""Feature flags of an account (contract F.27): which exist, which are on unless the account says otherwise.

Clients draw their menus from the list, so it names only what has working routes and screens: BUILT. What an operator says
of another one is kept for the day that it is built. tests/test_features.py compares the list with the routes.
"""

from __future__ import annotations

from ventanilla.accounts.models import Account

_ON = (
    "inbound_emails channel_email channel_website channel_facebook channel_whatsapp channel_api help_center agent_bots"
    " macros agent_management team_management inbox_management labels custom_attributes automations canned_responses"
    " integrations voice_recorder mobile_v2 campaigns reports crm auto_resolve_conversations custom_reply_email"
    " audit_logs message_reply_to insert_article_in_reply inbox_view sla custom_roles"
    " email_continuity_on_api_channel send_agent_name_in_whatsapp_message read_message agent_conversation_viewed"
).split()
_OFF = (
    "channel_twitter channel_sms channel_telegram channel_line ip_lookup disable_branding custom_reply_domain"
    " response_bot help_center_embedding_search linear_integration captain_integration hide_all_chats_for_agent"
    " hide_unassigned_for_agent hide_contacts_for_agent hide_filters_for_agent hide_all_inbox_for_agent wavoip"
).split()
DEFAULTS: dict[str, bool] = dict.fromkeys(_ON, True) | dict.fromkeys(_OFF, False)
BUILT = frozenset(
    (
        "inbound_emails channel_email channel_website channel_api agent_management team_management inbox_management"
        " labels custom_attributes canned_responses macros mobile_v2 crm auto_resolve_conversations custom_reply_email"
        " message_reply_to inbox_view agent_conversation_viewed disable_branding hide_all_chats_for_agent"
        " hide_unassigned_for_agent hide_contacts_for_agent custom_roles audit_logs sla"
    ).split()
)


def is_enabled(account: Account, feature: str) -> bool:
    """Whether the account has the feature; false for a name that does not exist or is not built."""
    return feature in BUILT and bool(account.features.get(feature, DEFAULTS[feature]))


def enabled_features(account: Account) -> dict[str, bool]:
    """Only those that are on, as the contract lists them."""
    return {name: True for name in DEFAULTS if is_enabled(account, name)}
