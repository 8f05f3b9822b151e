"""What happens to the health of an account's part, and what administrators do about it."""

from __future__ import annotations

from typing import ClassVar

from ventanilla.events.facts import About, Fact


class HealthChanged(Fact, frozen=True, kw_only=True):
    """Administrators are told that something stopped working (`state` ill), or works again (well); once for each change.

    `key` names the thing among those of its check, `code` what was found.
    """

    name: ClassVar[str] = "health.changed"
    check: str
    key: str
    state: str
    code: str


class EventRetried(Fact, frozen=True, kw_only=True):
    """Someone had a reader of the log try an event again that it had given up; it succeeded."""

    name: ClassVar[str] = "health.event_retried"
    administrative = About("accounts.Account", "account_id")
    consumer: str
    event_id: int


class EventDropped(Fact, frozen=True, kw_only=True):
    """Someone decided that a reader of the log does without an event."""

    name: ClassVar[str] = "health.event_dropped"
    administrative = About("accounts.Account", "account_id")
    consumer: str
    event_id: int


class MailHurried(Fact, frozen=True, kw_only=True):
    """Someone had our own mail tried at once that waits for its next try."""

    name: ClassVar[str] = "health.mail_hurried"
    administrative = About("accounts.Installation")


class AlertKeyShown(Fact, frozen=True, kw_only=True):
    """Someone looked at what the webhook about health is signed with."""

    name: ClassVar[str] = "health.alert_key_shown"
    administrative = About("accounts.Account", "account_id")
