"""From the log to what sockets are told: each event becomes ready text, once per shape.

Three shapes: ActionCable for users, ActionCable for contacts (without what is not theirs to know), and the desk's own.
A shape no one listens for is not made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ventanilla.conversations.commands.typing import Typing
from ventanilla.conversations.models import Draft
from ventanilla.conversations.rendering import conversation_events, extended
from ventanilla.events import facts
from ventanilla.events.facts import CABLE, DESK, VISITOR, Fact, Hearers
from ventanilla.events.log import LoggedEvent, Position
from ventanilla.kit import links
from ventanilla.notifications.events import NotificationCreated
from ventanilla.notifications.registry import kind_called
from ventanilla.realtime.forms import ConversationView, Loaded, load_conversations, load_typist
from ventanilla.realtime.permissions import ConversationFacts, FormerFacts, Permission
from ventanilla.realtime.texts import STAND_IN, Text

_encode = msgspec.json.Encoder().encode


HIDDEN = "conversation.hidden"  # no fact: told to desks that may not show the conversation any more
HIDDEN_ABOUT = "gone_conversation"
MATCHED = "column.matched"  # no fact either: told to desks with a wall, after an event about a conversation
MATCHED_ABOUT = "column_match"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The shapes someone of an account listens for here."""

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
    audience: Hearers = Hearers.NOBODY
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
    matched: Text | None = None  # which columns the conversation is in now, for desks with a wall
    changes_permissions: bool = False
    concerns_presence: bool = False
    ends_sessions_of: int | None = None
    ends_all_sessions: bool = False
    ends_unfitting: bool = False

    def may_be_heard_by(self, permission: Permission, user_id: int) -> bool:
        """Whether a user with that permission may hear it: the one rule, for one seat and for many (hub.audience_of)."""
        match self.audience:
            case Hearers.MEMBERS:
                return self.facts is not None and permission.sees(self.facts)
            case Hearers.USER:
                return self.user_id == user_id
            case Hearers.AGENTS:
                return permission.is_agent
            case Hearers.WITH_CONTACTS:
                return permission.hears_contacts
            case Hearers.EVERYONE:
                return True
        return False

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
    """Someone types, in the three shapes."""

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
    def kind(self) -> type[Fact]:
        return facts.kind_of(self.event.name)

    def goes_by(self, shape: facts.Shape) -> bool:
        """Whether the event has that shape at all."""
        return shape in self.kind.told.shapes

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
        if self.wanted.cable and form is not None and self.goes_by(CABLE):
            self.item.cable = cable_message(self.event.name, extended(form, **self.extra(), **more))

    def survey_whole(self, message_id: int, conversation: bytes | None, **more: Any) -> None:
        """The two shapes again, with the answer that may be kept from the team."""
        event_form, rest = self.loaded.survey_events.get(message_id), self.loaded.survey_rest.get(message_id)
        if self.item.cable is not None and event_form is not None:
            form = extended(event_form, **self.extra(), **more)
            self.item.cable_whole = cable_message(self.event.name, form)
        if self.item.live is not None and rest is not None and conversation is not None:
            data = {"message": _raw(rest), "conversation": _raw(conversation)}
            self.item.live_whole = self._live(data)

    def to_live(self, data: Any) -> None:
        if self.wanted.live and self.goes_by(DESK):
            self.item.live = self._live(data)

    def _live(self, data: Any) -> Text:
        return live_event(self.event.name, self.kind.told.about, data)

    def hearing(self, view: ConversationView) -> list[int]:
        """The identities of the contact that listen here."""
        if not self.goes_by(VISITOR):
            return []
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
    kind = facts.kind_of(event.name)
    if kind.told.shapes:
        FORMS.get(kind.told.about, ASKED_AGAIN).render(_Work(event, item, loaded, wanted))
    item.changes_permissions = changes_permissions(event)
    item.concerns_presence = kind.alters_presence
    item.ends_unfitting = kind.ends_sessions == "unfitting"
    if kind.ends_sessions in ("one", "all"):
        item.ends_sessions_of = event.payload["user_id"]
        item.ends_all_sessions = kind.ends_sessions == "all"
    return item


def changes_permissions(event: LoggedEvent) -> bool:
    """Whether someone may hear other things after this event than before."""
    return facts.alters_permissions(event.name, event.payload.get("changes"))


def cable_message(event: str, data: Any) -> Text:
    """An event as ActionCable clients get it, without the identifier around it. `data`: JSON as bytes, or an object."""
    return Text(_encode({"event": event, "data": _raw(data)}).decode())


def live_event(event: str, about: str, data: Any) -> Text:
    """An event as the desk gets it. `about` names the form of its data (described.py)."""
    return Text(_encode({"name": event, "about": about, "data": _raw(data)}).decode())


def _raw(data: Any) -> Any:
    return msgspec.Raw(data) if isinstance(data, bytes) else data


def _message(work: _Work) -> None:
    message_id = work.payload["message_id"]
    view = work.loaded.messages.get(message_id)
    if view is None:
        return
    work.item.audience, work.item.facts = work.kind.told.to, view.conversation.facts
    more = {key: work.payload[given] for given, key in _CARRIED if work.payload.get(given) is not None}
    hides = view.is_survey and work.loaded.hides_answer(message_id)
    if work.wanted.cable:
        work.to_cable(
            work.loaded.message_events.get(message_id), **(_without_answer(more) if hides else more)
        )
    if view.is_public and (hearing := work.hearing(view.conversation)):
        form = work.loaded.message_contact_events.get(message_id)
        if form is not None:
            told = cable_message(work.event.name, extended(form, **more))
            work.item.contacts = dict.fromkeys(hearing, told)
    if work.wanted.live and work.goes_by(DESK):
        # Either may have been deleted since the view was read: its own event follows.
        message = work.loaded.message_rest.get(message_id)
        conversation = work.loaded.conversation_rest.get(view.conversation.id)
        if message is not None and conversation is not None:
            work.to_live({"message": _raw(message), "conversation": _raw(conversation)})
    if hides:
        conversation = work.loaded.conversation_rest.get(view.conversation.id)
        work.survey_whole(message_id, conversation, **more)


_CARRIED = (("changes", "previous_changes"),)


def _without_answer(more: dict[str, Any]) -> dict[str, Any]:
    changes = {
        key: pair for key, pair in more.get("previous_changes", {}).items() if key != "submitted_values"
    }
    return {**more, "previous_changes": changes} if "previous_changes" in more else more


def _conversation(work: _Work) -> None:
    conversation_id = work.payload["conversation_id"]
    view = work.loaded.conversations.get(conversation_id)
    if view is None:
        return
    work.item.audience, work.item.facts = work.kind.told.to, view.facts
    if work.kind.told.to is Hearers.USER:
        work.item.user_id = work.payload["user_id"]
    if work.wanted.cable:
        work.to_cable(work.loaded.conversation_events.get(conversation_id))
    if hearing := work.hearing(view):
        form = work.loaded.conversation_contact_events.get(conversation_id)
        if form is not None:
            work.item.contacts = dict.fromkeys(hearing, cable_message(work.event.name, form))
    if work.wanted.live and conversation_id in work.loaded.conversation_rest:
        work.to_live({"conversation": _raw(work.loaded.conversation_rest[conversation_id])})
        _note_hiding(work, view)


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
    work.item.hidden = live_event(HIDDEN, HIDDEN_ABOUT, {"id": view.display_id})


def _conversation_deleted(work: _Work) -> None:
    work.item.audience = work.kind.told.to
    gone = {"id": work.payload["display_id"]}
    work.to_live(gone)
    work.to_cable(_encode(gone))


def _contact(work: _Work) -> None:
    work.item.audience = work.kind.told.to
    view = work.loaded.contacts.get(work.payload["contact_id"])
    if view is not None:
        work.to_live({"contact": view.rest})
        work.to_cable(_encode(view.event_form))


def _contact_deleted(work: _Work) -> None:
    work.item.audience = work.kind.told.to
    gone = {"id": work.payload["contact_id"]}
    work.to_live({"contact": gone})
    work.to_cable(_encode(gone))


def _contact_merged(work: _Work) -> None:
    """Tells the contact's own sockets, each with its own token, by which the widget subscribes anew."""
    view = work.loaded.contacts.get(work.payload["contact_id"])
    if view is None:
        return
    work.item.audience = work.kind.told.to
    work.to_live({"contact": view.rest, "mergee_id": work.payload["mergee_id"]})
    for session, form in view.told.items():
        if session in work.wanted.contacts:
            work.item.contacts[session] = cable_message(work.event.name, form)


def _contact_claims(work: _Work) -> None:
    """The desks that show the contact ask again what its visitors claim."""
    work.item.audience = work.kind.told.to
    work.to_live({"contact_id": work.payload["contact_id"]})


def _notification(work: _Work) -> None:
    user_id, notification_id = work.payload["user_id"], work.payload["notification_id"]
    work.item.audience, work.item.user_id = work.kind.told.to, user_id
    form = work.loaded.notifications.get(notification_id) if notification_id is not None else None
    if form is None and work.kind.told.about == "notification" and notification_id is not None:
        return  # deleted since; its own event follows
    notification = form if form is not None else {"id": notification_id}
    data = {"notification": notification, **work.loaded.notification_counts(user_id)}
    in_bell = notification_id not in work.loaded.notifications_beside_the_bell
    work.to_live(data | _heard(work, in_bell) if work.kind.told.about == "notification" else data)
    if notification_id is not None and in_bell:
        work.to_cable(_encode(data))


def _heard(work: _Work, in_bell: bool) -> dict[str, Any]:
    """The desk also sounds, and it does for kinds that the bell does not show."""
    told = work.event.as_fact(NotificationCreated) if work.kind is NotificationCreated else None
    sound = kind_called(told.kind).tone_name() if told is not None and "sound" in told.ways else None
    return {"in_bell": in_bell, "sound": sound}


def _cache_invalidated(work: _Work) -> None:
    work.item.audience = work.kind.told.to
    work.to_cable(_encode({"cache_keys": work.payload["keys"]}))


def _draft_saved(work: _Work) -> None:
    form = work.loaded.draft(work.event) if work.wanted.live else None
    if form is not None:
        work.item.audience, work.item.user_id = work.kind.told.to, work.payload["user_id"]
        work.to_live(form)


def _beside_conversation(work: _Work) -> None:
    """What stands beside a conversation's thread changed: the desks that show it ask again."""
    view = work.loaded.conversations.get(work.payload["conversation_id"])
    if view is not None:
        told = work.kind.told
        work.item.audience, work.item.facts = told.to, view.facts
        row = {"id": work.payload[told.key]} if told.key else {}
        work.to_live({"conversation_id": view.display_id, **row})


def _asked_again(work: _Work) -> None:
    """Of a small collection, or one user's own: desks fetch it again. They are told its kind and, if it has one, the id."""
    told = work.kind.told
    work.item.audience = told.to
    if told.to is Hearers.USER:
        work.item.user_id = work.payload["user_id"]
    row = {"id": work.payload.get(told.key, work.event.account_id)} if told.key else {}
    work.to_live({"kind": told.about, **row})


@dataclass(frozen=True, slots=True)
class Form:
    """How facts about one thing are told: what makes their shapes, and the fields that desks get of them.

    A field of `desk` is the name of a shape in the API's document, a type, or fields again.
    """

    render: Renderer
    desk: dict[str, Any] = field(default_factory=dict)


_OF_CONVERSATION = {"conversation": "ConversationShape"}
_NOTIFICATION_COUNTS = {"unread_count": int, "count": int}
# By what a fact is about (events.facts.Told); desks fetch again what is not here.
FORMS: dict[str, Form] = {
    "message": Form(_message, {"message": "MessageShape"} | _OF_CONVERSATION),
    "conversation": Form(_conversation, _OF_CONVERSATION),
    "gone_conversation": Form(_conversation_deleted, {"id": int}),
    "contact": Form(_contact, {"contact": "ContactShape"}),
    "gone_contact": Form(_contact_deleted, {"contact": {"id": int}}),
    "contact_merge": Form(_contact_merged, {"contact": "ContactShape", "mergee_id": int}),
    "contact_claims": Form(_contact_claims, {"contact_id": int}),
    "notification": Form(
        _notification, {"notification": dict, "in_bell": bool, "sound": str | None} | _NOTIFICATION_COUNTS
    ),
    "gone_notification": Form(_notification, {"notification": {"id": int | None}} | _NOTIFICATION_COUNTS),
    "cache_keys": Form(_cache_invalidated),
    "draft": Form(
        _draft_saved,
        {
            "conversation_id": int,
            "mode": Draft.Mode,
            "content": str,
            "is_shared": bool,
            "taken_by": int | None,
        },
    ),
    "scheduled_message": Form(_beside_conversation, {"conversation_id": int, "id": int}),
    MATCHED_ABOUT: Form(_asked_again, {"id": int, "columns": [str], "messages": dict[str, list[str]]}),
    "shared_drafts": Form(_beside_conversation, {"conversation_id": int}),
}
ASKED_AGAIN = Form(_asked_again)  # its fields: `kind`, and `id` where the facts name a key


# What desks are told of who types (described.py).
TYPING_TOLD = {
    "conversation_id": int,
    "user": {"id": int, "name": str, "type": str},
    "on": bool,
    "is_private": bool,
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
    """Someone began or stopped to type; None when the conversation or the typist is gone."""
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
