"""Beginning conversations."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from ventanilla.accounts.models import Team, User
from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.values import clean_values
from ventanilla.contacts.models import ContactInbox
from ventanilla.conversations.commands.assignment import check_team
from ventanilla.conversations.commands.following import check_assignable, follow
from ventanilla.conversations.commands.held import By, actor_of, take
from ventanilla.conversations.events import (
    AssigneeChanged,
    ConversationCreated,
    ConversationOpened,
    TeamChanged,
)
from ventanilla.conversations.models import CloseReason, Conversation, Status
from ventanilla.events.log import record
from ventanilla.inboxes.marks import THREAD_SUBJECT, ConversationMarks
from ventanilla.kit.clock import now
from ventanilla.kit.subjects import bare_subject

_NEXT_NUMBER = "UPDATE accounts_account SET last_display_id = last_display_id + 1 WHERE id = %s RETURNING last_display_id"


def next_display_id(account_id: int) -> int:
    """The next number of the account. Its row stays locked until the transaction ends, so numbers have no holes."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_NUMBER, [account_id])
        return int(cursor.fetchone()[0])


def _first_status(contact_inbox: ContactInbox, *, given: int | None, campaign_id: int | None) -> int:
    """Contract F.1, in its order: blocked, campaign, bot, as given, open."""
    if contact_inbox.contact.blocked:
        return Status.RESOLVED
    if campaign_id is None and contact_inbox.inbox.agent_bot_id is not None:
        return Status.PENDING
    return Status.OPEN if given is None else given


@transaction.atomic
def start_conversation(
    contact_inbox: ContactInbox,
    *,
    by: By,
    status: int | None = None,
    assignee: User | None = None,
    team: Team | None = None,
    additional_attributes: Mapping[str, Any] | None = None,
    custom_attributes: Mapping[str, Any] | None = None,
    snoozed_until: datetime | None = None,
    campaign_id: int | None = None,
) -> Conversation:
    """Open a conversation with this contact in this inbox.

    A blocked contact's is resolved at once; with a bot on the inbox it is pending, whatever `status` says.
    Raises Invalid for attributes that do not fit, and what assign_agent and assign_team raise.
    Records conversation.created, conversation.opened when it is, assignee.changed and team.changed when given.
    """
    at, inbox = now(), contact_inbox.inbox
    attributes = clean_values(inbox.account_id, custom_attributes or {}, model=AttributeModel.CONVERSATION)
    check_assignable(assignee, account_id=inbox.account_id, inbox_id=inbox.pk)
    check_team(team, account_id=inbox.account_id)
    first = _first_status(contact_inbox, given=status, campaign_id=campaign_id)
    conversation = Conversation.objects.create(
        account_id=inbox.account_id,
        inbox=inbox,
        contact=contact_inbox.contact,
        contact_inbox=contact_inbox,
        display_id=next_display_id(inbox.account_id),
        uuid=uuid.uuid4(),
        status=first,
        close_reason=CloseReason.IGNORED if first == Status.RESOLVED else CloseReason.NONE,
        snoozed_until=snoozed_until if first == Status.SNOOZED else None,
        assignee=assignee,
        team=team,
        campaign_id=campaign_id,
        additional_attributes=_with_subject(additional_attributes or {}),
        custom_attributes=attributes,
        waiting_since=at,
        last_activity_at=at,
        created_at=at,
    )
    _record_start(conversation, by=by)
    return conversation


def _with_subject(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """A subject that someone gave finds the conversation again, as that of a received mail does."""
    subject = ConversationMarks(attributes).subject
    if not subject.strip() or THREAD_SUBJECT in attributes:
        return dict(attributes)
    return {**attributes, THREAD_SUBJECT: bare_subject(subject)}


def _record_start(conversation: Conversation, *, by: By) -> None:
    ids = {"account_id": conversation.account_id, "conversation_id": conversation.pk}
    actor = actor_of(by)
    began = Status(conversation.status).label
    record(ConversationCreated(**ids, inbox_id=conversation.inbox_id, status=began), actor=actor)
    if conversation.status == Status.OPEN:
        record(ConversationOpened(**ids), actor=actor)
    if conversation.team_id is not None:
        record(TeamChanged(**ids, changes={"team_id": [None, conversation.team_id]}), actor=actor)
    if conversation.assignee_id is not None:
        follow(take(conversation.pk), [conversation.assignee_id], by=by)
        record(AssigneeChanged(**ids, changes={"assignee_id": [None, conversation.assignee_id]}), actor=actor)
