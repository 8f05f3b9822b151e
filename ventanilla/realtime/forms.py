"""The rows behind a batch of events, loaded together and rendered by their rooms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.contacts.rendering import contacts_json, told_sender_json
from ventanilla.contacts.rendering import sender_json as contact_sender_json
from ventanilla.conversations.commands.typing import Typing
from ventanilla.conversations.events import DraftSaved
from ventanilla.conversations.models import Draft, MessageType
from ventanilla.conversations.policies import visibility_for
from ventanilla.conversations.rendering import (
    conversation_events,
    conversations_json,
    message_events,
    messages_json,
    people_of,
)
from ventanilla.events.facts import kind_of
from ventanilla.events.log import LoggedEvent
from ventanilla.notifications.models import Notification
from ventanilla.notifications.rendering import notifications_json
from ventanilla.notifications.selectors import notifications_of, unread_count
from ventanilla.realtime.permissions import ConversationFacts

JsonObject = dict[str, Any]

_ABOUT_CONVERSATIONS = ("conversation", "message", "draft", "scheduled_message", "shared_drafts")


@dataclass(frozen=True, slots=True)
class ConversationView:
    """What sockets need of a conversation."""

    id: int
    display_id: int
    facts: ConversationFacts
    contact_inbox_ids: tuple[int, ...]  # whose tokens hear of it (the contract's CI)


@dataclass(frozen=True, slots=True)
class MessageView:
    """What sockets need of a message."""

    id: int
    conversation: ConversationView
    is_public: bool
    is_survey: bool


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact, and what each of its sessions may hear of it, its own token among that."""

    rest: JsonObject
    event_form: JsonObject
    told: dict[int, JsonObject]


class Loaded:
    """Everything the events of one account and batch speak of. Loaded when first asked for, together for all."""

    def __init__(self, account_id: int, events: Sequence[LoggedEvent]) -> None:
        self.account_id = account_id
        self._events = events

    def _ids(self, key: str, *about: str) -> list[int]:
        """The ids in that field of the events that are about one of these (events.facts.Told)."""
        found = (event.payload.get(key) for event in self._events if kind_of(event.name).told.about in about)
        return sorted({value for value in found if value is not None})

    @cached_property
    def _conversation_ids(self) -> list[int]:
        return self._ids("conversation_id", *_ABOUT_CONVERSATIONS)

    @cached_property
    def _message_ids(self) -> list[int]:
        return self._ids("message_id", "message")

    @cached_property
    def conversations(self) -> dict[int, ConversationView]:
        return load_conversations(self._conversation_ids)

    @cached_property
    def messages(self) -> dict[int, MessageView]:
        return {
            message_id: MessageView(
                id=message_id,
                conversation=self.conversations[conversation_id],
                is_public=not private and message_type != MessageType.ACTIVITY,
                is_survey=content_type == "input_csat",
            )
            for message_id, conversation_id, private, message_type, content_type in _rows(
                _MESSAGES, self._message_ids
            )
            if conversation_id in self.conversations
        }

    # The forms: JSON by id, as the rooms write it.

    @cached_property
    def conversation_rest(self) -> dict[int, bytes]:
        return conversations_json(self._conversation_ids, account_id=self.account_id)

    @cached_property
    def conversation_events(self) -> dict[int, bytes]:
        return conversation_events(self._conversation_ids, account_id=self.account_id)

    @cached_property
    def conversation_contact_events(self) -> dict[int, bytes]:
        return conversation_events(self._conversation_ids, account_id=self.account_id, for_contact=True)

    @cached_property
    def message_rest(self) -> dict[int, bytes]:
        return messages_json(self._message_ids, account_id=self.account_id)

    @cached_property
    def message_events(self) -> dict[int, bytes]:
        return message_events(self._message_ids, account_id=self.account_id)

    @cached_property
    def _survey_ids(self) -> list[int]:
        return [message_id for message_id, view in self.messages.items() if view.is_survey]

    @cached_property
    def survey_rest(self) -> dict[int, bytes]:
        """Surveys with their answers, which administrators alone see in every inbox."""
        return messages_json(self._survey_ids, account_id=self.account_id, all_answers=True)

    def hides_answer(self, message_id: int) -> bool:
        """Whether this survey was answered and its inbox keeps that from the team."""
        return self.survey_rest.get(message_id) != self.message_rest.get(message_id)

    @cached_property
    def survey_events(self) -> dict[int, bytes]:
        return message_events(self._survey_ids, account_id=self.account_id, all_answers=True)

    @cached_property
    def message_contact_events(self) -> dict[int, bytes]:
        return message_events(self._message_ids, account_id=self.account_id, for_contact=True)

    def performer(self, user_id: int) -> msgspec.Raw:
        """The user who caused an event."""
        return msgspec.Raw(people_of(self.account_id).render("sender", user_id, None))

    @cached_property
    def contacts(self) -> dict[int, ContactView]:
        rows = {
            row.pk: row
            for row in Contact.objects.filter(pk__in=self._ids("contact_id", "contact", "contact_merge"))
        }
        told: defaultdict[int, dict[int, JsonObject]] = defaultdict(dict)
        merged = self._ids("contact_id", "contact_merge")
        for session in ContactInbox.objects.filter(contact__in=rows.keys() & set(merged)):
            row = rows[session.contact_id]
            told[row.pk][session.pk] = {
                **told_sender_json(row, session),
                "account_id": row.account_id,
                "pubsub_token": session.pubsub_token,
            }
        return {
            row.pk: ContactView(
                rest=rest,
                event_form={**contact_sender_json(row), "account_id": row.account_id},
                told=told[row.pk],
            )
            for row, rest in zip(rows.values(), contacts_json(list(rows.values())), strict=True)
        }

    @cached_property
    def _notification_rows(self) -> list[Notification]:
        ids = self._ids("notification_id", "notification", "gone_notification")
        return list(Notification.objects.filter(pk__in=ids).select_related("user", "actor_user", "message"))

    @cached_property
    def notifications_beside_the_bell(self) -> set[int]:
        """Ids of those that no list shows: their users wish to be told by other ways alone."""
        return {row.pk for row in self._notification_rows if not row.in_bell}

    @cached_property
    def notifications(self) -> dict[int, JsonObject]:
        by_user: defaultdict[User, list[Notification]] = defaultdict(list)
        for row in self._notification_rows:
            by_user[row.user].append(row)
        return {
            form["id"]: form for user, own in by_user.items() for form in notifications_json(own, user=user)
        }

    @cached_property
    def _counts(self) -> dict[int, JsonObject]:
        return {}

    def notification_counts(self, user_id: int) -> JsonObject:
        """How many notifications a user has, and how many unread."""
        if user_id not in self._counts:
            user, account = User.objects.get(pk=user_id), Account.objects.get(pk=self.account_id)
            sees = visibility_for(user, account)
            self._counts[user_id] = {
                "unread_count": unread_count(sees),
                "count": notifications_of(sees, with_read=True, with_snoozed=True).count(),
            }
        return self._counts[user_id]

    def draft(self, event: LoggedEvent) -> JsonObject | None:
        """A user's draft as it is now; empty when it was cleared."""
        view = self.conversations.get(event.payload["conversation_id"])
        if view is None:
            return None
        told = event.as_fact(DraftSaved)
        row = Draft.objects.filter(conversation_id=view.id, user_id=told.user_id, mode=told.mode).first()
        return {
            "conversation_id": view.display_id,
            "mode": told.mode,
            "content": row.content if row is not None else "",
            "is_shared": row is not None and row.is_shared,
            "taken_by": told.taken_by,
        }


# Every message that is sent passes these, so they are written out: building them each time costs ten times more.
_MESSAGES = (
    "SELECT id, conversation_id, private, message_type, content_type"
    " FROM conversations_message WHERE id IN ({marks})"
)
_CONVERSATIONS = (
    "SELECT c.id, c.display_id, c.account_id, c.inbox_id, c.assignee_id, c.team_id, c.contact_id, c.contact_inbox_id,"
    " ci.hmac_verified FROM conversations_conversation c"
    " JOIN contacts_contactinbox ci ON ci.id = c.contact_inbox_id WHERE c.id IN ({marks})"
)
_FOLLOWERS = (
    "SELECT conversation_id, user_id FROM conversations_participant WHERE conversation_id IN ({marks})"
)


def _rows(statement: str, ids: Collection[int]) -> list[tuple[Any, ...]]:
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement.format(marks=", ".join(["%s"] * len(ids))), list(ids))
        return list(cursor.fetchall())


class _Bare(NamedTuple):
    """The columns `load_conversations` reads."""

    id: int
    display_id: int
    account_id: int
    inbox_id: int
    assignee_id: int | None
    team_id: int | None
    contact_id: int
    contact_inbox_id: int
    verified: bool


def load_conversations(ids: Collection[int]) -> dict[int, ConversationView]:
    """What sockets need of these conversations, by id; at most three statements."""
    if not ids:
        return {}
    rows = [_Bare(*row) for row in _rows(_CONVERSATIONS, ids)]
    verified = _verified_identities({row.contact_id for row in rows if row.verified})
    followers: defaultdict[int, set[int]] = defaultdict(set)
    for conversation_id, user_id in _rows(_FOLLOWERS, ids):
        followers[conversation_id].add(user_id)
    return {
        row.id: ConversationView(
            id=row.id,
            display_id=row.display_id,
            facts=ConversationFacts(
                account_id=row.account_id,
                inbox_id=row.inbox_id,
                assignee_id=row.assignee_id,
                team_id=row.team_id,
                participant_ids=frozenset(followers[row.id]),
            ),
            contact_inbox_ids=tuple(verified[row.contact_id]) if row.verified else (row.contact_inbox_id,),
        )
        for row in rows
    }


def _verified_identities(contact_ids: Iterable[int]) -> defaultdict[int, list[int]]:
    """A verified visitor hears of it on every device on which they are verified (contract D.3)."""
    wanted = list(contact_ids)
    found: defaultdict[int, list[int]] = defaultdict(list)
    if wanted:
        rows = ContactInbox.objects.filter(contact_id__in=wanted, hmac_verified=True).order_by("pk")
        for contact_id, pk in rows.values_list("contact_id", "pk"):
            found[contact_id].append(pk)
    return found


def load_typist(typing: Typing) -> bytes | None:
    """Whoever types, as the sender of a message; None when they are gone."""
    if typing.typist_kind == "contact":
        contact = Contact.objects.filter(pk=typing.typist_id, account_id=typing.account_id).first()
        return None if contact is None else msgspec.json.encode(contact_sender_json(contact))
    kind = "bot" if typing.typist_kind == "agent_bot" else "sender"
    rendered = people_of(typing.account_id).render(kind, typing.typist_id, None)
    return None if rendered == b"null" else rendered
