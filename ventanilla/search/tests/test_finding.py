"""What is written is found, by those who may see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.contacts import create_contact, delete_contact, update_contact
from ventanilla.contacts.commands.identities import merge_contacts
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands import (
    NewMessage,
    delete_conversation,
    delete_message,
    merge_conversations,
    post_message,
)
from ventanilla.conversations.commands.deletion import delete_contact_with_conversations
from ventanilla.conversations.models import Conversation, Message
from ventanilla.conversations.tests.scenes import talk
from ventanilla.inboxes.models import Inbox
from ventanilla.search.documents import contacts, documents, messages, table_of
from ventanilla.search.engines import EVERY, engine
from ventanilla.search.models import Word
from ventanilla.testing.cast import in_account

pytestmark = pytest.mark.django_db
Ask = Callable[..., Any]


@pytest.fixture
def found(acme: Account, api: Any, drain_log: Callable[[], int]) -> Callable[[User, str], list[str]]:
    """What the messages say that someone finds, newest first."""

    def ask(user: User, words: str, kind: str = "messages") -> list[str]:
        drain_log()
        answer = api(user).get(in_account(acme, f"search/{kind}?q={quote(words)}")).json()
        return [row.get("content") or row.get("name") or row["id"] for row in answer["payload"][kind]]

    return ask


@pytest.mark.feature("Z-18")
@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("¿Cuándo llega el camión?", "camion"),
        ("cuando llega el camion", "CAMIÓN"),
        ("¿Cuándo llega el camión?", "cuand cam"),
        ("¿Cuándo llega el camión?", "camión llega"),
        ("El próximo año", "ano"),
        ("El próximo año", "año"),
        ("Pasado mañana", "manana"),
        ("pasado manana", "mañana"),
        ("Mi teléfono es +56 9 1111 1111.", "56911111111"),
        ("Mi teléfono es +56 9 1111 1111.", "911111111"),
        ("Mi teléfono es 56911111111", "+56 9 1111 1111"),
        ("Mi RUT: 12.345.678-9", "123456789"),
        ("Mi RUT: 12.345.678-K", "12345678k"),
        ("Mi RUT: 12345678-k", "12.345.678-K"),
        ("Mi RUT: 123456789", "12.345.678-9"),
        ("Escríbeme a Juan.Perez@example.com", "juan.perez@example.com"),
        ("Escríbeme a Juan.Perez@example.com", "juan.perez@exa"),
        ("La factura A-2291 está mal", "a2291"),
        ("La factura A2291 está mal", "A-2291"),
        ("Quiero el reembolso", "rembolso"),
        ("Quiero el reembolso", "reembolzo"),
        ("Quiero el reembolso", "reebmolso"),
        ("Quiero el rembolso", "reembolso"),
        ("東京タワーはどこ", "タワー"),
        ("Ёлка и ёж", "елка"),
        ("STRASSE 5", "straße"),
        ("O'Higgins 12, depto. 3-B", "o'higgins"),
        ("x" * 100, "x" * 100),
        ("100% de descuento", "100%"),
    ],
)
def test_it_is_found_in_any_writing(
    found: Ask, admin: User, carla: Contact, web_inbox: Inbox, written: str, typed: str
) -> None:
    talk(carla, web_inbox, written)
    talk(carla, web_inbox, "Otra cosa muy distinta")
    assert found(admin, typed) == [written]


@pytest.mark.feature("Z-18")
@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("cuatro anos", "año"),  # an ñ that is typed is meant, while someone wrote it
        ("el pero", "perro"),  # what is written so is what is meant
        ("Gracias por todo", "graci -todo"),
        ("uno dos tres", '"uno tres"'),
        ("uno dos tres", '"dos tre"'),
        ("una casa", "xyz"),
        ("ab", "%"),
    ],
)
def test_it_is_not_found(
    found: Ask, admin: User, carla: Contact, web_inbox: Inbox, written: str, typed: str
) -> None:
    talk(carla, web_inbox, "el año del perro")
    talk(carla, web_inbox, written)
    assert written not in found(admin, typed)


@pytest.mark.feature("Z-18")
def test_signs_of_the_engines_languages_are_signs(
    found: Ask, admin: User, carla: Contact, web_inbox: Inbox
) -> None:
    talk(carla, web_inbox, "hola")
    for typed in (
        '"',
        '""',
        "hola*",
        "hola & ! | (",
        "NOT hola",
        "'; --",
        "hola:*",
        "-",
        '-"',
        "\\",
        "words:hola",
        "_a1",
    ):
        found(admin, typed)
    assert found(admin, "hola) OR (") == []
    assert found(admin, "hola*") == ["hola"]


@pytest.mark.feature("Z-18", "Z-08")
def test_nobody_finds_what_they_may_not_see(
    found: Ask,
    acme: Account,
    admin: User,
    ana: User,
    bruno: User,
    gus: User,
    carla: Contact,
    api_inbox: Inbox,
    api: Any,
) -> None:
    conversation = talk(carla, api_inbox, "el secreto")
    post_message(conversation, NewMessage("nota secreta", private=True), by=ana)
    assert found(ana, "secret") == found(admin, "secret") == ["nota secreta", "el secreto"]
    assert found(bruno, "secret") == []
    assert api(gus).get(in_account(acme, "search/messages?q=secreto")).status_code in (401, 404)


@pytest.mark.feature("C-21")
def test_what_a_deleted_message_said_leaves_the_index(
    found: Ask, admin: User, carla: Contact, web_inbox: Inbox
) -> None:
    talk(carla, web_inbox, "mi clave es zanahoria")
    assert found(admin, "zanahoria")
    delete_message(Message.objects.latest("pk"), by=admin)
    assert found(admin, "zanahoria") == []
    assert indexed() == []
    assert not Word.objects.filter(word="zanahoria").exists()


def indexed() -> list[int]:
    return engine().ids(table_of(messages.DOCUMENT), EVERY)


@pytest.mark.feature("Z-18")
@pytest.mark.parametrize("whole", ["conversation", "contact", "merged"])
def test_what_a_deleted_conversation_said_leaves_the_index(
    found: Ask, admin: User, carla: Contact, web_inbox: Inbox, whole: str
) -> None:
    conversation, other = talk(carla, web_inbox, "zanahoria"), talk(carla, web_inbox, "remolacha")
    assert found(admin, "zanahoria") == ["zanahoria"]
    if whole == "contact":
        delete_contact_with_conversations(carla, by=admin)
    elif whole == "conversation":
        delete_conversation(conversation, by=admin)
        delete_conversation(other, by=admin)
    else:
        merge_conversations(conversation, into=other, by=admin)
        found(admin, "")
        delete_conversation(Conversation.objects.get(pk=other.pk), by=admin)
    assert found(admin, "zanahoria") == []
    assert indexed() == []
    assert not Word.objects.filter(word__in=["zanahoria", "remolacha"]).exists()
    assert engine().ids(table_of(contacts.DOCUMENT), EVERY) == ([] if whole == "contact" else [carla.pk])


@pytest.mark.feature("D-SRC-02", "D-SRC-03", "D-SRC-04", "D-SRC-05", "D-SRC-06")
@pytest.mark.parametrize(
    "typed",
    [
        "56911111111", "+56911111111", "911111111", "+56 9 1111 1111", "rosa@example.com", "ROSA@EXAMPLE", "rosa.fb",
        "@rosa_tw", "rosa_ig", "123456789", "12.345.678-9", "12345678-9", "rosa", "pérez", "rosa per", "peres", "osa P",
    ],
)  # fmt: skip
def test_a_contact_is_found_by_whatever_is_known(found: Ask, acme: Account, admin: User, typed: str) -> None:
    create_contact(
        acme,
        name="Rosa Pérez",
        email="rosa@example.com",
        phone_number="+56911111111",
        additional_attributes={
            "social_profiles": {"facebook": "rosa.fb", "twitter": "rosa_tw", "instagram": "rosa_ig"}
        },
        custom_attributes={"rut": "12.345.678-9"},
        by=None,
    )
    create_contact(acme, name="Otro", email="otro@example.com", by=None)
    assert found(admin, typed, "contacts") == ["Rosa Pérez"]


@pytest.mark.feature("D-SRC-06")
@pytest.mark.parametrize("stored", ["12.345.678-K", "12345678-k", "12345678K", "12 345 678 K"])
@pytest.mark.parametrize("typed", ["12345678k", "12.345.678-K", "12345678-K"])
def test_a_rut_is_found_however_it_is_stored(
    found: Ask, acme: Account, admin: User, stored: str, typed: str
) -> None:
    create_contact(acme, name="Rosa", email="r@example.com", custom_attributes={"rut": stored}, by=None)
    assert found(admin, typed, "contacts") == ["Rosa"]


@pytest.mark.feature("D-SRC-01")
def test_a_ticket_is_found_by_its_number(found: Ask, admin: User, carla: Contact, web_inbox: Inbox) -> None:
    talk(carla, web_inbox, "uno")
    conversation = talk(carla, web_inbox, "dos")
    for typed in (str(conversation.display_id), f"#{conversation.display_id}"):
        assert found(admin, typed, "conversations")[0] == conversation.display_id


@pytest.mark.feature("Z-18")
def test_the_index_follows_contacts(found: Ask, acme: Account, admin: User, carla: Contact) -> None:
    rosa = create_contact(acme, name="Rosa", email="rosa@example.com", by=None)
    assert found(admin, "rosa", "contacts") == ["Rosa"]
    update_contact(rosa, name="Violeta", email="violeta@example.com", by=admin)
    assert found(admin, "rosa", "contacts") == []
    assert found(admin, "violeta", "contacts") == ["Violeta"]
    merge_contacts(carla, mergee=rosa, by=admin)
    assert found(admin, "violeta", "contacts") == []
    delete_contact(carla, by=admin)
    found(admin, "")
    assert engine().ids(table_of(contacts.DOCUMENT), EVERY) == []


def test_each_kind_of_document_names_an_index() -> None:
    assert set(documents()) == {"message", "contact"}
    assert all(engine().ids(table_of(document), EVERY) == [] for document in documents().values())
