"""What happens to accounts, their people and teams. `changes` is {field: [old, new]}, never with a secret in it."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.facts import ALWAYS, CABLE, About, Fact, Hearers, Told, collection


class AccountCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "account.created"
    administrative = About("accounts.Account", "account_id")
    told = collection("account", "account_id")


class AccountUpdated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "account.updated"
    administrative = About("accounts.Account", "account_id")
    told = collection("account", "account_id")
    alters_permissions = frozenset({"status", "features", "second_step_in_force"})
    changes: dict[str, list[Any]]


class AccountCacheInvalidated(Fact, frozen=True, kw_only=True):
    """Labels, inboxes or teams changed: clients that keep copies compare these keys (epoch seconds as text)."""

    name: ClassVar[str] = "account.cache_invalidated"
    told = Told("cache_keys", Hearers.AGENTS, CABLE)
    keys: dict[str, str]


class InstallationUpdated(Fact, frozen=True, kw_only=True):
    """Its address or who looks after it; in the account that does."""

    name: ClassVar[str] = "installation.updated"
    administrative = About("accounts.Installation")
    changes: dict[str, list[Any]]


class AgentAdded(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "agent.added"
    administrative = About("accounts.User", "user_id", noun="AccountUser")
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
    administrative = About("accounts.User", "user_id", noun="AccountUser")
    changes_people = True
    told = collection("agent", "user_id")
    alters_permissions = ALWAYS
    alters_presence = True
    user_id: int
    invited_as: int


class AgentLinkShown(Fact, frozen=True, kw_only=True):
    """An administrator was shown a link that lets this agent in; `purpose` is invitation, password or
    confirmation."""

    name: ClassVar[str] = "agent.link_shown"
    administrative = About("accounts.User", "user_id", noun="AccountUser")
    told = collection("agent", "user_id")
    user_id: int
    purpose: str


class ViewedAs(Fact, frozen=True, kw_only=True):
    """An administrator began to look at the desk as this agent sees it; they can change nothing meanwhile."""

    name: ClassVar[str] = "agent.viewed_as"
    administrative = About("accounts.User", "user_id", noun="AccountUser")
    user_id: int


class ViewEnded(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "agent.view_ended"
    administrative = About("accounts.User", "user_id", noun="AccountUser")
    user_id: int


class AgentUpdated(Fact, frozen=True, kw_only=True):
    """Role, availability, name, picture or another thing colleagues see."""

    name: ClassVar[str] = "agent.updated"
    administrative = About("accounts.User", "user_id", noun="AccountUser")
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
    administrative = About("accounts.User", "user_id", noun="AccountUser")
    changes_people = True
    told = collection("agent", "user_id")
    alters_permissions = ALWAYS
    alters_presence = True
    user_id: int


class RoleCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "role.created"
    administrative = About("accounts.CustomRole")
    told = collection("role", "role_id")
    role_id: int
    title: str


class RoleUpdated(Fact, frozen=True, kw_only=True):
    """Of a role that the account made: what it is called, what its people see or may do."""

    name: ClassVar[str] = "role.updated"
    administrative = About("accounts.CustomRole")
    told = collection("role", "role_id")
    alters_permissions = ALWAYS
    role_id: int
    changes: dict[str, list[Any]]


class RoleDeleted(Fact, frozen=True, kw_only=True):
    """Its people had got another one."""

    name: ClassVar[str] = "role.deleted"
    administrative = About("accounts.CustomRole")
    told = collection("role", "role_id")
    role_id: int
    title: str


class UserSignedIn(Fact, frozen=True, kw_only=True):
    """`how`: password, link, token of single sign-on or another way."""

    name: ClassVar[str] = "user.signed_in"
    administrative = About("accounts.User", "user_id")
    user_id: int
    how: str


class UserSignedOut(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "user.signed_out"
    administrative = About("accounts.User", "user_id")
    ends_sessions = "one"
    user_id: int


class PasswordChanged(Fact, frozen=True, kw_only=True):
    """All their sessions ended."""

    name: ClassVar[str] = "user.password_changed"
    administrative = About("accounts.User", "user_id")
    ends_sessions = "all"
    user_id: int


class AccessTokenReset(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "user.access_token_reset"
    administrative = About("accounts.User", "user_id")
    user_id: int


class TeamCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "team.created"
    administrative = About("accounts.Team")
    changes_people = True
    told = collection("team", "team_id")
    team_id: int


class TeamUpdated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "team.updated"
    administrative = About("accounts.Team")
    changes_people = True
    told = collection("team", "team_id")
    alters_permissions = frozenset({"sight"})
    team_id: int
    changes: dict[str, list[Any]]


class TeamDeleted(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "team.deleted"
    administrative = About("accounts.Team")
    changes_people = True
    told = collection("team", "team_id")
    alters_permissions = ALWAYS
    team_id: int


class TeamMembersChanged(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "team.members_changed"
    administrative = About("accounts.Team", noun="TeamMember")
    changes_people = True
    told = collection("team", "team_id")
    alters_permissions = ALWAYS
    team_id: int
    added: list[int]
    removed: list[int]
