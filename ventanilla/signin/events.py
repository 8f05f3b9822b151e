"""What happens at the door. The log knows accounts, so each is recorded in every account of the user."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.facts import About, Fact, collection


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


class SignInProviderAdded(Fact, frozen=True, kw_only=True):
    """An administrator set up where the account's people prove who they are."""

    name: ClassVar[str] = "sign_in_provider.created"
    administrative = About("signin.SignInProvider", "provider_id")
    provider_id: int
    title: str
    issuer: str


class SignInProviderChanged(Fact, frozen=True, kw_only=True):
    """`changes` never holds the secret: [null, null] says that there is another one."""

    name: ClassVar[str] = "sign_in_provider.updated"
    administrative = About("signin.SignInProvider", "provider_id")
    provider_id: int
    changes: dict[str, list[Any]]


class SignInProviderRemoved(Fact, frozen=True, kw_only=True):
    """No one comes in by it any more."""

    name: ClassVar[str] = "sign_in_provider.deleted"
    administrative = About("signin.SignInProvider", "provider_id")
    provider_id: int
    title: str


class SignInRefused(Fact, frozen=True, kw_only=True):
    """Somebody came back from the provider and was not let in. `reason`: a code; `detail`: what did not fit."""

    name: ClassVar[str] = "sign_in_provider.refused"
    administrative = About("signin.SignInProvider", "provider_id")
    personal = frozenset({"email"})
    provider_id: int
    reason: str
    detail: str = ""
    email: str = ""


class OnlySingleSignOnChanged(Fact, frozen=True, kw_only=True):
    """Whether the account opens for its own provider alone."""

    name: ClassVar[str] = "account.only_single_sign_on_changed"
    administrative = About("accounts.Account", "account_id")
    told = collection("account", "account_id")
    ends_sessions = "unfitting"
    changes: dict[str, list[Any]]


class IdentityLinked(Fact, frozen=True, kw_only=True):
    """A member came by a provider for the first time."""

    name: ClassVar[str] = "user.identity_linked"
    administrative = About("accounts.User", "user_id")
    user_id: int
    provider_id: int


class IdentityUnlinked(Fact, frozen=True, kw_only=True):
    """An administrator let a member come by the provider as somebody else of it."""

    name: ClassVar[str] = "user.identity_unlinked"
    administrative = About("accounts.User", "user_id")
    user_id: int
    provider_id: int


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
