"""Whether something came before. A sender's id is the sender's word: forms and shops give many mails the same one, so
the content decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ventanilla.conversations.models import Message, MessageType
from ventanilla.inboxes.channel import IncomingMessage
from ventanilla.inboxes.models import Inbox

# No message id holds a blank (RFC 5322 §3.6.4): what stands behind it tells mails of the same id apart.
_APART = " "
_ID_CHARS = 980  # of the 998 that a source id may have


def mail_id_of(source_id: str | None) -> str:
    """The id as its sender wrote it."""
    return (source_id or "").partition(_APART)[0]


def known_message(inbox: Inbox, incoming: IncomingMessage) -> Message | None:
    """The message that says the same, if it was stored before."""
    return next((one for one in _of_this_id(inbox, incoming) if is_same(one, incoming)), None)


def own_id(inbox: Inbox, incoming: IncomingMessage) -> str | None:
    """The id to store it under: the sender's, or one of its own where another message has that."""
    if not incoming.external_id:
        return None
    return _second_id(incoming) if _of_this_id(inbox, incoming) else incoming.external_id


def _second_id(incoming: IncomingMessage) -> str:
    return f"{incoming.external_id[:_ID_CHARS]}{_APART}{incoming.digest[:16]}"


def _of_this_id(inbox: Inbox, incoming: IncomingMessage) -> list[Message]:
    if not incoming.external_id:
        return []
    ids = [incoming.external_id, _second_id(incoming)]
    found = Message.objects.filter(inbox=inbox, source_id__in=ids, message_type=MessageType.INCOMING)
    return list(found.order_by("pk"))


def is_same(message: Message, incoming: IncomingMessage) -> bool:
    """Whether both are one message. A network whose ids are its own gives no digest: there the id says it.

    A list's copy has a line more and the same moment; what was deleted here cannot be compared, and is another.
    """
    if not incoming.digest:
        return True
    old, new = _mail(message.content_attributes), _mail(incoming.content_attributes)
    if old.get("digest") == incoming.digest:
        return True
    if not old or old.get("from") != new.get("from"):
        return False
    before, now = _words(old), _words(new)
    if "digest" not in old and (before, old.get("subject")) == (now, new.get("subject")):
        return True
    one_moment = bool(old.get("date")) and old.get("date") == new.get("date")
    no_new_file = int(new.get("number_of_attachments") or 0) <= int(old.get("number_of_attachments") or 0)
    return one_moment and no_new_file and bool(before and now) and (before in now or now in before)


def _mail(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    found = attributes.get("email")
    return found if isinstance(found, dict) else {}


def _words(mail: Mapping[str, Any]) -> str:
    text = mail.get("text_content")
    return " ".join(str(text.get("full") or "").split()) if isinstance(text, dict) else ""
