"""What happens to conversations, in the past tense. Payloads are ids and what changed: [old, new] by field."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.facts import CABLE, DESK, VISITOR, WEBHOOK, About, Fact, Hearers, Told, collection

Changes = dict[str, list[Any]]


class MessageCreated(Fact, frozen=True, kw_only=True):
    """A message, note, activity line or automatic text was written."""

    name: ClassVar[str] = "message.created"
    told = Told("message", Hearers.MEMBERS, DESK | CABLE | VISITOR | WEBHOOK, "message_id")
    message_id: int
    conversation_id: int
    inbox_id: int
    message_type: int
    private: bool
    echo_id: str | None = None


class MessageUpdated(Fact, frozen=True, kw_only=True):
    """A message changed: delivery state, deletion, an answer to a form."""

    name: ClassVar[str] = "message.updated"
    told = Told("message", Hearers.MEMBERS, DESK | CABLE | VISITOR | WEBHOOK, "message_id")
    message_id: int
    conversation_id: int
    changes: Changes


class MessageRetried(Fact, frozen=True, kw_only=True):
    """Someone asked to send a failed message again."""

    name: ClassVar[str] = "message.retried"
    message_id: int
    conversation_id: int
    inbox_id: int


class FirstReplyCreated(Fact, frozen=True, kw_only=True):
    """A person answered the customer for the first time."""

    name: ClassVar[str] = "first.reply.created"
    told = Told("message", Hearers.MEMBERS, CABLE, "message_id")
    message_id: int
    conversation_id: int


class ReplyCreated(Fact, frozen=True, kw_only=True):
    """A person answered a customer who was waiting, once more. `waiting_since` is ISO 8601."""

    name: ClassVar[str] = "reply.created"
    message_id: int
    conversation_id: int
    waiting_since: str


class ConversationCreated(Fact, frozen=True, kw_only=True):
    """A conversation began. `status`: the state it began in; "" in events of before this was said."""

    name: ClassVar[str] = "conversation.created"
    told = Told("conversation", Hearers.MEMBERS, DESK | CABLE | VISITOR | WEBHOOK, "conversation_id")
    conversation_id: int
    inbox_id: int
    status: str = ""


class ConversationStatusChanged(Fact, frozen=True, kw_only=True):
    """The state became another one."""

    name: ClassVar[str] = "conversation.status_changed"
    told = Told("conversation", Hearers.MEMBERS, DESK | CABLE | VISITOR | WEBHOOK, "conversation_id")
    conversation_id: int
    changes: Changes


class ConversationOpened(Fact, frozen=True, kw_only=True):
    """The state became open."""

    name: ClassVar[str] = "conversation.opened"
    told = Told("conversation", Hearers.MEMBERS, DESK, "conversation_id")
    conversation_id: int


class ConversationResolved(Fact, frozen=True, kw_only=True):
    """The state became resolved."""

    name: ClassVar[str] = "conversation.resolved"
    told = Told("conversation", Hearers.MEMBERS, DESK, "conversation_id")
    conversation_id: int


class ConversationBotHandoff(Fact, frozen=True, kw_only=True):
    """A bot gave a pending conversation to people."""

    name: ClassVar[str] = "conversation.bot_handoff"
    told = Told("conversation", Hearers.MEMBERS, DESK, "conversation_id")
    conversation_id: int


class ConversationUpdated(Fact, frozen=True, kw_only=True):
    """One of the fields the contract names (D.3) changed."""

    name: ClassVar[str] = "conversation.updated"
    told = Told("conversation", Hearers.MEMBERS, DESK | CABLE | VISITOR | WEBHOOK, "conversation_id")
    conversation_id: int
    changes: Changes


class ConversationRead(Fact, frozen=True, kw_only=True):
    """The contact saw the conversation."""

    name: ClassVar[str] = "conversation.read"
    told = Told("conversation", Hearers.MEMBERS, DESK | CABLE, "conversation_id")
    conversation_id: int


class ConversationSeen(Fact, frozen=True, kw_only=True):
    """An agent saw the conversation, or marked it unread."""

    name: ClassVar[str] = "conversation.seen"
    told = Told("conversation", Hearers.MEMBERS, DESK, "conversation_id")
    conversation_id: int
    user_id: int


class AssigneeChanged(Fact, frozen=True, kw_only=True):
    """Another agent, or no one, has the conversation."""

    name: ClassVar[str] = "assignee.changed"
    told = Told("conversation", Hearers.MEMBERS, DESK | CABLE, "conversation_id")
    conversation_id: int
    changes: Changes


class TeamChanged(Fact, frozen=True, kw_only=True):
    """Another team, or none, has the conversation."""

    name: ClassVar[str] = "team.changed"
    told = Told("conversation", Hearers.MEMBERS, DESK | CABLE, "conversation_id")
    conversation_id: int
    changes: Changes


class ConversationContactChanged(Fact, frozen=True, kw_only=True):
    """The conversation is now with another contact: the first one was merged into them."""

    name: ClassVar[str] = "conversation.contact_changed"
    told = Told("conversation", Hearers.MEMBERS, DESK | CABLE, "conversation_id")
    conversation_id: int


class ConversationMerged(Fact, frozen=True, kw_only=True):
    """Messages came into the conversation from another one, or left it for that one. Recorded once for each of both."""

    name: ClassVar[str] = "conversation.merged"
    # The messenger that shows one of both asks where the customer's messages are now.
    told = Told("conversation", Hearers.MEMBERS, DESK | VISITOR, "conversation_id")
    conversation_id: int
    source_id: int
    target_id: int


class ConversationUnmerged(Fact, frozen=True, kw_only=True):
    """A merge was undone: the messages went back. Recorded once for each of both."""

    name: ClassVar[str] = "conversation.unmerged"
    told = Told("conversation", Hearers.MEMBERS, DESK | VISITOR, "conversation_id")
    conversation_id: int
    source_id: int
    target_id: int


class ConversationSplit(Fact, frozen=True, kw_only=True):
    """Messages of one conversation (source) went to a new one (target). Recorded once for each of both."""

    name: ClassVar[str] = "conversation.split"
    told = Told("conversation", Hearers.MEMBERS, DESK | VISITOR, "conversation_id")
    conversation_id: int
    source_id: int
    target_id: int


class ConversationMentioned(Fact, frozen=True, kw_only=True):
    """A user was @-mentioned in a note."""

    name: ClassVar[str] = "conversation.mentioned"
    told = Told("conversation", Hearers.USER, DESK | CABLE, "conversation_id")
    conversation_id: int
    message_id: int
    user_id: int


class ConversationDeleted(Fact, frozen=True, kw_only=True):
    """A conversation was deleted with all its messages."""

    name: ClassVar[str] = "conversation.deleted"
    administrative = About("conversations.Conversation", "display_id")
    # The row is gone, and a number alone tells no one anything.
    told = Told("gone_conversation", Hearers.EVERYONE, DESK | CABLE, "display_id")
    conversation_id: int
    display_id: int
    inbox_id: int


class ParticipantsChanged(Fact, frozen=True, kw_only=True):
    """Users began or stopped to follow the conversation."""

    name: ClassVar[str] = "conversation.participants_changed"
    told = Told("conversation", Hearers.MEMBERS, DESK, "conversation_id")
    conversation_id: int
    added: list[int]
    removed: list[int]


class OwnChanged(Fact, frozen=True, kw_only=True):
    """A user muted the conversation for themselves or no longer, or has another reminder of it."""

    name: ClassVar[str] = "conversation.own_changed"
    told = Told("own", Hearers.USER, DESK)
    user_id: int
    conversation_id: int


class ReminderDue(Fact, frozen=True, kw_only=True):
    """The moment has come of which a user wanted to be reminded of the conversation."""

    name: ClassVar[str] = "conversation.reminder_due"
    user_id: int
    conversation_id: int


class DraftSaved(Fact, frozen=True, kw_only=True):
    """A user's unsent text changed or went; `taken_by` is the colleague who goes on with it."""

    name: ClassVar[str] = "draft.saved"
    told = Told("draft", Hearers.USER, DESK)
    user_id: int
    conversation_id: int
    mode: str
    taken_by: int | None = None


class SharedDraftsChanged(Fact, frozen=True, kw_only=True):
    """A draft that colleagues see in this conversation came, changed or went."""

    name: ClassVar[str] = "shared_drafts.changed"
    told = Told("shared_drafts", Hearers.MEMBERS, DESK)
    conversation_id: int


class ScheduledMessageChanged(Fact, frozen=True, kw_only=True):
    """A message for later was scheduled, moved, cancelled, sent or failed (`change`)."""

    name: ClassVar[str] = "scheduled_message.changed"
    told = Told("scheduled_message", Hearers.MEMBERS, DESK, "scheduled_message_id")
    conversation_id: int
    scheduled_message_id: int
    change: str


class CannedResponseChanged(Fact, frozen=True, kw_only=True):
    """A canned response was made, changed or deleted."""

    name: ClassVar[str] = "canned_response.changed"
    told = collection("canned_response", "canned_response_id")
    canned_response_id: int


class TranscriptRequested(Fact, frozen=True, kw_only=True):
    """Someone wants a copy of the conversation by mail. The message is the line in the thread that says how far it is."""

    name: ClassVar[str] = "conversation.transcript_requested"
    personal = frozenset({"email"})
    conversation_id: int
    email: str
    message_id: int


class ConversationClockChanged(Fact, frozen=True, kw_only=True):
    """What is promised to the customer is due at another moment, or what was missed is another."""

    name: ClassVar[str] = "conversation.clock_changed"
    told = Told("conversation", Hearers.MEMBERS, DESK, "conversation_id")
    conversation_id: int


class SlaWarned(Fact, frozen=True, kw_only=True):
    """Half of the time is over in which a promise is to be kept: frt, nrt or rt. `due_at` is that moment, ISO 8601."""

    name: ClassVar[str] = "sla.warned"
    conversation_id: int
    promise: str
    due_at: str


class SlaMissed(Fact, frozen=True, kw_only=True):
    """A promise was missed: frt (first response), nrt (next response) or rt (resolution), due at `due_at`, ISO 8601."""

    name: ClassVar[str] = "sla.missed"
    conversation_id: int
    promise: str
    due_at: str
