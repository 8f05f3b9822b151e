"""What messages and conversations say of themselves beside their columns, in the JSON of `content_attributes` and
`additional_attributes`: every key we give a meaning to, once, and what is read of it.

Clients may put keys of their own there, and of any type, so a view answers with the type it promises or with nothing.
The names in capitals are for writing and for questions to the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# ── of a message: content_attributes ──────────────────────────────────────────────────────────────────
TO = "to_emails"  # to whom a mail of ours goes, when it is not the customer
CC = "cc_emails"
BCC = "bcc_emails"
RECIPIENTS = (TO, CC, BCC)
SUBJECT = "subject"  # a mail of ours with a subject of its own
IN_REPLY_TO = "in_reply_to"  # id of the message that it answers
PASSES_ON = "forwarded_message_id"  # id of the message that it passes on to others
STRANGER = "stranger"  # written by someone else than the customer
NOT_SHARED = "not_shared"  # the customer does not get to see it, though it stands in their thread
AUTOMATIC = "automatic"  # a program wrote it
MAIL = "email"  # what a mail said beside its text; see MailMarks
ITEMS = "items"  # what the customer chooses from
SCALE = "display_type"  # of a survey: emoji or star
CALENDAR = "calendar"  # cards of invitations
DELIVERY = "delivery"  # what is known of its way: trying, unknown
WAITS_FOR = "waits_for"  # why it is not on its way yet
EXTERNAL_ERROR = "external_error"  # why it failed, for people
ANSWERS = "submitted_values"  # what the customer filled in
DELETED = "deleted"
PUBLIC = "public"  # its network shows it to everyone: a comment, a post
MENTION = "mention"  # written elsewhere on its network, naming us

# ── of the mail object within ─────────────────────────────────────────────────────────────────────────
UNDELIVERED = "undelivered"  # recipients who did not get it, as {address, reason}

# ── of a message: additional_attributes ───────────────────────────────────────────────────────────────
# Of a message that had not left when its conversation was merged: the conversation whose thread it belongs to. Every try
# to send it must have one Message-ID.
WRITTEN_IN = "written_in"
ACTIVITY = "activity"  # kind of an activity line
VARIABLES = "variables"  # what its sentence is filled with

# ── of a conversation: additional_attributes ──────────────────────────────────────────────────────────
MAIL_SUBJECT = "mail_subject"  # what it is called
THREAD_SUBJECT = "thread_subject"  # the bare subject that finds it again
ALSO_THEIRS = "customer_addresses"  # where the customer asked answers to go, beside the address in the inbox
ANSWERS_TO = "answers_to"  # where the customer's newest mail wants its answer
WIDGET_LANGUAGE = "widget_language"  # what the visitor's frame spoke when they last wrote


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        value = [value]
    return [str(one) for one in value if one] if isinstance(value, list | tuple) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


@dataclass(frozen=True, slots=True)
class MailMarks:
    """What a mail said in its head, and its text as it came."""

    kept: Mapping[str, Any]

    @property
    def senders(self) -> list[str]:
        return _texts(self.kept.get("from"))

    @property
    def to(self) -> list[str]:
        return _texts(self.kept.get("to"))

    @property
    def cc(self) -> list[str]:
        return _texts(self.kept.get("cc"))

    @property
    def answers_to(self) -> list[str]:
        return _texts(self.kept.get(ANSWERS_TO))

    @property
    def subject(self) -> str:
        return _text(self.kept.get(SUBJECT))

    @property
    def date(self) -> str:
        return _text(self.kept.get("date"))

    @property
    def references(self) -> list[str]:
        """The ids of the mails before it; the one it answers when it names no other."""
        return _texts(self.kept.get("references")) or _texts([self.kept.get(IN_REPLY_TO)])

    @property
    def html(self) -> str:
        return _text(_object(self.kept.get("html_content")).get("full"))

    @property
    def whole_text(self) -> str:
        return _text(_object(self.kept.get("text_content")).get("full"))

    @property
    def own_text(self) -> str:
        """What its writer said, without what stands below."""
        return _text(_object(self.kept.get("text_content")).get("quoted"))

    @property
    def undelivered(self) -> list[dict[str, Any]]:
        return list(self.kept.get(UNDELIVERED) or ())


@dataclass(frozen=True, slots=True)
class MessageMarks:
    """A message's content attributes."""

    kept: Mapping[str, Any]

    @property
    def to(self) -> list[str]:
        return _texts(self.kept.get(TO))

    @property
    def cc(self) -> list[str]:
        return _texts(self.kept.get(CC))

    @property
    def bcc(self) -> list[str]:
        return _texts(self.kept.get(BCC))

    @property
    def addressed(self) -> list[str]:
        """Everyone it is addressed to by name."""
        return [*self.to, *self.cc, *self.bcc]

    @property
    def subject(self) -> str:
        return _text(self.kept.get(SUBJECT)).strip()

    @property
    def answers(self) -> int | None:
        """The message that it answers."""
        found = self.kept.get(IN_REPLY_TO)
        return found if isinstance(found, int) else None

    @property
    def passes_on(self) -> bool:
        """Whether it passes another message on to others."""
        return PASSES_ON in self.kept

    @property
    def passed_on(self) -> Any:
        """The id of that message."""
        return self.kept.get(PASSES_ON)

    @property
    def is_strangers(self) -> bool:
        return bool(self.kept.get(STRANGER))

    @property
    def is_not_shared(self) -> bool:
        return bool(self.kept.get(NOT_SHARED))

    @property
    def is_automatic(self) -> bool:
        return bool(self.kept.get(AUTOMATIC))

    @property
    def is_mail(self) -> bool:
        """Whether it came by mail, or something is known of the mail it became."""
        return isinstance(self.kept.get(MAIL), dict)

    @property
    def mail(self) -> MailMarks:
        return MailMarks(_object(self.kept.get(MAIL)))

    @property
    def items(self) -> list[Mapping[str, Any]]:
        found = self.kept.get(ITEMS)
        return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []

    @property
    def has_stars(self) -> bool:
        """Of a survey: whether it is asked in stars and not in faces."""
        return self.kept.get(SCALE) == "star"

    @property
    def rating(self) -> int | None:
        """Of a survey: how many stars the customer gave."""
        found = _object(_object(self.kept.get(ANSWERS)).get("csat_survey_response")).get("rating")
        return found if isinstance(found, int) else None

    @property
    def cards(self) -> list[dict[str, Any]]:
        return list(self.kept.get(CALENDAR) or ())


@dataclass(frozen=True, slots=True)
class ConversationMarks:
    """A conversation's additional attributes."""

    kept: Mapping[str, Any]

    @property
    def subject(self) -> str:
        return _text(self.kept.get(MAIL_SUBJECT))

    @property
    def also_theirs(self) -> list[str]:
        return _texts(self.kept.get(ALSO_THEIRS))

    @property
    def answers_to(self) -> list[str]:
        return _texts(self.kept.get(ANSWERS_TO))

    @property
    def widget_language(self) -> str:
        return _text(self.kept.get(WIDGET_LANGUAGE))
