"""An office full of desks that come and go, for tests that compare what each shows with what a fresh load shows.

The web process is the real hub and the real door of /live, on an event loop of its own; only the network between a desk
and its door is a queue, so that a history of dozens of steps takes a fraction of a second.
"""

from __future__ import annotations

import asyncio
import json
import queue
import threading
import time
from collections.abc import Container
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from ventanilla.accounts.models import Account, Team, User
from ventanilla.conversations.models import Conversation, Draft, Message
from ventanilla.conversations.policies import visibility_for
from ventanilla.conversations.rendering import conversations_json, messages_json
from ventanilla.events.log import settled_position
from ventanilla.realtime.hub import Hub
from ventanilla.realtime.live import Live

JsonObject = dict[str, Any]
_PATIENCE_SECONDS = 20.0
_HOST = "127.0.0.1"

real_now = timezone.now


class Calendar:
    """The time of all that is stored. It only moves ahead; the clock of the event loop continues as ever."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return real_now() + self._ahead

    def pass_by(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


class Office:
    """One web process after another: `kill` ends it as a power cut does and starts the next."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.hub = Hub()
        self.do(self.hub.start())

    def do(self, work: Any) -> Any:
        """Await something on the process's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_SECONDS)

    def begin(self, work: Any) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def soon(self, call: Any, *given: Any) -> None:
        self._loop.call_soon_threadsafe(call, *given)

    def hold_up(self, seconds: float) -> Future[None]:
        """Keep the thread that reads the log busy: the hub falls behind."""

        async def busy() -> None:
            await self.hub.reader.run(time.sleep, seconds)

        return self.begin(busy())

    def kill(self) -> None:
        """The process ends in the middle of everything. The caller has cut the desks' lines: no one hears a goodbye."""
        self.do(self.hub.stop())
        self.hub = Hub()
        self.do(self.hub.start())

    def close(self) -> None:
        self.do(self.hub.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_SECONDS)
        self._loop.close()

    def wait_until_level(self) -> None:
        """Until every desk has been sent all that is committed."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self.hub.delivered != settled_position():
            assert time.monotonic() < deadline, "the hub does not follow the log"
            time.sleep(0.001)


class Line:
    """A socket between a desk and the door: two queues."""

    def __init__(self, office: Office, session: str) -> None:
        self._office = office
        self._to_server: asyncio.Queue[JsonObject] = asyncio.Queue()
        self.frames: queue.SimpleQueue[str] = queue.SimpleQueue()
        scope = {
            "type": "websocket",
            "scheme": "ws",
            "path": "/live",
            "client": (_HOST, 40_000),
            "server": (_HOST, 80),
            "headers": [
                (b"host", _HOST.encode()),
                (b"origin", f"http://{_HOST}".encode()),
                (b"cookie", f"ventanilla_session={session}".encode()),
            ],
        }
        self._push({"type": "websocket.connect"})
        self._served = office.begin(Live(office.hub)(scope, self._to_server.get, self._send))

    async def _send(self, message: JsonObject) -> None:
        if message["type"] == "websocket.send":
            self.frames.put(message["text"])

    def _push(self, message: JsonObject) -> None:
        self._office.soon(self._to_server.put_nowait, message)

    def say(self, frame: JsonObject) -> None:
        self._push({"type": "websocket.receive", "text": json.dumps(frame)})

    def cut(self) -> None:
        """The line is gone; the server notices."""
        self._push({"type": "websocket.disconnect", "code": 1006})
        self._served.result(_PATIENCE_SECONDS)


class Desk:
    """What the page in the browser does with the stream: the position, what it shows by id, and what it opened."""

    def __init__(self, office: Office, account: Account, user: User, session: str) -> None:
        self._office, self._account, self._session = office, account, session
        self.user = user
        self.line: Line | None = None
        self.position: str | None = None
        self.conversations: dict[int, JsonObject] = {}
        self.threads: dict[int, dict[int, JsonObject]] = {}
        self.drafts: dict[str, str] = {}
        self.heard: list[int] = []  # ids of messages told as new, in the order of telling
        self._lost = False

    # Coming and going.

    def come(self) -> None:
        """Connect and say where in the log it stands."""
        if self.line is None:
            self.line = Line(self._office, self._session)
            self._hello()

    def go(self, *, unread: bool) -> None:
        """The line breaks; with `unread`, what had been sent to it gets lost on the way."""
        if self.line is not None:
            line, self.line = self.line, None
            line.cut()
            while not unread and not line.frames.empty():
                self._take(json.loads(line.frames.get()), line)

    def _hello(self) -> None:
        assert self.line is not None
        self.line.say({"type": "hello", "account_id": self._account.pk, "after": self.position})

    def catch_up(self) -> None:
        """Read until all that is committed has come."""
        assert self.line is not None
        self._office.wait_until_level()
        self.line.say({"type": "ping"})
        pongs = 1
        while pongs:
            frame = json.loads(self.line.frames.get(timeout=_PATIENCE_SECONDS))
            pongs -= frame["type"] == "pong"
            if self._take(frame, self.line):
                self.line.say({"type": "ping"})
                pongs += 1

    def take_frames(self) -> list[JsonObject]:
        """What has been sent to it up to now and not been read, taken in."""
        assert self.line is not None
        frames: list[JsonObject] = []
        while not self.line.frames.empty():
            frames.append(json.loads(self.line.frames.get()))
            self._take(frames[-1], self.line)
        return frames

    def _take(self, frame: JsonObject, line: Line) -> bool:
        """One frame; whether it made the desk say something to which an answer follows."""
        if frame["type"] == "ready":
            fresh = self.position is None
            self.position = frame["position"]
            if fresh or self._lost:
                self._load()
            self._lost = False
        elif frame["type"] == "events":
            for event in frame["events"]:
                self._apply(event["name"], event["data"])
            self.position = frame["position"]
        elif frame["type"] == "reset":
            self.position, self._lost = None, True
            if line is self.line:
                self._hello()
                return True
        else:
            assert frame["type"] in ("pong", "ephemeral"), frame
        return False

    # What it shows.

    def _load(self) -> None:
        """A reset forgets what was shown; what is asked for now may be newer than the position, and events follow."""
        self.conversations = fresh_conversations(self._account, self.user)
        self.threads = {number: fresh_thread(self._account, number) for number in self.conversations}
        self.drafts = fresh_drafts(self._account, self.user)

    def _apply(self, name: str, data: JsonObject) -> None:
        if name == "message.created":
            self.heard.append(data["message"]["id"])
        if "message" in data and (thread := self.threads.get(data["message"]["conversation_id"])) is not None:
            _keep_newer(thread, data["message"])
        if "conversation" in data:
            self._put(name, data["conversation"])
        elif name in ("conversation.hidden", "conversation.deleted"):
            self.conversations.pop(data["id"], None)
            self.threads.pop(data["id"], None)
        elif "contact" in data:
            self._put_contact(data["contact"])
        elif data.get("kind") == "team":
            self._reload_teams()
        elif name == "draft.saved":
            self.drafts[f"{data['conversation_id']} {data['mode']}"] = data["content"]

    def _put(self, name: str, conversation: JsonObject) -> None:
        number = conversation["id"]
        came = number not in self.conversations
        _keep_newer(self.conversations, conversation)
        if came or name in ("conversation.merged", "conversation.unmerged"):
            self.threads[number] = fresh_thread(self._account, number)

    def _put_contact(self, contact: JsonObject) -> None:
        for conversation in self.conversations.values():
            sender = conversation["meta"]["sender"]
            if sender["id"] == contact["id"]:
                conversation["meta"]["sender"] = {**sender, **contact}
        for thread in self.threads.values():
            for message in thread.values():
                sender = message.get("sender") or {}
                if (sender.get("type"), sender.get("id")) == ("contact", contact["id"]):
                    message["sender"] = {**sender, **{key: contact[key] for key in sender if key in contact}}

    def _reload_teams(self) -> None:
        """A collection changed: the desk fetches it, and conversations show what it says now."""
        teams = {team.pk: team for team in Team.objects.filter(account=self._account)}
        for conversation in self.conversations.values():
            shown = conversation["meta"].get("team")
            if shown is not None and shown["id"] in teams:
                team = teams[shown["id"]]
                shown |= {"name": team.name, "sight": team.sight, "sees_only_own": team.sight != "inboxes"}

    def assert_shows_the_truth(self) -> None:
        """Nothing lost, nothing doubled, nothing out of order, nothing that is not to be seen."""
        truth = fresh_conversations(self._account, self.user)
        assert sorted(self.conversations) == sorted(truth), "conversations in sight"
        for number, conversation in truth.items():
            wrong = _difference(_shown(self.conversations[number]), _shown(conversation))
            assert not wrong, f"conversation {number}, shown and true: {wrong}"
            wrong = _difference(self.threads[number], fresh_thread(self._account, number))
            assert not wrong, f"thread of {number}, shown and true: {wrong}"
        wrong = _difference(self._drafts_of(truth), fresh_drafts(self._account, self.user))
        assert not wrong, f"drafts, shown and true: {wrong}"
        assert self.heard == sorted(set(self.heard)), "a message was told twice or out of order"

    def _drafts_of(self, conversations: Container[int]) -> dict[str, str]:
        """An empty text is none; and what stands in a conversation that is gone is not shown."""
        return {
            key: text
            for key, text in self.drafts.items()
            if text and int(key.partition(" ")[0]) in conversations
        }


def _keep_newer(known: dict[int, JsonObject], item: JsonObject) -> None:
    if item["id"] not in known or known[item["id"]]["version"] <= item["version"]:
        known[item["id"]] = item


def _difference(shown: dict[Any, Any], truth: dict[Any, Any]) -> dict[Any, Any]:
    """By key, what is shown and what it should be, where these differ."""
    shown, truth = _lasting(shown), _lasting(truth)
    keys = {*shown, *truth}
    return {key: (shown.get(key), truth.get(key)) for key in keys if shown.get(key) != truth.get(key)}


def _lasting(form: Any) -> Any:
    """Without who is there at this moment: that is told apart from the log, and shown from there."""
    if isinstance(form, list):
        return [_lasting(item) for item in form]
    if isinstance(form, dict):
        return {key: _lasting(value) for key, value in form.items() if key != "availability_status"}
    return form


def _shown(conversation: JsonObject) -> JsonObject:
    """The contact as conversations carry it: events of contacts bring more of it."""
    meta = conversation["meta"]
    sender = {key: meta["sender"].get(key) for key in ("id", "name", "email", "phone_number")}
    return {**conversation, "meta": {**meta, "sender": sender}}


def fresh_conversations(account: Account, user: User) -> dict[int, JsonObject]:
    """By number, what the desk of this user gets when it loads."""
    seen = Conversation.objects.filter(visibility_for(user, account).q()).values_list("pk", flat=True)
    return {
        form["id"]: form
        for form in map(json.loads, conversations_json(list(seen), account_id=account.pk).values())
    }


def fresh_thread(account: Account, number: int) -> dict[int, JsonObject]:
    """By id, the messages of a conversation as the desk gets them."""
    rows = Message.objects.filter(conversation__account=account, conversation__display_id=number)
    ids = list(rows.values_list("pk", flat=True))
    return {form["id"]: form for form in map(json.loads, messages_json(ids, account_id=account.pk).values())}


def fresh_drafts(account: Account, user: User) -> dict[str, str]:
    """By conversation and mode, the texts this user has not sent yet."""
    seen = Conversation.objects.filter(visibility_for(user, account).q())
    rows = Draft.objects.filter(account=account, user=user, conversation__in=seen).select_related(
        "conversation"
    )
    return {f"{row.conversation.display_id} {row.mode}": row.content for row in rows}
