"""Refusals that only conversations know."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import Refusal


class TooManyMessages(Refusal):
    """More messages within a minute than one conversation may take (contract B.2)."""

    code = "too_many_messages"
    default_message = _("There are too many messages in this conversation. Wait a minute.")


class TooManyScheduled(Refusal):
    """As many messages wait in this conversation as may (MAX_SCHEDULED_MESSAGES)."""

    code = "too_many_scheduled"
    default_message = _("Too many messages are scheduled in this conversation.")


class SentAlready(Refusal):
    """A message with the sender's key has left."""

    code = "sent_already"
    status = 409
    default_message = _("This message was sent already.")


class EmptyMessage(Refusal):
    """Neither text nor file nor items."""

    code = "empty_message"
    default_message = _("Write something or attach a file.")


class NotAMember(Refusal):
    """The user is not in this account, or may not open this inbox."""

    code = "not_a_member"
    default_message = _("This person cannot open this inbox.")


class DeletionNotAllowed(Refusal):
    """Agents may not delete messages of this inbox."""

    code = "deletion_not_allowed"
    status = 400
    default_message = _("Agents may not delete messages of this inbox.")


class ShortCodeTaken(Refusal):
    """A canned response with this short code exists."""

    code = "short_code_taken"
    default_message = _("This short code is taken.")
