"""The address of ours that leads an answer to its conversation where no mailbox of the customer's is read: reply+<uuid>@…"""

from __future__ import annotations

import re

_REPLY = re.compile(r"^reply\+([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE)


def reply_address(uuid: object, domain: str) -> str:
    """Where answers to the conversation go."""
    return f"reply+{uuid}@{domain}"


def conversation_in(address: str) -> str | None:
    """The conversation's uuid; None for any other address."""
    found = _REPLY.match(address)
    return found[1].lower() if found is not None else None
