"""The word in a browser's session that says as whom its user looks at the desk ("view as")."""

from __future__ import annotations

from django.contrib.sessions.backends.base import SessionBase

LOOKING_KEY = "viewing_as"


def is_looking(session: SessionBase) -> bool:
    """Whether the browser of that session looks as somebody."""
    return bool(session.get(LOOKING_KEY))
