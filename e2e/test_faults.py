"""Everything is killed, again and again, while people write. Nothing is lost, nothing is doubled, and all hear it."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.installation import Chaos, Installation, Persistent, private_postgres
from e2e.listeners import CableListener, Json, LiveListener, Receiver
from e2e.product import Person

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

MESSAGES = 2_000
VISITORS = CALLERS = 10
FROM_EACH = 80  # messages of each visitor and of each customer of the API inbox: 1,600
REPLIES_TO_EACH = 20  # of the agent, in each of the 20 conversations: 400
STANDSTILL_SECONDS = 120


@dataclass
class Talk:
    """One conversation and who writes in it."""

    number: int
    write: Callable[[str, str], Json]  # text, echo_id
    page: Callable[[int], list[int]]  # ids the customer can fetch after one they know
    pubsub_token: str


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    with private_postgres() if request.param == "PostgreSQL" else nullcontext("") as url:
        if url is None:
            pytest.skip("no PostgreSQL programs on this machine")
        made = Installation(tmp_path / "data", database_url=url, workers=2 if url else 1)
        try:
            made.start()
            yield made
        finally:
            made.stop()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver(faults=0.03, late_seconds=6, late=3)
    yield made
    made.close()


class Story:
    """The account, its conversations, and what was acknowledged."""

    def __init__(self, place: Installation, hook: str) -> None:
        self.place = place
        product = place.product
        email = "ana@acme.example"
        self.ana: Person = product.add_person("Acme", name="Ana Agente", email=email, role="administrator")
        self.base = f"{product.url}/api/v1/accounts/{self.ana.account_id}"
        self.reader = self.agent()
        web = {"type": "web_widget", "website_url": "https://acme.example", "widget_color": "#0b5c66"}
        self.site = self.reader.call("POST", "/inboxes", json={"name": "Tienda", "channel": web})
        api = {"type": "api", "webhook_url": hook}
        self.program = self.reader.call("POST", "/inboxes", json={"name": "Programa", "channel": api})
        for inbox in (self.site, self.program):
            members = {"inbox_id": inbox["id"], "user_ids": [self.ana.id]}
            self.reader.call("POST", "/inbox_members", json=members)
        self.visitors = [self._visitor() for _ in range(VISITORS)]
        self.callers = [self._caller() for _ in range(CALLERS)]
        self.talks = self.visitors + self.callers
        self.acknowledged: dict[str, int] = {}
        self.clients: list[Persistent] = [self.reader]

    def agent(self) -> Persistent:
        return Persistent(self.base, {"api_access_token": self.ana.token})

    def _visitor(self) -> Talk:
        url, token = self.place.product.url, {"website_token": self.site["website_token"]}
        config = httpx.post(f"{url}/api/v1/widget/config", params=token, timeout=20).raise_for_status().json()
        client = Persistent(
            f"{url}/api/v1/widget", {"X-Auth-Token": config["website_channel_config"]["auth_token"]}
        )
        first = client.call("POST", "/conversations", params=token, json={"message": {"content": "Hola"}})

        def write(text: str, echo_id: str) -> Json:
            message = {"message": {"content": text, "echo_id": echo_id}}
            return dict(client.call("POST", "/messages", params=token, json=message))

        def page(after: int) -> list[int]:
            found = client.call("GET", "/messages", params={**token, "after": after})["payload"]
            return [row["id"] for row in found]

        return Talk(first["id"], write, _all_after(page), config["contact"]["pubsub_token"])

    def _caller(self) -> Talk:
        base = f"{self.place.product.url}/public/api/v1/inboxes/{self.program['inbox_identifier']}/contacts"
        contact = httpx.post(base, json={"name": "Carla"}, timeout=20).raise_for_status().json()
        client = Persistent(f"{base}/{contact['source_id']}/conversations")
        number = client.call("POST", "", json={})["id"]

        def write(text: str, echo_id: str) -> Json:
            given = {"content": text, "echo_id": echo_id}
            return dict(client.call("POST", f"/{number}/messages", json=given))

        def page(after: int) -> list[int]:
            found: list[int] = []
            while True:
                params = {"before": found[0]} if found else {}
                older = [row["id"] for row in client.call("GET", f"/{number}/messages", params=params)]
                found = [*older, *found]
                if not older or older[0] <= after:
                    return [message for message in found if message > after]

        return Talk(number, write, page, contact["pubsub_token"])

    # Writing.

    def customer_writes(self, talks: list[Talk]) -> None:
        """Each of them in turn, the next message only once the one before was acknowledged."""
        for turn in range(FROM_EACH):
            for talk in talks:
                key = f"customer {talk.number} {turn}"
                self.acknowledged[key] = talk.write(key, key)["id"]

    def agent_writes(self, talks: list[Talk]) -> None:
        client = self.agent()
        self.clients.append(client)
        for turn in range(REPLIES_TO_EACH):
            for talk in talks:
                key = f"agent {talk.number} {turn}"
                given = {"content": key, "echo_id": key, "private": False}
                answer = client.call("POST", f"/conversations/{talk.number}/messages", json=given)
                self.acknowledged[key] = answer["id"]

    # Reading.

    def messages(self, number: int, after: int = 0) -> list[Json]:
        """Everything of a conversation as the agent reads it, oldest first."""
        client, found = self.agent(), []
        while True:
            # An `after` of 0 is a message id like any other.
            params = {"after": found[-1]["id"] if found else after}
            page = client.call("GET", f"/conversations/{number}/messages", params=params)["payload"]
            if not page:
                return found
            found += page

    def load(self) -> Json:
        """What a desk shows after a fresh load."""
        params = {"status": "all", "assignee_type": "all"}
        rows = self.reader.call("GET", "/conversations", params=params)["data"]["payload"]
        assert len(rows) == VISITORS + CALLERS
        messages = {row["id"]: row for talk in rows for row in self.messages(talk["id"])}
        return {"conversations": {row["id"]: row for row in rows}, "messages": messages}

    # Listening.

    def listeners(self) -> list[CableListener | LiveListener]:
        port, product = self.place.port, self.place.product
        profile = httpx.get(
            f"{product.url}/api/v1/profile", headers={"api_access_token": self.ana.token}
        ).json()
        identity = {"account_id": self.ana.account_id, "user_id": self.ana.id}
        numbers = [talk.number for talk in self.talks]

        def fetch(number: int, after: int) -> list[int]:
            return [row["id"] for row in self.messages(number, after)]

        made: list[CableListener | LiveListener] = [
            CableListener(
                f"agent's cable {n}",
                port,
                {"pubsub_token": profile["pubsub_token"], **identity},
                numbers,
                fetch,
            )
            for n in range(2)
        ]
        for talk in (*self.visitors[:2], *self.callers[:2]):
            made.append(
                CableListener(
                    f"customer's cable {talk.number}", port, {"pubsub_token": talk.pubsub_token}, [talk.number],
                    lambda _number, after, talk=talk: talk.page(after),
                )
            )  # fmt: skip
        given = {"email": self.ana.email, "password": self.ana.password}
        for n in range(2):
            cookies = (
                httpx.post(f"{product.url}/api/desk/session", json=given, timeout=20)
                .raise_for_status()
                .cookies
            )
            cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
            made.append(LiveListener(f"desk {n}", port, self.ana.account_id, cookie, self.load))
        return made


def _all_after(page: Callable[[int], list[int]]) -> Callable[[int], list[int]]:
    def fetch(after: int) -> list[int]:
        found: list[int] = []
        while more := page(found[-1] if found else after):
            found += more
        return found

    return fetch


def _wait_for(what: str, holds: Callable[[], bool], *, moves: Callable[[], Any] = lambda: None) -> None:
    """Until it holds. Only a standstill of `moves` is a failure: a busy machine may take as long as it needs."""
    end, seen = time.monotonic() + STANDSTILL_SECONDS, moves()
    while not holds():
        if (now := moves()) != seen:
            end, seen = time.monotonic() + STANDSTILL_SECONDS, now
        assert time.monotonic() < end, f"stands still: {what} ({seen})"
        time.sleep(0.25)


def _write_all(story: Story) -> list[threading.Thread]:
    work: list[tuple[Callable[[list[Talk]], None], list[Talk]]] = [
        (story.customer_writes, story.visitors[:5]),
        (story.customer_writes, story.visitors[5:]),
        (story.customer_writes, story.callers[:5]),
        (story.customer_writes, story.callers[5:]),
        (story.agent_writes, story.talks),
    ]
    threads = [threading.Thread(target=do, args=(talks,), daemon=True) for do, talks in work]
    for thread in threads:
        thread.start()
    return threads


def _plan() -> list[tuple[int, str]]:
    moments = random.Random()
    kills = ["web"] * 8 + ["every web"] * 3 + ["worker"] * 5 + ["every worker"]
    return [(moments.randrange(20, MESSAGES - 60), name) for name in kills]


@pytest.mark.feature("Z-01", "Z-02", "V-RTM-01", "V-RTM-03", "I-05")
def test_nothing_is_lost_or_doubled_while_everything_is_killed(
    place: Installation, receiver: Receiver
) -> None:
    story = Story(place, receiver.url)
    listeners = story.listeners()
    for listener in listeners:
        listener.start()
    _wait_for("every socket stands", lambda: all(who.connections for who in listeners))

    chaos = Chaos(place, lambda: len(story.acknowledged), _plan())
    chaos.start()
    writers = _write_all(story)
    _wait_for(
        "everything is acknowledged",
        lambda: not any(writer.is_alive() for writer in writers) or any(who.fault for who in listeners),
        moves=lambda: len(story.acknowledged),
    )
    assert not [listener.fault for listener in listeners if listener.fault]
    assert len(story.acknowledged) == MESSAGES
    chaos.join(60)
    assert not chaos.is_alive()
    assert sum(slot.kills for slot in place.slots) >= 17

    # Each acknowledged message is there exactly once, in the order its writer wrote.
    written = {talk.number: story.messages(talk.number) for talk in story.talks}
    for talk in story.talks:
        for who, count in (("customer", FROM_EACH), ("agent", REPLIES_TO_EACH)):
            mine = [row for row in written[talk.number] if str(row["content"]).startswith(f"{who} ")]
            keys = [f"{who} {talk.number} {turn}" for turn in range(count)]
            assert [row["content"] for row in mine] == keys
            assert [row["id"] for row in mine] == [story.acknowledged[key] for key in keys]

    # Each socket heard it once and in order.
    ids = {number: [row["id"] for row in rows] for number, rows in written.items()}
    public = {
        number: [row["id"] for row in rows if not row["private"] and row["message_type"] != 2]
        for number, rows in written.items()
    }
    everything = {message for rows in ids.values() for message in rows}
    for listener in listeners:
        if isinstance(listener, CableListener):
            expected = public if listener.name.startswith("customer") else ids
            _wait_for(
                f"{listener.name} knows everything",
                lambda: all(len(listener.known[n]) >= len(expected[n]) for n in listener.conversations),  # noqa: B023
                moves=lambda: sum(map(len, listener.known.values())),  # noqa: B023
            )
        else:
            _wait_for(
                f"{listener.name} shows everything",
                lambda: everything <= set(listener.messages),  # noqa: B023
                moves=lambda: len(listener.messages),  # noqa: B023
            )

    # The system behind the inbox was told of each message, however often it failed.
    outside = {message for talk in story.callers for message in public[talk.number]}
    _wait_for(
        "every webhook was taken", lambda: outside <= receiver.told(), moves=lambda: len(receiver.calls)
    )
    settled = _settled(story)
    for listener in listeners:
        listener.over.set()
    for listener in listeners:
        listener.join(10)
        assert listener.fault is None
        if isinstance(listener, CableListener):
            listener.check(public if listener.name.startswith("customer") else ids)
        else:
            listener.check(settled)
            assert listener.resumes, f"{listener.name} never had to resume"
    receiver.check(outside, key=story.program["hmac_token"])
    troubles = [line for client in story.clients for line in client.troubles]
    assert not troubles, "\n".join(troubles[:5])
    print(json.dumps(_figures(story, place, listeners, receiver)))


def _settled(story: Story) -> Json:
    """A fresh load once the workers have nothing more to change."""
    before: Any = None
    while True:
        now = story.load()
        if json.dumps(now, sort_keys=True) == before:
            return now
        before = json.dumps(now, sort_keys=True)
        time.sleep(1)


def _figures(story: Story, place: Installation, listeners: list[Any], receiver: Receiver) -> Json:
    return {
        "kills": {name: sum(s.kills for s in place.slots if s.name == name) for name in ("web", "worker")},
        "connections": {listener.name: listener.connections for listener in listeners},
        "resumes": [listener.resumes for listener in listeners if isinstance(listener, LiveListener)],
        "resets": [listener.resets for listener in listeners if isinstance(listener, LiveListener)],
        "webhook_calls": len(receiver.calls),
        "webhook_faults": sum(status != 200 for *_rest, status in receiver.calls),
        "messages": len(story.acknowledged),
    }
