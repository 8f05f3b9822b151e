"""An inbox as the contract shows it (A.7)."""

from __future__ import annotations

import json
from typing import Any

from ventanilla.accounts.avatars import avatar_url
from ventanilla.accounts.models import AgentBot
from ventanilla.inboxes.channels import capabilities_of, channel_for
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.settings import SETTINGS
from ventanilla.inboxes.working_hours import hours_of
from ventanilla.kit import links
from ventanilla.kit.clock import iso


def contract_type(kind: str) -> str:
    """`Channel::…` of the wire; a channel that is not installed any more keeps a name made of its kind."""
    return channel_for(kind).contract_type


def inbox_json(inbox: Inbox, *, for_administrator: bool) -> dict[str, Any]:
    """The inbox with its channel's fields; keys and passwords only for administrators. No query."""
    of_channel = channel_for(inbox.kind).public_settings(inbox, for_administrator=for_administrator)
    shown = {
        "id": inbox.pk,
        "avatar_url": avatar_url(inbox.avatar.name or ""),
        "channel_id": inbox.pk,
        "channel_type": contract_type(inbox.kind),
        **SETTINGS.shown(inbox, for_administrator=for_administrator),
        "business_hours": hours_of(inbox),
        "callback_webhook_url": None,
        "provider": inbox.channel_settings.get("provider"),
        "reauthorization_required": inbox.reauthorization_required,
        **of_channel,
    }
    if for_administrator:
        shown["health"] = {
            "last_success_at": iso(inbox.last_success_at),
            "failing_since": iso(inbox.failing_since),
            "reason": inbox.failure_reason,
        }
    if capabilities_of(inbox.kind).in_our_widget:
        shown["web_widget_script"] = widget_script(inbox)
    return shown


def inbox_brief(inbox: Inbox) -> dict[str, Any]:
    """The inbox inside an event about a contact, which goes to people who may not open it."""
    return {
        "id": inbox.pk,
        "avatar_url": avatar_url(inbox.avatar.name or ""),
        "channel_id": inbox.pk,
        "name": inbox.name,
        "channel_type": contract_type(inbox.kind),
        "provider": inbox.channel_settings.get("provider"),
    }


def widget_script(inbox: Inbox) -> str:
    """The lines a customer pastes into their page; "" while the installation does not know its own address."""
    address = links.base_url()
    if not address:
        return ""
    base = json.dumps(address)
    token = json.dumps(inbox.identifier)
    return (
        "<script>\n"
        "  (function (d, t) {\n"
        f"    var BASE_URL = {base};\n"
        "    var g = d.createElement(t), s = d.getElementsByTagName(t)[0];\n"
        "    g.src = BASE_URL + '/packs/js/sdk.js';\n"
        "    g.async = true;\n"
        "    s.parentNode.insertBefore(g, s);\n"
        "    g.onload = function () {\n"
        f"      window.chatwootSDK.run({{ websiteToken: {token}, baseUrl: BASE_URL }});\n"
        "    };\n"
        "  })(document, 'script');\n"
        "</script>"
    )


def bot_json(bot: AgentBot) -> dict[str, Any]:
    """An agent bot as accounts see it."""
    return {
        "id": bot.pk,
        "name": bot.name,
        "description": bot.description,
        "outgoing_url": bot.outgoing_url,
        "bot_type": bot.bot_type,
        "bot_config": bot.bot_config,
        "account_id": bot.account_id,
        "thumbnail": avatar_url(bot.avatar.name or ""),
    }
