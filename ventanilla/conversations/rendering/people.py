"""Who is who in an account at this moment: agents, bots, teams, inboxes, and who is here.

Their names, pictures and presence change without any conversation changing, so they are filled into rendered
conversations for each answer. One process asks for an account's people at most once a second.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Protocol

import msgspec
from django.db import connection

from ventanilla.accounts.models import AgentBot, Presence, Team, TeamMember, User
from ventanilla.accounts.policies import effective_availability, seen_lately
from ventanilla.accounts.rendering import agent_json, bot_sender_json, sender_json, team_json
from ventanilla.accounts.selectors import Agent, agents_by_id, memberships_of
from ventanilla.conversations.rendering.cache import Parts, slot
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import links
from ventanilla.kit.clock import now

FRESH_SECONDS = 1.0

_encode = msgspec.json.Encoder().encode
_NOBODY = b"null"


class Names(Protocol):
    """What a renderer needs to know of people: JSON to put in, or a place to put it later."""

    def agent(self, user_id: int) -> object:
        """A member, as lists of agents show them."""
        ...

    def sender(self, user_id: int) -> object:
        """A user as the sender of a message."""
        ...

    def bot(self, bot_id: int) -> object:
        """A bot as the sender of a message."""
        ...

    def team(self, team_id: int) -> object:
        """A team."""
        ...

    def presence(self, contact_id: int) -> object:
        """online or offline."""
        ...


class Slots:
    """Leaves places, for what is kept."""

    def agent(self, user_id: int) -> object:
        return slot("agent", user_id)

    def sender(self, user_id: int) -> object:
        return slot("sender", user_id)

    def bot(self, bot_id: int) -> object:
        return slot("bot", bot_id)

    def team(self, team_id: int) -> object:
        return slot("team", team_id)

    def presence(self, contact_id: int) -> object:
        return slot("presence", contact_id)


class People:
    """The people of an account as they are now."""

    def __init__(self, account_id: int) -> None:
        self.account_id = account_id
        at = now()
        memberships = list(memberships_of(account_id))
        users_seen, contacts = _seen(account_id, at)
        self._agents = {
            row.user_id: Agent(
                row, effective_availability(row, last_seen_at=users_seen.get(row.user_id), at=at)
            )
            for row in memberships
        }
        self._contacts = contacts
        self._teams = {team.pk: team for team in Team.objects.filter(account_id=account_id)}
        self._team_members = set(
            TeamMember.objects.filter(team__account_id=account_id).values_list("team_id", "user_id")
        )
        # Opening the seals of secrets costs time, and no one here asks for them.
        inboxes = Inbox.objects.filter(account_id=account_id).defer("secrets", "hmac_token", "external_token")
        self.inboxes = {inbox.pk: inbox for inbox in inboxes}
        self._rendered: dict[tuple[str, int, int | None], bytes] = {}

    def render(self, kind: str, ref_id: int, viewer_id: int | None) -> bytes:
        """What stands in a slot, for this reader."""
        key = (kind, ref_id, viewer_id if kind == "team" else None)
        found = self._rendered.get(key)
        if found is None:
            found = self._rendered[key] = _RENDER[kind](self, ref_id, viewer_id)
        return found

    def fill(self, parts: Parts, viewer_id: int | None) -> bytes:
        """Parts as one piece of JSON."""
        if len(parts) == 1:
            return parts[0]
        out = list(parts)
        for place in range(1, len(out), 2):
            kind, ref = out[place].decode().split(":")
            out[place] = self.render(kind, int(ref), viewer_id)
        return b"".join(out)

    def names(self, viewer_id: int | None = None) -> Names:
        """For a renderer that keeps nothing."""
        return _Now(self, viewer_id)

    def _agent(self, user_id: int, _viewer_id: int | None) -> bytes:
        # One who came a moment ago is asked for by name.
        agent = self._agents.get(user_id) or agents_by_id(self.account_id, [user_id]).get(user_id)
        if agent is not None:
            return _encode(agent_json(agent))
        user = User.objects.filter(pk=user_id).first()
        # Someone who has left but is still written in a row for a moment.
        return _encode(sender_json(user)) if user is not None else _NOBODY

    def _sender(self, user_id: int, _viewer_id: int | None) -> bytes:
        agent = self._agents.get(user_id)
        if agent is not None:
            return _encode(sender_json(agent.user, availability_status=agent.availability_status))
        user = User.objects.filter(pk=user_id).first()
        return _encode(sender_json(user)) if user is not None else _NOBODY

    def _bot(self, bot_id: int, _viewer_id: int | None) -> bytes:
        bot = AgentBot.objects.filter(pk=bot_id).first()
        return _encode(bot_sender_json(bot)) if bot is not None else _NOBODY

    def _team(self, team_id: int, viewer_id: int | None) -> bytes:
        team = self._teams.get(team_id) or Team.objects.filter(pk=team_id).first()
        if team is None:
            return _NOBODY
        return _encode(team_json(team, is_member=(team_id, viewer_id) in self._team_members))

    def _presence(self, contact_id: int, _viewer_id: int | None) -> bytes:
        return b'"online"' if contact_id in self._contacts else b'"offline"'


_RENDER = {
    "agent": People._agent,
    "sender": People._sender,
    "bot": People._bot,
    "team": People._team,
    "presence": People._presence,
}


class _Now:
    """Puts the people in at once."""

    def __init__(self, people: People, viewer_id: int | None) -> None:
        self._people = people
        self._viewer_id = viewer_id

    def _raw(self, kind: str, ref_id: int) -> msgspec.Raw:
        return msgspec.Raw(self._people.render(kind, ref_id, self._viewer_id))

    def agent(self, user_id: int) -> object:
        return self._raw("agent", user_id)

    def sender(self, user_id: int) -> object:
        return self._raw("sender", user_id)

    def bot(self, bot_id: int) -> object:
        return self._raw("bot", bot_id)

    def team(self, team_id: int) -> object:
        return self._raw("team", team_id)

    def presence(self, contact_id: int) -> object:
        return self._raw("presence", contact_id)


def _seen(account_id: int, at: datetime) -> tuple[dict[int, datetime], set[int]]:
    """When users were last connected, and which contacts are connected now."""
    users: dict[int, datetime] = {}
    contacts: set[int] = set()
    rows = Presence.objects.filter(seen_lately(at=at), account_id=account_id)
    for kind, ref_id, last_seen_at in rows.values_list("kind", "ref_id", "last_seen_at"):
        if kind == Presence.Kind.USER:
            users[ref_id] = last_seen_at
        else:
            contacts.add(ref_id)
    return users, contacts


_kept: dict[tuple[int, str], tuple[float, People]] = {}


def people_of(account_id: int, *, anew: bool = False) -> People:
    """The account's people, at most FRESH_SECONDS old. Always asked anew inside a transaction."""
    if connection.in_atomic_block:
        return People(account_id)
    key, moment = (account_id, links.here()), time.monotonic()
    kept = _kept.get(key)
    if kept is not None and not anew and moment - kept[0] < FRESH_SECONDS:
        return kept[1]
    people = People(account_id)
    if len(_kept) > 1_000:  # installations with very many accounts
        _kept.clear()
    _kept[key] = (moment, people)
    return people


def forget_people(account_id: int | None = None) -> None:
    """Ask anew next time: those of one account, or all."""
    for key in list(_kept):
        if account_id is None or key[0] == account_id:
            _kept.pop(key, None)
