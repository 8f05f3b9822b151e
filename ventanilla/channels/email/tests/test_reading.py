"""Mail as it really arrives: every case is read without a crash, and its text is what the writer meant."""

from __future__ import annotations

import base64
import quopri
from io import BytesIO
from pathlib import Path

import pytest
from test import test_email  # type: ignore[attr-defined]

from ventanilla.channels.email.incoming import messages_of
from ventanilla.channels.email.reading import Mail, Protection, read_mail
from ventanilla.inboxes.channel import DeliveryReport, Ignored, IncomingMessage, Unreadable

HEAD = "From: Carla <carla@example.com>\r\nTo: soporte@acme.es\r\nSubject: Hola\r\nMessage-ID: <1@x>\r\n"
ACCENTS = "¿Cuánto tarda el envío a Ñuñoa?"


def mail(head: str | bytes = "", body: str | bytes = "hola") -> Mail:
    raw = head if isinstance(head, bytes) else (HEAD + head).encode()
    content = body if isinstance(body, bytes) else body.encode()
    return read_mail(BytesIO(raw + b"\r\n" + content))


def only_message(read: Mail) -> IncomingMessage:
    [message] = messages_of(read, own_addresses=["soporte@acme.es"])
    assert isinstance(message, IncomingMessage)
    return message


def typed(kind: str, encoding: str = "8bit") -> str:
    return f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n"


def multi(*parts: str, kind: str = "mixed", extra: str = "") -> tuple[str, str]:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n"
    return f'MIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary="b"{extra}\r\n', body


# ── charsets ──────────────────────────────────────────────────────────────────────────────────────────
CHARSETS = [
    ("utf-8", "utf-8", ACCENTS),
    ("UTF8", "utf-8", ACCENTS),
    ("iso-8859-1", "iso-8859-1", ACCENTS),
    ("iso-8859-15", "iso-8859-15", "Cuesta 10 €"),
    ("iso-8859-1", "cp1252", "“comillas” y 10 €"),  # declared Latin-1, written by Windows
    ("windows-1252", "cp1252", ACCENTS),
    ("us-ascii", "utf-8", ACCENTS),  # a lie that is common
    ("x-unknown", "utf-8", ACCENTS),
    ("utf-16", "utf-16", ACCENTS),
    ("utf-7", "utf-7", ACCENTS),
    ("gb2312", "gb18030", "你好，我的订单在哪里？"),
    ("big5", "big5", "你好，我的訂單在哪裡？"),
    ("shift_jis", "cp932", "注文はどこですか？①"),
    ("iso-2022-jp", "iso-2022-jp", "注文はどこですか"),
    ("ks_c_5601-1987", "cp949", "주문이 어디에 있나요?"),
    ("koi8-r", "koi8-r", "Где мой заказ?"),
    ("windows-1251", "cp1251", "Где мой заказ?"),
    ("windows-1255", "cp1255", "שלום"),
    ("iso-8859-8-i", "iso-8859-8", "שלום"),
    ("macintosh", "mac_roman", ACCENTS),
]


@pytest.mark.parametrize(("declared", "written", "text"), CHARSETS, ids=[f"{d}-{w}" for d, w, _t in CHARSETS])
def test_text_is_read_in_its_charset(declared: str, written: str, text: str) -> None:
    for encoding, content in (
        ("base64", base64.encodebytes(text.encode(written))),
        ("quoted-printable", quopri.encodestring(text.encode(written))),
    ):
        assert mail(typed(f'text/plain; charset="{declared}"', encoding), content).text.strip() == text


def test_bytes_without_a_declared_charset_are_guessed() -> None:
    assert mail("", ACCENTS.encode("utf-8")).text == ACCENTS
    assert "env" in mail("", (ACCENTS * 10).encode("cp1252")).text


# ── headers ───────────────────────────────────────────────────────────────────────────────────────────
SUBJECTS = [
    ("=?utf-8?B?wr9Dw7NtbyBlc3TDoXM/?=", "¿Cómo estás?"),
    ("=?iso-8859-1?Q?Env=EDo?=", "Envío"),
    ("=?utf-8?Q?Hola_?= =?utf-8?Q?mundo?=", "Hola mundo"),
    ("=?utf-8?B?w?= =?utf-8?B?w==?=", None),  # a broken word stays something readable
    ("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),  # a character cut in two
    ("=?x-nonsense?Q?hola?=", "hola"),
    ("plain ascii", "plain ascii"),
    ("one\r\n two", "one two"),
    ("=?utf-8?Q?a=0D=0ABcc:_x@y?=", "a  Bcc: x@y"),  # a line break that tries to become a header
]


@pytest.mark.parametrize(("given", "wanted"), SUBJECTS, ids=[str(index) for index in range(len(SUBJECTS))])
def test_subjects_are_decoded(given: str, wanted: str | None) -> None:
    read = mail(f"From: a@b.cl\r\nSubject: {given}\r\n".encode())
    if wanted is not None:
        assert read.subject == wanted
    assert "\n" not in read.subject


def test_raw_bytes_in_headers_are_read() -> None:
    read = mail("From: Jos\u00e9 <jose@x.cl>\r\nSubject: Env\u00edo\r\n".encode())
    assert (read.subject, read.from_[0].name) == ("Envío", "José")
    assert mail("From: a@x.cl\r\nSubject: Env\u00edo\r\n".encode("latin-1")).subject == "Envío"


@pytest.mark.parametrize("date", ["no date", "Mon, 32 Foo 2025 99:99", "", "Mon, 3 Nov 99999 10:00:00 +0000"])
def test_a_date_that_is_none_does_no_harm(date: str) -> None:
    assert mail(f"Date: {date}\r\n").date is None


def test_ids_are_read_however_they_are_folded() -> None:
    read = mail("References: <a@x>\r\n\t<b@x>,<c@x>\r\nIn-Reply-To: Message of <c@x>\r\n")
    assert read.references == ("a@x", "b@x", "c@x")
    assert read.in_reply_to == "c@x"


# ── structure ─────────────────────────────────────────────────────────────────────────────────────────
def test_alternatives_inline_pictures_and_files_are_told_apart() -> None:
    head, body = multi(
        'Content-Type: multipart/related; boundary="r"\r\n\r\n--r\r\n'
        'Content-Type: multipart/alternative; boundary="a"\r\n\r\n'
        "--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhola\r\n--a\r\nContent-Type: text/html\r\n\r\n"
        "<p>hola <img src='cid:foto'></p>\r\n--a--\r\n--r\r\nContent-Type: image/png\r\nContent-ID: <foto>\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--r--",
        "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''factura%20n%C2%BA1.pdf\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=",
    )
    read = mail(head, body)
    assert read.text == "hola"
    assert "<img" in read.html
    assert [(item.content_id, item.inline) for item in read.attachments] == [("foto", True), ("", False)]
    assert read.attachments[1].filename == "factura nº1.pdf"


BROKEN = {
    "no boundary": ("Content-Type: multipart/mixed\r\n", "hola"),
    "boundary never comes": ('Content-Type: multipart/mixed; boundary="zz"\r\n', "hola"),
    "no last boundary": ('Content-Type: multipart/mixed; boundary="b"\r\n', "--b\r\n\r\nhola\r\n"),
    "bad base64": (typed("text/plain", "base64"), "aG9s$$YQ"),
    "bad quoted-printable": (typed("text/plain", "quoted-printable"), "hola=ZZ="),
    "unknown encoding": (typed("text/plain", "x-uuencode-ish"), "hola"),
    "bad content type": ("Content-Type: /;;;=\r\n", "hola"),
    "header without colon": ("this is not a header\r\n", "hola"),
    "nul bytes": ("", "ho\x00la"),
    "only headers": ("", ""),
    "long line": ("", "x" * 200_000),
    "bare line feeds": ("", "uno\ndos\rtres"),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_what_is_broken_is_read_as_far_as_it_goes(name: str) -> None:
    head, body = BROKEN[name]
    read = mail(head, body)
    assert read.from_
    only_message(read)


def test_a_thousand_nested_parts_are_no_bomb() -> None:
    head = "".join(f'Content-Type: multipart/mixed; boundary="b{i}"\r\n\r\n--b{i}\r\n' for i in range(300))
    assert read_mail(BytesIO((HEAD + head).encode())).defects


def test_many_parts_are_bounded() -> None:
    head, body = multi(*["Content-Type: text/plain; name=a.txt\r\n\r\nx"] * 1500)
    read = mail(head, body)
    assert "too many parts" in read.defects
    assert len(only_message(read).files) == 15


def test_flowed_text_is_joined() -> None:
    assert (
        mail(typed("text/plain; format=flowed"), "uno \r\ndos\r\n> cita \r\n> sigue").text
        == "uno dos\n> cita sigue"
    )


def test_files_of_one_name_get_numbers_and_bad_names_are_cleaned() -> None:
    part = 'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="{}"\r\n\r\nx'
    head, body = multi(part.format("a.pdf"), part.format("a.pdf"), part.format("../../etc/passwd"))
    names = [item.filename for item in mail(head, body).attachments]
    assert names[:2] == ["a.pdf", "a (2).pdf"]
    assert "/" not in names[2]
    assert ".." not in names[2]


def test_an_invitation_is_a_card_and_a_forwarded_mail_a_file() -> None:
    ics = (
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Visita\r\nDTSTART:20251103T100000Z\r\n"
        "DTEND:20251103T110000Z\r\nLOCATION:Ñuñoa\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    head, body = multi(
        f"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n{ics}",
        "Content-Type: message/rfc822\r\n\r\nFrom: otro@x.cl\r\nSubject: Antes\r\n\r\ntexto",
    )
    read = mail(head, body)
    assert (read.calendar[0].summary, read.calendar[0].location) == ("Visita", "Ñuñoa")
    assert read.calendar[0].starts_at.startswith("2025-11-03T10:00")
    assert any(
        item.content_type == "message/rfc822" and b"Antes" in item.content for item in read.attachments
    )
    assert only_message(read).content == "Visita"


def test_a_damaged_invitation_or_winmail_stays_a_file() -> None:
    head, body = multi(
        "Content-Type: text/calendar\r\n\r\nBEGIN:NONSENSE",
        "Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\neJ8+IgAA",
    )
    read = mail(head, body)
    assert not read.calendar
    assert {item.filename for item in read.attachments} == {"invite.ics", "winmail.dat"}


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ('multipart/signed; protocol="application/pgp-signature"; boundary="b"', Protection.PGP_SIGNED),
        ('multipart/signed; protocol="application/pkcs7-signature"; boundary="b"', Protection.SMIME_SIGNED),
        ('multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"', Protection.PGP_ENCRYPTED),
        ("application/pkcs7-mime; smime-type=enveloped-data", Protection.SMIME_ENCRYPTED),
    ],
)
def test_signed_and_encrypted_mail_is_marked(kind: str, wanted: Protection) -> None:
    read = mail(f"Content-Type: {kind}\r\n", "--b\r\n\r\nhola\r\n--b--")
    assert read.protection == wanted


# ── reports ─────────────────────────────────────────────────────────────────────────────────────────────
def test_a_bounce_names_who_was_not_reached_and_which_mail_it_is_about() -> None:
    head, body = multi(
        "Content-Type: text/plain\r\n\r\nno",
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822;carla@x.cl\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n",
        "Content-Type: message/rfc822\r\n\r\nMessage-ID: <nuestro@acme>\r\nSubject: x\r\n\r\nhola",
        kind="report",
        extra="; report-type=delivery-status",
    )
    [report] = messages_of(mail(head, body), own_addresses=[])
    assert isinstance(report, DeliveryReport)
    assert (report.external_id, report.recipient, report.status) == ("nuestro@acme", "carla@x.cl", "failed")
    assert "no such user" in report.reason


def test_a_delay_is_no_failure() -> None:
    head, body = multi(
        "Content-Type: message/delivery-status\r\n\r\nX: y\r\n\r\nFinal-Recipient: rfc822;c@x.cl\r\n"
        "Action: delayed\r\nStatus: 4.4.1\r\n",
        kind="report",
        extra="; report-type=delivery-status",
    )
    with pytest.raises(Ignored):
        messages_of(mail(head, body), own_addresses=[])


@pytest.mark.parametrize("raw", [b"", b"\x00\x01\x02", b"\r\n\r\nbody without headers"])
def test_what_is_no_mail_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read_mail(BytesIO(raw))


def test_html_alone_gives_its_text() -> None:
    message = only_message(
        mail(
            typed("text/html; charset=utf-8"),
            "<style>x</style><p>Hola <b>Ana</b></p><script>alert(1)</script>",
        )
    )
    assert message.content == "Hola Ana" or "Hola" in message.content
    assert "alert" not in message.content


def test_the_messages_of_pythons_own_suite_are_read() -> None:
    folder = Path(test_email.__path__[0]) / "data"
    files = sorted(folder.glob("*.txt"))
    if not files:
        pytest.skip("this Python ships no test data")
    read = 0
    for file in files:
        try:
            read_mail(BytesIO(file.read_bytes()))
            read += 1
        except Unreadable:
            continue
    assert read >= len(files) - 2
