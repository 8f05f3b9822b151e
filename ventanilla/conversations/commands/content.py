"""What a message may say: length, items of the interactive types (contract A.7), variables (F.19), mentions (F.12)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.accounts.models import AgentBot, User
from ventanilla.contacts.visitors import told_of
from ventanilla.conversations.errors import EmptyMessage
from ventanilla.conversations.models import Conversation
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.kit import limits, liquid, names
from ventanilla.kit.errors import Invalid

CONTENT_TYPES = frozenset(
    {
        "text", "input_text", "input_textarea", "input_email", "input_select", "cards", "form", "article",
        "incoming_email", "input_csat", "integrations", "sticker", "voice_call",
    }
)  # fmt: skip
_ITEM_KEYS = {
    "input_select": frozenset({"title", "value", "description"}),
    "cards": frozenset({"title", "description", "media_url", "actions"}),
    "form": frozenset(
        {
            "type",
            "placeholder",
            "label",
            "name",
            "options",
            "default",
            "required",
            "pattern",
            "title",
            "pattern_error",
        }
    ),
    "article": frozenset({"title", "description", "link"}),
}
_ACTION_KEYS = frozenset({"text", "type", "payload", "uri"})
_SPEAKS_WITHOUT_TEXT = frozenset(_ITEM_KEYS) | {
    "input_csat",
    "integrations",
    "sticker",
    "voice_call",
    "input_email",
}
_MENTION = re.compile(r"\(mention://(user|team)/(\d{1,18})/")


def check_content(
    content: str,
    *,
    content_type: str,
    attributes: Mapping[str, Any],
    has_attachments: bool,
    has_template: bool,
) -> None:
    """Raises Invalid or EmptyMessage for what the contract does not take."""
    limits.check_message(content)
    if content_type not in CONTENT_TYPES:
        raise Invalid(fields={"content_type": [_("This kind of message doesn't exist.")]})
    if content_type in _ITEM_KEYS:
        _check_items(attributes.get("items"), content_type=content_type)
    if not (content.strip() or has_attachments or has_template or content_type in _SPEAKS_WITHOUT_TEXT):
        raise EmptyMessage


def _check_items(items: Any, *, content_type: str) -> None:
    if not isinstance(items, list) or not items:
        raise Invalid(fields={"items": [_("Add at least one item.")]})
    for item in items:
        if not isinstance(item, dict) or set(item) - _ITEM_KEYS[content_type]:
            raise Invalid(fields={"items": [_("An item has unknown keys.")]})
        if content_type == "cards":
            _check_actions(item.get("actions"))


def _check_actions(actions: Any) -> None:
    if not isinstance(actions, list) or not actions:
        raise Invalid(fields={"items": [_("A card needs at least one action.")]})
    for action in actions:
        known = isinstance(action, dict) and not set(action) - _ACTION_KEYS
        if not known or action.get("type") not in {"link", "postback"}:
            raise Invalid(fields={"items": [_("The action of a card must be link or postback.")]})


def _known(conversation: Conversation, *, by_person: bool) -> dict[str, Any]:
    """What a text may name of the contact. A person knows whom they write to; a text that goes by itself, or a bot's
    that repeats what it heard, tells a visitor nothing that they may not know (contacts.visitors).
    """
    if not by_person and capabilities_of(conversation.inbox.kind).visitors:
        session = conversation.contact_inbox
        session.contact = conversation.contact
        return told_of(session)
    contact = conversation.contact
    return {key: getattr(contact, key) for key in ("name", "email", "phone_number", "custom_attributes")}


def variables_of(conversation: Conversation, *, sender: User | AgentBot | None) -> dict[str, Any]:
    """What `{{…}}` can name in this conversation."""
    contact = conversation.contact
    known = _known(conversation, by_person=isinstance(sender, User))
    first, last = names.first_and_last(known["name"])
    agent: dict[str, Any] = {"name": "", "available_name": "", "first_name": "", "last_name": ""}
    if sender is not None:
        shown = sender.available_name if isinstance(sender, User) else sender.name
        agent_first, agent_last = names.first_and_last(shown)
        agent = {"name": shown, "available_name": shown, "first_name": agent_first, "last_name": agent_last}
    return {
        "contact": {
            "id": contact.pk,
            "name": known["name"],
            "first_name": first,
            "last_name": last,
            "email": known["email"] or "",
            "phone_number": known["phone_number"] or "",
            "custom_attribute": known["custom_attributes"],
        },
        "agent": agent,
        "conversation": {
            "id": conversation.display_id,
            "display_id": conversation.display_id,
            "contact_name": known["name"],
            "custom_attribute": conversation.custom_attributes,
        },
        "inbox": {"id": conversation.inbox_id, "name": conversation.inbox.name},
        "account": {"id": conversation.account_id, "name": conversation.account.name},
    }


def expand(content: str, conversation: Conversation, *, sender: User | AgentBot | None) -> str:
    """The text with its variables filled in. Loads what they name only when there are any."""
    if "{{" not in content and "{%" not in content:
        return content
    return liquid.render(content, variables_of(conversation, sender=sender))


def mentioned(content: str) -> tuple[list[int], list[int]]:
    """Ids of the users and teams that a note mentions, in order, once each."""
    users: dict[int, None] = {}
    teams: dict[int, None] = {}
    for kind, found in _MENTION.findall(content):
        (users if kind == "user" else teams)[int(found)] = None
    return list(users), list(teams)
