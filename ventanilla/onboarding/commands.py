"""The first hour's verbs."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.identities import create_contact_in
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands.deletion import delete_contact_with_conversations
from ventanilla.conversations.commands.messages import post_message, receive_message
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.commands.opening import start_conversation
from ventanilla.conversations.models import Conversation
from ventanilla.events.log import record
from ventanilla.inboxes.commands.inboxes import create_practice_inbox, delete_inbox, note_first_sight
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import rate_limits, safe_http
from ventanilla.kit.clock import now
from ventanilla.kit.errors import NotFound
from ventanilla.onboarding.errors import LineNotSeen, PageSilent
from ventanilla.onboarding.events import (
    FirstStepsEnded,
    FirstStepsResumed,
    SampleConversationMade,
    SampleConversationRemoved,
)
from ventanilla.onboarding.models import FirstSteps

LOOK_SECONDS = 8
MOST_OF_PAGE = 2 * 1024 * 1024


def end_first_steps(account: Account, *, by: User | None) -> None:
    """Take the page away, and the sample with it. Records first_steps.ended, once."""
    if by is not None:
        remove_sample(account, by=by)
    with transaction.atomic():
        row = _locked(account)
        if row.ended_at is None:
            row.ended_at = now()
            row.save(update_fields=["ended_at"])
            record(FirstStepsEnded(account_id=account.pk), actor=actor_of(by))


@transaction.atomic
def resume_first_steps(account: Account, *, by: User) -> None:
    """Bring the page back. Records first_steps.resumed."""
    row = _locked(account)
    if row.ended_at is not None:
        row.ended_at = None
        row.save(update_fields=["ended_at"])
        record(FirstStepsResumed(account_id=account.pk), actor=actor_of(by))


@transaction.atomic
def make_sample(account: Account, *, by: User) -> Conversation:
    """A conversation with a customer who does not exist, in the language active now; the same one when it is there.

    Nothing of it leaves: its inbox is of a channel whose program fetches, and there is none. Records what its inbox,
    contact and messages record, and first_steps.sample_made. Raises NotFound where there is no such channel.
    """
    row = _locked(account)
    if row.sample is not None:
        return row.sample
    inbox = create_practice_inbox(account, name=_("Practice"), by=by)
    contact, identity = create_contact_in(account, inbox=inbox, by=by, name="Camila Villaseñor")
    if identity is None:
        raise NotFound
    conversation = start_conversation(identity, by=contact)
    began = now() - timedelta(minutes=4)

    def hear(text: str, *, minutes: int) -> None:
        said = NewMessage(content=text, created_at=began + timedelta(minutes=minutes))
        receive_message(conversation, said, sender=contact)

    hear(_("Hi, do you have the 300 ml mug in sage green? It's for a gift."), minutes=0)
    answer = NewMessage(
        content=_("Hi, Camila. Yes, six are left. Shall we wrap it?"), created_at=began + timedelta(minutes=1)
    )
    post_message(conversation, answer, by=by)
    hear(_("Yes, please. Will it arrive before Friday?"), minutes=4)
    row.sample = conversation
    row.save(update_fields=["sample"])
    record(SampleConversationMade(account_id=account.pk, conversation_id=conversation.pk), actor=actor_of(by))
    return conversation


def remove_sample(account: Account, *, by: User) -> None:
    """Delete the sample with its customer and its place; done again after a failure, it continues.

    A customer whom someone joined with a real one stays. Records what the deletions record, and
    first_steps.sample_removed.
    """
    kept = FirstSteps.objects.filter(account=account, sample__isnull=False).first()
    practice = Inbox.objects.filter(account=account, is_practice=True, deleted_at__isnull=True)
    for inbox in practice:
        for contact in Contact.objects.filter(contact_inboxes__inbox=inbox).distinct():
            if not contact.contact_inboxes.exclude(inbox=inbox).exists():
                delete_contact_with_conversations(contact, by=by)
        delete_inbox(inbox, by=by)
    if kept is not None and kept.sample_id is not None:
        with transaction.atomic():
            FirstSteps.objects.filter(account=account).update(sample=None)
            record(
                SampleConversationRemoved(account_id=account.pk, conversation_id=kept.sample_id),
                actor=actor_of(by),
            )


def look_at_page(inbox: Inbox) -> None:
    """Fetch the company's page and look for the chat's line. Not in a transaction: it takes seconds.

    A page that adds the line by a script of its own is seen by the first visitor's browser instead (web.widget).
    Raises LineNotSeen, PageSilent when there is no page, Throttled.
    """
    rate_limits.check("page_looks_per_account", str(inbox.account_id))
    address = str(inbox.channel_settings.get("website_url", ""))
    try:
        page = safe_http.fetch("GET", address, timeout_seconds=LOOK_SECONDS, max_bytes=MOST_OF_PAGE)
    except (safe_http.FetchFailed, safe_http.AddressRefused) as error:
        raise PageSilent from error
    if not page.is_success:
        raise PageSilent
    if inbox.identifier not in page.text:
        raise LineNotSeen
    note_first_sight(inbox)


def _locked(account: Account) -> FirstSteps:
    FirstSteps.objects.get_or_create(account=account)
    return FirstSteps.objects.select_for_update(of=("self",)).select_related("sample").get(account=account)
