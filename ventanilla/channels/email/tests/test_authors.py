"""Who wrote it (decision Q-18): From; and mail is ours only when all who are named are ours."""

from __future__ import annotations

from io import BytesIO

import pytest

from ventanilla.channels.email.incoming import messages_of
from ventanilla.channels.email.reading import Context, read_mail
from ventanilla.inboxes.channel import Ignored, IncomingMessage, Unreadable

pytestmark = pytest.mark.feature("I-02")
OWN = ["soporte@acme.es", "ab12@in.acme.es", "reply@in.acme.es", "avisos@bücher.example"]
REPLY = "reply+01234567-89ab-cdef-0123-456789abcdef@in.acme.es"
LIST = "List-Id: Vecinos <vecinos.lista.cl>\r\nList-Post: <mailto:vecinos@lista.cl>\r\n"


def author(head: str, *, envelope_from: str | None = None) -> tuple[str, str]:
    read = read_mail(
        BytesIO((head + "Subject: x\r\n\r\nhola").encode()), Context(envelope_from=envelope_from)
    )
    [message] = messages_of(read, own_addresses=OWN)
    assert isinstance(message, IncomingMessage)
    assert message.source_id == message.sender_email
    return message.source_id, message.sender_name


AUTHORS: list[tuple[str, tuple[str, str]]] = [
    ("From: Juan <juan@x.cl>\r\n", ("juan@x.cl", "Juan")),
    ("From: juan@x.cl\r\n", ("juan@x.cl", "juan")),
    # Reply-To and Sender say where answers go and who posted it, never who wrote.
    ("From: Mal <mal@evil.cl>\r\nReply-To: Vic <vic@x.cl>\r\n", ("mal@evil.cl", "Mal")),
    ("From: mal@evil.cl\r\nReply-To: Vic <vic@x.cl>\r\n", ("mal@evil.cl", "mal")),
    ("From: Juan <juan@x.cl>\r\nSender: otro@y.cl\r\nX-Original-Sender: vic@x.cl\r\n", ("juan@x.cl", "Juan")),
    # One of ours beside a customer makes nothing ours.
    *(
        (f"From: Juan <juan@x.cl>\r\n{name}: {own}\r\n", ("juan@x.cl", "Juan"))
        for name in ("Reply-To", "Sender", "X-Original-Sender", "X-Original-From", "Return-Path")
        for own in ("soporte@acme.es", "Soporte <SOPORTE+ventas@ACME.es>", "ab12@in.acme.es", REPLY)
    ),
    ("From: Soporte <soporte@acme.es>, Juan <juan@x.cl>\r\n", ("juan@x.cl", "Juan")),
    # A web form of ours names the customer in Reply-To.
    ("From: Web <soporte@acme.es>\r\nReply-To: Juan <juan@x.cl>\r\n", ("juan@x.cl", "Juan")),
    ("From: Web <soporte+web@acme.es>\r\nReply-To: juan@x.cl\r\n", ("juan@x.cl", "juan")),
    ("From: Web <avisos@xn--bcher-kva.example>\r\nReply-To: juan@x.cl\r\n", ("juan@x.cl", "juan")),
    # A group that writes as us names the original sender.
    (
        "From: 'Juan' via Soporte <soporte@acme.es>\r\nX-Original-Sender: juan@x.cl\r\nReply-To: soporte@acme.es\r\n",
        ("juan@x.cl", "juan"),
    ),
    (
        "From: 'Juan' via Soporte <soporte@acme.es>\r\nX-Original-From: Juan <juan@x.cl>\r\n"
        "X-Original-Sender: juan@x.cl\r\nReply-To: Otra <otra@y.cl>\r\n",
        ("juan@x.cl", "Juan"),
    ),
    # A list: From is the author; where the list put itself there, whom it names.
    (LIST + "From: Juan <juan@x.cl>\r\nReply-To: vecinos@lista.cl\r\n", ("juan@x.cl", "Juan")),
    (
        LIST
        + "From: Juan via Vecinos <vecinos@lista.cl>\r\nReply-To: vecinos@lista.cl, Juan <juan@x.cl>\r\n",
        ("juan@x.cl", "Juan"),
    ),
    (
        LIST + "From: Juan via Vecinos <vecinos@lista.cl>\r\nX-Original-Sender: juan@x.cl\r\n",
        ("juan@x.cl", "juan"),
    ),
    (
        LIST + "From: Vecinos <vecinos@lista.cl>\r\nReply-To: vecinos@lista.cl\r\n",
        ("vecinos@lista.cl", "Vecinos"),
    ),
    # Several, in two headers, and grammar that is none.
    ("From: Juan <juan@x.cl>, Eva <eva@x.cl>\r\n", ("juan@x.cl", "Juan")),
    ("From: Juan <juan@x.cl>\r\nFrom: Eva <eva@x.cl>\r\n", ("juan@x.cl", "Juan")),
    ("From: Equipo: Juan <juan@x.cl>, eva@x.cl;\r\n", ("juan@x.cl", "Juan")),
    ('From: "Juan <juan@x.cl>\r\n', ("juan@x.cl", "Juan")),
    # Addresses no one may be able to answer: as they are written, and shown.
    ("From: José <josé@x.cl>\r\n", ("josé@x.cl", "José")),
    ("From: josé@x.cl\r\n", ("josé@x.cl", "josé@x.cl")),
    ("From: x@mächine.example\r\n", ("x@mächine.example", "x")),
    ("From: x@xn--mchine-cua.example\r\n", ("x@xn--mchine-cua.example", "x")),
    ("From: jose.luis.@x.cl\r\n", ("jose.luis.@x.cl", "jose.luis.@x.cl")),
    ("From: ana..b@x.cl\r\n", ("ana..b@x.cl", "ana..b@x.cl")),
    ('From: "ana b"@x.cl\r\n', ('"ana b"@x.cl', '"ana b"@x.cl')),
    ("From: root@maquina\r\n", ("root@maquina", "root@maquina")),
    ("From: Cron Daemon\r\n", ("cron daemon", "cron daemon")),
]


@pytest.mark.parametrize(("head", "wanted"), AUTHORS, ids=[head for head, _w in AUTHORS])
def test_the_author_is_from(head: str, wanted: tuple[str, str]) -> None:
    assert author(head) == wanted


@pytest.mark.parametrize(
    "head", ["", "From: \r\n", "From: <>\r\n", "From: Juan\r\n", "From: undisclosed:;\r\n"]
)
def test_without_a_usable_from_it_is_who_handed_it_in(head: str) -> None:
    assert author(head, envelope_from="juan@x.cl") == ("juan@x.cl", "juan")
    assert author("Return-Path: <juan@x.cl>\r\n" + head) == ("juan@x.cl", "juan")
    assert author("Sender: Juan <juan@x.cl>\r\n" + head, envelope_from="b@c.cl") == ("juan@x.cl", "Juan")


@pytest.mark.parametrize(
    "head",
    [
        "From: soporte@acme.es\r\n",
        "From: Soporte <SOPORTE+x@acme.es>\r\nReply-To: soporte@acme.es\r\n",
        "From: soporte@acme.es\r\nReply-To: ab12@in.acme.es\r\nSender: soporte@acme.es\r\n",
        f"From: {REPLY}\r\n",
        f"From: soporte@acme.es\r\nReply-To: {REPLY}\r\n",
        "From: avisos@bücher.example\r\n",
    ],
)
def test_only_what_all_say_is_ours_is_ours(head: str) -> None:
    with pytest.raises(Ignored, match="own_address"):
        author(head)


def test_another_desks_reply_address_is_not_ours() -> None:
    theirs = REPLY.replace("in.acme.es", "mesa.otra.cl")
    assert author(f"From: Otra <{theirs}>\r\n") == (theirs, "Otra")


@pytest.mark.parametrize("head", ["From: \r\n", "To: soporte@acme.es\r\n", "From: <>\r\nReturn-Path: <>\r\n"])
def test_who_is_named_nowhere_waits_in_quarantine(head: str) -> None:
    with pytest.raises(Unreadable, match="no_sender"):
        author(head)


def test_where_answers_go_is_kept_beside_the_author() -> None:
    head = (
        "From: Juan <juan@x.cl>\r\nReply-To: Pedidos <pedidos@x.cl>, soporte@acme.es, juan@x.cl\r\n\r\nhola"
    )
    [message] = messages_of(read_mail(BytesIO(head.encode())), own_addresses=OWN)
    assert isinstance(message, IncomingMessage)
    mail = message.content_attributes["email"]
    assert mail["answers_to"] == ["pedidos@x.cl"]
    assert mail["reply_to"] == ["pedidos@x.cl", "soporte@acme.es", "juan@x.cl"]


@pytest.mark.parametrize(
    ("head", "via"),
    [
        ("From: Juan <juan@x.cl>\r\nReply-To: Vic <vic@x.cl>\r\nSender: z@y.cl\r\n", ""),
        ("From: Soporte <soporte@acme.es>, Juan <juan@x.cl>\r\n", ""),
        ("Sender: Juan <juan@x.cl>\r\n", ""),
        ("From: Web <soporte@acme.es>\r\nReply-To: Juan <juan@x.cl>\r\n", "soporte@acme.es"),
        (LIST + "From: Vecinos <vecinos@lista.cl>\r\nX-Original-Sender: juan@x.cl\r\n", "vecinos@lista.cl"),
        # Whoever calls themselves a list, to speak as someone else.
        (
            "List-Post: <mailto:mal@evil.cl>\r\nFrom: mal@evil.cl\r\nReply-To: Vic <vic@x.cl>\r\n",
            "mal@evil.cl",
        ),
        ("List-Id: <mal.evil.cl>\r\nFrom: mal@evil.cl\r\nX-Original-From: vic@x.cl\r\n", "mal@evil.cl"),
        (
            "X-BeenThere: mal@evil.cl\r\nFrom: Vic <mal@evil.cl>\r\nX-Original-Sender: vic@x.cl\r\n",
            "mal@evil.cl",
        ),
    ],
)
def test_whoever_speaks_for_the_author_is_shown_beside_them(head: str, via: str) -> None:
    [message] = messages_of(read_mail(BytesIO((head + "\r\nhola").encode())), own_addresses=OWN)
    assert isinstance(message, IncomingMessage)
    assert message.content_attributes["email"]["via"] == via
