"""What a mail quotes and signs with is out of sight, found by search, and gone with its message."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import connection, transaction

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.commands import (
    NewMessage,
    delete_conversation,
    delete_message,
    merge_conversations,
    receive_message,
)
from ventanilla.conversations.commands.deletion import delete_contact_with_conversations
from ventanilla.conversations.models import FoldedText, Message
from ventanilla.delivery import in_tray
from ventanilla.events.consumer import drain_log as drain
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.search.consumers import Index
from ventanilla.testing.cast import ApiClient, in_account

pytestmark = pytest.mark.django_db
Api = Callable[..., ApiClient]
filling = import_module("ventanilla.conversations.migrations.0005_foldedtext")

QUOTING = (
    "Ya llegó, gracias.\n\n-- \nNora Vale\nTornillería Zubiri\n\n"
    "El mié, 2 dic 2026 a las 9:41, Lua (<hola@lua.example>) escribió:\n> ¿Llegó el pan de centeno?\n"
)
HTML = (
    "<div>Ya llegó, gracias.</div><div>Enviado desde mi iPhone</div><blockquote type='cite'>"
    "El mié, 2 dic 2026 a las 9:41, Lua escribió:<br>¿Llegó el pan de centeno?</blockquote>"
)


@pytest.fixture
def inbox(acme: Account) -> Inbox:
    return create_inbox(acme, name="Soporte", channel={"type": "email", "email": "s@acme.example"}, by=None)


def receive(inbox: Inbox, body: str = QUOTING, *, kind: str = "plain", number: int = 1) -> Message:
    head = (
        f"From: Nora Vale <nora@vale.example>\nTo: s@acme.example\nSubject: Pan {number}\nMessage-ID: <{number}@x>\n"
        f"MIME-Version: 1.0\nContent-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    )
    in_tray.read(in_tray.keep((head + body).encode(), channel="email", inbox=inbox))
    return Message.objects.filter(inbox=inbox).latest("pk")


def found(account: Account, reader: ApiClient, words: str) -> dict[str, Any]:
    """What each of the searches says once the log is read, by its name."""
    drain([Index()])

    def ask(path: str) -> dict[str, Any]:
        return dict(reader.get(in_account(account, f"{path}?q={quote(words)}")).json())

    return {
        "messages": ask("search/messages")["payload"]["messages"],
        "conversations": ask("conversations/search")["payload"],
        "list": ask("conversations")["data"]["payload"],
    }


@pytest.mark.feature("Z-25")
@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("plain", QUOTING, "pan de CENTENO"),
        ("plain", QUOTING, "Zubiri"),
        ("html", HTML, "pan de centeno"),
        ("html", HTML, "desde mi iPhone"),
    ],
)
def test_words_that_are_folded_are_found_by_every_search(
    acme: Account, inbox: Inbox, admin: User, api: Api, kind: str, body: str, words: str
) -> None:
    message = receive(inbox, body, kind=kind)
    assert words.casefold() not in message.content.casefold()

    answers = found(acme, api(admin), words)

    [shown] = answers["messages"]
    assert shown["id"] == message.pk
    assert words.casefold() in shown["folded_excerpt"].casefold()
    [conversation] = answers["conversations"]
    assert [one["id"] for one in conversation["messages"]] == [message.pk]
    assert [one["id"] for one in answers["list"]] == [conversation["id"]]


@pytest.mark.feature("Z-25")
def test_what_is_in_sight_needs_no_excerpt(acme: Account, inbox: Inbox, admin: User, api: Api) -> None:
    receive(inbox)
    [shown] = found(acme, api(admin), "ya llegó")["messages"]
    assert "folded_excerpt" not in shown


@pytest.mark.feature("Z-25", "Z-08")
def test_whoever_may_not_see_the_message_does_not_find_what_it_quotes(
    acme: Account, globex: Account, inbox: Inbox, ana: User, gus: User, api: Api
) -> None:
    receive(inbox)
    assert not any(found(acme, api(ana), "centeno").values())
    assert not any(found(globex, api(gus), "centeno").values())


@pytest.mark.feature("Z-25", "C-21")
def test_what_was_folded_goes_with_its_message(acme: Account, inbox: Inbox, admin: User, api: Api) -> None:
    delete_message(receive(inbox), by=admin)
    assert not any(found(acme, api(admin), "centeno").values())
    assert not FoldedText.objects.exists()


@pytest.mark.feature("Z-25")
@pytest.mark.parametrize("whole", ["conversation", "contact"])
def test_what_was_folded_goes_with_its_conversation_and_its_contact(
    inbox: Inbox, admin: User, whole: str
) -> None:
    conversation = receive(inbox).conversation
    if whole == "contact":
        delete_contact_with_conversations(conversation.contact, by=admin)
    else:
        delete_conversation(conversation, by=admin)
    assert not FoldedText.objects.exists()


@pytest.mark.feature("Z-25")
def test_a_merge_takes_it_along(acme: Account, inbox: Inbox, admin: User, api: Api) -> None:
    first = receive(inbox, "Hola.").conversation
    second = receive(inbox, number=2).conversation
    assert first.pk != second.pk
    merge_conversations(second, into=first, by=admin)
    [conversation] = found(acme, api(admin), "centeno")["conversations"]
    assert conversation["id"] == first.display_id


@pytest.mark.feature("Z-25", "Z-02")
def test_it_is_written_with_the_message_or_not_at_all(inbox: Inbox, carla: Any) -> None:
    conversation = receive(inbox, "Hola.").conversation
    before = Message.objects.count()
    with transaction.atomic():
        receive_message(conversation, NewMessage("Hola", folded_text="centeno", source_id="2"), sender=carla)
        transaction.set_rollback(True)
    assert (Message.objects.count(), FoldedText.objects.count()) == (before, 0)
    for _time in range(2):
        receive_message(conversation, NewMessage("Hola", folded_text="centeno", source_id="2"), sender=carla)
    assert FoldedText.objects.get().message.source_id == "2"


@pytest.mark.feature("Z-25")
def test_mails_of_before_are_found_too(
    acme: Account, inbox: Inbox, admin: User, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "BATCH", 2)
    kept = [receive(inbox, number=number) for number in range(5)]
    receive(inbox, "Hola.", number=8)
    delete_message(receive(inbox, number=9), by=admin)
    Message.objects.filter(pk=kept[0].pk).update(content_attributes={"email": "odd"})
    email = kept[1].content_attributes["email"] | {"footer": None}
    Message.objects.filter(pk=kept[1].pk).update(content_attributes={"email": email})
    texts = dict(FoldedText.objects.exclude(pk=kept[0].pk).values_list("pk", "text"))
    FoldedText.objects.all().delete()

    filling.write_down_what_is_folded(apps, SimpleNamespace(connection=connection))

    assert dict(FoldedText.objects.values_list("pk", "text")) == texts
    assert len(texts) == 4
    assert len(found(acme, api(admin), "centeno")["messages"]) == 4
