"""Ready texts, and the address they speak of.

An installation that did not set BASE_URL is known by whatever host its callers use, and an event is rendered once for
all of them. So it is rendered with a stand-in for the address, which is replaced once per host.
"""

from __future__ import annotations

import secrets

# No one can guess it, so a customer's text never contains it.
STAND_IN = f"http://{secrets.token_hex(12)}.invalid"


class Text:
    """A text that may contain addresses of this server."""

    __slots__ = ("_at", "raw")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._at: dict[str, str] = {}

    def at(self, base: str) -> str:
        """As a client that reached us at `base` (https://help.example.com) shall read it."""
        found = self._at.get(base)
        if found is None:
            found = self._at[base] = self.raw.replace(STAND_IN, base)
        return found
