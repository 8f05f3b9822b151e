"""What happens to accounts, their people and teams. `changes` is {field: [old, new]}, never with a secret in it."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.log import Fact


class AccountCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "account.created"


class AccountUpdated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "account.updated"
    changes: dict[str, list[Any]]


class AccountCacheInvalidated(Fact, frozen=True, kw_only=True):
    """Labels, inboxes or teams changed: clients that keep copies compare these keys (epoch seconds as text)."""

    name: ClassVar[str] = "account.cache_invalidated"
    keys: dict[str, str]


class InstallationUpdated(Fact, frozen=True, kw_only=True):
    """Its address or who looks after it; in the account that does."""

    name: ClassVar[str] = "installation.updated"
    changes: dict[str, list[Any]]


class AgentAdded(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "agent.added"
    user_id: int
    role: str


class AgentJoined(Fact, frozen=True, kw_only=True):
    """The invited person accepted. Until then they stood in the account as the user `invited_as`, and rooms above keep
    what that one was given (inboxes) for them.
    """

    name: ClassVar[str] = "agent.joined"
    user_id: int
    invited_as: int


class AgentLinkShown(Fact, frozen=True, kw_only=True):
    """An administrator was shown a link that lets this agent in; `purpose` is password or confirmation."""

    name: ClassVar[str] = "agent.link_shown"
    user_id: int
    purpose: str


class AgentUpdated(Fact, frozen=True, kw_only=True):
    """Role, availability, name, picture or another thing colleagues see."""

    name: ClassVar[str] = "agent.updated"
    user_id: int
    changes: dict[str, list[Any]]


class AgentRemoved(Fact, frozen=True, kw_only=True):
    """They left the account, its teams and its inboxes; what upper rooms keep of them they clear themselves."""

    name: ClassVar[str] = "agent.removed"
    user_id: int


class UserSignedIn(Fact, frozen=True, kw_only=True):
    """`how`: password, link, token of single sign-on or another way."""

    name: ClassVar[str] = "user.signed_in"
    user_id: int
    how: str


class UserSignedOut(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "user.signed_out"
    user_id: int


class PasswordChanged(Fact, frozen=True, kw_only=True):
    """All their sessions ended."""

    name: ClassVar[str] = "user.password_changed"
    user_id: int


class AccessTokenReset(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "user.access_token_reset"
    user_id: int


class TeamCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "team.created"
    team_id: int


class TeamUpdated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "team.updated"
    team_id: int
    changes: dict[str, list[Any]]


class TeamDeleted(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "team.deleted"
    team_id: int


class TeamMembersChanged(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "team.members_changed"
    team_id: int
    added: list[int]
    removed: list[int]
