"""Who wrote messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ventanilla.accounts.models import AgentBot, User
from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import Message, SenderType


def sender_names(messages: Sequence[Message]) -> dict[tuple[str, int], str]:
    """Names of those who wrote, by (SenderType, id)."""
    tables: dict[str, Any] = {
        SenderType.USER: User,
        SenderType.CONTACT: Contact,
        SenderType.AGENT_BOT: AgentBot,
    }
    names: dict[tuple[str, int], str] = {}
    for kind, table in tables.items():
        ids = {message.sender_id for message in messages if message.sender_type == kind}
        if ids:
            names |= {
                (kind, row[0]): row[1] for row in table.objects.filter(pk__in=ids).values_list("pk", "name")
            }
    return names
