"""Copies of a conversation by mail. The mail itself is delivery's, which reads the event."""

from __future__ import annotations

from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ventanilla.conversations.commands.activity import lines, rewrite_activity, write_activity
from ventanilla.conversations.commands.held import By, held
from ventanilla.conversations.commands.rows import locked_message, where_it_stands
from ventanilla.conversations.events import TranscriptRequested
from ventanilla.conversations.models import Conversation, Message
from ventanilla.kit import mailer
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import is_email
from ventanilla.kit.texts import seen

lines(
    {
        "transcript_queued": lazy("%(actor)s asked for a copy for %(email)s"),
        "transcript_trying": lazy(
            "The copy for %(email)s hasn't been sent yet, we'll keep trying: %(reason)s"
        ),
        "transcript_sent": lazy("The copy for %(email)s that %(actor)s asked for was sent"),
        "transcript_bounced": lazy("The copy for %(email)s didn't arrive: %(reason)s"),
        "transcript_lost": lazy("The copy for %(email)s wasn't sent: %(reason)s"),
        "transcript_unknown": lazy("We don't know whether the copy for %(email)s was sent"),
    }
)


@transaction.atomic
def request_transcript(
    conversation: Conversation, *, email: str, by: By, caused_by: int | None = None
) -> None:
    """Ask for a copy of all public messages to that address; a line in the thread says so, and how far it comes.

    Records message.created and conversation.transcript_requested.
    Raises Invalid; MailMissing or AddressUnknown where no mail can be sent at all.
    """
    mailer.require_way()
    email = seen(email)
    if not is_email(email):
        raise Invalid(fields={"email": [_("Enter a valid email address.")]})
    with held(conversation, caused_by=caused_by) as row:
        line = write_activity(row, "transcript_queued", by=by, email=email)
        row.save(by=by)
        row.record(
            TranscriptRequested(
                account_id=row.account_id, conversation_id=row.id, email=email, message_id=line.pk
            ),
            by=by,
        )


class TranscriptState(StrEnum):
    """How far a copy came; each is a sentence of activity.py."""

    TRYING = "trying"
    SENT = "sent"
    LOST = "lost"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"


@where_it_stands
def note_transcript(line: Message, *, state: TranscriptState, reason: str = "") -> Message:
    """The line of a copy says how far it came, and why not further. Records message.updated."""
    with held(line.conversation) as row:
        current = locked_message(line, row)
        rewrite_activity(row, current, f"transcript_{state}", **({"reason": reason} if reason else {}))
    return current
