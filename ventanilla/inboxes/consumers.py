"""When the log says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ventanilla.accounts.events import AccountUpdated, AgentJoined, AgentRemoved
from ventanilla.accounts.models import Account, Membership
from ventanilla.attributes.events import AttributeDefinitionDeleted, AttributeDefinitionUpdated
from ventanilla.attributes.models import AttributeDefinition
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent
from ventanilla.inboxes.commands.inboxes import follow_account_hours
from ventanilla.inboxes.commands.members import hand_over_inboxes, leave_all_inboxes
from ventanilla.inboxes.commands.pre_chat import remove_pre_chat_fields, update_pre_chat_fields


class DepartedAgents(Consumer):
    """Who left the account leaves its inboxes, unless they were let in again meanwhile."""

    name: ClassVar[str] = "inboxes.departed_agents"
    hears = (AgentRemoved,)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            fact = event.as_fact(AgentRemoved)
            if not Membership.objects.filter(account_id=fact.account_id, user_id=fact.user_id).exists():
                leave_all_inboxes(account_id=fact.account_id, user_id=fact.user_id)


class AcceptedInvitations(Consumer):
    """Who accepted has the inboxes that were given to them while they were only invited."""

    name: ClassVar[str] = "inboxes.accepted_invitations"
    hears = (AgentJoined,)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            fact = event.as_fact(AgentJoined)
            if fact.invited_as != fact.user_id:
                hand_over_inboxes(
                    account_id=fact.account_id, from_user_id=fact.invited_as, to_user_id=fact.user_id
                )


class PreChatFields(Consumer):
    """A custom attribute was changed or deleted: forms before the chat that ask for it follow."""

    name: ClassVar[str] = "inboxes.pre_chat_fields"
    hears = (AttributeDefinitionUpdated, AttributeDefinitionDeleted)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            if event.name == AttributeDefinitionDeleted.name:
                gone = event.as_fact(AttributeDefinitionDeleted)
                remove_pre_chat_fields(gone.account_id, key=gone.key, attribute_model=gone.attribute_model)
                continue
            updated = event.as_fact(AttributeDefinitionUpdated)
            definition = AttributeDefinition.objects.filter(pk=updated.attribute_definition_id).first()
            if definition is not None:
                update_pre_chat_fields(definition)


class AccountHours(Consumer):
    """The account's business hours changed: the inboxes that use them follow."""

    name: ClassVar[str] = "inboxes.account_hours"
    hears = (AccountUpdated,)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        changed = {
            fact.account_id
            for event in events
            if "business_hours" in (fact := event.as_fact(AccountUpdated)).changes
        }
        for account in Account.objects.filter(pk__in=changed):
            follow_account_hours(account)
