"""What is a person's, what is a program's, and what alone is not shown: an answer that a program wrote (RFC 3834)."""

from __future__ import annotations

from io import BytesIO

import pytest

from ventanilla.channels.email.incoming import messages_of
from ventanilla.channels.email.reading import Context, Mail, read_mail
from ventanilla.inboxes.channel import Ignored, IncomingMessage

pytestmark = pytest.mark.feature("I-02")
HEAD = "To: soporte@acme.es\r\nMessage-ID: <1@x>\r\n"


def mail(head: str, *, envelope_from: str | None = None) -> Mail:
    fields = {line.partition(":")[0] for line in head.split("\r\n")}
    head += "" if "From" in fields else "From: Carla <carla@example.com>\r\n"
    head += "" if "Subject" in fields else "Subject: Hola\r\n"
    return read_mail(BytesIO((HEAD + head + "\r\nhola").encode()), Context(envelope_from=envelope_from))


def kind_of(read: Mail) -> str:
    """person, one of the kinds that no program answers, or why it is no message."""
    try:
        [message] = messages_of(read, own_addresses=["soporte@acme.es"])
    except Ignored as reason:
        return f"ignored: {reason}"
    assert isinstance(message, IncomingMessage)
    kind = message.content_attributes.get("automatic_kind", "")
    assert message.is_automatic == bool(kind) == bool(message.content_attributes.get("automatic"))
    return str(kind) or "person"


ANSWER, SUPPRESS = "In-Reply-To: <nuestro@acme.es>\r\n", "X-Auto-Response-Suppress: All\r\n"
KINDS: list[tuple[str, str]] = [
    ("", "person"),
    ("Auto-Submitted: no\r\nPrecedence: normal\r\n", "person"),
    ("Auto-Submitted: NO (a person)\r\n", "person"),
    ("X-Autoreply: no\r\n", "person"),
    ("X-Auto-Response-Suppress: None\r\n", "person"),
    # Answers of programs.
    ("Auto-Submitted: auto-replied\r\n", "ignored: auto_reply"),
    ("Auto-Submitted: Auto-Replied; owner-email=x\r\n", "ignored: auto_reply"),
    ("Auto-Submitted: auto-replied (vacation)\r\n", "ignored: auto_reply"),
    ("X-Autoreply: yes\r\n", "ignored: auto_reply"),
    ("X-Autorespond: 1\r\n", "ignored: auto_reply"),
    ("Precedence: auto_reply\r\n", "ignored: auto_reply"),
    ("X-Precedence: auto_reply\r\n", "ignored: auto_reply"),
    ("Preference: auto_reply\r\n", "ignored: auto_reply"),
    # A subject drops nothing alone; with an answer's headers it does.
    ("Subject: Fuera de la oficina me llegó un aviso vuestro\r\n", "person"),
    ("Subject: Fuera de la oficina\r\n", "person"),
    ("Subject: Out of office printer question\r\n" + ANSWER, "person"),
    ("Subject: Respuesta automática de vuestro contestador\r\n" + ANSWER, "person"),
    ("Subject: Re: Out of office: Pedido\r\n" + ANSWER, "person"),
    ("Subject: Ausente: Re: Pedido\r\n", "program"),
    ("Subject: Out of Office: Pedido\r\n", "program"),
    ("Subject: Automatic reply: Order\r\n" + ANSWER, "ignored: auto_reply"),
    ("Subject: Respuesta automática: Pedido\r\n" + SUPPRESS, "ignored: auto_reply"),
    ("Subject: Automatische Antwort: Bestellung\r\nReferences: <a@b>\r\n", "ignored: auto_reply"),
    ("Subject: =?utf-8?Q?R=C3=A9ponse_automatique?= : Commande\r\n" + ANSWER, "ignored: auto_reply"),
    ("Auto-Submitted: auto-generated\r\nSubject: Ausente: Re: Pedido\r\n" + ANSWER, "ignored: auto_reply"),
    # What programs send of themselves.
    ("Auto-Submitted: auto-generated\r\n", "program"),
    ("Auto-Submitted: auto-generated; x=y\r\n", "program"),
    ("Auto-Submitted: auto-notified; owner-token=a\r\n", "program"),
    ("Auto-Submitted: something-new\r\n", "program"),
    (SUPPRESS, "program"),
    ("X-Auto-Response-Suppress: OOF, AutoReply\r\n", "program"),
    # Lists and mail to many.
    *((f"{name}: <x.cl>\r\n", "list") for name in ("List-Id", "List-Post", "List-Help", "List-Unsubscribe")),
    ("list-unsubscribe: <mailto:a@b.cl>\r\n", "list"),
    ("Mailing-List: list x@y.cl\r\n", "list"),
    ("Feedback-ID: 1:2:3:x\r\n", "list"),
    *((f"Precedence: {word}\r\n", "list") for word in ("bulk", "List", "junk")),
    # Addresses that no one reads.
    *(
        (f"From: {local}@tienda.cl\r\n", "no_reply")
        for local in (
            "noreply no-reply no_reply donotreply do-not-reply noresponder no-responda nao-responda notificaciones"
            " notifications notification ventas-noreply noreply+123 pedidos.no-reply postmaster bounces+a=b newsletter"
            " alertas nicht-antworten ne-pas-repondre"
        ).split()
    ),
    *(
        (f"From: {local}@tienda.cl\r\n", "person")
        for local in "norma reply.carla nora.responde noreen".split()
    ),
    ("Return-Path: <>\r\n", "no_reply"),
    ("Return-Path: <lista-bounces+carla=x.cl@y.cl>\r\n", "no_reply"),
    ("Return-Path: <owner-lista@y.cl>\r\n", "no_reply"),
    ("Return-Path: <lista-request@y.cl>\r\n", "no_reply"),
    ("Return-Path: <bounces+77-carla=x.cl@em.mailer.cl>\r\n", "person"),  # a service that sends for a person
    ("Return-Path: <carla@example.com>\r\n", "person"),
]


@pytest.mark.parametrize(("head", "wanted"), KINDS, ids=[head for head, _w in KINDS])
def test_what_wrote_it_is_told_by_its_headers(head: str, wanted: str) -> None:
    assert kind_of(mail(head)) == wanted


def test_the_envelope_says_more_than_a_header() -> None:
    assert kind_of(mail("", envelope_from="")) == "no_reply"
    assert kind_of(mail("Return-Path: <>\r\n", envelope_from="carla@example.com")) == "person"


def test_a_read_receipt_is_no_message() -> None:
    kind = "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n"
    assert kind_of(mail(kind)) == "ignored: read_receipt"


@pytest.mark.parametrize("head", [head for head, wanted in KINDS if wanted.startswith("ignored")])
def test_what_was_ignored_is_a_message_when_a_person_wants_it(head: str) -> None:
    [message] = messages_of(mail(head), own_addresses=["soporte@acme.es"], wanted=True)
    assert isinstance(message, IncomingMessage)
    assert message.is_automatic
