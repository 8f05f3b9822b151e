"""Questions about conversations. Nothing here writes."""

from ventanilla.conversations.selectors.canned import (
    all_canned_responses,
    canned_responses,
    deleted_canned_responses,
    get_canned_response,
)
from ventanilla.conversations.selectors.counts import DeskCounts, counts_by_contact, desk_counts
from ventanilla.conversations.selectors.drafts import shared_drafts
from ventanilla.conversations.selectors.filters import (
    filter_fields_for,
    filtered,
    filtered_each,
    rows_at_hand,
    rules_of,
)
from ventanilla.conversations.selectors.lists import (
    PAGE_SIZE,
    Counts,
    ListQuestion,
    counts_in,
    counts_of,
    keys_of,
    listed,
    page_keys,
)
from ventanilla.conversations.selectors.merging import (
    merge_candidates,
    merged_directly_into,
    takes_other_customers,
)
from ventanilla.conversations.selectors.message_filters import (
    filtered_messages,
    filtered_scheduled,
    message_fields_for,
    message_rules,
    messages_at_hand,
)
from ventanilla.conversations.selectors.own import alert_levels, reminders_due, reminders_of
from ventanilla.conversations.selectors.scheduled import is_anything_scheduled, scheduled_in
from ventanilla.conversations.selectors.senders import sender_names
from ventanilla.conversations.selectors.single import (
    contact_conversation_keys,
    get_conversation,
    get_conversation_for_bot,
    get_conversation_in_brief,
    get_message,
    participants_of,
)
from ventanilla.conversations.selectors.thread import files_of, thread_page
from ventanilla.conversations.selectors.upkeep import (
    idle_conversations,
    in_the_future,
    of_team,
    scheduled_due,
    snoozes_over,
    touched_by_user,
    with_title,
    written_by,
)

__all__ = [
    "PAGE_SIZE",
    "Counts",
    "DeskCounts",
    "ListQuestion",
    "alert_levels",
    "all_canned_responses",
    "canned_responses",
    "contact_conversation_keys",
    "counts_by_contact",
    "counts_in",
    "counts_of",
    "deleted_canned_responses",
    "desk_counts",
    "files_of",
    "filter_fields_for",
    "filtered",
    "filtered_each",
    "filtered_messages",
    "filtered_scheduled",
    "get_canned_response",
    "get_conversation",
    "get_conversation_for_bot",
    "get_conversation_in_brief",
    "get_message",
    "idle_conversations",
    "in_the_future",
    "is_anything_scheduled",
    "keys_of",
    "listed",
    "merge_candidates",
    "merged_directly_into",
    "message_fields_for",
    "message_rules",
    "messages_at_hand",
    "of_team",
    "page_keys",
    "participants_of",
    "reminders_due",
    "reminders_of",
    "rows_at_hand",
    "rules_of",
    "scheduled_due",
    "scheduled_in",
    "sender_names",
    "shared_drafts",
    "snoozes_over",
    "takes_other_customers",
    "thread_page",
    "touched_by_user",
    "with_title",
    "written_by",
]
