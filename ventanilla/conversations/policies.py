"""Who may see and change a conversation. The rule stands once, in `Visibility`: as a query and as a yes or no."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from ventanilla.accounts.models import Account, Membership, Role, Sight, TeamSight, User
from ventanilla.accounts.policies import Capability, may
from ventanilla.conversations.models import Conversation, Participant, Status
from ventanilla.inboxes.policies import kept_inboxes
from ventanilla.kit import statements

# Asked for each request of an agent, so these do not go through the ORM.
_INBOXES = (
    "SELECT m.inbox_id FROM inboxes_inboxmember m JOIN inboxes_inbox i ON i.id = m.inbox_id"
    " WHERE m.user_id = %s AND i.account_id = %s AND i.deleted_at IS NULL"
)
_TEAMS = (
    "SELECT m.team_id, t.sight FROM accounts_teammember m JOIN accounts_team t ON t.id = m.team_id"
    " WHERE m.user_id = %s AND t.account_id = %s AND t.deleted_at IS NULL"
)
_INBOXES_OF_SEVERAL = (
    "SELECT m.user_id, m.inbox_id FROM inboxes_inboxmember m JOIN inboxes_inbox i ON i.id = m.inbox_id"
    " WHERE m.user_id IN ({}) AND i.account_id = %s AND i.deleted_at IS NULL"
)
_TEAMS_OF_SEVERAL = (
    "SELECT m.user_id, m.team_id, t.sight FROM accounts_teammember m JOIN accounts_team t ON t.id = m.team_id"
    " WHERE m.user_id IN ({}) AND t.account_id = %s AND t.deleted_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class ConversationFacts:
    """What the rule asks of a conversation."""

    account_id: int
    inbox_id: int
    assignee_id: int | None
    team_id: int | None
    participant_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FormerFacts:
    """What one event says of where a conversation was before it.

    `changed` holds only the fields that the event changed, as (name, old value): the rest is not known, since by the
    time the event is read other changes may have followed.
    """

    account_id: int
    inbox_id: int
    changed: frozenset[tuple[str, int | None]]
    removed_participant_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which conversations of one account a user may see. Hashable: it is part of the key of compiled queries.

    Administrators and analysts see all. An agent sees the inboxes they belong to, and within these:
    all, or (`team_ids` set) their teams', or (`hides_*`) theirs alone: as their teams and their role say (Sight).
    What they follow as a participant they always see, within their inboxes.
    """

    account_id: int
    user_id: int
    everything: bool = False
    can_write: bool = True
    inbox_ids: tuple[int, ...] = ()
    team_ids: tuple[int, ...] | None = None
    hides_others: bool = False
    hides_unassigned: bool = False

    @property
    def is_limited(self) -> bool:
        """Whether something of the inboxes they open is hidden from them."""
        return self.team_ids is not None or self.hides_others or self.hides_unassigned

    def q(self) -> Q:
        """The rule as a condition on Conversation."""
        rule = Q(account_id=self.account_id)
        if self.everything:
            return rule
        rule &= Q(inbox_id__in=self.inbox_ids)
        if not self.is_limited:
            return rule
        return rule & (self._shared_q() | Q(assignee_id=self.user_id) | Q(pk__in=self._followed()))

    def _shared_q(self) -> Q:
        """What is neither theirs nor followed by them."""
        shared = Q()
        if self.team_ids is not None:
            shared &= Q(team_id__in=self.team_ids)
        if self.hides_others:
            shared &= Q(assignee_id__isnull=True)
        if self.hides_unassigned:
            shared &= Q(assignee_id__isnull=False)
        return shared

    def parts(self) -> tuple[Q, ...]:
        """The same rule as conditions of which each row meets one at most, and each of which an index can serve."""
        if not self.is_limited or self.everything:
            return (self.q(),)
        here = Q(account_id=self.account_id, inbox_id__in=self.inbox_ids)
        mine = Q(assignee_id=self.user_id)
        followed = Q(pk__in=self._followed()) & ~mine
        if self.hides_others and self.hides_unassigned:  # nothing is shared
            return here & mine, here & followed
        rest = [mine, followed & ~self._shared_q()]
        if not self.hides_others:  # what is theirs may be shared too
            rest[:1] = [mine & ~Q(team_id__in=self.team_ids)] if self.team_ids is not None else []
        return tuple(here & part for part in (*self._each_shared(), *rest))

    def _each_shared(self) -> list[Q]:
        if self.team_ids is None:
            return [self._shared_q()]
        return [self._shared_q() & Q(team_id=team_id) for team_id in self.team_ids]

    def _followed(self) -> object:
        mine = Participant.objects.filter(user_id=self.user_id, account_id=self.account_id)
        return mine.values("conversation_id")

    def allows(self, facts: ConversationFacts) -> bool:
        """The same rule for one conversation at hand."""
        if facts.account_id != self.account_id:
            return False
        if self.everything:
            return True
        if facts.inbox_id not in self.inbox_ids:
            return False
        if not self.is_limited or facts.assignee_id == self.user_id or self.user_id in facts.participant_ids:
            return True
        return self._shares(facts)

    def may_have_allowed(self, before: FormerFacts) -> bool:
        """Whether this event may be the one that took the conversation out of sight: it could have been seen before,
        for a reason that the event changed. What the event does not say is taken to have allowed it.
        """
        if before.account_id != self.account_id or before.inbox_id not in self.inbox_ids:
            return False
        was = dict(before.changed)
        if self.user_id in before.removed_participant_ids or was.get("assignee_id") == self.user_id:
            return True
        return bool(was) and self._may_have_shared(was)

    def _may_have_shared(self, was: dict[str, int | None]) -> bool:
        if self.team_ids is not None and "team_id" in was and was["team_id"] not in self.team_ids:
            return False
        if "assignee_id" not in was:
            return True
        return not (self.hides_others if was["assignee_id"] is not None else self.hides_unassigned)

    def _shares(self, facts: ConversationFacts) -> bool:
        if self.team_ids is not None and facts.team_id not in self.team_ids:
            return False
        if self.hides_others and facts.assignee_id is not None:
            return False
        return not (self.hides_unassigned and facts.assignee_id is None)


def visibility_of(
    membership: Membership,
    account: Account,
    *,
    inbox_ids: tuple[int, ...],
    teams: tuple[tuple[int, str], ...],
    only_mine: bool = False,
) -> Visibility:
    """The visibility of a member. `teams` are (id, sight) of the teams they are in; with several, the widest counts.

    Teams, role and the account's switches each only take away: the narrowest of the three is what remains.
    """
    user_id = membership.user_id
    if membership.role != Role.AGENT:
        return Visibility(
            account_id=account.pk,
            user_id=user_id,
            everything=True,
            can_write=may(membership, Capability.CONVERSATIONS_WRITE),
        )
    sights = {
        _sight_of_teams(teams),
        membership.custom_role.sight if membership.custom_role else Sight.INBOXES,
    }
    only_mine = only_mine or Sight.OWN in sights
    features = account.features
    return Visibility(
        account_id=account.pk,
        user_id=user_id,
        can_write=may(membership, Capability.CONVERSATIONS_WRITE),
        inbox_ids=() if Sight.NONE in sights else tuple(sorted(kept_inboxes(membership, inbox_ids))),
        team_ids=_sharing(teams) if Sight.TEAM in sights else None,
        hides_others=only_mine
        or Sight.UNASSIGNED in sights
        or bool(features.get("hide_all_chats_for_agent")),
        hides_unassigned=only_mine or bool(features.get("hide_unassigned_for_agent")),
    )


def _sight_of_teams(teams: tuple[tuple[int, str], ...]) -> str:
    """What the teams leave: that of the widest, and everything to who is in none."""
    theirs = {sight for _team, sight in teams}
    if not theirs or TeamSight.INBOXES in theirs:
        return Sight.INBOXES
    return Sight.TEAM if TeamSight.TEAM in theirs else Sight.OWN


def _sharing(teams: tuple[tuple[int, str], ...]) -> tuple[int, ...]:
    """The teams whose members see what the others have."""
    return tuple(sorted(team for team, sight in teams if sight != TeamSight.OWN))


def visibilities_of(members: Collection[Membership]) -> dict[int, Visibility]:
    """What each of these members of one account may see, by user id; `user`, `account` and `custom_role` are loaded.

    Two queries.
    """
    agents = [member.user_id for member in members if member.role == Role.AGENT]
    inboxes: dict[int, list[int]] = defaultdict(list)
    teams: dict[int, list[tuple[int, str]]] = defaultdict(list)
    if agents:
        account = [next(iter(members)).account_id]
        for user_id, inbox_id in statements.fetch_among(_INBOXES_OF_SEVERAL, agents, account):
            inboxes[user_id].append(inbox_id)
        for user_id, team_id, sight in statements.fetch_among(_TEAMS_OF_SEVERAL, agents, account):
            teams[user_id].append((team_id, sight))
    return {
        member.user_id: visibility_of(
            member,
            member.account,
            inbox_ids=tuple(inboxes[member.user_id]),
            teams=tuple(teams[member.user_id]),
            only_mine=_shows_only_theirs(member),
        )
        for member in members
    }


def _shows_only_theirs(member: Membership) -> bool:
    return bool(
        member.custom_attributes.get("showOnlyMine") or member.user.custom_attributes.get("showOnlyMine")
    )


def visibility_for(user: User, account: Account, *, membership: Membership | None = None) -> Visibility:
    """What this user may see in this account: nothing when they are not a member."""
    if membership is None:
        rows = Membership.objects.select_related("custom_role")
        membership = rows.filter(user=user, account=account).first()
    if membership is None:
        return Visibility(account_id=account.pk, user_id=user.pk, can_write=False)
    if membership.role != Role.AGENT:
        return visibility_of(membership, account, inbox_ids=(), teams=())
    whose = [user.pk, account.pk]
    return visibility_of(
        membership,
        account,
        inbox_ids=tuple(row[0] for row in statements.fetch_all(_INBOXES, whose)),
        teams=tuple((row[0], row[1]) for row in statements.fetch_all(_TEAMS, whose)),
        only_mine=bool(
            membership.custom_attributes.get("showOnlyMine") or user.custom_attributes.get("showOnlyMine")
        ),
    )


def needed_for_status(conversation: Conversation, status: int) -> tuple[Capability, ...]:
    """What it needs, beside writing at all, to give a conversation that state: to resolve and to reopen."""
    closing = Status.RESOLVED in (conversation.status, status)
    return (Capability.CONVERSATIONS_CLOSE,) if closing else ()


def facts_of(
    conversation: Conversation, *, participant_ids: frozenset[int] | None = None
) -> ConversationFacts:
    """The facts of a loaded conversation; asks for its participants when they are not given."""
    if participant_ids is None:
        participant_ids = frozenset(
            Participant.objects.filter(conversation_id=conversation.pk).values_list("user_id", flat=True)
        )
    return ConversationFacts(
        account_id=conversation.account_id,
        inbox_id=conversation.inbox_id,
        assignee_id=conversation.assignee_id,
        team_id=conversation.team_id,
        participant_ids=participant_ids,
    )
