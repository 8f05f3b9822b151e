"""Those who listen while everything around them is killed: a contract's socket, a desk, and a system behind a webhook."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

Json = dict[str, Any]
Fetch = Callable[[int, int], list[int]]
CREATED = "message.created"


class Listener(threading.Thread):
    """Keeps one socket open until told to stop."""

    path = ""
    subprotocols: list[str] | None = None

    def __init__(self, name: str, port: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(name=name, daemon=True)
        self.address = f"ws://127.0.0.1:{port}{self.path}"
        self.headers = headers or {}
        self.over = threading.Event()
        self.connections = 0
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.over.is_set():
                try:
                    with self._connect() as socket:
                        self.attend(socket)
                except (OSError, WebSocketException, TimeoutError, EOFError):
                    time.sleep(random.uniform(0.02, 0.2))
        except BaseException as fault:
            self.fault = fault
            raise

    def attend(self, socket: ClientConnection) -> None:
        """From the handshake to the loss of the connection."""
        raise NotImplementedError

    def frames(self, socket: ClientConnection) -> Any:
        """Frames as they come, until the listener is told to stop."""
        while not self.over.is_set():
            try:
                yield json.loads(socket.recv(timeout=0.2))
            except TimeoutError:
                continue

    def _connect(self) -> ClientConnection:
        return connect(
            self.address, proxy=None, compression=None, open_timeout=10, ping_interval=None, close_timeout=1, max_size=None,
            subprotocols=self.subprotocols, additional_headers=self.headers,  # type: ignore[arg-type]
        )  # fmt: skip


@dataclass
class Segment:
    """One connection: what was fetched after it stood, and what came by it, per conversation."""

    fetched: dict[int, list[int]] = field(default_factory=dict)
    heard: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


class CableListener(Listener):
    """A client of /cable. It keeps no replay: after each confirmation the client fetches what it does not know."""

    path = "/cable"
    subprotocols = ["actioncable-v1-json"]

    def __init__(
        self, name: str, port: int, identifier: Json, conversations: list[int], fetch: Fetch
    ) -> None:
        super().__init__(name, port)
        self.identifier = json.dumps({"channel": "RoomChannel", **identifier})
        self.conversations = conversations
        self.fetch = fetch
        self.segments: list[Segment] = []
        self.known: dict[int, set[int]] = {number: set() for number in conversations}

    def attend(self, socket: ClientConnection) -> None:
        segment: Segment | None = None
        for frame in self.frames(socket):
            kind = frame.get("type")
            if kind == "welcome":
                socket.send(json.dumps({"command": "subscribe", "identifier": self.identifier}))
            elif kind == "confirm_subscription":
                assert frame["identifier"] == self.identifier
                self.connections += 1
                segment = Segment()
                self.segments.append(segment)
                self._fetch_what_was_missed(segment)
            elif kind in {"disconnect", "reject_subscription"}:
                assert kind == "disconnect", "the subscription was rejected"
                return
            elif kind is None and frame["message"]["event"] == CREATED and segment is not None:
                data = frame["message"]["data"]
                assert data["account_id"]
                segment.heard[data["conversation_id"]].append(data["id"])
                self.known[data["conversation_id"]].add(data["id"])

    def _fetch_what_was_missed(self, segment: Segment) -> None:
        for number in self.conversations:
            segment.fetched[number] = self.fetch(number, max(self.known[number], default=0))
            self.known[number].update(segment.fetched[number])

    def check(self, expected: dict[int, list[int]]) -> None:
        """On each connection every message came once, in order and without a gap; altogether none is missing."""
        for segment in self.segments:
            for number, heard in segment.heard.items():
                assert len(heard) == len(set(heard)), f"{self.name}: twice in {number}: {heard}"
                at = expected[number].index(heard[0])
                assert heard == expected[number][at : at + len(heard)], f"{self.name}: a gap in {number}"
        for number in self.conversations:
            assert sorted(self.known[number]) == expected[number], f"{self.name}: conversation {number}"
        # What came after the last fetch came by the socket alone.
        last = self.segments[-1]
        for number in self.conversations:
            fetched = max([*last.fetched[number], *self.before_last(number)], default=0)
            after = [message for message in expected[number] if message > fetched]
            heard = [message for message in last.heard.get(number, []) if message > fetched]
            assert heard == after, f"{self.name}: conversation {number} after the last fetch"

    def before_last(self, number: int) -> list[int]:
        """What was known of a conversation when the last connection began."""
        earlier = self.segments[:-1]
        return [m for s in earlier for m in [*s.fetched.get(number, []), *s.heard.get(number, [])]]


class LiveListener(Listener):
    """A desk: it continues from its position and applies what follows; told to reset, it loads anew."""

    path = "/live"

    def __init__(self, name: str, port: int, account_id: int, cookie: str, load: Callable[[], Json]) -> None:
        super().__init__(name, port, {"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"})
        self.account_id = account_id
        self.load = load
        self.position: str | None = None
        self.resets = 0
        self.resumes = 0
        self.conversations: dict[int, Json] = {}
        self.messages: dict[int, Json] = {}
        self.told: list[int] = []  # ids of created messages since the last load, as they came
        self.loaded: set[int] = set()

    def attend(self, socket: ClientConnection) -> None:
        self._say_hello(socket)
        for frame in self.frames(socket):
            if frame["type"] == "ready":
                self.connections += 1
                if self.position is None:
                    self._load(frame["position"])
                else:
                    self.resumes += 1
                    assert frame["position"] == self.position
            elif frame["type"] == "reset":
                self.resets += 1
                self.position = None
                self._say_hello(socket)
            elif frame["type"] == "events":
                self._apply(frame)
            elif frame["type"] == "disconnect":
                return

    def _say_hello(self, socket: ClientConnection) -> None:
        socket.send(json.dumps({"type": "hello", "account_id": self.account_id, "after": self.position}))

    def _load(self, position: str) -> None:
        state = self.load()
        self.conversations, self.messages = state["conversations"], state["messages"]
        self.told, self.loaded = [], set(self.messages)
        self.position = position

    def _apply(self, frame: Json) -> None:
        assert self.position is None or _order(frame["position"]) >= _order(self.position), "went backwards"
        for event in frame["events"]:
            data = event["data"]
            if event["name"] == CREATED:
                self.told.append(data["message"]["id"])
            if isinstance(data.get("message"), dict):
                _upsert(self.messages, data["message"])
            if isinstance(data.get("conversation"), dict):
                _upsert(self.conversations, data["conversation"])
        self.position = frame["position"]

    def check(self, fresh: Json) -> None:
        """Nothing was told twice, and what is shown is what a fresh load shows."""
        assert len(self.told) == len(set(self.told)), f"{self.name}: an event came twice"
        assert set(self.messages) == set(fresh["messages"]), f"{self.name}: messages"
        for kind in ("messages", "conversations"):
            mine = {key: _shown(row) for key, row in getattr(self, kind).items()}
            theirs = {key: _shown(row) for key, row in fresh[kind].items()}
            different = {key: (mine.get(key), theirs[key]) for key in theirs if mine.get(key) != theirs[key]}
            assert not different, f"{self.name}: {kind} differ: {list(different.items())[:2]}"


def _order(position: str) -> tuple[int, int]:
    xid, number = position.split("-")
    return int(xid), int(number)


def _upsert(rows: dict[int, Json], row: Json) -> None:
    known = rows.get(row["id"])
    if known is None or row.get("version", 0) >= known.get("version", 0):
        rows[row["id"]] = row


_SHOWN = (
    "content", "message_type", "private", "status", "content_attributes", "conversation_id", "unread_count", "priority",
    "labels", "last_activity_at", "waiting_since", "first_reply_created_at", "inbox_id", "account_id",
)  # fmt: skip


def _shown(row: Json) -> Json:
    return {key: row[key] for key in _SHOWN if key in row}


class Receiver:
    """The system behind an API inbox. It answers some calls with a fault, and some too late."""

    def __init__(self, *, faults: float, late_seconds: float, late: int) -> None:
        self.calls: list[tuple[str, str, Json, int]] = []  # delivery id, signature, body, status answered
        self.lock = threading.Lock()
        self.random = random.Random(7)
        self.faults, self.late_seconds, self.late = faults, late_seconds, late
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.take(self.headers, raw)
                if status == 0:
                    time.sleep(receiver.late_seconds)
                try:
                    self.send_response(status or 200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                """A caller was killed in the middle: no answer of ours can help."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, headers: Any, raw: bytes) -> int:
        """Keep a call; the status to answer, 0 for an answer that comes too late."""
        with self.lock:
            status = 200
            if self.late and self.random.random() < 0.01:
                self.late -= 1
                status = 0
            elif self.random.random() < self.faults:
                status = 500
            signed = f"{headers['X-Chatwoot-Timestamp']}.{raw.decode()}"
            proof = json.dumps([signed, headers["X-Chatwoot-Signature"]])
            self.calls.append((headers["X-Chatwoot-Delivery"], proof, json.loads(raw), status))
            return status

    def told(self) -> set[int]:
        """Ids of the messages whose creation was told and taken."""
        with self.lock:
            return {
                b["id"]
                for _d, _s, b, status in self.calls
                if status == 200 and b["event"] == "message_created"
            }

    def check(self, expected: set[int], *, key: str) -> None:
        """Every message was told, each under one delivery id over all tries, and every call was signed."""
        ids: dict[int, set[str]] = defaultdict(set)
        subjects: dict[str, set[tuple[str, int]]] = defaultdict(set)
        for delivery, proof, body, _status in self.calls:
            subjects[delivery].add((body["event"], body["id"]))
            if body["event"] == "message_created":
                ids[body["id"]].add(delivery)
            signed, signature = json.loads(proof)
            digest = hmac.new(key.encode(), signed.encode(), hashlib.sha256).hexdigest()
            assert signature == f"sha256={digest}"
        assert set(ids) == expected
        assert {len(deliveries) for deliveries in ids.values()} == {1}
        assert {len(about) for about in subjects.values()} == {1}

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()


@dataclass(frozen=True)
class Letter:
    """A mail as the server of the company took it: who it is for, and what an old-fashioned parser reads in it."""

    recipients: list[str]
    mail: Message

    def text(self, kind: str = "text/plain") -> str:
        """The first part of that type, decoded."""
        part = next(part for part in self.mail.walk() if part.get_content_type() == kind)
        return bytes(part.get_payload(decode=True)).decode(part.get_content_charset() or "ascii")


class MailServer:
    """The SMTP server of an inbox, on loopback. It takes everything but what it first says `answers` to."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.answers: list[str] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        """Keep it."""
        if self.answers:
            return self.answers.pop(0)
        self.letters.append(Letter(sorted(envelope.rcpt_tos), message_from_bytes(bytes(envelope.content))))
        return "250 2.0.0 Taken"

    def channel(self, address: str) -> Json:
        """The settings of an email inbox that sends through it."""
        return {
            "type": "email", "email": address, "smtp_enabled": True, "smtp_address": "127.0.0.1", "smtp_login": "",
            "smtp_port": self.port, "smtp_enable_starttls_auto": False,
        }  # fmt: skip

    def letter(self, number: int, *, seconds: float = 45) -> Letter:
        """The email of that number, from 1, when it has come; and no other has."""
        end = time.monotonic() + seconds
        while len(self.letters) < number and time.monotonic() < end:
            time.sleep(0.05)
        assert len(self.letters) == number, [letter.recipients for letter in self.letters]
        return self.letters[-1]

    def close(self) -> None:
        """Stop listening."""
        self._controller.stop()
