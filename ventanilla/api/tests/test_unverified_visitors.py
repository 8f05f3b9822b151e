"""Whoever is not vouched for neither learns nor changes what is known of anyone (decision Q-16)."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.test import Client

from ventanilla.accounts.models import Account
from ventanilla.contacts.commands.contacts import create_contact, update_contact
from ventanilla.contacts.commands.hearing import begin_session, hear_visitor
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.contacts.commands.notes import create_note
from ventanilla.contacts.models import Contact, ContactInbox, ContactNote
from ventanilla.contacts.visitors import visitor_token
from ventanilla.conversations.commands import NewMessage, post_message, receive_message, start_conversation
from ventanilla.conversations.models import Conversation, Message
from ventanilla.conversations.rendering import conversation_events, message_events
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.names import is_visitor_name
from ventanilla.labels.commands import create_label

KNOWN = {
    "email": "vicky@victim.example",
    "phone_number": "+34600111222",
    "identifier": "crm-77",
}
# What no one outside may ever read.
SECRETS = (
    "Victoria Secreta", "purpura", "Ciudad Oculta", "privado-uno", "privado-dos", "nota-interna",
    "moroso", "otra@victim.example",
)  # fmt: skip
_VOLATILE = {
    "id", "uuid", "source_id", "pubsub_token", "auth_token", "widget_auth_token", "website_token", "conversation_id",
    "inbox_id", "created_at", "contact_last_seen_at", "agent_last_seen_at", "website_name", "message_id",
}  # fmt: skip


def make_inboxes(account: Account) -> tuple[Inbox, Inbox]:
    """A website inbox that greets by name and asks for the email, and an API inbox."""
    web = Inbox.objects.create(
        account=account,
        name="Web",
        kind="webchat",
        greeting_enabled=True,
        greeting_message="Hola {{contact.name}} {{contact.email}} {{contact.custom_attribute.vault-color}}",
    )
    return web, Inbox.objects.create(account=account, name="App", kind="api")


def make_victim(account: Account, inboxes: tuple[Inbox, Inbox], ana: Any) -> Contact:
    """Someone well known: by import, mail, a session of her own and one that was signed; edited by an agent."""
    victim = create_contact(account, by=ana, name="Victoria Secreta", **KNOWN)
    update_contact(
        victim,
        by=ana,
        custom_attributes={"vault-color": "purpura"},
        additional_attributes={"city": "Ciudad Oculta"},
    )
    create_note(victim, content="nota-interna", by=ana)
    for inbox, source in ((inboxes[0], "victim-web"), (inboxes[1], "victim-api")):
        session = create_contact_inbox(victim, inbox=inbox, source_id=source, hmac_verified=True)
        conversation = start_conversation(session, by=victim)
        receive_message(conversation, NewMessage("privado-uno"), sender=victim)
        post_message(conversation, NewMessage("privado-dos"), by=ana)
    return victim


def state_of(victim: Contact) -> Any:
    """All that is stored about the victim."""
    contact = Contact.objects.get(pk=victim.pk)
    conversations = Conversation.objects.filter(contact=contact).order_by("pk")
    return (
        {key: str(value) for key, value in model_to_dict(contact).items()},
        contact.version,
        list(ContactInbox.objects.filter(contact=contact).order_by("pk").values()),
        [model_to_dict(row) for row in conversations],
        list(Message.objects.filter(conversation__in=conversations).order_by("pk").values()),
        list(ContactNote.objects.filter(contact=contact).values()),
    )


class Attacker:
    """Speaks at every door of one account's inboxes without a signature, and keeps every answer."""

    def __init__(self, inboxes: tuple[Inbox, Inbox]) -> None:
        self.web, self.app = inboxes
        self.client = Client()
        self.answers: list[tuple[int, str]] = []
        config = self.widget("POST", "/config").json()
        self.token = config["website_channel_config"]["auth_token"]
        self.source = self.public("POST", "/contacts", {}).json()["source_id"]
        self.number = 0

    token = ""

    def _call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        data = json.dumps(body) if body is not None else ""
        answer = self.client.generic(
            method, path, data=data, content_type="application/json", headers=headers
        )
        self.answers.append((answer.status_code, answer.content.decode()))
        return answer

    def widget(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"X-Auth-Token": self.token} if self.token else {}
        return self._call(method, f"/api/v1/widget{path}?website_token={self.web.identifier}", body, headers)

    def public(self, method: str, path: str, body: Any = None) -> Any:
        return self._call(method, f"/public/api/v1/inboxes/{self.app.identifier}{path}", body, {})

    @property
    def session(self) -> ContactInbox:
        return next(
            row for row in ContactInbox.objects.filter(inbox=self.web) if visitor_token(row) == self.token
        )

    def sessions(self) -> list[ContactInbox]:
        return list(ContactInbox.objects.exclude(source_id__startswith="victim-"))

    def socket_says(self) -> str:
        """Everything that events tell this attacker's sockets."""
        conversations = Conversation.objects.filter(contact_inbox__in=self.sessions())
        ids = list(conversations.values_list("pk", flat=True))
        messages = list(
            Message.objects.filter(conversation__in=ids, private=False).values_list("pk", flat=True)
        )
        account_id = self.web.account_id
        told = [
            *conversation_events(ids, account_id=account_id, for_contact=True).values(),
            *message_events(messages, account_id=account_id, for_contact=True).values(),
        ]
        return b"".join(told).decode()


# ── a random attack ───────────────────────────────────────────────────────────────────────────────────

_SPELT: dict[str, tuple[str, ...]] = {
    "email": ("vicky@victim.example", "VICKY@Victim.Example", "  vicky@victim.example "),
    "phone_number": ("+34600111222", "0034 600 111 222", "+34 (600) 11-12-22"),
    "identifier": ("crm-77", " crm-77 "),
}


def words(dice: random.Random) -> dict[str, Any]:
    """Some of what is known of the victim, spelt in some way, with something of the attacker's own."""
    said: dict[str, Any] = {
        key: dice.choice(_SPELT[key]) for key in ("email", "phone_number") if dice.random() < 0.6
    }
    if dice.random() < 0.4:
        said["email"] = "evil@evil.example"
    if dice.random() < 0.4:
        said["name"] = "Mala"
    if dice.random() < 0.4:
        said["custom_attributes"] = {"vault-color": "negro", "mine": dice.randrange(9)}
    if dice.random() < 0.4:
        said["additional_attributes"] = {"city": "Fuera", "created_at_ip": "203.0.113.7"}
    if dice.random() < 0.2:
        said["avatar_url"] = "https://evil.example/a.png"
    return said


def step(dice: random.Random) -> Callable[[Attacker], Any]:
    """One call. Chosen before it is made, so that two worlds get the very same."""
    said, identified = words(dice), {**words(dice), "identifier": dice.choice(_SPELT["identifier"])}
    number, source = dice.randrange(1, 5), dice.choice(["mine", "crm-77", "vicky@victim.example", "1"])
    steps: list[Callable[[Attacker], Any]] = [
        lambda a: a.widget("PATCH", "/contact", said),
        lambda a: a.widget("PATCH", "/contact/set_user", identified),
        lambda a: a.widget("PATCH", "/contact/set_user", {**identified, "identifier_hash": "0" * 64}),
        lambda a: a.widget(
            "POST",
            "/conversations",
            {
                "contact": {key: said.get(key) for key in ("name", "email", "phone_number")},
                "message": {"content": "hola {{contact.phone_number}}"},
            },
        ),
        lambda a: a.widget("POST", "/messages", {"message": {"content": "hola"}}),
        lambda a: a.widget("GET", "/contact"),
        lambda a: a.widget("POST", "/config"),
        lambda a: a.widget("GET", "/messages"),
        lambda a: a.widget("GET", "/conversations"),
        lambda a: a.widget("POST", "/conversations/transcript"),
        lambda a: a.widget(
            "POST", "/contact/destroy_custom_attributes", {"custom_attributes": ["vault-color"]}
        ),
        lambda a: a.widget("POST", "/labels", {"label": "moroso"}),
        lambda a: a.widget("POST", "/conversations/update_last_seen"),
        lambda a: answer_email(a, said.get("email", KNOWN["email"])),
        lambda a: a.public("POST", "/contacts", {**said, "identifier": identified["identifier"]}),
        lambda a: a.public("POST", "/contacts", {**said, "source_id": source}),
        lambda a: a.public("GET", f"/contacts/{a.source}"),
        lambda a: a.public("GET", f"/contacts/{a.source}?identifier=crm-77"),
        lambda a: a.public("PATCH", f"/contacts/{a.source}", said),
        lambda a: a.public("PATCH", f"/contacts/{a.source}", identified),
        lambda a: a.public("GET", f"/contacts/{a.source}/conversations"),
        lambda a: begin(a),
        lambda a: a.public("GET", f"/contacts/{a.source}/conversations/{a.number or number}"),
        lambda a: a.public(
            "POST", f"/contacts/{a.source}/conversations/{a.number or number}/messages", {"content": "ea"}
        ),
    ]
    return dice.choice(steps)


def begin(attacker: Attacker) -> None:
    answer = attacker.public("POST", f"/contacts/{attacker.source}/conversations", {})
    attacker.number = answer.json()["id"]


def answer_email(attacker: Attacker, email: str) -> None:
    shown = attacker.widget("GET", "/messages").json()["payload"]
    asked = [message["id"] for message in shown if message["content_type"] == "input_email"]
    if asked:
        attacker.widget("PATCH", f"/messages/{asked[0]}", {"contact": {"email": email, "name": "Mala"}})


def shape(value: Any) -> Any:
    """An answer without what differs anyway: numbers given out in order, keys, times, names no one chose."""
    if isinstance(value, dict):
        return {key: "*" if key in _VOLATILE else shape(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value]
    if isinstance(value, str):
        return " ".join("auto" if is_visitor_name(word) else word for word in value.split(" "))
    return value


def shapes(attacker: Attacker) -> list[Any]:
    found = []
    for status, body in attacker.answers:
        try:
            found.append((status, shape(json.loads(body))))
        except ValueError:
            found.append((status, body))
    return found


@pytest.mark.django_db
@pytest.mark.feature("W-12", "P-08")
@pytest.mark.parametrize("seed", range(8))
def test_no_sequence_of_unsigned_words_changes_or_tells_anything_of_somebody_known(
    acme, globex, ana, gus, drain_log, seed
):
    """Two worlds, one where she is known: the answers are the same, so they depend on nothing that is known of her."""
    worlds = []
    for account, agent in ((acme, ana), (globex, gus)):
        create_label(account, title="moroso", by=None)
        inboxes = make_inboxes(account)
        victim = make_victim(account, inboxes, agent) if account == acme else None
        drain_log()
        before = state_of(victim) if victim else None
        attacker, dice = Attacker(inboxes), random.Random(seed)
        for _number in range(25):
            step(dice)(attacker)
        worlds.append(attacker)
        if victim is not None:
            assert state_of(victim) == before
            told = " ".join(body for _status, body in attacker.answers) + attacker.socket_says()
            assert [secret for secret in SECRETS if secret in told] == []
    assert shapes(worlds[0]) == shapes(worlds[1])


# ── what becomes of a claim ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def web(acme):
    return make_inboxes(acme)[0]


@pytest.fixture
def thief(acme, web):
    return begin_session(web, source_id="thief")


def claims(api: Any, account: Account, contact: Contact) -> list[dict[str, Any]]:
    answer = api.get(f"/api/desk/accounts/{account.pk}/contacts/{contact.pk}/claims")
    assert answer.status_code == 200, answer.content
    return answer.json()["payload"]


def decide(api: Any, account: Account, contact: Contact, claim: dict[str, Any], word: str) -> Any:
    return api.post(f"/api/desk/accounts/{account.pk}/contacts/{contact.pk}/claims/{claim['id']}/{word}")


@pytest.mark.feature("P-08")
def test_a_known_email_that_somebody_claims_is_offered_to_the_agent_and_merges_when_accepted(
    acme, ana, api, carla, web
):
    visitor = begin_session(web, source_id="her-browser")
    conversation = start_conversation(visitor, by=None)
    hear_visitor(visitor, signed=False, email="Carla@Example.com", phone_number="+34600000001")

    [claim] = claims(api(ana), acme, visitor.contact)
    assert (claim["field"], claim["value"]) == ("email", "carla@example.com")
    assert (claim["known"]["id"], claim["known"]["name"]) == (carla.pk, "Carla Cliente")

    answer = decide(api(ana), acme, visitor.contact, claim, "accept")
    assert answer.status_code == 200, answer.content
    assert answer.json()["contact_id"] == carla.pk
    assert Conversation.objects.get(pk=conversation.pk).contact == carla
    carla.refresh_from_db()
    assert (carla.name, carla.phone_number) == ("Carla Cliente", "+56912345678")
    assert claims(api(ana), acme, carla) == []


def test_what_an_agent_declined_is_not_offered_again_and_another_word_is(acme, ana, api, carla, thief):
    hear_visitor(thief, signed=False, email="carla@example.com")
    [claim] = claims(api(ana), acme, thief.contact)
    assert decide(api(ana), acme, thief.contact, claim, "decline").status_code == 200
    hear_visitor(thief, signed=False, email=" CARLA@example.com")
    assert claims(api(ana), acme, thief.contact) == []
    hear_visitor(thief, signed=False, phone_number="+56912345678")
    assert [claim["field"] for claim in claims(api(ana), acme, thief.contact)] == ["phone_number"]


def test_the_claims_of_another_account_do_not_exist(acme, gus, globex, api, carla, thief):
    hear_visitor(thief, signed=False, email="carla@example.com")
    for account in (acme, globex):
        path = f"/api/desk/accounts/{account.pk}/contacts/{thief.contact_id}/claims"
        assert api(gus).get(path).status_code in (401, 404)
        assert api(gus).post(f"{path}/1/accept").status_code in (401, 404)


def test_a_session_that_an_agent_merged_reads_and_changes_nothing_of_the_record(
    acme, ana, api, carla, web, thief
):
    update_contact(carla, by=ana, custom_attributes={"vault-color": "purpura"})
    hear_visitor(thief, signed=False, email="carla@example.com", name="Mala")
    start_conversation(thief, by=None)
    [claim] = claims(api(ana), acme, thief.contact)
    decide(api(ana), acme, thief.contact, claim, "accept")
    before = state_of(carla)[0]

    browser = Client()
    path = f"/api/v1/widget{{}}?website_token={web.identifier}"
    headers = {"X-Auth-Token": visitor_token(thief)}

    def call(method: str, where: str, body: Any = None) -> str:
        answer = browser.generic(
            method, path.format(where), json.dumps(body or {}), "application/json", headers=headers
        )
        assert answer.status_code < 300, answer.content
        return answer.content.decode()

    told = "".join(
        (
            call("PATCH", "/contact", {"email": "evil@evil.example", "phone_number": "+34611222333"}),
            call(
                "PATCH", "/contact", {"name": "Otra", "custom_attributes": {"vault-color": "negro", "x": 1}}
            ),
            call("POST", "/contact/destroy_custom_attributes", {"custom_attributes": ["vault-color"]}),
            call("POST", "/config"),
            call("POST", "/messages", {"message": {"content": "hola"}}),
            call("GET", "/messages"),
        )
    )
    ids = list(Conversation.objects.filter(contact_inbox__source_id="thief").values_list("pk", flat=True))
    told += b"".join(conversation_events(ids, account_id=acme.pk, for_contact=True).values()).decode()
    for secret in ("Carla Cliente", "+56912345678", "purpura"):
        assert secret not in told
    after = state_of(carla)[0]
    moved = {"last_activity_at", "version"}  # they wrote
    assert {key for key in after if after[key] != before[key]} <= moved
    waiting = {claim["field"]: claim["value"] for claim in claims(api(ana), acme, carla)}
    assert waiting["phone_number"] == "+34611222333"
    assert waiting["custom_attributes.vault-color"] == "negro"


def test_on_its_own_contact_a_session_corrects_its_words_and_not_what_an_agent_wrote(
    acme, ana, api, web, thief
):
    hear_visitor(thief, signed=False, email="a@example.com", name="Ana", custom_attributes={"plan": "free"})
    hear_visitor(thief, signed=False, email="b@example.com", custom_attributes={"plan": "pro"})
    own = Contact.objects.get(pk=thief.contact_id)
    assert (own.email, own.name, own.custom_attributes) == ("b@example.com", "Ana", {"plan": "pro"})

    update_contact(own, by=ana, email="c@example.com", name="Ana Ruiz", custom_attributes={"plan": "vip"})
    hear_visitor(thief, signed=False, email="d@example.com", name="X", custom_attributes={"plan": "pro"})
    own.refresh_from_db()
    assert (own.email, own.name, own.custom_attributes) == ("c@example.com", "Ana Ruiz", {"plan": "vip"})
    waiting = {claim["field"]: claim for claim in claims(api(ana), acme, own)}
    assert {field: claim["value"] for field, claim in waiting.items()} == {
        "email": "d@example.com",
        "name": "X",
        "custom_attributes.plan": "pro",
    }
    for field in ("email", "custom_attributes.plan"):
        decide(api(ana), acme, own, waiting[field], "accept")
    own.refresh_from_db()
    assert (own.email, own.name, own.custom_attributes) == ("d@example.com", "Ana Ruiz", {"plan": "pro"})
