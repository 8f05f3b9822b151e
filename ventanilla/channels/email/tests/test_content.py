"""What is inside a mail beside its words: pictures, files left out, protection, appointments, what a server checked."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from ventanilla.channels.email.incoming import messages_of
from ventanilla.channels.email.reading import Context, Mail, Protection, read_mail
from ventanilla.inboxes.channel import IncomingMessage

pytestmark = pytest.mark.feature("I-02", "Z-25")
HEAD = "From: Carla <carla@example.com>\r\nTo: soporte@acme.es\r\nSubject: Hola\r\nMessage-ID: <1@x>\r\n"
PNG = "Content-Type: image/png; name={0}\r\nContent-ID: <{1}>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo="


def mail(*parts: str, kind: str = "mixed", head: str = "", context: Context | None = None) -> Mail:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n"
    kind = kind if "/" in kind else f'multipart/{kind}; boundary="b"'
    raw = f"{head}{HEAD}MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n{body}"
    return read_mail(BytesIO(raw.encode()), context or Context())


def message_of(read: Mail) -> IncomingMessage:
    [message] = messages_of(read, own_addresses=["soporte@acme.es"])
    assert isinstance(message, IncomingMessage)
    return message


def text(words: str) -> str:
    return f"Content-Type: text/plain; charset=utf-8\r\n\r\n{words}"


def html(words: str) -> str:
    return f"Content-Type: text/html; charset=utf-8\r\n\r\n{words}"


# ── pictures ──────────────────────────────────────────────────────────────────────────────────────────
def test_a_picture_in_the_text_has_its_name() -> None:
    message = message_of(
        mail(
            text("Mira: [cid:image001.png@01DB.5] y [cid:otra@x] y [cid:%66oto]"),
            html("<p>Mira: <img src='cid:image001.png@01DB.5'></p>"),
            PNG.format("plano.png", "image001.png@01DB.5"),
            PNG.format("foto.png", "foto"),
        )
    )
    assert message.content == "Mira: [image: plano.png] y [image: otra] y [image: foto.png]"
    assert "cid:" not in message.content_attributes["email"]["text_content"]["full"]
    assert [(file.filename, file.inline) for file in message.files] == [
        ("plano.png", True),
        ("foto.png", False),
    ]


@pytest.mark.parametrize(
    "tag",
    [
        '<img src="cid:a@b">',
        "<IMG alt='logo' SRC='CID:a@b' />",
        "<img width=3 src=cid:a@b>",
        '<img src="cid:a%40b" alt="">',
        '<img src="cid:a&#64;b" alt=x>',
    ],
)
def test_html_alone_names_the_pictures_it_shows(tag: str) -> None:
    message = message_of(
        mail(html(f"<p>Hola {tag} adiós</p>"), PNG.format("plano.png", "a@b"), kind="related")
    )
    assert " ".join(message.content.split()) == "Hola [image: plano.png] adiós"
    assert [file.inline for file in message.files] == [True]
    assert tag in message.content_attributes["email"]["html_content"]["full"]


# ── files that stay in the source ─────────────────────────────────────────────────────────────────────
def a_file(name: str, size: int = 1) -> str:
    return (
        f'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n'
        + "x" * size
    )


def left_out(message: IncomingMessage) -> list[tuple[str, int, str]]:
    return [tuple(one.values()) for one in message.content_attributes["email"]["left_out"]]


def test_too_many_files_cost_no_word_and_are_named(settings: Any) -> None:
    pictures = [PNG.format(f"p{number}.png", f"p{number}@x") for number in range(20)]
    shown = html("".join(f"<img src='cid:p{number}@x'>" for number in range(20)))
    message = message_of(mail(shown, *pictures, *(a_file(f"{number}.pdf") for number in range(18))))
    assert [file.filename for file in message.files if not file.inline] == [f"{n}.pdf" for n in range(3, 18)]
    assert len([file for file in message.files if file.inline]) == 20
    assert left_out(message) == [(f"{number}.pdf", 1, "too_many") for number in range(3)]


def test_too_large_a_file_is_left_out_by_name_and_size(settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    message = message_of(mail(text("Va el plano"), a_file("plano.pdf", 2000), a_file("nota.pdf", 10)))
    assert message.content == "Va el plano"
    assert [file.filename for file in message.files] == ["nota.pdf"]
    assert left_out(message) == [("plano.pdf", 2000, "too_large")]


# ── protection ────────────────────────────────────────────────────────────────────────────────────────
def test_the_parts_of_protected_mail_have_whole_words_for_names() -> None:
    encrypted = mail(
        "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
        "Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----",
        kind='multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"',
    )
    assert [item.filename for item in encrypted.attachments] == ["version.txt", "encrypted.asc"]
    signed = mail(text("hola"), "Content-Type: application/pgp-signature\r\n\r\nx")
    assert [item.filename for item in signed.attachments] == ["signature.asc"]
    other = mail(text("hola"), "Content-Type: application/x-very-long-name-of-something\r\n\r\nx")
    assert [item.filename for item in other.attachments] == ["application.bin"]


ARMOURS = [
    ("-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----", Protection.PGP_ENCRYPTED),
    ("Hola\r\n\r\n-----BEGIN PGP MESSAGE-----  \r\nx", Protection.PGP_ENCRYPTED),
    ("-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nhola", Protection.PGP_SIGNED),
    ("> -----BEGIN PGP MESSAGE-----", Protection.NONE),
    ("-----BEGIN PGP PUBLIC KEY BLOCK-----", Protection.NONE),
]


@pytest.mark.parametrize(("words", "wanted"), ARMOURS)
def test_pgp_inside_the_text_is_marked(words: str, wanted: Protection) -> None:
    assert mail(text(words)).protection == wanted


# ── appointments ──────────────────────────────────────────────────────────────────────────────────────
EVENT = "UID:{uid}\r\nSUMMARY:Visita\r\nDTSTART:20261203T100000Z\r\n"


def ics(*events: str, method: str = "REQUEST") -> str:
    inside = "".join(f"BEGIN:VEVENT\r\n{event}END:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\n{inside}END:VCALENDAR\r\n"


def calendar(content: str, kind: str = "text/calendar; charset=utf-8") -> str:
    return f"Content-Type: {kind}\r\n\r\n{content}"


def test_one_event_in_two_parts_is_one_card() -> None:
    content = ics(EVENT.format(uid="1"))
    read = mail(text("hola"), calendar(content), calendar(content, "application/ics; name=invite.ics"))
    [card] = message_of(read).content_attributes["calendar"]
    assert (card["uid"], card["summary"], card["starts_at"]) == ("1", "Visita", "2026-12-03T10:00:00+00:00")


def test_the_newest_form_of_an_event_and_the_series_itself_are_shown() -> None:
    changed = EVENT.format(uid="1").replace("Visita", "Otra visita") + "SEQUENCE:2\r\n"
    day = EVENT.format(uid="2").replace("Visita", "Un día") + "RECURRENCE-ID:20261210T100000Z\r\n"
    series = EVENT.format(uid="2").replace("Visita", "Cada semana") + "RRULE:FREQ=WEEKLY\r\n"
    read = mail(calendar(ics(EVENT.format(uid="1"), changed, day, series)))
    cards = {card.uid: card for card in read.calendar}
    assert [cards["1"].summary, cards["2"].summary, cards["2"].repeats] == [
        "Otra visita",
        "Cada semana",
        True,
    ]


CARDS: list[tuple[str, str, dict[str, Any]]] = [
    ("REQUEST", "DURATION:PT90M\r\n", {"ends_at": "2026-12-03T11:30:00+00:00"}),
    (
        "REQUEST",
        'ORGANIZER;CN="Ana Soto":MAILTO:Ana@X.cl\r\n',
        {"organizer": "ana@x.cl", "organizer_name": "Ana Soto"},
    ),
    ("REQUEST", "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:soporte@acme.es\r\n", {"answer": "needs_action"}),
    ("REQUEST", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:otra@acme.es\r\n", {"answer": ""}),
    (
        "REPLY",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:eva@x.cl\r\n",
        {"answer": "declined", "attendee": "eva@x.cl"},
    ),
    ("CANCEL", "", {"is_cancelled": True}),
    ("REQUEST", "STATUS:CANCELLED\r\n", {"is_cancelled": True}),
    ("PUBLISH", "LOCATION:Ñuñoa\\, Santiago\r\n", {"location": "Ñuñoa, Santiago"}),
    ("REQUEST", "SEQUENCE:nonsense\r\n", {"sequence": 0}),
]


@pytest.mark.parametrize(("method", "lines", "wanted"), CARDS)
def test_a_card_says_what_the_event_says(method: str, lines: str, wanted: dict[str, Any]) -> None:
    read = mail(calendar(ics(EVENT.format(uid="1") + lines, method=method)))
    if not read.calendar and "nonsense" in lines:
        return
    [card] = message_of(read).content_attributes["calendar"]
    assert {name: card[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("lines", "starts"),
    [
        ("DTSTART;VALUE=DATE:20261203\r\n", "2026-12-03"),
        ("DTSTART:20261203T100000\r\n", "2026-12-03T10:00:00"),
        ("DTSTART;TZID=Europe/Madrid:20261203T100000\r\n", "2026-12-03T10:00:00+01:00"),
        ("DTSTART;TZID=Romance Standard Time:20261203T100000\r\n", "2026-12-03T10:00:00+01:00"),
    ],
)
def test_days_floating_times_and_zones(lines: str, starts: str) -> None:
    [card] = mail(calendar(ics("UID:1\r\n" + lines))).calendar
    assert card.starts_at == starts


@pytest.mark.parametrize(
    "lines",
    [
        "DTSTART:20261310T100000Z\r\n",
        "DTSTART;TZID=Europe/Madrid:mañana\r\n",
        "DTSTART:20261203T100000Z\r\nDTEND:nunca\r\nDURATION:mucho\r\n",
        "DTSTART:20261203T100000Z\r\nSEQUENCE:nonsense\r\nRRULE:FREQ=NUNCA\r\n",
    ],
)
def test_what_an_event_says_wrongly_costs_neither_the_rest_of_it_nor_other_events(lines: str) -> None:
    read = mail(calendar(ics(f"UID:2\r\nSUMMARY:Obra\r\nLOCATION:Vigo\r\n{lines}", EVENT.format(uid="1"))))
    assert [(card.uid, card.summary) for card in read.calendar] == [("2", "Obra"), ("1", "Visita")]
    assert read.calendar[0].location == "Vigo"


def test_a_calendar_that_no_card_shows_stays_a_file() -> None:
    read = mail(text("hola"), calendar("BEGIN:NONSENSE"), kind="alternative")
    assert [(file.filename, file.content_type) for file in message_of(read).files] == [
        ("invite.ics", "text/calendar")
    ]


def test_an_invitation_is_known_by_its_name_too() -> None:
    head = 'application/octet-stream; name="Cita.ICS"\r\nContent-Disposition: attachment'
    read = mail(text("hola"), calendar(ics(EVENT.format(uid="1")), head))
    assert [card.uid for card in read.calendar] == ["1"]
    assert [file.filename for file in message_of(read).files] == ["Cita.ICS"]


# ── passed on as a file ──
INNER = "From: Joan <joan@z.example>\r\nSubject: Avaria\r\nContent-Type: {0}; charset=utf-8\r\n\r\n{1}"


@pytest.mark.parametrize("inner", [("text/plain", "El forn no va."), ("text/html", "<p>El forn no va.</p>")])
@pytest.mark.parametrize("own", ["", " \r\n "])
def test_a_mail_that_only_brings_another_as_a_file_says_what_that_says(
    inner: tuple[str, str], own: str
) -> None:
    brought = f"Content-Type: message/rfc822\r\n\r\n{INNER.format(*inner)}"
    message = message_of(mail(*([text(own)] if own else []), brought))
    assert message.content == "Joan <joan@z.example>\nAvaria\n\nEl forn no va."
    assert [file.content_type for file in message.files] == ["message/rfc822"]
    assert message.source_id == "carla@example.com"


def test_words_of_its_own_stand_alone_and_mails_in_mails_are_read_once() -> None:
    brought = f"Content-Type: message/rfc822\r\n\r\n{INNER.format('text/plain', 'El forn')}"
    assert message_of(mail(text("Us ho passo"), brought)).content == "Us ho passo"
    inside = "From: a@b.example\r\nSubject: Dins\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n"
    twice = f"Content-Type: message/rfc822\r\n\r\n{inside}{INNER.format('text/plain', 'El forn')}"
    assert message_of(mail(twice)).content == "<a@b.example>\nDins"


# ── which part says it ────────────────────────────────────────────────────────────────────────────────
STORY = "<p>El horno se ha roto y necesito que alguien venga a verlo.</p>"
ONE_AFTER_ANOTHER: list[tuple[str, str, list[str]]] = [
    (html(STORY), text("Analizado por Forte, sin virus."), ["El horno se ha roto", "Analizado por Forte"]),
    (
        text("El horno se ha roto"),
        html("<p>Lista de vecinos</p>"),
        ["El horno se ha roto", "Lista de vecinos"],
    ),
    (text("Uno"), html("<p>&nbsp;</p>"), ["Uno"]),
    (html("<p>Uno</p>"), html("<p>Dos</p>"), ["Uno", "Dos"]),
    (html("<p>Sí</p>"), text("Lista de vecinos"), ["Sí", "Lista de vecinos"]),
    (html("<p>👍</p>"), text("Lista de vecinos"), ["👍", "Lista de vecinos"]),
]


@pytest.mark.parametrize(("first", "second", "wanted"), ONE_AFTER_ANOTHER)
def test_parts_that_stand_one_after_another_are_all_read(first: str, second: str, wanted: list[str]) -> None:
    """Lists and virus scanners put a text of theirs under the HTML that someone wrote."""
    content = " ".join(message_of(mail(first, second)).content.split())
    places = [content.find(words) for words in wanted]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("nested", [True, False])
def test_a_text_and_the_html_offered_for_it_are_read_once(nested: bool) -> None:
    choice = f"--c\r\n{text('El horno se ha roto')}\r\n--c\r\n{html('<p>El horno se ha roto</p>')}\r\n--c--"
    parts = [f'Content-Type: multipart/alternative; boundary="c"\r\n\r\n{choice}', text("Lista")]
    if nested:
        related = f"--d\r\n{html('<p>El horno se ha roto</p>')}\r\n--d--"
        parts[0] = (
            'Content-Type: multipart/alternative; boundary="c"\r\n\r\n'
            f"--c\r\n{text('El horno se ha roto')}\r\n"
            f'--c\r\nContent-Type: multipart/related; boundary="d"\r\n\r\n{related}\r\n--c--'
        )
    assert message_of(mail(*parts)).content.split() == "El horno se ha roto Lista".split()


@pytest.mark.parametrize(
    "stand_in",
    [
        "Your mail program does not show HTML.",
        "Este mensaje está en formato HTML. Para verlo, use otro programa.",
        "Bitte verwenden Sie ein Programm, das HTML anzeigen kann: https://x.example/hilfe",
        "Aquest missatge només es pot veure en HTML",
    ],
)
def test_a_text_that_only_stands_in_for_the_html_is_not_what_was_written(stand_in: str) -> None:
    assert message_of(mail(text(stand_in), html(STORY), kind="alternative")).content.startswith("El horno")


@pytest.mark.parametrize(
    "written",
    [
        "El horno se ha roto y necesito que alguien venga. https://x.example/foto.jpg",
        "[image: logo del obrador]\r\nEl horno se ha roto",
        "Roto",
        "Añado algo que el otro no dice "
        + "y es largo como una carta entera de alguien con mucho que contar " * 9,
    ],
)
def test_a_text_in_other_words_than_its_html_stays_what_it_is(written: str) -> None:
    read = message_of(mail(text(written), html(STORY), kind="alternative"))
    assert read.content.split() == written.split()


def test_an_answer_of_a_calendar_program_is_a_message() -> None:
    answer = ics(EVENT.format(uid="1") + "ATTENDEE;PARTSTAT=ACCEPTED:mailto:eva@x.cl\r\n", method="REPLY")
    read = mail(calendar(answer), head="Auto-Submitted: auto-replied\r\n")
    assert message_of(read).content_attributes["calendar"][0]["answer"] == "accepted"


# ── what the receiving server checked ─────────────────────────────────────────────────────────────────
TAKEN = "Received: from mail.x.cl by mx1.acme.es with ESMTP; Mon, 30 Nov 2026 10:00:00 +0100\r\n"
OLD = "Received: from a by mail.x.cl; Mon, 30 Nov 2026 09:59:00 +0100\r\n"
FAILS = "Authentication-Results: {by}; spf=fail smtp.mailfrom=x.cl;\r\n dkim=none; dmarc=fail (p=REJECT)\r\n"
PASSES = "Authentication-Results: {by}; spf=pass; dkim=pass header.d=x.cl; dmarc=pass\r\n"

CHECKS: list[tuple[str, Context, tuple[str, ...]]] = [
    (FAILS.format(by="mx1.acme.es") + TAKEN, Context(), ("spf", "dmarc")),
    (TAKEN + FAILS.format(by="mx1.acme.es"), Context(), ("spf", "dmarc")),
    (FAILS.format(by="acme.es 1") + TAKEN, Context(), ("spf", "dmarc")),
    (PASSES.format(by="mx1.acme.es") + TAKEN, Context(), ()),
    # Whoever is not the receiving server says nothing, also where its line is the only one.
    (TAKEN + FAILS.format(by="mail.x.cl") + OLD, Context(), ()),
    (FAILS.format(by="evil.cl") + FAILS.format(by="mx1.acme.es") + TAKEN, Context(), ()),
    (PASSES.format(by="mx1.acme.es") + TAKEN + FAILS.format(by="mx1.acme.es") + OLD, Context(), ()),
    (
        FAILS.format(by="mx1.acme.es") + TAKEN + PASSES.format(by="mx1.acme.es") + OLD,
        Context(),
        ("spf", "dmarc"),
    ),
    # Several lines of the same server are one.
    (
        "Authentication-Results: mx1.acme.es; dmarc=fail\r\nAuthentication-Results: mx1.acme.es; dkim=fail\r\n"
        "Authentication-Results: mx1.acme.es; spf=softfail\r\n" + TAKEN,
        Context(),
        ("spf", "dkim", "dmarc"),
    ),
    # Forwarding loses SPF: a signature of the sender's own domain, or DMARC, says that it is theirs.
    ("Authentication-Results: mx1.acme.es; spf=fail; dmarc=pass\r\n" + TAKEN, Context(), ()),
    (
        "Authentication-Results: mx1.acme.es; spf=fail; dkim=pass header.d=example.com\r\n" + TAKEN,
        Context(),
        (),
    ),
    (
        "Authentication-Results: mx1.acme.es; spf=fail; dkim=pass header.i=@sub.example.com\r\n" + TAKEN,
        Context(),
        (),
    ),
    (
        "Authentication-Results: mx1.acme.es; spf=fail; dkim=pass header.d=evil.cl\r\n" + TAKEN,
        Context(),
        ("spf",),
    ),
    # By the mailbox's server, and as an administrator says.
    (FAILS.format(by="mx.google.com"), Context(mailbox_host="imap.gmail.com"), ("spf", "dmarc")),
    (FAILS.format(by="mx.google.com"), Context(mailbox_host="imap.acme.es"), ()),
    (
        "Authentication-Results: spf=fail (sender IP is 192.0.2.1) smtp.mailfrom=x.cl; dmarc=fail action=none\r\n",
        Context(mailbox_host="outlook.office365.com"),
        ("spf", "dmarc"),
    ),
    (FAILS.format(by="filter.net") + TAKEN, Context(trusted_server="filter.net"), ("spf", "dmarc")),
    (FAILS.format(by="mx1.acme.es") + TAKEN, Context(trusted_server="filter.net"), ()),
    (FAILS.format(by="mx1.acme.es") + TAKEN, Context(trusted_server="none"), ()),
    ("Authentication-Results: mx1.acme.es; none\r\n" + TAKEN, Context(), ()),
    ("Authentication-Results: mx1.acme.es; spf=(fail) pass; x=dmarc=fail\r\n" + TAKEN, Context(), ()),
    ("", Context(), ()),
]


@pytest.mark.parametrize(("head", "context", "failed"), CHECKS, ids=range(len(CHECKS)))
def test_a_failed_check_counts_when_the_receiving_server_says_it(
    head: str, context: Context, failed: tuple[str, ...]
) -> None:
    message = message_of(mail(text("hola"), head=head, context=context))
    assert tuple(message.content_attributes["email"]["authentication"].get("failed", ())) == failed
