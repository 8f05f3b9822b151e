"""The desk's sign-ins by cookie (Django's SESSION_ENGINE): the database keeps a digest of the cookie's key.

Who reads a copy of the database finds no cookie in it, and what is in there signs no one in.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from ventanilla.kit import tokens
from ventanilla.kit.clock import still_good

_CHARS = 40  # of Django's column: 160 bits of the digest, about as many as the key itself has


def stored_key(session_key: str) -> str:
    """What the database keeps of a cookie's key."""
    return tokens.digest(session_key)[:_CHARS]


class SessionStore(db.SessionStore):
    """Django's own; only what the database knows a session by is another. Its name is part of Django's signature."""

    def _rows(self, session_key: str | None) -> QuerySet[Session]:
        return Session.objects.filter(session_key=stored_key(session_key or ""))

    def _get_session_from_db(self) -> Session | None:
        good = still_good("expire_date", life=timedelta(seconds=self.get_session_cookie_age()))
        found = self._rows(self.session_key).filter(good).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        """Whether a session has that key."""
        return self._rows(session_key).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row to write."""
        row = super().create_model_instance(data)
        return Session(
            session_key=stored_key(row.session_key),
            session_data=row.session_data,
            expire_date=row.expire_date,
        )

    def delete(self, session_key: str | None = None) -> None:
        """End the session of that key, or this one."""
        key = session_key or self.session_key
        if key:
            self._rows(key).delete()
