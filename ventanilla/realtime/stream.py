"""From the log to what sockets are told: each event becomes ready text, once per shape.

Three shapes: ActionCable for users, ActionCable for contacts (without what is not theirs to know), and the desk's own.
A shape nobody listens for is not made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import msgspec

from ventanilla.conversations.commands.typing import Typing
from ventanilla.conversations.rendering import conversation_events, extended
from ventanilla.events.log import LoggedEvent, Position
from ventanilla.kit import links
from ventanilla.realtime.forms import ConversationView, Loaded, load_conversations, load_typist
from ventanilla.realtime.permissions import (
    CHANGES_PERMISSIONS,
    ConversationFacts,
    FormerFacts,
    Permission,
)
from ventanilla.realtime.texts import STAND_IN, Text

_encode = msgspec.json.Encoder().encode


class Audience(Enum):
    """Who hears an event (contract D.3)."""

    MEMBERS = "M"  # who may see the conversation
    AGENTS = "AG"  # agents and administrators
    USER = "U"
    EVERYONE = "everyone"  # every user of the account
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The shapes somebody of an account listens for here."""

    cable: bool = True
    live: bool = True
    contacts: Container[int] = frozenset()  # identities


class _All:
    """Contains everything."""

    def __contains__(self, item: object) -> bool:
        return True


EVERYTHING = Wanted(contacts=_All())


@dataclass(slots=True)
class Rendered:
    """An event, ready to be sent. A shape that is None is not sent."""

    event_id: int
    position: Position
    account_id: int
    audience: Audience = Audience.NOBODY
    facts: ConversationFacts | None = None
    user_id: int | None = None
    cable: Text | None = None
    live: Text | None = None
    contacts: dict[int, Text] = field(default_factory=dict)  # by contact identity
    # The same for administrators, where they see more than the rest of the team: the answer to a survey.
    cable_whole: Text | None = None
    live_whole: Text | None = None
    # Where the conversation was before the event, and what desks are told that can see it no longer.
    before: FormerFacts | None = None
    hidden: Text | None = None
    changes_permissions: bool = False
    concerns_presence: bool = False
    ends_sessions_of: int | None = None
    ends_all_sessions: bool = False

    def live_for(self, permission: Permission) -> Text | None:
        """What a desk is told."""
        return self.live_whole if self.live_whole is not None and permission.sees_answers else self.live

    def hides_from(self, permission: Permission) -> bool:
        """Whether a desk that may have shown the conversation before the event may not show it now."""
        if self.hidden is None or self.before is None or self.facts is None:
            return False
        return not permission.sees(self.facts) and permission.visibility.may_have_allowed(self.before)


@dataclass(frozen=True, slots=True)
class RenderedTyping:
    """Somebody types, in the three shapes."""

    facts: ConversationFacts
    cable: Text
    live: Text
    contacts: dict[int, Text]


@dataclass(slots=True)
class _Work:
    """One event being rendered."""

    event: LoggedEvent
    item: Rendered
    loaded: Loaded
    wanted: Wanted

    @property
    def payload(self) -> dict[str, Any]:
        return self.event.payload

    def extra(self) -> dict[str, Any]:
        """What payloads have beside their form: the account, and the user who caused it."""
        extra: dict[str, Any] = {"account_id": self.event.account_id}
        actor = self.event.actor
        if actor is not None and actor.kind == "user" and actor.id is not None:
            extra["performer"] = self.loaded.performer(actor.id)
        return extra

    def to_cable(self, form: bytes | None, **more: Any) -> None:
        if self.wanted.cable and form is not None:
            self.item.cable = cable_message(self.event.name, extended(form, **self.extra(), **more))

    def survey_whole(self, message_id: int, conversation: bytes | None, **more: Any) -> None:
        """The two shapes again, with the answer that may be kept from the team."""
        event_form, rest = self.loaded.survey_events.get(message_id), self.loaded.survey_rest.get(message_id)
        if self.item.cable is not None and event_form is not None:
            form = extended(event_form, **self.extra(), **more)
            self.item.cable_whole = cable_message(self.event.name, form)
        if self.item.live is not None and rest is not None and conversation is not None:
            data = {"message": _raw(rest), "conversation": _raw(conversation)}
            self.item.live_whole = live_event(self.event.name, data)

    def to_live(self, data: Any) -> None:
        if self.wanted.live:
            self.item.live = live_event(self.event.name, data)

    def hearing(self, view: ConversationView) -> list[int]:
        """The identities of the contact that listen here."""
        return [identity for identity in view.contact_inbox_ids if identity in self.wanted.contacts]


Renderer = Callable[[_Work], None]


def render(events: Sequence[LoggedEvent], wanted: Callable[[int], Wanted]) -> list[Rendered]:
    """Render a batch: the rows of an account are loaded together, each event then takes its own."""
    by_account: defaultdict[int, list[LoggedEvent]] = defaultdict(list)
    for event in events:
        by_account[event.account_id].append(event)
    loaded = {account_id: Loaded(account_id, own) for account_id, own in by_account.items()}
    wishes = {account_id: wanted(account_id) for account_id in by_account}
    with links.seen_as(STAND_IN):
        return [_render_one(event, loaded[event.account_id], wishes[event.account_id]) for event in events]


def _render_one(event: LoggedEvent, loaded: Loaded, wanted: Wanted) -> Rendered:
    item = Rendered(event_id=event.id, position=event.position, account_id=event.account_id)
    _RENDERERS.get(event.name, _small_collection)(_Work(event, item, loaded, wanted))
    _note_consequences(event, item)
    return item


# Of these events, only changes of these fields can change what somebody may hear.
_MATTERS: dict[str, frozenset[str]] = {
    "account.updated": frozenset({"status", "features"}),
    "agent.updated": frozenset({"role", "custom_attributes"}),
    "team.updated": frozenset({"sees_only_own"}),
}


def changes_permissions(event: LoggedEvent) -> bool:
    """Whether somebody may hear other things after this event than before."""
    if event.name not in CHANGES_PERMISSIONS:
        return False
    matters = _MATTERS.get(event.name)
    return matters is None or not matters.isdisjoint(event.payload.get("changes") or {})


def _note_consequences(event: LoggedEvent, item: Rendered) -> None:
    item.changes_permissions = changes_permissions(event)
    if event.name in ("agent.added", "agent.joined", "agent.updated", "agent.removed"):
        item.concerns_presence = True
    if event.name in ("user.password_changed", "user.signed_out"):
        item.ends_sessions_of = event.payload["user_id"]
        item.ends_all_sessions = event.name == "user.password_changed"


def cable_message(event: str, data: Any) -> Text:
    """An event as ActionCable clients get it, without the identifier around it. `data`: JSON as bytes, or an object."""
    return Text(_encode({"event": event, "data": _raw(data)}).decode())


def live_event(event: str, data: Any) -> Text:
    """An event as the desk gets it."""
    return Text(_encode({"name": event, "data": _raw(data)}).decode())


def _raw(data: Any) -> Any:
    return msgspec.Raw(data) if isinstance(data, bytes) else data


def _message(*, to_contact: bool = False, on_live: bool = True) -> Renderer:
    def render_message(work: _Work) -> None:
        message_id = work.payload["message_id"]
        view = work.loaded.messages.get(message_id)
        if view is None:
            return
        work.item.audience, work.item.facts = Audience.MEMBERS, view.conversation.facts
        more = {key: work.payload[given] for given, key in _CARRIED if work.payload.get(given) is not None}
        hides = view.is_survey and work.loaded.hides_answer(message_id)
        if work.wanted.cable:
            work.to_cable(
                work.loaded.message_events.get(message_id), **(_without_answer(more) if hides else more)
            )
        if to_contact and view.is_public and (hearing := work.hearing(view.conversation)):
            form = work.loaded.message_contact_events.get(message_id)
            if form is not None:
                told = cable_message(work.event.name, extended(form, **more))
                work.item.contacts = dict.fromkeys(hearing, told)
        if on_live and work.wanted.live:
            # Either may have been deleted since the view was read: its own event follows.
            message = work.loaded.message_rest.get(message_id)
            conversation = work.loaded.conversation_rest.get(view.conversation.id)
            if message is not None and conversation is not None:
                work.to_live({"message": _raw(message), "conversation": _raw(conversation)})
        if hides:
            conversation = work.loaded.conversation_rest.get(view.conversation.id)
            work.survey_whole(message_id, conversation, **more)

    return render_message


_CARRIED = (("changes", "previous_changes"),)


def _without_answer(more: dict[str, Any]) -> dict[str, Any]:
    changes = {
        key: pair for key, pair in more.get("previous_changes", {}).items() if key != "submitted_values"
    }
    return {**more, "previous_changes": changes} if "previous_changes" in more else more


def _conversation(*, to_contact: bool = False, on_cable: bool = True, to_user: bool = False) -> Renderer:
    def render_conversation(work: _Work) -> None:
        conversation_id = work.payload["conversation_id"]
        view = work.loaded.conversations.get(conversation_id)
        if view is None:
            return
        work.item.audience, work.item.facts = Audience.MEMBERS, view.facts
        if to_user:
            work.item.audience, work.item.user_id = Audience.USER, work.payload["user_id"]
        if on_cable and work.wanted.cable:
            work.to_cable(work.loaded.conversation_events.get(conversation_id))
        if to_contact and (hearing := work.hearing(view)):
            form = work.loaded.conversation_contact_events.get(conversation_id)
            if form is not None:
                work.item.contacts = dict.fromkeys(hearing, cable_message(work.event.name, form))
        if work.wanted.live and conversation_id in work.loaded.conversation_rest:
            work.to_live({"conversation": _raw(work.loaded.conversation_rest[conversation_id])})
            _note_hiding(work, view)

    return render_conversation


def _note_hiding(work: _Work, view: ConversationView) -> None:
    """Remember where the conversation was, so that desks which lose sight of it can be told."""
    changes: dict[str, list[Any]] = work.payload.get("changes") or {}
    changed = frozenset((name, changes[name][0]) for name in ("assignee_id", "team_id") if name in changes)
    removed = frozenset(work.payload.get("removed", []))
    if not changed and not removed:
        return
    work.item.before = FormerFacts(
        account_id=view.facts.account_id,
        inbox_id=view.facts.inbox_id,
        changed=changed,
        removed_participant_ids=removed,
    )
    work.item.hidden = live_event("conversation.hidden", {"id": view.display_id})


def _conversation_deleted(work: _Work) -> None:
    work.item.audience = Audience.EVERYONE  # the row is gone, and a number alone tells nobody anything
    gone = {"id": work.payload["display_id"]}
    work.to_live(gone)
    work.to_cable(_encode(gone))


def _contact(work: _Work) -> None:
    contact_id = work.payload["contact_id"]
    work.item.audience = Audience.AGENTS
    view = work.loaded.contacts.get(contact_id)
    if view is not None:
        work.to_live({"contact": view.rest})
        work.to_cable(_encode(view.event_form))
    elif work.event.name == "contact.deleted":
        gone = {"id": contact_id}
        work.to_live({"contact": gone})
        work.to_cable(_encode(gone))


def _contact_merged(work: _Work) -> None:
    """Tells the contact's own sockets, each with its own token, by which the widget subscribes anew."""
    view = work.loaded.contacts.get(work.payload["contact_id"])
    if view is None:
        return
    work.item.audience = Audience.AGENTS
    work.to_live({"contact": view.rest, "mergee_id": work.payload["mergee_id"]})
    for session, form in view.told.items():
        if session in work.wanted.contacts:
            work.item.contacts[session] = cable_message(work.event.name, form)


def _contact_claims(work: _Work) -> None:
    """The desks that show the contact ask again what its visitors claim."""
    work.item.audience = Audience.AGENTS
    work.to_live({"contact_id": work.payload["contact_id"]})


def _notification(work: _Work) -> None:
    user_id, notification_id = work.payload["user_id"], work.payload["notification_id"]
    work.item.audience, work.item.user_id = Audience.USER, user_id
    form = work.loaded.notifications.get(notification_id) if notification_id is not None else None
    if form is None and work.event.name != "notification.deleted" and notification_id is not None:
        return  # deleted since; its own event follows
    notification = form if form is not None else {"id": notification_id}
    data = {"notification": notification, **work.loaded.notification_counts(user_id)}
    work.to_live(data)
    if notification_id is not None:
        work.to_cable(_encode(data))


def _cache_invalidated(work: _Work) -> None:
    work.item.audience = Audience.AGENTS
    work.to_cable(_encode({"cache_keys": work.payload["keys"]}))


def _draft_saved(work: _Work) -> None:
    form = work.loaded.draft(work.event) if work.wanted.live else None
    if form is not None:
        work.item.audience, work.item.user_id = Audience.USER, work.payload["user_id"]
        work.to_live(form)


def _scheduled(work: _Work) -> None:
    """What is scheduled in a conversation changed: the desks that show it ask again."""
    view = work.loaded.conversations.get(work.payload["conversation_id"])
    if view is not None:
        work.item.audience, work.item.facts = Audience.MEMBERS, view.facts
        work.to_live({"conversation_id": view.display_id, "id": work.payload["scheduled_message_id"]})


# Collections so small that the desk simply fetches them again: it is told the kind and the id.
_SMALL = {
    "account": "account_id",
    "agent": "user_id",
    "attribute_definition": "attribute_definition_id",
    "canned_response": "canned_response_id",
    "inbox": "inbox_id",
    "label": "label_id",
    "team": "team_id",
}


def _small_collection(work: _Work) -> None:
    kind = work.event.name.partition(".")[0]
    key = _SMALL.get(kind)
    if key is not None:
        work.item.audience = Audience.EVERYONE
        work.to_live({"kind": kind, "id": work.payload.get(key, work.event.account_id)})


_RENDERERS: dict[str, Renderer] = {
    "message.created": _message(to_contact=True),
    "message.updated": _message(to_contact=True),
    "first.reply.created": _message(on_live=False),
    "conversation.created": _conversation(to_contact=True),
    "conversation.status_changed": _conversation(to_contact=True),
    "conversation.updated": _conversation(to_contact=True),
    "conversation.read": _conversation(),
    "conversation.contact_changed": _conversation(),
    # The messenger that shows one of both asks where the customer's messages are now.
    "conversation.merged": _conversation(to_contact=True, on_cable=False),
    "conversation.unmerged": _conversation(to_contact=True, on_cable=False),
    "assignee.changed": _conversation(),
    "team.changed": _conversation(),
    "conversation.mentioned": _conversation(to_user=True),
    "conversation.seen": _conversation(on_cable=False),
    "conversation.opened": _conversation(on_cable=False),
    "conversation.resolved": _conversation(on_cable=False),
    "conversation.bot_handoff": _conversation(on_cable=False),
    "conversation.participants_changed": _conversation(on_cable=False),
    "conversation.deleted": _conversation_deleted,
    "contact.created": _contact,
    "contact.updated": _contact,
    "contact.deleted": _contact,
    "contact.merged": _contact_merged,
    "contact.claims_changed": _contact_claims,
    "notification.created": _notification,
    "notification.updated": _notification,
    "notification.deleted": _notification,
    "account.cache_invalidated": _cache_invalidated,
    "draft.saved": _draft_saved,
    "scheduled_message.changed": _scheduled,
}


class _Typist(msgspec.Struct):
    id: int
    name: str = ""
    type: str = ""


def _nobody(typing: Typing) -> bytes:
    return _encode(
        {
            "additional_attributes": {},
            "custom_attributes": {},
            "email": None,
            "id": typing.typist_id,
            "identifier": None,
            "name": "",
            "phone_number": None,
            "thumbnail": "",
            "type": "contact",
        }
    )


def render_typing(typing: Typing) -> RenderedTyping | None:
    """Somebody began or stopped to type; None when the conversation or the typist is gone."""
    view = load_conversations([typing.conversation_id]).get(typing.conversation_id)
    user = load_typist(typing)
    if view is None or user is None:
        return None
    event = "conversation.typing_on" if typing.on else "conversation.typing_off"
    with links.seen_as(STAND_IN):
        forms = {
            for_contact: conversation_events(
                [view.id], account_id=typing.account_id, for_contact=for_contact
            )[view.id]
            for for_contact in (False, True)
        }
    # Customers hear that one of them types, and nothing of the record behind it.
    shown = {False: _raw(user), True: _raw(user if typing.typist_kind != "contact" else _nobody(typing))}
    texts = {
        key: cable_message(
            event,
            {
                "conversation": _raw(form),
                "user": shown[key],
                "is_private": typing.is_private,
                "account_id": typing.account_id,
            },
        )
        for key, form in forms.items()
    }
    desk = {
        "conversation_id": view.display_id,
        "user": msgspec.json.decode(user, type=_Typist),
        "on": typing.on,
        "is_private": typing.is_private,
    }
    return RenderedTyping(
        facts=view.facts,
        cable=texts[False],
        live=Text(_encode({"type": "ephemeral", "name": "typing", "data": desk}).decode()),
        contacts={} if typing.is_private else dict.fromkeys(view.contact_inbox_ids, texts[True]),
    )
