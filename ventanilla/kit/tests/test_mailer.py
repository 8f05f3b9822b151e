"""The one design of our mails (T-02, R-18, W-07): read again by a second parser, in both languages, by day and by night."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from ventanilla.kit import mailer
from ventanilla.kit.html import text_from_html

NAME = "Carla\r\nBcc: thief@evil.example \u202e<script>alert(1)</script>"
SAID = (
    "Hola **equipo**, miren <img src=x onerror=alert(1)> ![foto](https://evil.example/pixel.png)\n\n"
    "> cita\n\n[un enlace](https://acme.example/a?b=1&c=2)\n\nשלום עולם"
)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def letter(**changes: object) -> mailer.Mail:
    """A mail with everything that the template can show."""
    options: dict[str, object] = {
        "to": ["ana@example.com"],
        "subject": f"Mensaje de {NAME}",
        "heading": f"Mensaje de {NAME}",
        "paragraphs": ["Pulsa <aquí> & listo"],
        "locale": "es",
        "facts": [("Bandeja", "Web <Acme>"), ("Contacto", NAME)],
        "entries": [
            mailer.Entry(
                NAME, AT, SAID, ours=False, files=[mailer.File("a\nb.pdf", "https://acme.example/f")]
            ),
            mailer.Entry("Ana", AT, "Claro que sí", ours=True),
        ],
        "choices": [
            mailer.Choice("☹", "Muy mal", "https://acme.example/s?rating=1"),
            mailer.Choice("☺", "Excelente", "https://acme.example/s?rating=5"),
        ],
        "action": mailer.Action("Abrir", "https://acme.example/app?a=1&b=2"),
        "footer": "Recibes este correo porque lo pediste.",
        "footer_action": mailer.Action("No recibir más", "https://acme.example/u"),
        "brand": f"Acme {NAME}",
        "headers": {"List-Unsubscribe": "<https://acme.example/u>"},
    }
    return mailer.Mail(**{**options, **changes})  # type: ignore[arg-type]


def parsed(mail: mailer.Mail) -> EmailMessage:
    raw = mailer.compose(mail).message().as_bytes(linesep="\r\n")
    read = message_from_bytes(raw, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def parts(mail: mailer.Mail) -> tuple[str, str]:
    read = parsed(mail)
    assert read.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    text, html = (part.get_content() for part in read.iter_parts())
    return text, html


@pytest.mark.parametrize("locale", ["es", "en"])
def test_both_parts_say_the_same_in_the_readers_language(locale: str) -> None:
    text, html = parts(letter(locale=locale))
    drawn = text_from_html(html)
    words = [
        "Pulsa <aquí> & listo", "Web <Acme>", "Hola equipo, miren <img src=x onerror=alert(1)>", "un enlace", "שלום עולם",
        "Claro que sí", "a b.pdf", "Muy mal", "Excelente", "Abrir", "Recibes este correo", "No recibir más",
    ]  # fmt: skip
    for word in words:
        assert word in text, word
        assert word in " ".join(drawn.split()) or word in drawn, word
    for address in (
        "https://acme.example/app?a=1&b=2",
        "https://acme.example/s?rating=5",
        "https://acme.example/u",
    ):
        assert address in text
        assert address.replace("&", "&amp;") in html
    assert f'<html lang="{locale}"' in html
    said = {"es": "Si el botón no funciona", "en": "copy this link into your browser"}[locale]
    assert said in html


def test_names_begin_no_header_and_no_tag() -> None:
    read = parsed(letter())
    assert read["Bcc"] is None
    assert read["Subject"] == "Mensaje de Carla Bcc: thief@evil.example <script>alert(1)</script>"
    assert len(read["From"].addresses) == 1
    text, html = parts(letter())
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    for part in (text, html):
        assert "\u202e" not in part
        assert not re.search(r"^Bcc:", part, re.MULTILINE)


def test_nothing_is_fetched_when_it_is_read() -> None:
    _text, html = parts(letter())
    assert not re.search(
        r"<(img|link|script|iframe|object|video|audio|svg|form|input)\b", html, re.IGNORECASE
    )
    assert not re.search(
        r"url\s*\(|@import|@font-face|\bsrc\s*=\s*[\"']?http|\bbackground\s*=", html, re.IGNORECASE
    )
    assert '<a class="v-link" style="color:#0b5c66" href="https://evil.example/pixel.png"' in html


def test_it_is_built_of_tables_and_styles_that_outlook_and_gmail_keep() -> None:
    _text, html = parts(letter())
    assert html.startswith("<!doctype html>")
    body = html[html.index("<body") :]
    assert not re.search(r"display:\s*(flex|grid)|position:|var\(", body)
    assert body.count("<table") == body.count("</table>")
    for table in re.findall(r"<table\b[^>]*>", body):
        assert 'role="presentation"' in table, table
    # Gmail drops a style sheet beyond 16 kB, Outlook the whole of it: what matters stands in the elements.
    assert len(html[html.index("<style>") : html.index("</style>")]) < 16_000
    assert len(html.encode()) < 102_000  # Gmail cuts longer mails
    assert "<!--[if mso]>" in html


@pytest.mark.parametrize("word", ["x" * 5000, "ñ" * 5000, "a" * 997 + " b"])
def test_no_line_is_longer_than_smtp_allows(word: str) -> None:
    mail = letter(
        subject=word,
        heading=word,
        paragraphs=[word],
        entries=[mailer.Entry(word, AT, word, ours=False)],
        brand="Acme",
    )
    raw = mailer.compose(mail).message().as_bytes(linesep="\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert word.split()[0] in parts(mail)[0].replace("\n", "")


def test_each_text_finds_its_own_direction() -> None:
    _text, html = parts(letter(heading="שלום", paragraphs=["שלום"]))
    assert re.search(r'<h1 [^>]*dir="auto"[^>]*>שלום', html)
    assert re.search(r'<p [^>]*dir="auto"[^>]*>שלום', html)
    assert "<bdi>" in html  # the author's name does not turn the time beside it


# ── contrast ──────────────────────────────────────────────────────────────────────────────────────────

Rgb = tuple[float, float, float]


def luminance(colour: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Painter(HTMLParser):
    """Walks the mail and notes ink and paper of every text, as the reader's theme paints them."""

    VOID = frozenset({"meta", "br", "link", "hr"})

    def __init__(self, html: str, *, dark: bool) -> None:
        super().__init__()
        self.night = self._rules(html) if dark else {}
        self.stack: list[tuple[str, str, str, frozenset[str]]] = [("", "#000000", "#ffffff", frozenset())]
        self.seen: list[tuple[str, str, str]] = []
        self.feed(html[html.index("<body") : html.index("</html>")])

    @staticmethod
    def _rules(html: str) -> dict[str, dict[str, str]]:
        block = html[html.index("prefers-color-scheme: dark") :]
        rules = re.findall(r"\.(v-[\w-]+(?: a)?) \{([^}]*)\}", block[: block.index("@media (max")])
        return {name: dict(re.findall(r"(color|background): (#\w{6})", body)) for name, body in rules}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.VOID:
            return
        given = {name: value or "" for name, value in attrs}
        _tag, ink, paper, around = self.stack[-1]
        style = dict(re.findall(r"(?:^|;)\s*(color|background):\s*(#\w{6})", given.get("style", "")))
        classes = frozenset(given.get("class", "").split())
        for name in classes:
            style |= self.night.get(name, {})
        if tag == "a":
            for name in around:
                style |= self.night.get(f"{name} a", {})
        self.stack.append((tag, style.get("color", ink), style.get("background", paper), around | classes))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.stack.pop()[0] == tag, tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            _tag, ink, paper, _around = self.stack[-1]
            self.seen.append((data.strip(), ink, paper))


@pytest.mark.parametrize("dark", [False, True])
def test_it_can_be_read_by_day_and_by_night(dark: bool) -> None:
    _text, html = parts(letter())
    assert '<meta name="color-scheme" content="light dark">' in html
    assert '<meta name="supported-color-schemes" content="light dark">' in html
    seen = Painter(html, dark=dark).seen
    assert len(seen) > 20
    for words, ink, paper in seen:
        assert contrast(ink, paper) >= 4.5, (words, ink, paper)
    inks = {luminance(paper) < 0.2 for words, _ink, paper in seen if words != "Abrir"}
    assert inks == {dark}
