"""What clients send about conversations and messages, in all the ways they send it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from pydantic import field_validator

from ventanilla.api.given import Body
from ventanilla.conversations.models import MessageStatus
from ventanilla.kit.errors import Invalid
from ventanilla.kit.json_text import Unreadable, read_json
from ventanilla.kit.wire_values import word_or_number


def message_status_given(value: str | int) -> int:
    """The delivery state of that name or number. Raises Invalid."""
    return word_or_number(value, MessageStatus, field="status")


def object_given(value: Any, *, field: str) -> dict[str, Any]:
    """An object, or one as JSON text (multipart). Raises Invalid."""
    if value is None or value == "":
        return {}
    if isinstance(value, str):
        try:
            value = read_json(value)
        except Unreadable:
            value = None
    if not isinstance(value, dict):
        raise Invalid(fields={field: [_("This must be an object.")]})
    return value


class MessageIn(Body):
    """A message to write."""

    wrapper: ClassVar[str | None] = "message"
    content: str | None = None
    private: bool = False
    message_type: str = "outgoing"
    content_type: str = "text"
    content_attributes: Any = None
    attachments: Any = None
    echo_id: str | None = None
    cc_emails: str | list[str] | None = None
    bcc_emails: str | list[str] | None = None
    to_emails: str | list[str] | None = None
    template_params: Any = None
    sender_type: str | None = None
    sender_id: int | None = None
    source_id: str | None = None
    external_created_at: int | float | str | None = None
    campaign_id: int | None = None
    status: str | int | None = None
    seen_message_id: int | None = None

    @field_validator("echo_id", "content", "source_id", mode="before")
    @classmethod
    def numbers_are_text(cls, value: Any) -> Any:
        """Clients send numbers where the contract has text."""
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value

    @field_validator("message_type", mode="before")
    @classmethod
    def blank_type_is_outgoing(cls, value: Any) -> Any:
        """A null or blank type is the usual one."""
        return value or "outgoing"

    @field_validator("content_type", mode="before")
    @classmethod
    def blank_content_type_is_text(cls, value: Any) -> Any:
        """The same for what it carries."""
        return value or "text"

    @field_validator("private", mode="before")
    @classmethod
    def null_is_public(cls, value: Any) -> Any:
        """Null is not a note."""
        return False if value is None else value


class Marks(Body):
    """`labels` replace those there are; a null or blank `priority` clears it."""

    priority: str | int | None = None
    labels: list[str] | None = None


class ConversationIn(Marks):
    """A conversation to begin: with the identity `source_id`, or with a contact in an inbox."""

    wrapper: ClassVar[str | None] = "conversation"
    source_id: str | None = None
    contact_id: int | None = None
    inbox_id: int | None = None
    status: str | int | None = None
    snoozed_until: int | float | str | None = None
    assignee_id: int | None = None
    team_id: int | None = None
    additional_attributes: Any = None
    custom_attributes: Any = None
    hmac_verified: bool | None = None
    message: MessageIn | None = None
