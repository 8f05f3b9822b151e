"""Survey responses as the contract shows them (B.10, C.3), and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.accounts.avatars import avatar_url
from ventanilla.accounts.rendering import agent_json
from ventanilla.accounts.selectors import agents_by_id
from ventanilla.contacts.rendering import contacts_json
from ventanilla.conversations.models import Message
from ventanilla.conversations.speaking import language_of
from ventanilla.kit import links
from ventanilla.kit.clock import epoch
from ventanilla.surveys.models import SurveyResponse


def responses_json(rows: Sequence[SurveyResponse], *, account_id: int) -> list[dict[str, Any]]:
    """Those answers, in their order. A fixed number of queries."""
    agents = agents_by_id(account_id, [row.assigned_agent_id for row in rows if row.assigned_agent_id])
    contacts = contacts_json([row.conversation.contact for row in rows], with_inboxes=False)
    return [_response(row, contact, agents) for row, contact in zip(rows, contacts, strict=True)]


def _response(row: SurveyResponse, contact: Any, agents: Any) -> dict[str, Any]:
    shown = {
        "id": row.pk,
        "rating": row.rating,
        "feedback_message": row.feedback_message,
        "account_id": row.account_id,
        "message_id": row.message_id,
        "contact": contact,
        "conversation_id": row.conversation.display_id,
        "created_at": epoch(row.created_at),
    }
    agent = agents.get(row.assigned_agent_id)
    return shown if agent is None else shown | {"assigned_agent": agent_json(agent)}


def survey_json(message: Message) -> dict[str, Any]:
    """A survey for whoever has its address: what was answered, and how the page is to look."""
    response = getattr(message, "survey_response", None)
    return {
        "id": message.pk,
        "csat_survey_response": None
        if response is None
        else {
            "id": response.pk,
            "rating": response.rating,
            "feedback_message": response.feedback_message,
            "created_at": epoch(response.created_at),
        },
        "inbox_avatar_url": avatar_url(message.inbox.avatar.name or ""),
        "inbox_name": message.inbox.name,
        "locale": language_of(
            message.conversation.additional_attributes, account_locale=message.inbox.account.locale
        ),
        "conversation_id": message.conversation_id,
        "created_at": epoch(message.created_at),
    }


def responses_table(rows: Iterable[SurveyResponse]) -> Iterator[list[object]]:
    """A header and a line for each answer, in the language active now."""
    yield [
        _("Agent"), _("Rating"), _("Comment"), _("Contact"), _("Email"), _("Phone"), _("Conversation"), _("Date"),
    ]  # fmt: skip
    for row in rows:
        conversation = row.conversation
        path = f"/app/accounts/{row.account_id}/conversations/{conversation.display_id}"
        yield [
            row.assigned_agent.available_name if row.assigned_agent else "",
            row.rating,
            row.feedback_message,
            conversation.contact.name,
            conversation.contact.email or "",
            conversation.contact.phone_number or "",
            links.lasting_url(path),
            f"{row.created_at:%Y-%m-%d %H:%M} UTC",
        ]
