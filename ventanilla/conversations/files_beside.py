"""The files that a person sees beside a message: those that no HTML shows inside it."""

from __future__ import annotations

from ventanilla.conversations.models import Attachment, Message
from ventanilla.kit import inline_pictures


def shown_inside(message: Message) -> set[str]:
    """Content-IDs of the pictures that the message's HTML shows."""
    html = message.marks.mail.html
    return inline_pictures.shown_by(html) if html else set()


def files_beside(message: Message) -> list[Attachment]:
    """The attached files without those pictures."""
    shown = shown_inside(message)
    return [item for item in message.attachments.all() if item.content_id not in shown or not item.content_id]
