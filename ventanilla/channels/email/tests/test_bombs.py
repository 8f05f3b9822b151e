"""Mails that were written to keep a reader busy: each is read, or refused, in the time its length asks for."""

from __future__ import annotations

import time
from io import BytesIO

import pytest

from ventanilla.channels.email.incoming import messages_of
from ventanilla.channels.email.reading import read_mail
from ventanilla.channels.email.replies import split_reply

HEAD = b"From: ana@example.com\r\nTo: hola@shop.example\r\nSubject: x\r\n"
SECONDS = 6  # each of these took minutes or hours
LARGE = b"\r\n" + b"y" * 600_000
NESTED = b"".join(
    b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(900)
)

_MAILS = {
    "parameters": HEAD + b"Content-Type: text/plain" + b"; a=b" * 200_000 + b"\r\n\r\nx",
    "quotes": HEAD + b"Content-Type: text/plain; a=" + b'";' * 200_000 + b"\r\n\r\nx",
    "continued parameters": HEAD
    + b"Content-Type: text/plain"
    + b"".join(b"; name*%d=b" % n for n in range(40_000))
    + b"\r\n\r\nx",
    "a failed recipient without end": HEAD + b"X-Failed-Recipients: " + b"a" * 200_000 + b"\r\n\r\nx",
    "a sender without end": b"From: " + b"a" * 200_000 + b"\r\n\r\nx",
    "references without end": HEAD + b"References: " + b"a" * 200_000 + b"\r\n\r\nx",
    "flowing lines": HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"x \r\n" * 400_000,
    "boundaries in boundaries": HEAD + NESTED + b"\r\n" + b"-x\r\n" * 200_000,
    "heads of small lines": HEAD
    + b'Content-Type: multipart/mixed; boundary="q"\r\n\r\n'
    + (b"--q\r\n" + b"a:\n" * 80_000) * 5
    + LARGE,
    "an attachment of objects": HEAD
    + b"Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    + b"\x78\x9f\x3e\x22"
    + b"\0" * 4_000_000,
    "a year of appointments": HEAD
    + b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n"
    + b"BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\n" * 100_000
    + b"END:VCALENDAR\r\n",
    "unclosed HTML": HEAD
    + b"Content-Type: text/html\r\n\r\n<p>"
    + b"".join(b"<font color=c%d>" % n for n in range(4_000))
    + b"<p>x" * 4_000,
}


@pytest.mark.parametrize("name", _MAILS)
def test_a_mail_is_read_in_the_time_of_its_length(name: str) -> None:
    began = time.process_time()

    mail = read_mail(BytesIO(_MAILS[name]))
    messages_of(mail, own_addresses=[])

    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(
    "text",
    ["x" + " \n" * 100_000 + "x", "x\nFrom: a\n" + " \n" * 100_000 + "x", "x\n" + ("\t" * 1_000 + "\n") * 200 + "x",
     "x\n" + "> \n" * 60_000 + "x"],
    ids=["blank lines", "after a head", "tabs", "quotes"],
)  # fmt: skip
def test_a_text_is_split_in_the_time_of_its_length(text: str) -> None:
    began = time.process_time()

    split_reply(text)

    assert time.process_time() - began < SECONDS / 4


def test_what_lies_beyond_the_depth_is_named_and_the_rest_is_read() -> None:
    mail = read_mail(BytesIO(HEAD + b"Content-Type: text/plain\r\n\r\nhola"))
    deep = read_mail(BytesIO(HEAD + NESTED + b"\r\nx"))

    assert mail.text == "hola"
    assert "nested too deeply" in deep.defects


def test_a_quote_at_the_end_is_history_whatever_separates_its_lines() -> None:
    parts = split_reply("Sí.\n\n> uno\n\n  > dos\x0c\u2028tres\n \n")

    assert parts.reply == "Sí."
    assert parts.history.startswith("> uno")
    assert parts.history.rstrip().endswith("tres")
