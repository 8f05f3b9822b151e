"""People as the contract shows them (A.7): the user of a session, the agent of a list, the sender of a message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ventanilla.accounts.avatars import avatar_url
from ventanilla.accounts.features import enabled_features
from ventanilla.accounts.models import (
    AccessToken,
    Account,
    AgentBot,
    CustomRole,
    Membership,
    Team,
    TeamSight,
    User,
)
from ventanilla.accounts.policies import (
    capabilities_of,
    effective_availability,
    permissions_of,
    permissions_of_role,
)
from ventanilla.accounts.selectors import Agent, cache_keys, last_seen_in_accounts, user_memberships
from ventanilla.accounts.settings import SETTINGS
from ventanilla.kit.clock import iso, now


def user_with_keys_json(user: User, *, reaches: Callable[[Account], bool] | None = None) -> dict[str, Any]:
    """The same with the access token and what sockets of the contract listen with: for who holds such a key already."""
    token = AccessToken.objects.filter(user=user).first()
    keys = {"access_token": token.sealed if token else "", "pubsub_token": user.pubsub_token}
    return {**user_json(user, reaches=reaches), **keys}


def user_json(user: User, *, reaches: Callable[[Account], bool] | None = None) -> dict[str, Any]:
    """The user with all accounts: only for themselves. A few queries, never for lists.

    Without their keys: those outlive a session, so a cookie that was stolen must not lead to them. `reaches`: which of
    their accounts the session that asks opens.
    """
    memberships = [row for row in user_memberships(user) if reaches is None or reaches(row.account)]
    active = memberships[0] if memberships else None
    seen = last_seen_in_accounts(user.pk)
    return {
        "access_token": "",
        "account_id": active.account_id if active else None,
        "available_name": user.available_name,
        "avatar_url": avatar_url(user.avatar.name or ""),
        "confirmed": user.confirmed_at is not None,
        "display_name": user.display_name or None,
        "message_signature": user.message_signature or None,
        "email": user.email,
        "unconfirmed_email": user.unconfirmed_email or None,
        "id": user.pk,
        "inviter_id": active.inviter_id if active else None,
        "name": user.name,
        "phone_number": user.phone_number or None,
        "timezone": user.timezone or None,
        "provider": user.provider,
        "pubsub_token": "",
        "custom_attributes": user.custom_attributes,
        "role": active.role if active else None,
        "ui_settings": user.ui_settings,
        "uid": user.email,
        "type": "SuperAdmin" if user.is_superuser else None,
        "accounts": [_account_of_user(row, seen.get(row.account_id)) for row in memberships],
    }


def seen_user_json(membership: Membership, *, viewer: User) -> dict[str, Any]:
    """The member as an administrator who looks as them is told: in the viewer's language and colours."""
    user = user_json(membership.user)
    return {
        **user,
        "account_id": membership.account_id,
        "role": membership.role,
        "ui_settings": viewer.ui_settings,
        "timezone": viewer.timezone or None,
        "accounts": [row for row in user["accounts"] if row["id"] == membership.account_id],
    }


def _account_of_user(membership: Membership, last_seen_at: datetime | None) -> dict[str, Any]:
    return {
        "id": membership.account_id,
        "name": membership.account.name,
        "status": membership.account.status,
        "active_at": iso(membership.active_at),
        "role": membership.role,
        "permissions": permissions_of(membership),
        "capabilities": sorted(capabilities_of(membership)),
        "availability": membership.availability,
        "availability_status": effective_availability(membership, last_seen_at=last_seen_at, at=now()),
        "auto_offline": membership.auto_offline,
        "custom_role_id": membership.custom_role_id,
        "custom_role": custom_role_json(membership.custom_role) if membership.custom_role else None,
        "locale": membership.account.locale,
        "custom_attributes": membership.custom_attributes,
    }


def agent_json(agent: Agent) -> dict[str, Any]:
    """An agent, from rows already loaded."""
    user, membership = agent.user, agent.membership
    return {
        "id": user.pk,
        "account_id": membership.account_id,
        "availability": membership.availability,
        "availability_status": agent.availability_status,
        "auto_offline": membership.auto_offline,
        "confirmed": user.confirmed_at is not None,
        "email": membership.email,
        "available_name": user.available_name,
        "custom_attributes": membership.custom_attributes,
        "name": user.name,
        "role": membership.role,
        "thumbnail": avatar_url(user.avatar.name or ""),
        "custom_role_id": membership.custom_role_id,
    }


def custom_role_json(role: CustomRole) -> dict[str, Any]:
    """A role that the account made, in the contract's words."""
    return {
        "id": role.pk,
        "name": role.name,
        "description": role.description,
        "permissions": permissions_of_role(role),
        "created_at": iso(role.created_at),
        "updated_at": iso(role.updated_at),
    }


def sender_json(user: User, *, availability_status: str = "offline") -> dict[str, Any]:
    """A user as the sender of a message or the performer of an event."""
    picture = avatar_url(user.avatar.name or "")
    return {
        "id": user.pk,
        "name": user.name,
        "available_name": user.available_name,
        "avatar_url": picture,
        "type": "user",
        "availability_status": availability_status,
        "thumbnail": picture,
    }


def bot_sender_json(bot: AgentBot) -> dict[str, Any]:
    """An agent bot as the sender of a message."""
    return {
        "id": bot.pk,
        "name": bot.name,
        "avatar_url": avatar_url(bot.avatar.name or ""),
        "type": "agent_bot",
    }


def team_json(team: Team, *, is_member: bool | None = None) -> dict[str, Any]:
    """A team; `is_member` is read from a selector's annotation unless given."""
    return {
        "id": team.pk,
        "name": team.name,
        "description": team.description,
        "allow_auto_assign": team.allow_auto_assign,
        "account_id": team.account_id,
        "is_member": bool(getattr(team, "is_member", False)) if is_member is None else is_member,
        "sees_only_own": team.sight != TeamSight.INBOXES,
        "sight": team.sight,
    }


def account_json(account: Account, *, version: str) -> dict[str, Any]:
    """The account as its members see it; `version` is the contract version told to clients."""
    return {
        **SETTINGS.shown(account, for_administrator=True),
        "created_at": iso(account.created_at),
        "custom_attributes": account.custom_attributes,
        "features": enabled_features(account),
        "id": account.pk,
        "settings": account.settings,
        "status": account.status,
        "cache_keys": cache_keys(account),
        "latest_chatwoot_version": version,
    }
