"""The socket, spoken to by the package that the contract's clients are built on."""

from __future__ import annotations

import itertools
import json
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.product import Person, Product

_numbers = itertools.count(1)
FOLDER = Path(__file__).parent
JsonObject = dict[str, Any]


class Client:
    """A running `cable.mjs`."""

    def __init__(self, url: str, identifier: JsonObject) -> None:
        self.process = subprocess.Popen(
            ["node", "cable.mjs", url.replace("http", "ws", 1) + "/cable", json.dumps(identifier)],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines: queue.Queue[JsonObject] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def hears(self, event: str, *, seconds: float = 10) -> JsonObject:
        """What came with the next event of that kind."""
        deadline = time.monotonic() + seconds
        while True:
            said = self.lines.get(timeout=max(0.01, deadline - time.monotonic()))
            if said["event"] == event:
                return dict(said["data"] or {})

    def receives(self, name: str, *, seconds: float = 10) -> JsonObject:
        """The data of the next message of that name."""
        deadline = time.monotonic() + seconds
        while True:
            message = self.hears("received", seconds=deadline - time.monotonic())
            if message["event"] == name:
                return dict(message["data"])

    def perform(self, action: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(action + "\n")
        self.process.stdin.flush()

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no Node on this machine")
    if not (FOLDER / "node_modules" / "@rails" / "actioncable").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=FOLDER, check=True)


@pytest.fixture
def connect(product: Product) -> Iterator[Callable[[JsonObject], Client]]:
    clients: list[Client] = []

    def open_one(identifier: JsonObject) -> Client:
        clients.append(Client(product.url, {"channel": "RoomChannel", **identifier}))
        return clients[-1]

    yield open_one
    for client in clients:
        client.close()


@pytest.fixture
def agent(product: Product) -> Person:
    number = next(_numbers)
    email = f"ana{number}@cable.example"
    return product.add_person(f"Cable {number}", name="Ana Agente", email=email, role="administrator")


@pytest.fixture
def visitor(product: Product, agent: Person) -> Iterator[tuple[httpx.Client, JsonObject, int]]:
    """A customer of an API inbox with a conversation: their client, what they were told, the conversation's number."""
    with product.api(agent) as api, httpx.Client(base_url=product.url, timeout=20) as client:
        inbox = (
            api.post("/inboxes", json={"name": "Tienda", "channel": {"type": "api"}})
            .raise_for_status()
            .json()
        )
        base = f"/public/api/v1/inboxes/{inbox['inbox_identifier']}/contacts"
        contact = client.post(base, json={"name": "Carla"}).raise_for_status().json()
        own = f"{base}/{contact['source_id']}/conversations"
        conversation = client.post(own, json={}).raise_for_status().json()
        client.base_url = httpx.URL(f"{product.url}{own}/{conversation['id']}")
        yield client, contact, conversation["id"]


@pytest.mark.feature("V-RTM-01", "W-11")
def test_agent_and_customer_talk_and_both_hear_it(
    product: Product,
    agent: Person,
    visitor: tuple[httpx.Client, JsonObject, int],
    connect: Callable[[JsonObject], Client],
) -> None:
    customer, contact, number = visitor
    with product.api(agent) as api:
        profile = httpx.get(f"{product.url}/api/v1/profile", headers={"api_access_token": agent.token}).json()
        desk = connect(
            {"pubsub_token": profile["pubsub_token"], "account_id": agent.account_id, "user_id": agent.id}
        )
        page = connect({"pubsub_token": contact["pubsub_token"]})
        desk.hears("connected")
        page.hears("connected")

        customer.post("/messages", json={"content": "¿Está listo mi pedido?"}).raise_for_status()
        heard = desk.receives("message.created")
        assert (heard["content"], heard["message_type"], heard["conversation_id"]) == (
            "¿Está listo mi pedido?",
            0,
            number,
        )
        assert heard["account_id"] == agent.account_id

        api.post(
            f"/conversations/{number}/messages", json={"content": "Sale hoy", "private": False}
        ).raise_for_status()
        while (heard := page.receives("message.created"))["message_type"] != 1:
            pass
        assert heard["content"] == "Sale hoy"


def test_presence_is_answered(
    product: Product, agent: Person, connect: Callable[[JsonObject], Client]
) -> None:
    profile = httpx.get(f"{product.url}/api/v1/profile", headers={"api_access_token": agent.token}).json()
    desk = connect(
        {"pubsub_token": profile["pubsub_token"], "account_id": agent.account_id, "user_id": agent.id}
    )
    desk.hears("connected")
    assert desk.receives("presence.update")["users"][str(agent.id)] == "online"

    desk.perform("update_presence")

    assert desk.receives("presence.update")["account_id"] == agent.account_id


def test_a_bad_token_is_rejected(connect: Callable[[JsonObject], Client]) -> None:
    connect({"pubsub_token": "made-up"}).hears("rejected")


def test_the_connection_is_held_by_pings_and_comes_back_after_a_loss(
    product: Product, agent: Person, connect: Callable[[JsonObject], Client]
) -> None:
    profile = httpx.get(f"{product.url}/api/v1/profile", headers={"api_access_token": agent.token}).json()
    desk = connect(
        {"pubsub_token": profile["pubsub_token"], "account_id": agent.account_id, "user_id": agent.id}
    )
    desk.hears("connected")
    with pytest.raises(queue.Empty):  # the library gives a silent connection up after 6 s
        desk.hears("disconnected", seconds=7)

    desk.perform("reconnect")

    desk.hears("disconnected")
    desk.hears("connected", seconds=15)
