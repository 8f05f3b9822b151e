"""The verbs of conversations, by facet. Each is one transaction: the change, its line in the thread, its events."""

from ventanilla.conversations.commands.activity import priority_word
from ventanilla.conversations.commands.assignment import assign_agent, assign_team
from ventanilla.conversations.commands.attachments import Attachable, uploaded
from ventanilla.conversations.commands.attributes import (
    merge_additional_attributes,
    remove_custom_attributes,
    set_custom_attributes,
)
from ventanilla.conversations.commands.canned import (
    CannedText,
    count_canned_use,
    create_canned_response,
    delete_canned_response,
    move_canned_responses,
    restore_canned_response,
    update_canned_response,
)
from ventanilla.conversations.commands.deletion import delete_conversation, delete_message
from ventanilla.conversations.commands.departures import follow_merge, release_team, release_user
from ventanilla.conversations.commands.drafts import (
    discard_draft,
    discard_shared_draft,
    give_draft_back,
    save_draft,
    save_shared_draft,
    share_draft,
    take_draft,
)
from ventanilla.conversations.commands.following import check_assignable
from ventanilla.conversations.commands.forwarding import forward_by_mail, forward_message
from ventanilla.conversations.commands.labels import add_labels, copy_label_titles, remove_labels, set_labels
from ventanilla.conversations.commands.merging import merge_conversations, unmerge_conversation
from ventanilla.conversations.commands.messages import post_message, receive_message
from ventanilla.conversations.commands.muting import mute, unmute
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.commands.opening import start_conversation
from ventanilla.conversations.commands.own import (
    drop_reminder,
    forget_own,
    remind,
    set_alert_level,
    set_reminder,
)
from ventanilla.conversations.commands.participants import (
    add_participants,
    remove_participants,
    set_participants,
)
from ventanilla.conversations.commands.priority import set_priority
from ventanilla.conversations.commands.receipts import (
    answer_message,
    note_undelivered,
    set_message_status,
)
from ventanilla.conversations.commands.seen import contact_saw, mark_seen, mark_unread
from ventanilla.conversations.commands.status import (
    archive,
    auto_resolve,
    change_status,
    mend_future,
    unarchive,
    wake,
)
from ventanilla.conversations.commands.transcripts import TranscriptState, note_transcript, request_transcript
from ventanilla.conversations.commands.typing import announce_typing
from ventanilla.conversations.commands.underway import (
    leave_unknown,
    note_message_trying,
    note_message_waits,
    retry_message,
)

__all__ = [
    "Attachable",
    "CannedText",
    "NewMessage",
    "TranscriptState",
    "add_labels",
    "add_participants",
    "announce_typing",
    "answer_message",
    "archive",
    "assign_agent",
    "assign_team",
    "auto_resolve",
    "change_status",
    "check_assignable",
    "contact_saw",
    "copy_label_titles",
    "count_canned_use",
    "create_canned_response",
    "delete_canned_response",
    "delete_conversation",
    "delete_message",
    "discard_draft",
    "discard_shared_draft",
    "drop_reminder",
    "follow_merge",
    "forget_own",
    "forward_by_mail",
    "forward_message",
    "give_draft_back",
    "leave_unknown",
    "mark_seen",
    "mark_unread",
    "mend_future",
    "merge_additional_attributes",
    "merge_conversations",
    "move_canned_responses",
    "mute",
    "note_message_trying",
    "note_message_waits",
    "note_transcript",
    "note_undelivered",
    "post_message",
    "priority_word",
    "receive_message",
    "release_team",
    "release_user",
    "remind",
    "remove_custom_attributes",
    "remove_labels",
    "remove_participants",
    "request_transcript",
    "restore_canned_response",
    "retry_message",
    "save_draft",
    "save_shared_draft",
    "set_alert_level",
    "set_custom_attributes",
    "set_labels",
    "set_message_status",
    "set_participants",
    "set_priority",
    "set_reminder",
    "share_draft",
    "start_conversation",
    "take_draft",
    "unarchive",
    "unmerge_conversation",
    "unmute",
    "update_canned_response",
    "uploaded",
    "wake",
]
