"""What strangers called themselves, their files and their mails stands in our headers and adds none."""

from __future__ import annotations

from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import default
from io import BytesIO
from typing import Any

import pytest

from ventanilla.channels.email.composing import Letter, Quoted, compose
from ventanilla.channels.email.reading import Address, read_mail
from ventanilla.inboxes.channel import OutgoingFile

pytestmark = pytest.mark.feature("I-04", "Z-25")

EVIL = [
    "=?utf-8?q?a=0D=0ABcc:_x@y.example?=",
    "=?UTF-8?B?YQ0KQmNjOiB4QHkuZXhhbXBsZQ0KDQo8cD5oYWNrPC9wPg==?=",
    "Ana =?x y?q?=0D=0A=0D=0Aotro?= Luz",
    "a\r\nBcc: x@y.example",
    "a\x85Bcc: x@y.example",
    "a\u2028Bcc: x@y.example",
    "a\x1cBcc: x@y.example",
]


def _file(name: str, kind: str) -> OutgoingFile:
    return OutgoingFile(filename=name, content_type=kind, size=1, file=BytesIO(b"x"), url="")


def _sent(**changes: Any) -> bytes:
    letter: dict[str, Any] = {
        "message_id": "m@shop.example",
        "from_": Address("hola@shop.example", "Tienda"),
        "to": [Address("carla@example.com", "Carla")],
        "subject": "Pedido",
        "content": "Hola",
    }
    return compose(Letter(**letter | changes)).as_bytes()


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize(
    "place", ["subject", "to", "from", "file", "picture", "answered", "references", "quoted"]
)
def test_nothing_a_stranger_wrote_becomes_a_header_or_a_body(place: str, evil: str) -> None:
    places: dict[str, dict[str, Any]] = {
        "subject": {"subject": evil},
        "to": {"to": [Address("carla@example.com", evil)]},
        "from": {"from_": Address("hola@shop.example", evil)},
        "file": {"files": [_file(evil, "application/pdf")]},
        "picture": {"files": [_file(evil, "image/png")]},
        "answered": {"in_reply_to": evil},
        "references": {"references": [evil, "good@example.com"]},
        "quoted": {
            "quoted": Quoted(Address("a@b.example", evil), datetime.now(UTC), "hola", evil, evil),
            "forwards": True,
        },
    }

    raw = _sent(**places[place])

    head = raw.partition(b"\r\n\r\n")[0]
    assert not [line for line in head.split(b"\r\n") if line.lower().startswith(b"bcc")]
    parsed = BytesParser(policy=default).parsebytes(raw)
    assert parsed["Bcc"] is None
    assert parsed.get_content_type().startswith("multipart/")  # the head ended where ours ends
    assert not read_mail(BytesIO(raw)).bcc


@pytest.mark.parametrize("long", ["x" * 950 + "@example.com", "ñandú@example.com", "a b@example.com"])
def test_an_id_that_fits_no_header_is_left_out(long: str) -> None:
    raw = _sent(in_reply_to=long, references=[long, "good@example.com"])

    parsed = BytesParser(policy=default).parsebytes(raw)
    assert parsed["In-Reply-To"] is None
    assert parsed["References"] == "<good@example.com>"
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "kind", ["message/delivery-status", "message/rfc822", "multipart/mixed", "", "/", "a/b/c", "a/b\r\nBcc: x@y.example"]
)  # fmt: skip
def test_a_file_of_any_type_leaves_whole(kind: str) -> None:
    [file] = read_mail(BytesIO(_sent(files=[_file("a.bin", kind)]))).attachments

    assert (file.filename, file.content) == ("a.bin", b"x")


def test_a_question_in_a_subject_stays_as_it_is() -> None:
    assert read_mail(BytesIO(_sent(subject="¿x=? o y=?2?="))).subject == "¿x=? o y=?2?="
