"""Refusals that only conversations know."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import Invalid, Refusal


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
    default_message = _("This message was already sent.")


class DraftGone(Refusal):
    """The draft was sent, taken or put away by someone else."""

    code = "draft_gone"
    status = 409
    default_message = _("This draft was sent, taken or put away meanwhile.")


class NotSeen(Refusal):
    """Someone wrote what the writer of a reply has not seen; `newest_message_id` is the last of it."""

    code = "not_seen"
    status = 409
    default_message = _("Someone wrote in this conversation meanwhile. Your reply wasn't sent.")

    def __init__(self, *, newest_id: int) -> None:
        super().__init__()
        self.facts = {"newest_message_id": newest_id}


class EmptyMessage(Refusal):
    """Neither text nor file nor items."""

    code = "empty_message"
    default_message = _("Write something or attach a file.")


class AttachmentRefused(Invalid):
    """One of the attachments is of a kind that may not be sent, or was never uploaded."""

    code = "attachment_refused"
    default_message = _("One of the files can't be sent.")


class NotAMember(Invalid):
    """The user is not in this account, or may not open this inbox. `field` is what named them."""

    code = "not_a_member"

    def __init__(self, *, field: str) -> None:
        super().__init__(fields={field: [_("This person can't open this channel.")]})


class DeletionNotAllowed(Refusal):
    "Agents can't delete messages in this channel."

    code = "deletion_not_allowed"
    status = 400
    default_message = _("Agents can't delete messages in this channel.")


class ShortCodeTaken(Refusal):
    """A canned response with this short code exists."""

    code = "short_code_taken"
    default_message = _("This short code is taken.")


class SplitsNothing(Refusal):
    """Nothing would stay, or the message is no message of the conversation's own."""

    code = "splits_nothing"
    default_message = _("Choose a later message: nothing would stay in this conversation.")


class NotSplit(Refusal):
    """The conversation was not split off from another."""

    code = "not_split"
    status = 409
    default_message = _("This conversation wasn't split from another.")


class MergedIntoItself(Refusal):
    """A conversation cannot go into itself."""

    code = "merged_into_itself"
    default_message = _("Choose another conversation: this is the same one.")


class OtherInbox(Refusal):
    """Both must be of one inbox."""

    code = "other_inbox"
    default_message = _("Only conversations in the same channel can be merged.")


class OtherCustomer(Refusal):
    """Outside of mail both must be with the same address of the same customer."""

    code = "other_customer"
    default_message = _("In this channel you can only merge conversations with the same customer address.")


class AlreadyMerged(Refusal):
    """The conversation's messages are in another one."""

    code = "already_merged"
    default_message = _("This conversation was merged into another one. Continue there.")


class TargetIsMerged(Refusal):
    """The conversation chosen to continue is itself merged."""

    code = "target_is_merged"
    default_message = _("The chosen conversation was merged into another one. Choose that one.")


class WaitsToBeSent(Refusal):
    """Messages for another customer are scheduled."""

    code = "waits_to_be_sent"
    default_message = _("There are messages scheduled here for another customer. Send or cancel them first.")


class NotMerged(Refusal):
    """There is no merge to undo."""

    code = "not_merged"
    default_message = _("This conversation isn't merged.")


class MergedFurther(Refusal):
    """The conversation that took the messages was merged itself."""

    code = "merged_further"
    default_message = _("These conversations have been merged again since. Undo the later merge first.")


class MergedMessagesDeleted(Refusal):
    """A message that came with the merge was deleted since."""

    code = "merged_messages_deleted"
    default_message = _("This merge can't be undone: some of its messages were deleted.")


class WrittenByProgram(Refusal):
    """A bot does not answer what a program wrote: two of them would continue for ever (RFC 3834 §2)."""

    code = "written_by_program"
    status = 422
    default_message = _("A program wrote this email, so bots don't reply to it.")
