"""The API, called by the SDK that integrators install."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.product import Person, Product

FOLDER = Path(__file__).parent
_numbers = itertools.count(1)


class Sdk:
    """A running `sdk.mjs`."""

    def __init__(self, url: str, person: Person) -> None:
        self.account_id = person.account_id
        self.process = subprocess.Popen(
            ["node", "sdk.mjs", url, person.token],
            cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def says(self, name: str, **given: Any) -> dict[str, Any]:
        """What the SDK answered: `result`, or `status` and `error`."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps([name, given]) + "\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))

    def call(self, name: str, **given: Any) -> Any:
        """The result of a call of the public client API."""
        said = self.says(name, **given)
        assert "error" not in said, f"{name}: {said}"
        return said["result"]

    def __call__(self, name: str, **given: Any) -> Any:
        """The result of a call in the account."""
        return self.call(name, accountId=self.account_id, **given)

    def refused(self, name: str, **given: Any) -> int:
        """The status with which a call in the account is refused."""
        said = self.says(name, accountId=self.account_id, **given)
        assert "error" in said, f"{name}: {said}"
        return int(said["status"])

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no Node on this machine")
    if not (FOLDER / "node_modules" / "@figuro" / "chatwoot-sdk").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=FOLDER, check=True)


@pytest.fixture
def ana(product: Product) -> Person:
    number = next(_numbers)
    email = f"ana{number}@sdk.example"
    return product.add_person(f"SDK {number}", name="Ana Agente", email=email, role="administrator")


@pytest.fixture
def sdk(product: Product, ana: Person) -> Iterator[Sdk]:
    made = Sdk(product.url, ana)
    yield made
    made.close()


@pytest.fixture
def inbox(sdk: Sdk, ana: Person) -> dict[str, Any]:
    made = sdk("inboxes.create", data={"name": "Programa", "channel": {"type": "api"}})
    sdk("inboxes.addAgent", data={"inbox_id": str(made["id"]), "user_ids": [ana.id]})
    return dict(made)


def test_profile_agents_and_teams(sdk: Sdk, ana: Person) -> None:
    assert sdk.call("profile.profile")["email"] == ana.email
    assert [agent["id"] for agent in sdk("agents.list")] == [ana.id]
    bruno = {"name": "Bruno", "email": f"bruno{ana.id}@sdk.example", "role": "agent"}
    made = sdk("agents.create", data={**bruno, "availability_status": "available", "auto_offline": True})
    assert (made["name"], made["role"], made["confirmed"]) == ("Bruno", "agent", False)
    changed = sdk("agents.update", id=made["id"], data={"role": "administrator"})
    assert changed["role"] == "administrator"
    assert [agent["name"] for agent in sdk("agents.list")] == ["Ana Agente", "Bruno"]

    team = sdk("teams.create", data={"name": "Ventas", "description": "Antes", "allow_auto_assign": False})
    assert (team["name"], team["allow_auto_assign"], team["is_member"]) == ("ventas", False, False)
    assert sdk("teams.update", teamId=team["id"], data={"description": "Después"})["description"] == "Después"
    assert sdk("teams.get", teamId=team["id"])["description"] == "Después"
    assert [row["id"] for row in sdk("teams.list")] == [team["id"]]
    sdk("teams.delete", teamId=team["id"])
    assert sdk("teams.list") == []
    assert sdk.refused("teams.get", teamId=team["id"]) == 404
    sdk("agents.delete", id=made["id"])
    assert [agent["id"] for agent in sdk("agents.list")] == [ana.id]


@pytest.mark.feature("I-01")
def test_inboxes_and_their_members(sdk: Sdk, ana: Person) -> None:
    api = sdk("inboxes.create", data={"name": "Programa", "channel": {"type": "api", "webhook_url": ""}})
    channel = {"type": "web_widget", "website_url": "https://tienda.example", "widget_color": "#0b5c66"}
    site = sdk("inboxes.create", data={"name": "Tienda", "channel": channel})
    assert (api["channel_type"], site["channel_type"]) == ("Channel::Api", "Channel::WebWidget")
    assert site["website_token"] in site["web_widget_script"]
    members = {"inbox_id": str(api["id"]), "user_ids": [ana.id]}
    added = sdk("inboxes.addAgent", data=members)
    assert [agent["id"] for agent in added["payload"]] == [ana.id]
    assert [agent["id"] for agent in sdk("inboxes.updateAgentsInInbox", data=members)["payload"]] == [ana.id]
    assert [agent["id"] for agent in sdk("inboxes.listAgents", inboxId=api["id"])["payload"]] == [ana.id]
    assert {row["id"] for row in sdk("inboxes.list")["payload"]} == {api["id"], site["id"]}
    changed = sdk("inboxes.update", id=site["id"], data={"name": "Tienda nueva", "greeting_enabled": True})
    assert (changed["name"], changed["greeting_enabled"]) == ("Tienda nueva", True)
    assert sdk("inboxes.get", id=site["id"])["name"] == "Tienda nueva"
    assert sdk("inboxes.getAgentBot", id=site["id"]) == {}
    sdk("inboxes.updateAgentBot", id=site["id"], data={"agent_bot": None})


def test_contacts_custom_attributes_and_filters(sdk: Sdk, inbox: dict[str, Any]) -> None:
    plan = {
        "attribute_display_name": "Plan", "attribute_display_type": 0, "attribute_description": "Qué paga",
        "attribute_key": "plan", "attribute_model": 1,
    }  # fmt: skip
    definition = sdk("customAttributes.create", data=plan)
    assert (definition["attribute_key"], definition["attribute_model"]) == ("plan", "contact_attribute")
    assert [row["id"] for row in sdk("customAttributes.list", attributeModel="1")] == [definition["id"]]
    assert sdk("customAttributes.list", attributeModel="0") == []
    assert sdk("customAttributes.get", id=definition["id"])["attribute_display_name"] == "Plan"

    carla = {
        "inbox_id": inbox["id"], "name": "Carla", "email": "carla@example.com", "phone_number": "+56912345678",
        "custom_attributes": {"plan": "oro"},
    }  # fmt: skip
    made = sdk("contacts.create", data=carla)["payload"]
    contact_id = made["contact"]["id"]
    assert made["contact_inbox"]["source_id"]
    assert sdk("contacts.get", id=contact_id)["payload"]["custom_attributes"] == {"plan": "oro"}
    updated = sdk("contacts.update", id=contact_id, data={"name": "Carla Cliente"})["payload"]
    assert (updated["name"], updated["email"]) == ("Carla Cliente", "carla@example.com")
    listed = sdk("contacts.list", sort="name", page=1)
    assert (listed["meta"]["count"], listed["payload"][0]["id"]) == (1, contact_id)
    assert sdk("contacts.search", q="carla@", sort="-email")["payload"][0]["id"] == contact_id
    wanted = {
        "attribute_key": "plan",
        "filter_operator": "equal_to",
        "values": ["oro"],
        "query_operator": None,
    }
    assert [row["id"] for row in sdk("contacts.filter", payload=[wanted], page=1)["payload"]] == [contact_id]
    assert sdk("contacts.listConversations", id=contact_id) == {"payload": []}
    offered = sdk("contact.getContactable", id=contact_id)["payload"]
    assert [row["inbox"]["id"] for row in offered] == [inbox["id"]]
    identity = sdk("contact.create", id=contact_id, data={"inbox_id": inbox["id"]})
    assert identity["inbox"]["id"] == inbox["id"]
    assert identity["source_id"]

    sdk("customAttributes.update", id=definition["id"], data={"attribute_display_name": "Plan pagado"})
    assert sdk("customAttributes.get", id=definition["id"])["attribute_display_name"] == "Plan pagado"
    sdk("customAttributes.delete", id=definition["id"])
    assert sdk("customAttributes.list", attributeModel="1") == []
    sdk("contacts.delete", id=contact_id)
    assert sdk.refused("contacts.get", id=contact_id) == 404


@pytest.mark.feature("I-05")
def test_conversations_their_messages_labels_and_assignment(
    sdk: Sdk, ana: Person, inbox: dict[str, Any]
) -> None:
    carla = {"inbox_id": inbox["id"], "name": "Carla", "email": "carla@example.com"}
    made = sdk("contacts.create", data=carla)["payload"]
    begun = {
        "source_id": made["contact_inbox"]["source_id"], "inbox_id": str(inbox["id"]),
        "contact_id": str(made["contact"]["id"]), "status": "open",
    }  # fmt: skip
    number = sdk("conversations.create", data=begun)["id"]
    at = {"conversationId": number}

    asked = sdk("messages.create", **at, data={"content": "¿Hay azul?", "message_type": "incoming"})
    assert (asked["message_type"], asked["sender"]["type"]) == (0, "contact")
    quoted = {
        "content": "Sí",
        "message_type": "outgoing",
        "private": False,
        "content_attributes": {"in_reply_to": asked["id"]},
    }
    answered = sdk("messages.create", **at, data=quoted)
    assert (answered["message_type"], answered["private"]) == (1, False)
    assert answered["content_attributes"]["in_reply_to"] == asked["id"]
    note = sdk("messages.create", **at, data={"content": "Ojo", "private": True})
    assert note["private"] is True
    file = {"content": "SG9sYQ==", "encoding": "base64", "filename": "hola.txt"}
    sent = sdk("messages.create", **at, data={"content": "Mira", "attachments": [file]})
    assert [row["file_type"] for row in sent["attachments"]] == ["file"]
    listed = sdk("messages.list", **at)
    public = [row["content"] for row in listed["payload"] if row["message_type"] != 2]
    assert public == ["¿Hay azul?", "Sí", "Ojo", "Mira"]
    assert sdk("messages.delete", **at, messageId=note["id"])["content_attributes"]["deleted"] is True

    assert sdk("conversationLabels.list", **at) == {"payload": []}
    assert sdk("conversationLabels.add", **at, data={"labels": ["pedido"]}) == {"payload": ["pedido"]}
    assert sdk("conversationAssignment.assign", **at, data={"assignee_id": str(ana.id)})["id"] == ana.id
    shown = sdk("conversations.get", **at)
    assert (shown["labels"], shown["meta"]["assignee"]["id"]) == (["pedido"], ana.id)
    assert sdk("conversations.getMeta")["meta"]["mine_count"] == 1
    rows = sdk("conversations.list", assigneeType="me", labels=["pedido"])["data"]
    assert ([row["id"] for row in rows["payload"]], rows["meta"]["all_count"]) == ([number], 1)
    condition = {
        "attribute_key": "status",
        "filter_operator": "equal_to",
        "values": ["open"],
        "query_operator": None,
    }
    assert [row["id"] for row in sdk("conversations.filter", payload=[condition], page=1)["payload"]] == [
        number
    ]
    toggled = sdk("conversations.toggleStatus", **at, data={"status": "resolved"})["payload"]
    assert (toggled["success"], toggled["current_status"]) == (True, "resolved")
    assert sdk("conversations.list", status="open")["data"]["payload"] == []
    rows = sdk("contacts.listConversations", id=made["contact"]["id"])["payload"]
    assert [row["id"] for row in rows] == [number]


@pytest.mark.feature("I-05")
def test_a_customers_program_writes_through_the_public_api(sdk: Sdk, inbox: dict[str, Any]) -> None:
    door = {"inboxIdentifier": inbox["inbox_identifier"]}
    contact = sdk.call("client.contacts.create", **door, data={"name": "Carla", "email": "carla@example.com"})
    who = {**door, "contactIdentifier": contact["source_id"]}
    assert contact["pubsub_token"]
    assert sdk.call("client.contacts.get", **who)["email"] == "carla@example.com"
    assert sdk.call("client.contacts.update", **who, data={"name": "Carla C."})["name"] == "Carla C."
    begun = sdk.call("client.conversations.create", **who)
    assert [row["id"] for row in sdk.call("client.conversations.list", **who)] == [begun["id"]]
    where = {**who, "conversationId": begun["id"]}
    written = sdk.call("client.messages.create", **where, data={"content": "Hola", "echo_id": "e1"})
    assert (written["content"], written["message_type"]) == ("Hola", 0)
    sdk("messages.create", conversationId=begun["id"], data={"content": "Hola, Carla"})
    sdk("messages.create", conversationId=begun["id"], data={"content": "nota", "private": True})
    read = sdk.call("client.messages.list", **where)
    assert [row["content"] for row in read] == ["Hola", "Hola, Carla"]


def test_a_token_that_is_not_known_is_refused_as_the_sdk_expects(product: Product, ana: Person) -> None:
    stranger = Sdk(product.url, Person(ana.id, ana.account_id, ana.email, ana.role, "made-up", ana.name))
    try:
        assert stranger.refused("conversations.list") == 401
    finally:
        stranger.close()
