"""What a batch of events is about, asked of the database in sets: the number of questions does not grow with the batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from ventanilla.accounts.models import Membership, Role
from ventanilla.conversations.models import Conversation, Mention, Message
from ventanilla.conversations.policies import Visibility, facts_of, visibilities_of
from ventanilla.conversations.snoozing import zone_of
from ventanilla.events.log import LoggedEvent
from ventanilla.inboxes.models import InboxMember
from ventanilla.kit import statements
from ventanilla.kit.clock import now
from ventanilla.kit.compiled import Compiled
from ventanilla.notifications.models import MailPace, NotificationSetting
from ventanilla.notifications.preferences import is_quiet, next_digest, sounds, wants_bell, ways_of
from ventanilla.notifications.registry import Kind
from ventanilla.notifications.selectors import present_user_ids

Ways = tuple[str, ...]
_NOISES = frozenset({"push", "sound"})

# Asked for each batch of the log, so these are compiled once.
_CONVERSATIONS = Compiled(
    lambda ids: Conversation.objects.filter(pk__in=ids).select_related("account", "contact", "inbox"),
    ids=list,
)
_AUTHORS = Compiled(
    lambda ids: Message.objects.filter(pk__in=ids).only("pk", "sender_type", "sender_id"), ids=list
)
_MEMBERS = Compiled(
    lambda account_id, user_ids: Membership.objects.filter(
        account_id=account_id, user_id__in=user_ids, invited_email="", user__is_active=True
    ).select_related("notification_setting", "user", "account", "custom_role"),
    account_id=int,
    user_ids=list,
)
_PARTICIPANTS = "SELECT conversation_id, user_id FROM conversations_participant WHERE conversation_id IN ({})"

_LEVELS = "SELECT conversation_id, user_id, level FROM conversations_mute WHERE conversation_id IN ({})"


class Scene:
    """The conversations of the events and what is around them. What no event of the batch needs is not asked for."""

    def __init__(self, events: Sequence[LoggedEvent]) -> None:
        self._events = events
        ids = {event.payload["conversation_id"] for event in events}
        self.conversations = {found.pk: found for found in _CONVERSATIONS.all(ids=ids)}

    @cached_property
    def messages(self) -> dict[int, Message]:
        """Those the events name and that are still there, by id; with their author alone."""
        ids = {event.payload["message_id"] for event in self._events if event.payload.get("message_id")}
        return {found.pk: found for found in _AUTHORS.all(ids=ids)}

    @cached_property
    def mentioned(self) -> dict[int, set[int]]:
        """User ids by the id of the note that names them."""
        found: dict[int, set[int]] = defaultdict(set)
        notes = [event.payload["message_id"] for event in self._events if event.payload.get("private")]
        if notes:
            for message_id, user_id in Mention.objects.filter(message_id__in=notes).values_list(
                "message_id", "user_id"
            ):
                found[message_id].add(user_id)
        return found

    @cached_property
    def participants(self) -> dict[int, set[int]]:
        """User ids by conversation id."""
        found: dict[int, set[int]] = defaultdict(set)
        for conversation_id, user_id in statements.fetch_among(_PARTICIPANTS, self.conversations):
            found[conversation_id].add(user_id)
        return found

    @cached_property
    def levels(self) -> dict[int, dict[int, str]]:
        """How much a user is told of it, by conversation id and user id; whoever is not named here, everything."""
        found: dict[int, dict[int, str]] = defaultdict(dict)
        for conversation_id, user_id, level in statements.fetch_among(_LEVELS, self.conversations):
            found[conversation_id][user_id] = level
        return found

    def spared(self, conversation_id: int, kind: Kind) -> set[int]:
        """Ids of the users who do not want to hear of this kind there."""
        levels = self.levels[conversation_id]
        return {user_id for user_id, level in levels.items() if kind.is_spared(level)}

    @cached_property
    def administrators(self) -> dict[int, set[int]]:
        """User ids by account id."""
        found: dict[int, set[int]] = defaultdict(set)
        accounts = {conversation.account_id for conversation in self.conversations.values()}
        for account_id, user_id in Membership.objects.filter(
            account_id__in=accounts, role=Role.ADMINISTRATOR, invited_email=""
        ).values_list("account_id", "user_id"):
            found[account_id].add(user_id)
        return found

    @cached_property
    def inbox_members(self) -> dict[int, set[int]]:
        """User ids by inbox id."""
        found: dict[int, set[int]] = defaultdict(set)
        inboxes = {conversation.inbox_id for conversation in self.conversations.values()}
        for inbox_id, user_id in InboxMember.objects.filter(inbox_id__in=inboxes).values_list(
            "inbox_id", "user_id"
        ):
            found[inbox_id].add(user_id)
        return found


class Audience:
    """Members who may be told something: who they are, what they want and what they may see. Two accounts do not mix."""

    def __init__(self, account_id: int, user_ids: Collection[int]) -> None:
        self._account_id = account_id
        members = _MEMBERS.all(account_id=account_id, user_ids=user_ids)
        self._members = {member.user_id: member for member in members}
        self._now = now()

    def only_members(self, user_ids: Iterable[int]) -> list[int]:
        """Those of them who are members, in a steady order."""
        return sorted(user_id for user_id in user_ids if user_id in self._members)

    def ways(self, user_id: int, kind: Kind, also_by: Kind | None = None) -> Ways:
        """By which ways they want this kind now: `sound`, `push`, and `email` or, of who wants it gathered, `digest`.

        Who has the desk open needs no mail about a message (contract F.24), and nothing pops up in quiet hours.
        """
        setting = self.setting(user_id)
        found = set(ways_of(setting, kind)) | set(ways_of(setting, also_by) if also_by is not None else ())
        if sounds(self._members[user_id].user, kind):
            found.add("sound")
        if found & _NOISES and is_quiet(setting, at=self._now, where=self._zone(user_id)):
            found -= _NOISES
        if "email" in found and kind.is_of_message and user_id in self._present:
            found.remove("email")
        if "email" in found and setting.mail_pace != MailPace.AT_ONCE:
            found ^= {"email", "digest"}
        return tuple(sorted(found))

    def rings(self, user_id: int, kind: Kind, also_by: Kind | None = None) -> bool:
        """Whether their bell shows it."""
        setting = self.setting(user_id)
        return wants_bell(setting, kind) or (also_by is not None and wants_bell(setting, also_by))

    def digest_due(self, user_id: int) -> datetime:
        """When what they are told now is mailed."""
        return next_digest(self.setting(user_id), at=self._now, where=self._zone(user_id))

    def membership(self, user_id: int) -> Membership:
        """Theirs. Raises KeyError for who is no member."""
        return self._members[user_id]

    def setting(self, user_id: int) -> NotificationSetting:
        """What they chose, or never chose."""
        member = self._members[user_id]
        return getattr(member, "notification_setting", None) or NotificationSetting(membership=member)

    def _zone(self, user_id: int) -> ZoneInfo:
        member = self._members[user_id]
        return zone_of(member.user, member.account)

    def may_see(self, user_id: int, conversation: Conversation, participants: Collection[int]) -> bool:
        """Whether they may see the conversation."""
        facts = facts_of(conversation, participant_ids=frozenset(participants))
        return self._visibilities[user_id].allows(facts)

    @cached_property
    def _present(self) -> set[int]:
        return present_user_ids(self._account_id, list(self._members))

    @cached_property
    def _visibilities(self) -> dict[int, Visibility]:
        return visibilities_of(self._members.values())
