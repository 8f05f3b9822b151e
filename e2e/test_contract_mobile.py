"""The contract's mobile app on the running product: what it keeps of its sign-in, and what its socket hears."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from e2e.conftest import Customer, Team
from e2e.product import Person, Product


class Phone:
    """The app: three headers and one socket."""

    def __init__(self, product: Product, person: Person) -> None:
        given = {"email": person.email, "password": person.password}
        answer = httpx.post(f"{product.url}/auth/sign_in", json=given, timeout=20).raise_for_status()
        self.account_id = person.account_id
        self.user = answer.json()["data"]
        headers = {name: answer.headers[name] for name in ("access-token", "uid", "client")}
        base = f"{product.url}/api/v1/accounts/{person.account_id}"
        self.http = httpx.Client(base_url=base, headers=headers, timeout=20)
        identity = {
            "pubsub_token": self.user["pubsub_token"],
            "account_id": person.account_id,
            "user_id": person.id,
        }
        self.identifier = json.dumps({"channel": "RoomChannel", **identity}, separators=(" , ", " : "))
        self.socket: ClientConnection = connect(
            product.url.replace("http", "ws", 1) + "/cable",
            subprotocols=["actioncable-v1-json", "actioncable-unsupported"],  # type: ignore[list-item]
            additional_headers={"Origin": "http://localhost"}, proxy=None, legacy=True,
        )  # fmt: skip
        assert self.socket.subprotocol == "actioncable-v1-json"
        assert self.frame() == {"type": "welcome"}
        self.socket.send(json.dumps({"command": "subscribe", "identifier": self.identifier}))
        assert self.frame() == {"identifier": self.identifier, "type": "confirm_subscription"}

    def frame(self) -> dict[str, Any]:
        """The next frame that is no ping."""
        said = {"type": "ping"}
        pings = 0
        while said.get("type") == "ping" and pings < 6:
            said = dict(json.loads(self.socket.recv(timeout=10)))
            pings += 1
        return said

    def hear(self, events: set[str]) -> dict[str, dict[str, Any]]:
        """Listen until each of these came; every one is of this account, or the app would drop it."""
        heard: dict[str, dict[str, Any]] = {}
        end = time.monotonic() + 15
        while not events <= set(heard):
            assert time.monotonic() < end, f"not heard: {events - set(heard)}, only {set(heard)}"
            said = self.frame()
            if said.get("type") == "ping":
                continue
            assert said["identifier"] == self.identifier
            message = said["message"]
            assert message["data"]["account_id"] == self.account_id, message
            heard[message["event"]] = message["data"]
        return heard

    def ok(self, method: str, path: str, **given: Any) -> Any:
        answer = self.http.request(method, path, **given)
        assert answer.status_code == 200, answer.text
        assert "access-token" not in answer.headers
        return answer.json() if answer.content else None


@pytest.fixture
def ana(team: Team) -> Person:
    return team.agent("Bruno Bravo")


@pytest.fixture
def customer(team: Team, ana: Person) -> Customer:
    made = team.program(ana)
    with team.product.api(team.admin) as api:  # someone who is there would be given the conversation at once
        inbox = api.get("/inboxes").raise_for_status().json()["payload"][0]
        api.patch(f"/inboxes/{inbox['id']}", json={"enable_auto_assignment": False}).raise_for_status()
    return made


@pytest.fixture
def phone(product: Product, ana: Person, customer: Customer) -> Iterator[Phone]:
    made = Phone(product, ana)
    yield made
    made.socket.close()
    made.http.close()


def test_the_app_finds_a_version_before_anybody_signs_in(product: Product) -> None:
    answer = httpx.get(f"{product.url}/api", timeout=20)
    assert answer.status_code == 200
    assert tuple(map(int, answer.json()["version"].split("."))) >= (3, 13, 0)


@pytest.mark.feature("V-RTM-01")
def test_the_socket_tells_the_app_everything_it_handles(phone: Phone, customer: Customer, team: Team) -> None:
    phone.socket.send(
        json.dumps(
            {"command": "message", "identifier": phone.identifier, "data": '{"action":"update_presence"}'}
        )
    )
    present = phone.hear({"presence.update"})["presence.update"]
    assert present["users"][str(phone.user["id"])] == "online"

    number = customer.starts("¿Hay azul?")
    heard = phone.hear({"conversation.created", "message.created"})
    assert (heard["message.created"]["message_type"], heard["message.created"]["conversation_id"]) == (
        0,
        number,
    )

    at = f"/conversations/{number}"
    with team.product.api(team.admin) as admin:
        admin.post(f"{at}/assignments", json={"assignee_id": phone.user["id"]}).raise_for_status()
        told = phone.hear({"assignee.changed", "notification.created"})
        assert told["assignee.changed"]["meta"]["assignee"]["id"] == phone.user["id"]
        assert told["notification.created"]["unread_count"] >= 1
        admin.post(f"{at}/toggle_typing_status", json={"typing_status": "on", "is_private": False})
        phone.hear({"conversation.typing_on"})
        admin.post(f"{at}/toggle_typing_status", json={"typing_status": "off", "is_private": False})
        phone.hear({"conversation.typing_off"})

    sent = phone.ok("POST", f"{at}/messages", json={"content": "Sí", "private": False, "echo_id": "e-1"})
    assert phone.hear({"message.created"})["message.created"]["echo_id"] == "e-1"
    phone.ok("DELETE", f"{at}/messages/{sent['id']}")
    assert phone.hear({"message.updated"})["message.updated"]["content_attributes"]["deleted"] is True
    phone.ok("POST", f"{at}/toggle_status", json={"status": "resolved"})
    assert phone.hear({"conversation.status_changed"})["conversation.status_changed"]["status"] == "resolved"
    seen = f"{customer._base}/contacts/{customer.source_id}/conversations/{number}/update_last_seen"
    httpx.post(seen, timeout=20).raise_for_status()
    assert phone.hear({"conversation.read"})["conversation.read"]["id"] == number
    contact_id = phone.ok("GET", at)["meta"]["sender"]["id"]
    phone.ok("PUT", f"/contacts/{contact_id}", json={"name": "Carla C."})
    assert phone.hear({"contact.updated"})["contact.updated"]["name"] == "Carla C."
    notification = phone.ok("GET", "/notifications")["data"]["payload"][0]
    phone.ok("DELETE", f"/notifications/{notification['id']}")
    assert (
        phone.hear({"notification.deleted"})["notification.deleted"]["notification"]["id"]
        == notification["id"]
    )
