"""/live: the desk's own stream. It says where in the log it stands and gets exactly what follows.

The sign-in is the desk's session cookie; the page that opens the socket must come from this host.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import MutableMapping
from functools import partial
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import structlog
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare

from ventanilla.accounts.looking import is_looking
from ventanilla.accounts.models import Account, User
from ventanilla.conversations.commands.typing import announce_typing
from ventanilla.conversations.models import Conversation
from ventanilla.conversations.policies import facts_of
from ventanilla.events import facts
from ventanilla.events.log import LoggedEvent, Position, oldest_position, read_after, settled_position
from ventanilla.kit import links
from ventanilla.realtime.columns import MOST_WATCHED, watched_by
from ventanilla.realtime.connection import Connection, Receive, Send
from ventanilla.realtime.doors import is_turned_away
from ventanilla.realtime.hub import RESET_FRAME, Hub, hub, live_frame
from ventanilla.realtime.permissions import ConversationFacts, Permission
from ventanilla.realtime.proxies import base_of
from ventanilla.realtime.seats import UserSeat
from ventanilla.realtime.stream import Rendered, Wanted, render
from ventanilla.realtime.texts import Text
from ventanilla.realtime.viewing import Viewing, say_viewing
from ventanilla.signin.reach import Reach, reach_of, vouched_for_seconds
from ventanilla.signin.selectors import owes_second_step

log = structlog.get_logger("realtime")

_CATCH_UP_BATCH = 200
MAX_CATCH_UP_EVENTS = 600  # with more to tell, loading the snapshot again is cheaper for both
MAX_CATCH_UP_DISTANCE = 100_000  # events of all accounts: reading past them for a few own ones takes too long
_TYPING_PER_SECOND = 5.0
_LOOKS_FOR_SETTLED = 50
_LOOK_AGAIN_SECONDS = 0.1
_WORD_IS_OVER_SECONDS = 1.0  # after the end of a provider's word: then it is over in every clock's view

Scope = MutableMapping[str, Any]

COLUMNS = '{"type":"columns"}'
PONG = '{"type":"pong"}'
SIGNED_OUT = '{"type":"disconnect","reason":"signed_out","reconnect":false}'
FORBIDDEN = '{"type":"disconnect","reason":"forbidden","reconnect":false}'


class Said(msgspec.Struct):
    """What the desk sends. Which fields count depends on `type`: hello, ping, typing, viewing, columns."""

    type: str
    account_id: int | None = None
    after: str | None = None
    conversation_id: int | None = None  # display id
    on: bool = False
    is_private: bool = False
    column_ids: list[int] = []


_decode = msgspec.json.Decoder(Said).decode


class SignedIn(NamedTuple):
    """The person behind the cookie."""

    user: User
    session_key: str
    reach: Reach


class Opened(NamedTuple):
    """A conversation a desk speaks of."""

    conversation: Conversation
    facts: ConversationFacts


def who_is(session_key: str) -> SignedIn | None:
    """The user of a session that still holds, as Django's own sign-in would find them."""
    store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
    session = store(session_key)
    user_id, backend = session.get(SESSION_KEY), session.get(BACKEND_SESSION_KEY)
    if user_id is None or backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    if is_looking(session):  # a look is a still picture: nobody is here because of it, and nothing is told
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return None
    # The hash is made from the password: it stops fitting when that changes.
    given = session.get(HASH_SESSION_KEY, "")
    fitting = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    if not any(constant_time_compare(given, hash_) for hash_ in fitting):
        return None
    reach = reach_of(session)
    return None if reach.is_limited and not reach.accounts else SignedIn(user, session_key, reach)


def opens(session_key: str, account_id: int) -> bool:
    """Whether the session still holds, and what was proved in it is enough for that account."""
    signed_in = who_is(session_key)
    account = Account.objects.filter(pk=account_id).first()
    if signed_in is None or account is None or not signed_in.reach.includes(account):
        return False
    return account.pk in signed_in.reach.accounts or not owes_second_step(account, signed_in.user)


def ends_in(session_key: str, account_id: int) -> float | None:
    """In how many seconds the provider's word for that account is over; None where it is not by its word."""
    store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
    return vouched_for_seconds(store(session_key), account_id)


def open_conversation(account_id: int, display_id: int) -> Opened | None:
    """A conversation by its number and what the rule of visibility asks of it."""
    conversation = Conversation.objects.filter(account_id=account_id, display_id=display_id).first()
    return None if conversation is None else Opened(conversation, facts_of(conversation))


def where_to_begin(after: str | None) -> Position | None:
    """The position to continue from; None when what followed it is not there any more, or it never was a position here."""
    end = settled_position()
    if after is None:
        return end
    try:
        position = Position.parse(after)
    except ValueError:
        return None
    if not oldest_position() <= position <= end or end.id - position.id > MAX_CATCH_UP_DISTANCE:
        return None
    return position


def permissions_told_up_to(account_id: int) -> tuple[Position, bool]:
    """Where the settled log ends, and whether it tells of every change of permissions that can be seen by now."""
    end = settled_position()
    altering = facts.names_where(lambda kind: kind.alters_permissions)
    later = read_after(end, limit=1, names=altering, account_id=account_id, settled=False)
    return end, not later


def _live_only(account_id: int) -> Wanted:
    return Wanted(cable=False)


class LiveSocket(Connection):
    """One desk."""

    protocol = "live"

    def __init__(self, office: Hub, receive: Receive, send: Send, signed_in: SignedIn, base: str) -> None:
        super().__init__(office, receive, send)
        self.signed_in = signed_in
        self._base = base
        self.seat: UserSeat | None = None
        self._desk = secrets.token_hex(8)
        self._viewed: Opened | None = None
        self._sent_position: Position | None = None
        self._typing_allowance = _TYPING_PER_SECOND
        self._typing_at = 0.0
        self._word_ends: asyncio.TimerHandle | None = None

    def _end(self) -> None:
        self._forget_end()
        self._leave()
        self._stop_viewing()

    def _leave(self) -> None:
        if self.seat is not None:
            self.office.leave(self.seat)
            self.seat = None

    def _stop_viewing(self) -> None:
        if self._viewed is not None:
            self._viewed = None
            self.office.spawn(self._say_viewing(None))

    async def _listen(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return
            try:
                said = _decode(message.get("text") or message.get("bytes") or b"")
            except msgspec.MsgspecError:
                continue
            await self._answer(said)

    async def _answer(self, said: Said) -> None:
        if said.type == "hello":
            await self._hello(said)
        elif said.type == "ping":
            self._ping()
        elif said.type == "typing":
            await self._typing(said)
        elif said.type == "viewing":
            await self._viewing(said)
        elif said.type == "columns":
            await self._columns(said)

    # Taking a seat.

    async def _hello(self, said: Said) -> None:
        if said.account_id is None:
            return
        if self.seat is not None and self.seat.account_id != said.account_id:
            self._stop_viewing()
        self._leave()
        begin = await self.office.pool.run(where_to_begin, said.after)
        if begin is None:
            self.outbox.post(RESET_FRAME)
            return
        permission, known = await self._permission(said.account_id)
        is_open = await self.office.pool.run(opens, self.signed_in.session_key, said.account_id)
        if permission is None or not is_open:
            self.outbox.end(FORBIDDEN)
            return
        await self._end_with_the_word(said.account_id)
        seat = self._new_seat(said.account_id, permission, begin)
        self._ready(begin)
        if await self._catch_up(seat, known):
            self.office.presence.answer(seat)

    async def _end_with_the_word(self, account_id: int) -> None:
        """A provider's word ends by the clock, and nothing that happens tells of it: so it is asked again at that moment."""
        self._forget_end()
        seconds = await self.office.pool.run(ends_in, self.signed_in.session_key, account_id)
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._word_ends = loop.call_later(
                seconds + _WORD_IS_OVER_SECONDS, lambda: self.office.spawn(self._ask_again(account_id))
            )

    async def _ask_again(self, account_id: int) -> None:
        if self.seat is None or self.seat.account_id != account_id:
            return
        if await self.seat.still_holds():  # they came by the provider again meanwhile
            await self._end_with_the_word(account_id)
        else:
            self._leave()
            self._expel()

    def _forget_end(self) -> None:
        if self._word_ends is not None:
            self._word_ends.cancel()
            self._word_ends = None

    async def _permission(self, account_id: int) -> tuple[Permission | None, Position]:
        """What this user may hear, and a position behind every event that it comes from.

        The hub may not have read these yet, and would find nothing changed when it does: the desk has to read up to
        there itself to learn that it may see other things than before.
        """
        for _ in range(_LOOKS_FOR_SETTLED):
            permission = await self.office.current_permission(account_id, self.signed_in.user.pk)
            known, is_settled = await self.office.pool.run(permissions_told_up_to, account_id)
            if is_settled:
                break
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        return permission, known

    def _new_seat(self, account_id: int, permission: Permission, position: Position) -> UserSeat:
        return UserSeat(
            account_id=account_id,
            user_id=self.signed_in.user.pk,
            outbox=self.outbox,
            permission=permission,
            expel=self._expel,
            still_holds=partial(self.office.pool.run, opens, self.signed_in.session_key, account_id),
            base=self._base,
            position=position,
        )

    def _expel(self) -> None:
        self.outbox.end(SIGNED_OUT)

    def _ready(self, position: Position) -> None:
        self._sent_position = position
        self.outbox.post(f'{{"type":"ready","position":"{position}"}}')

    async def _catch_up(self, seat: UserSeat, known: Position) -> bool:
        """Send what followed the seat's position, then take the seat in the very moment it is level with the hub, and
        not before `known`.

        False when so much followed that the desk shall load anew.
        """
        told = 0
        while True:
            assert seat.position is not None
            assert self.office.position is not None
            level = max(self.office.position, known)
            if seat.position >= level:
                break
            # `level` is taken before the read: what the hub passes meanwhile is read in the next round.
            events, rendered = await self.office.pool.run(self._read_for, seat.account_id, seat.position)
            permission = await self.office.current_permission(seat.account_id, seat.user_id)
            told += len(events)
            changed = permission is None or permission.visibility != seat.permission.visibility
            if changed or told > MAX_CATCH_UP_EVENTS or any(item.changes_permissions for item in rendered):
                # What this user may see may have changed while they were away: only loading anew shows it right.
                self.outbox.post(RESET_FRAME)
                return False
            texts = [told_of(seat, item) for item in rendered]
            heard = [text.at(seat.base) for text in texts if text is not None]
            full = len(events) == _CATCH_UP_BATCH
            seat.position = (
                events[-1].position if full else max([level, *(event.position for event in events[-1:])])
            )
            if heard:
                self.outbox.post(live_frame(heard, seat.position))
        self.seat = seat
        self.office.join(seat)
        return True

    def _read_for(self, account_id: int, position: Position) -> tuple[list[LoggedEvent], list[Rendered]]:
        """On a thread: what followed in this account, rendered; what the hub rendered lately is not rendered again."""
        events = read_after(position, limit=_CATCH_UP_BATCH, account_id=account_id)
        recent = self.office.recent
        unknown = [event for event in events if event.id not in recent]
        fresh = {item.event_id: item for item in render(unknown, _live_only)}
        known = [recent.get(event.id) or fresh.get(event.id) for event in events]
        return events, [item for item in known if item is not None]

    async def _columns(self, said: Said) -> None:
        """The wall of this desk shows these columns; none: it is closed. Answered once they are told of."""
        seat = self.seat
        if seat is None:
            return
        ids = said.column_ids[:MOST_WATCHED]
        watched = await self.office.pool.run(watched_by, seat.account_id, seat.user_id, ids) if ids else {}
        if self.seat is not seat:  # it left meanwhile; the desk says so again when it is back
            return
        seat.columns = watched
        if (room := self.office.seating.rooms.get(seat.account_id)) is not None:
            room.note_columns()
        self.outbox.post(COLUMNS)

    # Signs of life and short-lived things.

    def _ping(self) -> None:
        self.outbox.post(PONG)
        seat = self.seat
        if seat is None:
            return
        self.office.presence.seen(seat)
        position = self.office.delivered
        if position is not None and position != self._sent_position and not self.outbox.is_behind:
            # Events of others moved the log on; the desk's position follows, lest it grow too old to resume from.
            self._sent_position = position
            self.outbox.post(live_frame([], position))
        if self._viewed is not None:
            self.office.spawn(self._say_viewing(self._viewed))

    async def _typing(self, said: Said) -> None:
        opened = await self._find(said.conversation_id) if self._may_type_again() else None
        if opened is not None:
            await self.office.pool.run(
                announce_typing,
                opened.conversation,
                by=self.signed_in.user,
                on=said.on,
                is_private=said.is_private,
            )

    def _may_type_again(self) -> bool:
        now = asyncio.get_running_loop().time()
        self._typing_allowance = min(
            _TYPING_PER_SECOND, self._typing_allowance + (now - self._typing_at) * _TYPING_PER_SECOND
        )
        self._typing_at = now
        if self._typing_allowance < 1:
            return False
        self._typing_allowance -= 1
        return True

    async def _viewing(self, said: Said) -> None:
        opened = await self._find(said.conversation_id) if said.conversation_id is not None else None
        self._viewed = opened
        await self._say_viewing(opened)
        if opened is not None and self.seat is not None:
            self.outbox.post(self.office.viewing.frame(self.seat.account_id, opened.conversation.display_id))

    async def _say_viewing(self, opened: Opened | None) -> None:
        seat = self.seat
        user = self.signed_in.user
        viewing = Viewing(
            desk=self._desk,
            account_id=seat.account_id if seat is not None else 0,
            user_id=user.pk,
            user_name=user.available_name,
            conversation=opened.facts if opened is not None else None,
            display_id=opened.conversation.display_id if opened is not None else None,
        )
        await self.office.pool.run(say_viewing, viewing)

    async def _find(self, display_id: int | None) -> Opened | None:
        """The conversation of that number, if this user may see it."""
        seat = self.seat
        if seat is None or display_id is None:
            return None
        opened = await self.office.pool.run(open_conversation, seat.account_id, display_id)
        return opened if opened is not None and seat.permission.sees(opened.facts) else None


def told_of(seat: UserSeat, item: Rendered) -> Text | None:
    """What a desk that was away is told of an event: the event, that its conversation went out of sight, or nothing."""
    if item.may_be_heard_by(seat.permission, seat.user_id):
        return item.live_for(seat.permission)
    return item.hidden if item.hides_from(seat.permission) else None


def same_host(scope: Scope) -> bool:
    """Whether the page that opens the socket is ours: browsers always say where it comes from."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    host = headers.get(b"host", b"").decode("latin-1")
    allowed = {host.lower(), urlsplit(links.base_url()).netloc.lower()} - {""}
    return urlsplit(origin).netloc.lower() in allowed


def session_key_of(scope: Scope) -> str:
    """The session cookie; empty when there is none."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                cookies = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                continue
            if (cookie := cookies.get(settings.SESSION_COOKIE_NAME)) is not None:
                return cookie.value
    return ""


class Live:
    """The ASGI end of /live."""

    def __init__(self, office: Hub) -> None:
        self._office = office

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        if message["type"] != "websocket.connect":
            return
        pool = self._office.pool
        if await is_turned_away(scope, send, pool):
            return
        session_key = session_key_of(scope)
        signed_in = None
        if session_key:
            came_from_here: bool = await pool.run(same_host, scope)
            if came_from_here:
                signed_in = await pool.run(who_is, session_key)
        if signed_in is None:
            await send({"type": "websocket.close", "code": 4401})  # before accepting: the browser sees 403
            return
        base = await pool.run(base_of, scope)
        await LiveSocket(self._office, receive, send, signed_in, base).serve()


live = Live(hub)
