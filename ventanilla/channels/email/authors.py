"""Who wrote a mail (decision Q-18): its From, never put together from two headers."""

from __future__ import annotations

from collections.abc import Callable, Collection

from ventanilla.channels.email.reading import Address, Mail
from ventanilla.channels.email.reading.mailboxes import canonical, without_plus

IsOurs = Callable[[str], bool]


def is_one_of(own: Collection[str]) -> IsOurs:
    """Whether mail to an address comes to one of ours: with or without a plus part, however its domain is written."""
    ours = {canonical(address) for address in own}

    def is_ours(address: str) -> bool:
        plain = canonical(address)
        return plain in ours or without_plus(plain) in ours

    return is_ours


def author_of(mail: Mail, is_ours: IsOurs) -> Address | None:
    """The author: From. None when no one but us is named.

    A From that is ours (a web form) gives way to Reply-To, and one that a list rewrote as its own to the original sender
    the list names. Without any From it is whoever handed the mail in; Reply-To is only where answers go.
    """

    def first(*found: Address) -> Address | None:
        return next((one for one in found if one.email and not is_ours(one.email)), None)

    originals = (*mail.original_from, *mail.original_senders)
    author = first(*mail.from_)
    if author is not None:
        if author.email not in mail.list_addresses:
            return author
        others = (one for one in (*originals, *mail.reply_to) if one.email not in mail.list_addresses)
        return first(*others) or author
    if mail.from_:
        return first(*originals, *mail.reply_to)
    named = [Address(mail.from_words, mail.from_words)] if mail.from_words else []
    return first(*originals, *mail.sent_by, Address(mail.return_path or ""), *mail.reply_to, *named)


def is_ours_alone(mail: Mail, is_ours: IsOurs) -> bool:
    """Whether all who are named as its senders are ours."""
    named = (*mail.from_, *mail.original_from, *mail.original_senders, *mail.sent_by, *mail.reply_to)
    return bool(named) and all(is_ours(one.email) for one in named)
