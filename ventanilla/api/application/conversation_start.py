"""POST conversations: whom it is with, whose it is, and its first message."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.conversation_access import (
    agent_given,
    require_of_person,
    team_given,
    visibility_of,
)
from ventanilla.api.application.conversation_changes import mark
from ventanilla.api.application.conversation_input import ConversationIn, object_given
from ventanilla.api.application.message_writing import write
from ventanilla.api.auth import Request
from ventanilla.contacts.commands.identities import create_contact_inbox, ensure_contact_inbox
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.contacts.selectors import get_contact_for
from ventanilla.conversations.commands import start_conversation
from ventanilla.conversations.given import status_given
from ventanilla.conversations.models import Conversation
from ventanilla.conversations.policies import facts_of
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.kit.limits import check_attributes
from ventanilla.kit.wire_values import moment


def _may_use(request: Request, inbox_id: int) -> bool:
    caller = request.auth
    if caller.bot is not None:
        return Inbox.objects.filter(pk=inbox_id, agent_bot=caller.bot).exists()
    visibility = visibility_of(request)
    return visibility.everything or inbox_id in visibility.inbox_ids


def _inbox(request: Request, inbox_id: int) -> Inbox:
    inbox = Inbox.objects.filter(pk=inbox_id, account=request.auth.account, deleted_at__isnull=True).first()
    if inbox is None or not _may_use(request, inbox.pk):
        raise NotFound
    return inbox


def _contact(request: Request, contact_id: int) -> Contact:
    caller = request.auth
    if caller.bot is None:
        return get_contact_for(caller.member, contact_id=contact_id)
    contact = Contact.objects.filter(pk=contact_id, account=caller.account).first()
    if contact is None:
        raise NotFound
    return contact


def _identity(request: Request, given: ConversationIn) -> ContactInbox:
    """The contact's identity in the inbox, made when it is new. Raises NotFound, Invalid, SourceTaken."""
    account = request.auth.account
    if given.contact_id and given.inbox_id:
        inbox = _inbox(request, given.inbox_id)
        contact = _contact(request, given.contact_id)
        if given.source_id:
            return create_contact_inbox(
                contact, inbox=inbox, source_id=given.source_id, hmac_verified=bool(given.hmac_verified)
            )
        return ensure_contact_inbox(contact, inbox=inbox)
    if not given.source_id:
        raise Invalid(
            fields={"source_id": [_("Choose who it's with: a source_id, or a contact and a channel.")]}
        )
    known = ContactInbox.objects.filter(
        source_id=given.source_id, inbox__account=account, inbox__deleted_at__isnull=True
    ).select_related("contact", "inbox")
    if given.inbox_id:
        known = known.filter(inbox_id=given.inbox_id)
    if given.contact_id:
        known = known.filter(contact_id=given.contact_id)
    for identity in known.order_by("-id"):
        if _may_use(request, identity.inbox_id):
            return identity
    raise NotFound(fields={"source_id": [_("No one has this value.")]})


def _newest(request: Request, identity: ContactInbox) -> Conversation | None:
    """What is there to go on with. Raises NotFound when the caller may not see it: nothing is written there by them."""
    conversation = Conversation.objects.filter(contact_inbox=identity).order_by("-id").first()
    if conversation is None or request.auth.bot is not None:
        return conversation
    if not visibility_of(request).allows(facts_of(conversation)):
        raise NotFound
    return conversation


@transaction.atomic
def begin(request: Request, given: ConversationIn) -> Conversation:
    """Start it, or take the newest where the inbox locks to one conversation; then write the message, all or nothing."""
    identity = _identity(request, given)
    if given.assignee_id or given.team_id:
        require_of_person(request, Capability.CONVERSATIONS_ASSIGN)
    attributes = object_given(given.additional_attributes, field="additional_attributes")
    check_attributes(attributes, field="additional_attributes")
    conversation = None
    if identity.inbox.lock_to_single_conversation:
        conversation = _newest(request, identity)
    if conversation is None:
        conversation = start_conversation(
            identity,
            by=request.auth.actor,
            status=None if given.status in (None, "") else status_given(given.status),
            snoozed_until=moment(given.snoozed_until, field="snoozed_until"),
            assignee=agent_given(request, given.assignee_id),
            team=team_given(request, given.team_id),
            additional_attributes=attributes,
            custom_attributes=object_given(given.custom_attributes, field="custom_attributes"),
        )
    mark(request, conversation, given)
    if given.message is not None:
        write(request, conversation, given.message)
    return conversation
