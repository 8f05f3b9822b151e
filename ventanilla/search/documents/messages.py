"""What customer and agents wrote: the text, the subject, names of files, and what a mail quotes and signs with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from django.db import connection

from ventanilla.conversations.models import MessageType
from ventanilla.kit import statements
from ventanilla.search.analysis import Words, analysed

SPOKEN = (int(MessageType.INCOMING), int(MessageType.OUTGOING))
_SUBJECT = {
    "sqlite": "json_extract(content_attributes, '$.email.subject')",
    "postgresql": "content_attributes #>> '{{email,subject}}'",
}
_ROWS = (
    "SELECT id, account_id, inbox_id, conversation_id, private, has_attachments, content,"
    " CASE WHEN content_type = 'incoming_email' THEN {subject} END, content_type = 'incoming_email'"
    " FROM conversations_message"
    " WHERE id IN ({{}}) AND deleted_at IS NULL AND message_type IN (0, 1)"
)
_FOLDED = "SELECT message_id, text FROM conversations_foldedtext WHERE message_id IN ({})"
_FILES = (
    "SELECT message_id, filename FROM conversations_attachment WHERE message_id IN ({}) AND filename <> ''"
)


def of_account(account_id: int) -> str:
    """The mark of what belongs to an account."""
    return f"_a{account_id}"


def of_inbox(inbox_id: int) -> str:
    """The mark of what was written in an inbox, where a message stays."""
    return f"_i{inbox_id}"


def of_conversation(conversation_id: int) -> str:
    """The mark by which a deleted conversation's messages are forgotten. Nothing else asks for it: messages move."""
    return f"_k{conversation_id}"


NOTE, WITH_FILE = "_n", "_f"


class Messages:
    name = "message"

    def words(self, ids: Collection[int]) -> dict[int, Words]:
        rows = statements.fetch_among(_ROWS.format(subject=_SUBJECT[connection.vendor]), ids)
        beside: defaultdict[int, list[str]] = defaultdict(list)
        for asked, among in (
            (_FOLDED, [row[0] for row in rows if row[8]]),
            (_FILES, [row[0] for row in rows if row[5]]),
        ):
            for pk, text in statements.fetch_among(asked, among) if among else ():
                beside[pk].append(text)
        return {
            pk: analysed(
                [subject or "", content, *beside[pk]], _marks(account, inbox, conversation, note, files)
            )
            for pk, account, inbox, conversation, note, files, content, subject, _mail in rows
        }

    def last_id(self) -> int:
        row = statements.fetch_one("SELECT max(id) FROM conversations_message")
        return int(row[0] or 0) if row else 0

    def ids(self, above: int, up_to: int) -> list[int]:
        found = "SELECT id FROM conversations_message WHERE id > %s AND id <= %s"
        return [row[0] for row in statements.fetch_all(found, [above, up_to])]


def _marks(account: int, inbox: int, conversation: int, note: bool, files: bool) -> Iterator[str]:
    yield of_account(account)
    yield of_inbox(inbox)
    yield of_conversation(conversation)
    if note:
        yield NOTE
    if files:
        yield WITH_FILE


def ids_in(conversation_ids: Collection[int]) -> list[int]:
    """The messages of these conversations."""
    found = "SELECT id FROM conversations_message WHERE conversation_id IN ({})"
    return [row[0] for row in statements.fetch_among(found, conversation_ids)]


DOCUMENT = Messages()
