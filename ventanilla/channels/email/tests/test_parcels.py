"""A large attachment leaves the mail before it is parsed, and is the same file afterwards."""

from __future__ import annotations

import base64
import random
import tracemalloc
from email import message_from_bytes, policy
from io import BytesIO

import pytest

from ventanilla.channels.email.reading import read_mail
from ventanilla.channels.email.reading.parcels import LARGE_BYTES

LARGE = random.Random(5).randbytes(LARGE_BYTES * 2 + 1)


def a_mail(body: str, *, kind: str = "application/zip", encoding: str = "base64", extra: str = "") -> bytes:
    return (
        "From: Carla <carla@example.com>\r\nTo: soporte@acme.example\r\nSubject: Grande\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="m"\r\n\r\n--m\r\n'
        "Content-Type: text/plain; charset=utf-8\r\n\r\nHola\r\n--m\r\n"
        f'Content-Type: {kind}; name="g.zip"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n{extra}--m--\r\n'
    ).encode()


def encoded(content: bytes) -> str:
    return base64.encodebytes(content).decode().replace("\n", "\r\n")


@pytest.mark.parametrize("encoding", ["base64", "BASE64", "\r\n base64", "base64 (so)"])
def test_a_large_file_is_the_same_file(encoding: str) -> None:
    mail = read_mail(BytesIO(a_mail(encoded(LARGE), encoding=encoding)))
    assert mail.text.strip() == "Hola"
    (item,) = mail.attachments
    assert (item.filename, item.content_type, item.size) == ("g.zip", "application/zip", len(LARGE))
    assert item.content == LARGE
    assert item.open().read() == LARGE  # a second reading begins at the beginning


def test_several_large_files_keep_their_order_and_their_text_between() -> None:
    other = LARGE[::-1]
    part = (
        '--m\r\nContent-Type: image/png; name="b.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        f"{encoded(other)}\r\n--m\r\nContent-Type: text/plain\r\n\r\nAdiós\r\n"
    )
    mail = read_mail(BytesIO(a_mail(encoded(LARGE), extra=part)))
    assert [item.content for item in mail.attachments] == [LARGE, other]
    assert [line for line in mail.text.split("\n") if line] == ["Hola", "Adiós"]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text.replace("A", "*A", 40), id="characters that do not belong"),
        pytest.param(lambda text: text.replace("\r\n", ""), id="one line"),
        pytest.param(lambda text: text.replace("\r\n", "\r\n\r\n", 500), id="empty lines between"),
        pytest.param(
            lambda text: text + "\r\nEnviado desde mi móvil", id="a list's footer after the padding"
        ),
        pytest.param(lambda text: text.rstrip("=\r\n"), id="no padding"),
    ],
)
def test_damaged_base64_gives_what_the_standard_library_makes_of_it(damage: object) -> None:
    raw = a_mail(damage(encoded(LARGE)))  # type: ignore[operator]
    (item,) = read_mail(BytesIO(raw)).attachments
    part = list(message_from_bytes(raw, policy=policy.compat32).walk())[-1]
    assert item.content[: len(LARGE)] == bytes(part.get_payload(decode=True))[: len(LARGE)] == LARGE


def test_a_mail_that_was_cut_in_the_middle_keeps_what_came() -> None:
    raw = a_mail(encoded(LARGE))
    (item,) = read_mail(BytesIO(raw[: len(raw) // 2])).attachments
    assert LARGE.startswith(item.content)
    assert item.size > len(LARGE) // 3


def test_a_large_file_in_a_forwarded_mail_is_in_the_forwarded_mail() -> None:
    inner = a_mail(encoded(LARGE)).decode()
    raw = (
        "From: a@example.com\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n"
        f"--o\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--o--\r\n"
    ).encode()
    forwarded = next(
        item for item in read_mail(BytesIO(raw)).attachments if item.content_type == "message/rfc822"
    )
    again = read_mail(BytesIO(forwarded.content))
    assert [item.content for item in again.attachments] == [LARGE]


def test_a_text_in_base64_is_still_a_text() -> None:
    long = "línea de texto\n" * 60_000
    raw = (
        "From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{encoded(long.encode())}"
    ).encode()
    assert read_mail(BytesIO(raw)).text.strip() == long.strip()


def test_memory_does_not_grow_with_the_file() -> None:
    raw = BytesIO(a_mail(encoded(LARGE * 12)))
    tracemalloc.start()
    mail = read_mail(raw)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert mail.attachments[0].size == len(LARGE) * 12
    assert peak < len(LARGE) * 6
