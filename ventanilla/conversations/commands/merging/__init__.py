"""Two conversations that are one matter become one, and two again when that was a mistake.

Merging B (`source`) into A (`target`), both of one inbox. Outside of mail both are with one address of one customer: an
answer in A would else reach someone else, or a session read what another wrote. By mail B may be with another address
or another contact. What becomes of everything B has:

- What was said (also private notes, automatic texts, deleted messages) goes to A with its ids, times, senders and files,
  so it stands there in the order in which it was written. Of another contact: what they wrote is flagged `stranger` and
  `not_shared`, what was sent to them says to whom (`to_emails`), so that A's customer is neither shown nor quoted it.
- Activity lines stay: they tell what happened to B. So does the question how the customer was served, with its answers:
  it is about B, its page continues working, and A asks for itself.
- Labels: A has those of both. Participants, and B's agent: follow A as well. Mentions: A has the newer of both.
- State: A takes B's when that is more awake (open, pending, snoozed, resolved); a conversation of no one takes B's agent,
  one of no team B's team. Priority, attributes and subject stay A's. The customer waits since the earlier of both.
  Seen: A is marked unseen from the first message on that was unseen in B.
- Drafts: of the same customer they go to A, under what stands there; one for another contact stays with B.
- Messages for later go to A, said to whom; for another contact the merge is refused.
- Notifications follow in their own room, when the log says so.

B is resolved with the reason "merged" and points to A; what is written to it later, whichever way it is found, is written
to A (commands.messages). Conversations that went into B before point to A then, so a pointer never leads to a pointer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Q
from django.utils.translation import gettext_lazy as lazy

from ventanilla.accounts.models import User
from ventanilla.conversations.commands.activity import lines
from ventanilla.conversations.commands.held import Held, take
from ventanilla.conversations.commands.merging.joining import join
from ventanilla.conversations.commands.merging.parting import Parting
from ventanilla.conversations.commands.merging.rows import Pair
from ventanilla.conversations.errors import (
    AlreadyMerged,
    MergedIntoItself,
    NotMerged,
    OtherCustomer,
    OtherInbox,
    TargetIsMerged,
    WaitsToBeSent,
)
from ventanilla.conversations.models import Conversation, Merge, ScheduledMessage
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.kit import statements
from ventanilla.kit.errors import NotFound

lines(
    {
        "merged_in": lazy("%(actor)s merged conversation #%(number)s into this one"),
        "merged_away": lazy("%(actor)s merged this conversation into #%(number)s"),
        "unmerged_in": lazy("%(actor)s undid the merge: conversation #%(number)s has its messages back"),
        "unmerged_away": lazy("%(actor)s undid the merge into #%(number)s"),
    }
)


def merge_conversations(source: Conversation, *, into: Conversation, by: User) -> Conversation:
    """Put `source` into the other one, which comes back. The caller made sure that the user may write in both.

    Raises MergedIntoItself, OtherInbox, OtherCustomer, AlreadyMerged, TargetIsMerged, WaitsToBeSent, NotFound.
    Records conversation.merged for both, and what their rows' changes record.
    """
    if source.pk == into.pk:
        raise MergedIntoItself
    with both_held(source, into) as (gone, stays):
        _check(gone, stays)
        join(Pair(gone, stays, by, address=_other_address(gone, stays)))
    gone.show_on(source)
    return stays.show_on(into)


def unmerge_conversation(source: Conversation, *, by: User) -> Conversation:
    """Give a merged conversation its messages back, and both their state of before as far as nothing changed since.

    What was written after the merge stays where it is; drafts stay with the other as well.
    Raises NotMerged, MergedFurther, MergedMessagesDeleted, NotFound. Records conversation.unmerged for both.
    """
    merge = Merge.objects.filter(source=source).select_related("target").first()
    if merge is None:
        raise NotMerged
    with both_held(source, merge.target) as (back, stays):
        current = Merge.objects.filter(pk=merge.pk).first()
        if current is None or back.merged_into_id is None:
            raise NotMerged
        Parting(current, back, stays, by=by).run()
    return back.show_on(source)


@contextmanager
def both_held(source: Conversation, target: Conversation) -> Iterator[tuple[Held, Held]]:
    """One transaction with both rows locked, and with those that went into either. Always in the order of their ids."""
    with statements.writing():
        wanted = [source.pk, target.pk]
        list(
            Conversation.objects.select_for_update()
            .filter(Q(pk__in=wanted) | Q(merged_into__in=wanted))
            .order_by("pk")
            .values_list("pk")
        )
        rows = {pk: take(pk) for pk in sorted(wanted)}
        yield rows[source.pk], rows[target.pk]


def _check(gone: Held, stays: Held) -> None:
    if gone.account_id != stays.account_id:
        raise NotFound
    if gone.inbox_id != stays.inbox_id:
        raise OtherInbox
    if gone.merged_into_id is not None:
        raise AlreadyMerged
    if stays.merged_into_id is not None:
        raise TargetIsMerged
    if gone.contact_inbox_id != stays.contact_inbox_id and not capabilities_of(gone.inbox_kind).email_headers:
        raise OtherCustomer
    if (
        gone.contact_id != stays.contact_id
        and ScheduledMessage.objects.filter(conversation_id=gone.id).exists()
    ):
        raise WaitsToBeSent


def _other_address(gone: Held, stays: Held) -> str:
    """The customer's address in the one that goes, where it is another one."""
    if gone.contact_inbox_id == stays.contact_inbox_id:
        return ""
    found: str = (
        Conversation.objects.filter(pk=gone.id).values_list("contact_inbox__source_id", flat=True).get()
    )
    return found
