"""With which conversations one can be merged."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import Conversation, Merge
from ventanilla.conversations.policies import Visibility
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.kit.subjects import bare_subject


def takes_other_customers(conversation: Conversation) -> bool:
    """Whether conversations with other addresses and contacts can be merged with it: by mail alone."""
    return capabilities_of(conversation.inbox.kind).email_headers


def merge_candidates(
    visibility: Visibility, conversation: Conversation, *, text: str = "", people: QuerySet[Contact]
) -> QuerySet[Conversation]:
    """Other conversations of the inbox that the reader may see, those with the same contact first, then the newest.

    Without words only the contact's. Words are a number, or part of the subject, or of who the customer is: `people` are
    the contacts that they name.
    """
    rows = (
        Conversation.objects.filter(visibility.q(), inbox_id=conversation.inbox_id, merged_into=None)
        .exclude(pk=conversation.pk)
        .select_related("contact")
    )
    if not takes_other_customers(conversation):
        rows = rows.filter(contact_inbox_id=conversation.contact_inbox_id)
    if words := text.strip():
        rows = rows.filter(_matches(words, people))
    else:
        rows = rows.filter(contact_id=conversation.contact_id)
    is_same = When(contact_id=conversation.contact_id, then=Value(0))
    return rows.annotate(other_contact=Case(is_same, default=Value(1), output_field=IntegerField())).order_by(
        "other_contact", "-last_activity_at", "-id"
    )


def _matches(words: str, people: QuerySet[Contact]) -> Q:
    rule = Q(contact__in=people.values("pk")) | Q(additional_attributes__mail_subject__icontains=words)
    if subject := bare_subject(words):
        rule |= Q(additional_attributes__thread_subject__icontains=subject)
    number = words.removeprefix("#")
    if number.isdecimal() and len(number) < 18:
        rule |= Q(display_id=int(number))
    return rule


def merged_directly_into(conversation: Conversation) -> int | None:
    """The number of the conversation that was chosen when this one was merged; None when it is not."""
    return Merge.objects.filter(source=conversation).values_list("target__display_id", flat=True).first()
