"""What happens to accounts, their people and teams. `changes` is {field: [old, new]}, never with a secret in it."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.facts import ALWAYS, CABLE, Fact, Hearers, Told, collection


class AccountCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "account.created"
    told = collection("account", "account_id")


class AccountUpdated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "account.updated"
    told = collection("account", "account_id")
    alters_permissions = frozenset({"status", "features"})
    changes: dict[str, list[Any]]


class AccountCacheInvalidated(Fact, frozen=True, kw_only=True):
    """Labels, inboxes or teams changed: clients that keep copies compare these keys (epoch seconds as text)."""

    name: ClassVar[str] = "account.cache_invalidated"
    told = Told("cache_keys", Hearers.AGENTS, CABLE)
    keys: dict[str, str]


class InstallationUpdated(Fact, frozen=True, kw_only=True):
    """Its address or who looks after it; in the account that does."""

    name: ClassVar[str] = "installation.updated"
    changes: dict[str, list[Any]]


class AgentAdded(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "agent.added"
    changes_people = True
    told = collection("agent", "user_id")
    alters_permissions = ALWAYS
    alters_presence = True
    user_id: int
    role: str


class AgentJoined(Fact, frozen=True, kw_only=True):
    """The invited person accepted. Until then they stood in the account as the user `invited_as`, and rooms above keep
    what that one was given (inboxes) for them.
    """

    name: ClassVar[str] = "agent.joined"
    changes_people = True
    told = collection("agent", "user_id")
    alters_permissions = ALWAYS
    alters_presence = True
    user_id: int
    invited_as: int


class AgentLinkShown(Fact, frozen=True, kw_only=True):
    """An administrator was shown a link that lets this agent in; `purpose` is password or confirmation."""

    name: ClassVar[str] = "agent.link_shown"
    told = collection("agent", "user_id")
    user_id: int
    purpose: str


class ViewedAs(Fact, frozen=True, kw_only=True):
    """An administrator began to look at the desk as this agent sees it; they can change nothing meanwhile."""

    name: ClassVar[str] = "agent.viewed_as"
    user_id: int


class ViewEnded(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "agent.view_ended"
    user_id: int


class AgentUpdated(Fact, frozen=True, kw_only=True):
    """Role, availability, name, picture or another thing colleagues see."""

    name: ClassVar[str] = "agent.updated"
    changes_people = True
    told = collection("agent", "user_id")
    alters_permissions = frozenset({"role", "custom_role_id", "custom_attributes"})
    alters_presence = True
    personal = frozenset({"changes"})
    user_id: int
    changes: dict[str, list[Any]]


class AgentRemoved(Fact, frozen=True, kw_only=True):
    """They left the account, its teams and its inboxes; what upper rooms keep of them they clear themselves."""

    name: ClassVar[str] = "agent.removed"
    changes_people = True
    told = collection("agent", "user_id")
    alters_permissions = ALWAYS
    alters_presence = True
    user_id: int


class RoleCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "role.created"
    told = collection("role", "role_id")
    role_id: int
    title: str


class RoleUpdated(Fact, frozen=True, kw_only=True):
    """Of a role that the account made: what it is called, what its people see or may do."""

    name: ClassVar[str] = "role.updated"
    told = collection("role", "role_id")
    alters_permissions = ALWAYS
    role_id: int
    changes: dict[str, list[Any]]


class RoleDeleted(Fact, frozen=True, kw_only=True):
    """Its people had got another one."""

    name: ClassVar[str] = "role.deleted"
    told = collection("role", "role_id")
    role_id: int
    title: str


class UserSignedIn(Fact, frozen=True, kw_only=True):
    """`how`: password, link, token of single sign-on or another way."""

    name: ClassVar[str] = "user.signed_in"
    user_id: int
    how: str


class UserSignedOut(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "user.signed_out"
    ends_sessions = "one"
    user_id: int


class PasswordChanged(Fact, frozen=True, kw_only=True):
    """All their sessions ended."""

    name: ClassVar[str] = "user.password_changed"
    ends_sessions = "all"
    user_id: int


class AccessTokenReset(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "user.access_token_reset"
    user_id: int


class TeamCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "team.created"
    changes_people = True
    told = collection("team", "team_id")
    team_id: int


class TeamUpdated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "team.updated"
    changes_people = True
    told = collection("team", "team_id")
    alters_permissions = frozenset({"sight"})
    team_id: int
    changes: dict[str, list[Any]]


class TeamDeleted(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "team.deleted"
    changes_people = True
    told = collection("team", "team_id")
    alters_permissions = ALWAYS
    team_id: int


class TeamMembersChanged(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "team.members_changed"
    changes_people = True
    told = collection("team", "team_id")
    alters_permissions = ALWAYS
    team_id: int
    added: list[int]
    removed: list[int]
