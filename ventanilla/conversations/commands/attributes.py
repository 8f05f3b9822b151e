"""Free attributes of a conversation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.values import clean_values
from ventanilla.conversations.commands.held import By, Held, held
from ventanilla.conversations.models import Conversation
from ventanilla.kit.limits import check_attributes


def set_custom_attributes(
    conversation: Conversation, *, attributes: Mapping[str, Any], by: By
) -> Conversation:
    """Replace all custom attributes. What stands already may stay, though its definition changed since.

    Raises Invalid for a value that does not fit its definition. Records conversation.updated.
    """
    check_attributes(attributes)
    with held(conversation) as row:
        new = {key: value for key, value in attributes.items() if not _stands(row, key, value)}
        cleaned = clean_values(row.account_id, new, model=AttributeModel.CONVERSATION)
        row.set("custom_attributes", {**attributes, **cleaned})
        row.save(by=by)
    return conversation


def _stands(row: Held, key: str, value: Any) -> bool:
    present = row.custom_attributes.get(key)
    return key in row.custom_attributes and type(present) is type(value) and present == value


def remove_custom_attributes(conversation: Conversation, *, keys: Iterable[str], by: By) -> Conversation:
    """Take these custom attributes away. Records conversation.updated when one was there."""
    gone = set(keys)
    with held(conversation) as row:
        row.set(
            "custom_attributes",
            {key: value for key, value in row.custom_attributes.items() if key not in gone},
        )
        row.save(by=by)
    return conversation


def merge_additional_attributes(
    conversation: Conversation, *, attributes: Mapping[str, Any], by: By
) -> Conversation:
    """Add to what channels keep about the conversation. Moves its version on; no event but for its language."""
    check_attributes(attributes, field="additional_attributes")
    with held(conversation) as row:
        row.set("additional_attributes", {**row.additional_attributes, **attributes})
        row.save(by=by)
    return conversation
