"""Clients of the sockets, for tests: what they say and what they hear, over a real connection."""

from __future__ import annotations

import json
import time
from typing import Any

from websockets.sync.client import ClientConnection, connect

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.models import ContactInbox

JsonObject = dict[str, Any]


class Wire:
    """One socket. Frames that a test did not ask for are kept, in order."""

    def __init__(self, port: int, path: str, **options: Any) -> None:
        self.connection: ClientConnection = connect(
            f"ws://127.0.0.1:{port}{path}",
            proxy=None,
            compression=None,
            open_timeout=5,
            max_size=None,
            legacy=True,
            **options,
        )
        self.kept: list[JsonObject] = []

    def say(self, frame: JsonObject | str) -> None:
        self.connection.send(frame if isinstance(frame, str) else json.dumps(frame))

    def raw(self, seconds: float = 8.0) -> str:
        frame = self.connection.recv(timeout=seconds)
        assert isinstance(frame, str)
        return frame

    def hear(self, fits, *, seconds: float = 8.0) -> JsonObject:
        """The next frame that fits; what came before it is kept."""
        for frame in self.kept:
            if fits(frame):
                self.kept.remove(frame)
                return frame
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            assert left > 0, f"not heard; kept: {json.dumps(self.kept)[:2000]}"
            try:
                frame = json.loads(self.raw(left))
            except TimeoutError:
                continue
            if fits(frame):
                return frame
            self.kept.append(frame)

    def listen(self, seconds: float = 0.3) -> list[JsonObject]:
        """Everything that comes within that time, and what was kept."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                self.kept.append(json.loads(self.raw(left)))
            except TimeoutError:
                break
        heard, self.kept = self.kept, []
        return heard

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class CableWire(Wire):
    """A client of /cable."""

    def __init__(self, port: int) -> None:
        super().__init__(port, "/cable", subprotocols=["actioncable-v1-json", "actioncable-unsupported"])
        self.hear(lambda frame: frame.get("type") == "welcome")

    def subscribe(self, identifier: JsonObject | str) -> JsonObject:
        """Subscribe and return the answer."""
        text = identifier if isinstance(identifier, str) else json.dumps(identifier)
        self.say({"command": "subscribe", "identifier": text})
        answers = ("confirm_subscription", "reject_subscription")
        return self.hear(lambda frame: frame.get("type") in answers)

    def subscribe_user(self, user: User, account: Account) -> str:
        identifier = json.dumps(
            {
                "channel": "RoomChannel",
                "pubsub_token": user.pubsub_token,
                "account_id": account.pk,
                "user_id": user.pk,
            }
        )
        assert self.subscribe(identifier)["type"] == "confirm_subscription"
        return identifier

    def subscribe_contact(self, identity: ContactInbox) -> str:
        identifier = json.dumps({"channel": "RoomChannel", "pubsub_token": identity.pubsub_token})
        assert self.subscribe(identifier)["type"] == "confirm_subscription"
        return identifier

    def event(self, name: str, *, seconds: float = 8.0) -> JsonObject:
        """The data of the next event of that name."""
        frame = self.hear(
            lambda frame: "type" not in frame and frame["message"]["event"] == name, seconds=seconds
        )
        data = frame["message"]["data"]
        assert isinstance(data, dict)
        return data

    def told(self, seconds: float = 0.3) -> list[JsonObject]:
        """All events that come within that time, and those kept."""
        return [frame["message"] for frame in self.listen(seconds) if "type" not in frame]

    def events(self, seconds: float = 0.3) -> list[str]:
        """Their names, presence aside."""
        return [message["event"] for message in self.told(seconds) if message["event"] != "presence.update"]


class LiveWire(Wire):
    """A desk."""

    def __init__(self, port: int, session: str, **options: Any) -> None:
        options.setdefault("origin", f"http://127.0.0.1:{port}")
        super().__init__(
            port, "/live", additional_headers={"Cookie": f"ventanilla_session={session}"}, **options
        )

    def hello(self, account: Account, after: str | None = None) -> str:
        """Take a seat and return the position told."""
        self.say({"type": "hello", "account_id": account.pk, "after": after})
        position = self.hear(lambda frame: frame["type"] == "ready")["position"]
        assert isinstance(position, str)
        return position

    def event(self, name: str, *, seconds: float = 8.0) -> JsonObject:
        """The data of the next event of that name."""
        deadline = time.monotonic() + seconds
        while True:
            frame = self.hear(lambda frame: frame["type"] == "events", seconds=deadline - time.monotonic())
            for event in frame["events"]:
                if event["name"] == name:
                    rest = [other for other in frame["events"] if other is not event]
                    if rest:
                        self.kept.insert(0, {**frame, "events": rest})
                    data = event["data"]
                    assert isinstance(data, dict)
                    return data

    def ephemeral(self, name: str, *, seconds: float = 8.0) -> JsonObject:
        """The data of the next short-lived news of that name."""
        data = self.hear(
            lambda frame: frame["type"] == "ephemeral" and frame["name"] == name, seconds=seconds
        )["data"]
        assert isinstance(data, dict)
        return data
