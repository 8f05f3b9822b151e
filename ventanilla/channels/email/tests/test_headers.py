"""Headers as programs really write them: names, addresses, subjects and file names, with and without their encoding."""

from __future__ import annotations

import time
from io import BytesIO

import pytest

from ventanilla.channels.email.reading import Mail, read_mail
from ventanilla.channels.email.reading.headers import decode_words, parse_addresses

pytestmark = pytest.mark.feature("I-02")


def mail(head: bytes, body: bytes = b"hola", *, kind: bytes = b"text/plain") -> Mail:
    return read_mail(BytesIO(head + b"Content-Type: " + kind + b"\r\n\r\n" + body))


# ── addresses ─────────────────────────────────────────────────────────────────────────────────────────
MAILBOXES = [
    ("Carla Soto <carla@x.cl>", [("carla@x.cl", "Carla Soto")]),
    ('"Soto, Carla" <carla@x.cl>', [("carla@x.cl", "Soto, Carla")]),
    ("Soto, Carla <carla@x.cl>", [("carla@x.cl", "Soto, Carla")]),
    ('"Soto; Carla" <carla@x.cl>', [("carla@x.cl", "Soto; Carla")]),
    ("=?utf-8?Q?Soto=2C_Mar=C3=ADa?= <m@x.cl>", [("m@x.cl", "Soto, María")]),
    ("=?utf-8?Q?Soto,_Mar=C3=ADa?= <m@x.cl>", [("m@x.cl", "Soto, María")]),
    ('"=?utf-8?Q?Jos=C3=A9?=" <j@x.cl>', [("j@x.cl", "José")]),
    ("CARLA@X.CL", [("carla@x.cl", "")]),
    ("<carla@x.cl>", [("carla@x.cl", "")]),
    ("Carla carla@x.cl", [("carla@x.cl", "Carla")]),
    ("Carla <carla@x.cl", [("carla@x.cl", "Carla")]),
    ("Carla <carla@x.cl, Luis <luis@x.cl>", [("carla@x.cl", "Carla"), ("luis@x.cl", "Luis")]),
    ('"Carla <carla@x.cl>', [("carla@x.cl", "Carla")]),
    ('"Carla <carla@x.cl>, Luis <luis@x.cl>', [("carla@x.cl", "Carla"), ("luis@x.cl", "Luis")]),
    ("carla@x.cl (Carla Soto)", [("carla@x.cl", "Carla Soto")]),
    ("((Carla) carla@x.cl", [("carla@x.cl", "(")]),
    ('Carla (la de "Soto") <carla@x.cl>', [("carla@x.cl", "Carla")]),
    ('"carla@x.cl" <carla@x.cl>', [("carla@x.cl", "carla@x.cl")]),
    ("Carla @ Acme <carla@x.cl>", [("carla@x.cl", "Carla @ Acme")]),
    ("carla@x.cl via Lista <lista@y.cl>", [("lista@y.cl", "carla@x.cl via Lista")]),
    ("Carla [Acme] <carla@x.cl>", [("carla@x.cl", "Carla [Acme]")]),
    ("Dra. Soto <carla@x.cl>", [("carla@x.cl", "Dra. Soto")]),
    ("'Carla Soto' <carla@x.cl>", [("carla@x.cl", "Carla Soto")]),
    ("Carla O'Higgins <carla@x.cl>", [("carla@x.cl", "Carla O'Higgins")]),
    # A nickname keeps its marks, wherever it stands and however they are written.
    ('Carla "Lita" Soto <carla@x.cl>', [("carla@x.cl", 'Carla "Lita" Soto')]),
    ('Carla Soto "Lita" <carla@x.cl>', [("carla@x.cl", 'Carla Soto "Lita"')]),
    ('"Carla Soto \\"Lita\\"" <carla@x.cl>', [("carla@x.cl", 'Carla Soto "Lita"')]),
    ("=?utf-8?Q?Carla_=22Lita=22?= <carla@x.cl>", [("carla@x.cl", 'Carla "Lita"')]),
    ("=?utf-8?B?IkxpdGEiIFNvdG8=?= <carla@x.cl>", [("carla@x.cl", '"Lita" Soto')]),
    # Groups, routes, what is pasted.
    ("Equipo: ana@x.cl, luis@x.cl;", [("ana@x.cl", ""), ("luis@x.cl", "")]),
    ("Equipo: Ana <ana@x.cl>;, luis@x.cl", [("ana@x.cl", "Ana"), ("luis@x.cl", "")]),
    ("undisclosed-recipients:;", []),
    ("<@a.cl,@b.cl:carla@x.cl>", [("carla@x.cl", "")]),
    ("mailto:carla@x.cl", [("carla@x.cl", "")]),
    ("carla@x.cl.", [("carla@x.cl", "")]),
    ("a@x.cl; b@x.cl", [("a@x.cl", ""), ("b@x.cl", "")]),
    ("a@x.cl,,b@x.cl", [("a@x.cl", ""), ("b@x.cl", "")]),
    ("=?utf-8?B?Y2FybGFAeC5jbA==?=", [("carla@x.cl", "")]),
    # Addresses that few forms accept and that real people have.
    ("Carla <carla..soto@x.cl>", [("carla..soto@x.cl", "Carla")]),
    ("Carla <carla.soto.@x.cl>", [("carla.soto.@x.cl", "Carla")]),
    ('"carla soto"@x.cl', [('"carla soto"@x.cl', "")]),
    ('Carla <"carla soto"@x.cl>', [('"carla soto"@x.cl', "Carla")]),
    ('"carla"@x.cl', [("carla@x.cl", "")]),
    ("josé@x.cl", [("josé@x.cl", "")]),
    ("x@mächine.example", [("x@mächine.example", "")]),
    ("x@xn--mchine-cua.example", [("x@xn--mchine-cua.example", "")]),
    ("carla@[192.0.2.1]", [("carla@[192.0.2.1]", "")]),
    ("", []),
    ("<>", []),
    ("Carla", []),
    ("Carla <carla at x.cl>", []),
]


@pytest.mark.parametrize(("given", "wanted"), MAILBOXES, ids=[given for given, _w in MAILBOXES])
def test_mailboxes_are_read_as_people_read_them(given: str, wanted: list[tuple[str, str]]) -> None:
    assert [tuple(address) for address in parse_addresses([given])] == wanted
    read = mail(f"To: {given}\r\n".encode())
    assert [tuple(address) for address in read.to] == wanted


EVIL = ['"', "(", "<", ",", "a,", '"a\\', '<"', "=?", "=?utf-8?Q?", ";=?u?q?x", "=?a?q??", "\\", "a@", ":;"]


@pytest.mark.parametrize("piece", EVIL)
def test_no_header_costs_more_than_its_length(piece: str) -> None:
    header = piece * (60_000 // len(piece))
    began = time.process_time()
    parse_addresses([header])
    decode_words(header)
    assert time.process_time() - began < 5


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────
QUESTION = "¿Cuándo llega el año niño a Logroño? "


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "cp1252", "iso-8859-15"])
@pytest.mark.parametrize("times", [1, 3, 40])
@pytest.mark.parametrize("declared", ["", "; charset=utf-8", "; charset=iso-8859-1", "; charset=us-ascii"])
def test_a_raw_subject_of_any_length_is_read(charset: str, times: int, declared: str) -> None:
    subject = (QUESTION * times).strip()
    head = f"From: Begoña <b@x.cl>\r\nSubject: {subject}\r\n".encode(charset)
    read = mail(head, kind=b"text/plain" + declared.encode())
    assert (read.subject, read.from_[0].name) == (subject, "Begoña")


@pytest.mark.parametrize(
    ("charset", "subject"),
    [
        ("koi8-r", "Где мой заказ?"),
        ("windows-1251", "Где мой заказ?"),
        ("windows-1253", "Πού είναι;"),
        ("gb18030", "你好，我的订单在哪里？"),
        ("iso-2022-jp", "注文はどこですか"),
    ],
)
def test_a_raw_subject_is_in_the_charset_of_the_body(charset: str, subject: str) -> None:
    head = f"From: a@x.cl\r\nSubject: {subject}\r\n".encode(charset)
    body = b"--b\r\nContent-Type: text/plain; charset=%s\r\n\r\nx\r\n--b--" % charset.encode()
    assert mail(head, body, kind=b"multipart/mixed; boundary=b").subject == subject


WORDS = [
    ("Hola =?utf-8?Q?mundo?= !", "Hola mundo !"),
    ("Camión 10 € =?utf-8?Q?=C3=B1?=", "Camión 10 € ñ"),
    ("=?utf-8?Q?¿Qué tal??=", "¿Qué tal?"),
    ("=?utf-8*es?Q?a=C3=B1o?=", "año"),
    ("=?utf-8?B?YcOxbw?=", "año"),
    ("=?utf-8?B?YcOx\r\n bw==?=", "año"),
    ("=?utf-8?Q?a=C3?=\r\n =?utf-8?Q?=B1o?=", "año"),
    ("=?utf-8?Q?uno?==?utf-8?Q?_dos?=", "uno dos"),
    ("=?iso-8859-1?Q?a=F1o?= =?utf-8?Q?_nuevo?=", "año nuevo"),
]


@pytest.mark.parametrize(("given", "wanted"), WORDS, ids=[given for given, _w in WORDS])
def test_encoded_words_are_decoded_also_among_raw_text(given: str, wanted: str) -> None:
    assert mail(f"From: a@x.cl\r\nSubject: {given}\r\n".encode()).subject == wanted


# ── parameters ────────────────────────────────────────────────────────────────────────────────────────
NAMES: list[tuple[bytes, str]] = [
    ('filename="Canción.pdf"'.encode(), "Canción.pdf"),
    ('filename="Canción.pdf"'.encode("latin-1"), "Canción.pdf"),
    ("filename=Canción.pdf".encode(), "Canción.pdf"),
    (b'filename="Canci\xf3n (\x80).pdf"', "Canción (€).pdf"),
    (b"filename*=utf-8''Canci%C3%B3n.pdf", "Canción.pdf"),
    (b"filename*=iso-8859-1'es'Canci%F3n.pdf", "Canción.pdf"),
    (b"filename*=Canci%C3%B3n.pdf", "Canción.pdf"),
    (b"filename=\"x.pdf\"; filename*=utf-8''Canci%C3%B3n.pdf", "Canción.pdf"),
    (b'filename*0="Can"; filename*1="cion.pdf"', "Cancion.pdf"),
    (b"filename*0*=utf-8''Canci%C3; filename*1*=%B3n; filename*2=.pdf", "Canción.pdf"),
    (b"filename*1*=%B3n.pdf; filename*0*=utf-8''Canci%C3", "Canción.pdf"),
    ('filename*0="Canción"; filename*1=".pdf"'.encode(), "Canción.pdf"),
    (b'filename="=?utf-8?Q?Canci=C3=B3n.pdf?="', "Canción.pdf"),
    (b'filename="=?utf-8?Q?Canci=C3=B3?=\r\n =?utf-8?Q?n.pdf?="', "Canción.pdf"),
    (b"filename==?utf-8?Q?Canci=C3=B3n.pdf?=", "Canción.pdf"),
    (b'filename="a;b.pdf"', "a;b.pdf"),
    (b'filename="Informe "final".pdf"', "Informe _final_.pdf"),
    (b'filename="C:\\docs\\a.pdf"', "a.pdf"),
    (b'FILENAME = "a.pdf" ; size=3', "a.pdf"),
    (b"filename=a b c.pdf", "a b c.pdf"),
    (b'filename=""', "application.pdf"),
    (b"filename*=utf-8''", "application.pdf"),
]


@pytest.mark.parametrize("header", [b"Content-Disposition: attachment; ", b"Content-Type: application/pdf; "])
@pytest.mark.parametrize(("given", "wanted"), NAMES, ids=[repr(given) for given, _w in NAMES])
def test_file_names_are_read_however_they_are_written(header: bytes, given: bytes, wanted: str) -> None:
    given = given if header.startswith(b"Content-D") else given.replace(b"file", b"").replace(b"FILE", b"")
    kind = b"" if header.startswith(b"Content-T") else b"Content-Type: application/pdf\r\n"
    body = (
        b"--b\r\nContent-Type: text/plain\r\n\r\nhola\r\n--b\r\n"
        + kind
        + header
        + given
        + b"\r\n\r\nx\r\n--b--"
    )
    [item] = mail(b"From: a@x.cl\r\n", body, kind=b"multipart/mixed; boundary=b").attachments
    assert item.filename == wanted


def test_a_raw_file_name_is_in_the_charset_of_the_mail() -> None:
    name = 'Content-Disposition: attachment; filename="заказ.pdf"'.encode("cp1251")
    body = (
        b"--b\r\nContent-Type: text/plain; charset=windows-1251\r\n\r\nx\r\n--b\r\n"
        + name
        + b"\r\n\r\nx\r\n--b--"
    )
    [item] = mail(b"From: a@x.cl\r\n", body, kind=b"multipart/mixed; boundary=b").attachments
    assert item.filename == "заказ.pdf"


RAW = "ñ".encode("latin-1")


@pytest.mark.parametrize(
    ("kind", "body", "wanted"),
    [
        (b'text/plain; x="%s"; charset=koi8-r' % RAW, "Где".encode("koi8-r"), "Где"),
        (b'text/plain; x="%s"; format=flowed' % RAW, b"uno \r\ndos", "uno dos"),
        (b'multipart/mixed; x="%s"; boundary=b' % RAW, b"--b\r\n\r\nhola\r\n--b--", "hola"),
        (b'multipart/mixed; boundary="b%s"' % RAW, b"--b%s\r\n\r\nhola\r\n--b%s--" % (RAW, RAW), "hola"),
        (b"multipart/mixed; boundary=b%s" % RAW, b"--b%s\r\n\r\nhola\r\n--b%s--" % (RAW, RAW), "hola"),
    ],
)
def test_other_parameters_are_read_beside_raw_bytes(kind: bytes, body: bytes, wanted: str) -> None:
    assert mail(b"From: a@x.cl\r\n", body, kind=kind).text.strip() == wanted


def test_a_report_and_a_protection_are_known_beside_raw_bytes() -> None:
    report = mail(
        b"From: a@x.cl\r\n", kind=b'multipart/report; x="%s"; report-type=disposition-notification' % RAW
    )
    assert report.is_receipt
    signed = mail(
        b"From: a@x.cl\r\n",
        b"--b\r\n\r\nhola\r\n--b--",
        kind=b'multipart/signed; x="%s"; protocol="application/pgp-signature"; boundary=b' % RAW,
    )
    assert signed.protection == "pgp_signed"
