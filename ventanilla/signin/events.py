"""What happens at the door. The log knows accounts, so each is recorded in every account of the user."""

from __future__ import annotations

from typing import ClassVar

from ventanilla.events.facts import About, Fact


class FactorAdded(Fact, frozen=True, kw_only=True):
    """`kind`: authenticator or passkey."""

    name: ClassVar[str] = "user.factor_added"
    administrative = About("accounts.User", "user_id")
    user_id: int
    kind: str


class FactorRemoved(Fact, frozen=True, kw_only=True):
    """`kind`: authenticator or passkey."""

    name: ClassVar[str] = "user.factor_removed"
    administrative = About("accounts.User", "user_id")
    user_id: int
    kind: str


class RecoveryCodesMade(Fact, frozen=True, kw_only=True):
    """Fresh ones; those before stopped working."""

    name: ClassVar[str] = "user.recovery_codes_made"
    administrative = About("accounts.User", "user_id")
    user_id: int


class RecoveryCodeUsed(Fact, frozen=True, kw_only=True):
    """`left`: how many still work."""

    name: ClassVar[str] = "user.recovery_code_used"
    administrative = About("accounts.User", "user_id")
    user_id: int
    left: int


class SignInFailedOften(Fact, frozen=True, kw_only=True):
    """A limit was crossed, told once while it holds. `step`: password or second_step."""

    name: ClassVar[str] = "user.sign_in_failed_often"
    administrative = About("accounts.User", "user_id")
    user_id: int
    step: str


class StepUpPassed(Fact, frozen=True, kw_only=True):
    """Before a dangerous act they showed anew that it is them."""

    name: ClassVar[str] = "user.step_up_passed"
    administrative = About("accounts.User", "user_id")
    user_id: int
    how: str


class StepUpFailed(Fact, frozen=True, kw_only=True):
    """Whoever sits in this session could not."""

    name: ClassVar[str] = "user.step_up_failed"
    administrative = About("accounts.User", "user_id")
    user_id: int


class EmailChangeAsked(Fact, frozen=True, kw_only=True):
    """They asked for another address to sign in with; the one before is told."""

    name: ClassVar[str] = "user.email_change_asked"
    administrative = About("accounts.User", "user_id")
    user_id: int


class EmailChangeUndone(Fact, frozen=True, kw_only=True):
    """Whoever reads the address before took it back: every session ended, and a new password is to be chosen."""

    name: ClassVar[str] = "user.email_change_undone"
    administrative = About("accounts.User", "user_id")
    ends_sessions = "all"
    user_id: int


class AccessTokenShown(Fact, frozen=True, kw_only=True):
    """They looked at the key of their programs."""

    name: ClassVar[str] = "user.access_token_shown"
    administrative = About("accounts.User", "user_id")
    user_id: int


class Unlocked(Fact, frozen=True, kw_only=True):
    """On the server's command line their factors were taken away: their password alone lets them in."""

    name: ClassVar[str] = "user.unlocked"
    administrative = About("accounts.User", "user_id")
    user_id: int


class NewDevice(Fact, frozen=True, kw_only=True):
    """They signed in from a kind of device or a network they had not used before; a mail says so."""

    name: ClassVar[str] = "user.new_device"
    user_id: int


class SessionRevoked(Fact, frozen=True, kw_only=True):
    """Their own list of sessions ended so many of them."""

    name: ClassVar[str] = "user.session_revoked"
    administrative = About("accounts.User", "user_id")
    ends_sessions = "one"
    user_id: int
    sessions: int
