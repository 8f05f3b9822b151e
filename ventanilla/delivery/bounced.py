"""Which mail of ours a report is about, and who of its recipients did not get it: one state is too little for many."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Message, MessageType
from ventanilla.delivery.models import Outgoing
from ventanilla.inboxes.channel import DeliveryReport
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.inboxes.marks import RECIPIENTS
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now

# A server tries for up to five days before it gives up (RFC 5321 §4.5.4.1); after that an address says nothing any more.
BOUNCE_LASTS = timedelta(days=7)
_NEWEST = 500  # mails to others than the customer that are looked at for a recipient
_OURS = (MessageType.OUTGOING, MessageType.TEMPLATE)


def message_of(inbox: Inbox, report: DeliveryReport) -> Message | None:
    """The message that a report is about: by its id, else the newest mail to that recipient in the last days."""
    ids = [one for one in (report.external_id, *report.also_ids) if one]
    here = Message.objects.filter(inbox=inbox).exclude(message_type=MessageType.INCOMING)
    here = here.select_related("conversation__contact_inbox")
    found = {one.source_id: one for one in here.filter(source_id__in=ids)}
    known = next((found[one] for one in ids if one in found), None)
    if known is not None or not capabilities_of(inbox.kind).email_headers:
        return known
    if any(one.startswith("outgoing/") for one in ids):
        return None  # a transcript or a notice of ours: no message of a thread
    names = {one.lower() for one in (report.recipient, report.alias) if one}
    return _newest_to(inbox, names) if names else None


def copy_line_of(inbox: Inbox, report: DeliveryReport) -> Message | None:
    """The thread's line of a copy of ours (a transcript) that a report is about; None for anything else."""
    ids = [one for one in (report.external_id, *report.also_ids) if one.startswith("outgoing/")]
    if not ids:
        return None
    sent = Outgoing.objects.filter(account=inbox.account_id, kind="mail", state=Outgoing.State.SENT)
    row = sent.filter(provider_id__in=ids).first()
    line = row.payload.get("message_id") if row is not None else None
    lines = Message.objects.filter(account_id=inbox.account_id, message_type=MessageType.ACTIVITY)
    return lines.select_related("conversation").filter(pk=line or 0).first()


def _newest_to(inbox: Inbox, names: set[str]) -> Message | None:
    sent = Message.objects.filter(
        inbox=inbox,
        message_type__in=_OURS,
        private=False,
        deleted_at__isnull=True,
        source_id__isnull=False,
        created_at__gte=now() - BOUNCE_LASTS,
    ).select_related("conversation__contact_inbox")
    to_customer = sent.filter(conversation__contact_inbox__source_id__in=list(names)).order_by("-pk")[
        :_NEWEST
    ]
    to_others = sent.filter(
        content_attributes__has_any_keys=list(RECIPIENTS),
    ).order_by("-pk")[:_NEWEST]
    found = [
        next((one for one in some.iterator(100) if names & recipients_of(one).keys()), None)
        for some in (to_customer, to_others)
    ]
    return max((one for one in found if one is not None), key=lambda one: one.pk, default=None)


def recipients_of(message: Message) -> dict[str, str]:
    """Everyone a mail of ours goes to, as written, by their address in lower case."""
    marks, customer = message.marks, message.conversation.contact_inbox.source_id
    to = marks.to or ([] if marks.passes_on else [customer])
    return {one.lower(): one for one in (*to, *marks.cc, *marks.bcc)}


def note_failure_of(message: Message, reports: Collection[DeliveryReport]) -> Message:
    """Note on a mail of ours who did not get it, and why. When that is all of them, it failed."""
    reasons = dict(_reasons(recipients_of(message), reports))
    return conversations.note_undelivered(message, reasons=reasons)


def _reasons(people: dict[str, str], reports: Collection[DeliveryReport]) -> Iterator[tuple[str, str]]:
    """(address as we wrote it, reason). What a report only mentions counts where it is a recipient of the mail; where
    no one can be named, it is the only recipient, or one of them.
    """
    named = False
    for report in reports:
        ours = next(
            (people[one.lower()] for one in (report.recipient, report.alias) if one.lower() in people), None
        )
        if ours is not None or (report.is_certain and report.recipient and len(people) != 1):
            named = True
            yield ours or report.recipient, report.reason
    if not named and reports:
        report = next(iter(reports))
        yield (next(iter(people.values())) if len(people) == 1 else ""), report.reason
