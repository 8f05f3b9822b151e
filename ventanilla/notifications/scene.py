"""What a batch of events is about, asked of the database in sets: the number of questions does not grow with the batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from ventanilla.accounts.models import Membership, User
from ventanilla.conversations.models import Conversation, Mention, Message
from ventanilla.conversations.policies import Visibility, facts_of, visibilities_of
from ventanilla.events.log import LoggedEvent
from ventanilla.inboxes.models import InboxMember
from ventanilla.kit import statements
from ventanilla.kit.compiled import Compiled
from ventanilla.notifications.models import NotificationSetting
from ventanilla.notifications.registry import Kind
from ventanilla.notifications.selectors import flags_of, present_user_ids

Ways = tuple[str, ...]

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

_MUTES = "SELECT conversation_id, user_id FROM conversations_mute WHERE conversation_id IN ({})"


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
    def muted(self) -> dict[int, set[int]]:
        """Ids of the users who want no alerts of it, by conversation id."""
        found: dict[int, set[int]] = defaultdict(set)
        for conversation_id, user_id in statements.fetch_among(_MUTES, self.conversations):
            found[conversation_id].add(user_id)
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

    def user(self, user_id: int) -> User:
        """One of them. Raises KeyError for who is no member."""
        return self._members[user_id].user

    def only_members(self, user_ids: Iterable[int]) -> list[int]:
        """Those of them who are members, in a steady order."""
        return sorted(user_id for user_id in user_ids if user_id in self._members)

    def ways(self, user_id: int, kind: Kind, also_by: Kind | None = None) -> Ways:
        """By which ways (`email`, `push`) they want this kind. Who has the desk open needs no mail about a message
        (contract F.24)."""
        setting: NotificationSetting | None = getattr(self._members[user_id], "notification_setting", None)
        found = flags_of(setting, kind.name) + (
            flags_of(setting, also_by.name) if also_by is not None else ()
        )
        if kind.is_of_message and "email" in found and user_id in self._present:
            found = tuple(way for way in found if way != "email")
        return tuple(dict.fromkeys(found))

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
