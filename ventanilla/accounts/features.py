"""Feature flags of an account: which exist, which are on unless the account says otherwise."""

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


def is_enabled(account: Account, feature: str) -> bool:
    """Whether the account has the feature; false for a name that does not exist."""
    return bool(account.features.get(feature, DEFAULTS.get(feature, False)))


def enabled_features(account: Account) -> dict[str, bool]:
    """Only those that are on, as the contract lists them."""
    return {name: True for name, default in DEFAULTS.items() if account.features.get(name, default)}
