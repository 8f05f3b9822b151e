"""What belongs to a person is changed by that person: no account's right reaches someone in another, or their own things.

The routes come from the OpenAPI document, so one that is added tomorrow is walked tomorrow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from django.db import transaction
from django.test import Client

from ventanilla.accounts.commands.platform import create_platform_app, permit
from ventanilla.accounts.commands.teams import create_team
from ventanilla.accounts.commands.users import add_member, update_profile
from ventanilla.accounts.models import (
    AccessToken,
    Account,
    ClientSession,
    Membership,
    OneTimeToken,
    SystemMail,
    TeamMember,
    User,
)
from ventanilla.api.tests.test_strangers import BODY, ROUTES, address, body_for
from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.conversations.commands import NewMessage, post_message, start_conversation
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.commands.members import add_inbox_members
from ventanilla.inboxes.models import InboxMember
from ventanilla.labels.commands import create_label
from ventanilla.testing.cast import ApiClient
from ventanilla.testing.described import document

PEOPLE = ("user_id", "assignee_id", "sender_id", "agent_id", "owner_id")
OTHERS = {  # not the person's: counters, and moments that follow from being in an account
    "updated_at", "version", "left_at",
}  # fmt: skip


def own_things(user: User) -> dict[str, Any]:
    """All that belongs to a person, as it stands in the database."""
    row = User.objects.filter(pk=user.pk).values().get()
    return {
        **{name: value for name, value in row.items() if name not in OTHERS},
        "token": AccessToken.objects.get(user=user).sealed,
        "sessions": list(ClientSession.objects.filter(user=user).values()),
        "links": list(OneTimeToken.objects.filter(user=user).values()),
        "letters": list(SystemMail.objects.filter(user=user).values_list("purpose", flat=True)),
    }


def places(user: User) -> list[Any]:
    """Where someone is in, and as what."""
    return [
        list(Membership.objects.filter(user=user).order_by("pk").values()),
        list(InboxMember.objects.filter(user=user).order_by("pk").values_list("inbox_id")),
        list(TeamMember.objects.filter(user=user).order_by("pk").values_list("team_id")),
    ]


@pytest.fixture
def known(acme: Account, ana: User) -> User:
    """Ana, with all that a profile can hold."""
    update_profile(
        ana, display_name="Anita Secreta", message_signature="Saludos de Anita", phone_number="+56911111111"
    )
    return ana


@pytest.fixture
def theirs(globex: Account, gus: User) -> dict[str, Any]:
    """One of each thing of globex, as path parameters: what gus may touch."""
    inbox = create_inbox(
        globex, name="Web", channel={"type": "web_widget", "website_url": "https://g.example"}, by=gus
    )
    add_inbox_members(inbox, user_ids=[gus.pk], by=gus)
    contact = create_contact(globex, name="Gala", email="gala@example.com", by=gus)
    talk = start_conversation(create_contact_inbox(contact, inbox=inbox), by=None)
    return {
        "account_id": globex.pk,
        "inbox_id": inbox.pk,
        "contact_id": contact.pk,
        "conversation_id": talk.display_id,
        "message_id": post_message(talk, NewMessage("Hola"), by=gus).pk,
        "team_id": create_team(globex, name="ventas", by=gus).pk,
        "label_id": create_label(globex, title="vip", by=gus).pk,
        "mode": "reply",
    }  # fmt: skip


def bodies(path: str, things: dict[str, Any], person: User) -> Iterator[dict[str, Any]]:
    """Bodies that name the person wherever one can be named; for one conversation and for many."""
    base = body_for(path, things)
    ids = dict.fromkeys(PEOPLE, person.pk) | {"user_ids": [person.pk]}
    yield {
        **base,
        **ids,
        "name": "Otra",
        "display_name": "Otra",
        "password": "Otra-Clave-9",
        "role": "administrator",
    }
    if path.endswith("bulk_actions"):
        yield {**base, "ids": [things["conversation_id"]], "labels": {}, "fields": {"assignee_id": person.pk}}


def asks(caller: ApiClient, things: dict[str, Any], person: User) -> Iterator[tuple[str, str, Any]]:
    """Each route, tried with that person and undone again: (method, path, answer)."""
    for method, path, _operation in ROUTES:
        where = address(path, things, user_id=person.pk)
        if method == "GET":
            names = "&".join(f"{name}={person.pk}" for name in ("user_id", "assignee_id", "user_ids[]"))
            where += f"?{names}"
        for body in [None] if method == "GET" else bodies(path, things, person):
            with transaction.atomic():
                yield method, path, caller.call(method, where, body)
                transaction.set_rollback(True)


@pytest.mark.feature("X-02")
def test_no_route_reads_or_changes_a_person_of_another_account(
    known: User, gus: User, theirs: dict[str, Any]
) -> None:
    before, where, tried = own_things(known), places(known), 0
    told = re.compile("|".join(map(re.escape, ("Ana Agente", known.email, "Anita", "+56911111111"))))
    for method, path, answer in asks(ApiClient(gus), theirs, known):
        told_text = getattr(answer, "content", b"").decode(errors="replace")
        assert answer.status_code < 500, (method, path, told_text)
        assert not told.search(told_text), (method, path, told_text)
        if "{user_id}" in path:
            assert answer.status_code == 404, (method, path)
        assert own_things(known) == before, (method, path)
        assert places(known) == where, (method, path)
        tried += 1
    assert tried > 150


@pytest.mark.feature("X-02")
def test_no_account_changes_what_is_a_members_own(
    acme: Account,
    admin: User,
    known: User,
    globex: Account,
    theirs: dict[str, Any],
    web_inbox: Any,
    carla: Any,
) -> None:
    """Ana is in two accounts; the administrator of one may do with her place there what they like."""
    add_member(globex, user=known, role="agent", by=None)
    talk = start_conversation(create_contact_inbox(carla, inbox=web_inbox), by=None)
    things = {
        "account_id": acme.pk, "inbox_id": web_inbox.pk, "contact_id": carla.pk, "conversation_id": talk.display_id,
        "team_id": create_team(acme, name="ventas", by=admin).pk, "label_id": create_label(acme, title="vip", by=admin).pk,
        "message_id": post_message(talk, NewMessage("Hola"), by=admin).pk, "mode": "reply",
    }  # fmt: skip
    before = own_things(known)
    elsewhere = Membership.objects.filter(user=known, account=globex)
    there = list(elsewhere.values())
    for method, path, answer in asks(ApiClient(admin), things, known):
        assert answer.status_code < 500, (method, path)
        assert own_things(known) == before, (method, path, answer.content)
        assert list(elsewhere.values()) == there, (method, path)


@pytest.mark.feature("X-02")
def test_an_operators_program_reaches_only_the_people_it_made(
    known: User, globex: Account, gus: User
) -> None:
    app, token = create_platform_app("Panel")
    permit(app, account=globex)
    before, where = own_things(known), places(known)
    routes = [
        (method.upper(), path)
        for path, operations in document()["paths"].items()
        if path.startswith("/platform/")
        for method in operations
    ]
    assert len(routes) >= 10
    for method, path in routes:
        body = {**BODY, "user_id": known.pk, "role": "administrator", "password": "Otra-Clave-9"}
        with transaction.atomic():
            where_to = re.sub(r"\{(?:int:)?account_id\}", str(globex.pk), path)
            answer: Any = Client().generic(
                method, re.sub(r"\{(?:int:)?user_id\}", str(known.pk), where_to), msgspec.json.encode(body),
                content_type="application/json", headers={"api_access_token": token},
            )  # fmt: skip
            assert answer.status_code < 500, (method, path)
            if "user_id" in path:
                assert answer.status_code in {401, 404}, (method, path, answer.content)
            assert known.email.encode() not in answer.content, (method, path)
            assert own_things(known) == before, (method, path)
            assert places(known) == where, (method, path)
            transaction.set_rollback(True)
