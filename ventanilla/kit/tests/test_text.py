"""Foreign HTML, Markdown and our own mail."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from html import unescape

import pytest
from django.core import mail as outbox_module
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.kit import html, mailer, markdown
from ventanilla.kit.texts import seen


def clean_html(written: str) -> str:
    return html.clean_html(written, place=lambda name: f"cid:{name}")


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "<iframe src='https://evil.example'></iframe>",
    "<form action='https://evil.example'><input name=password></form>",
    "<style>body{display:none}</style>",
    "<p style='background:url(https://evil.example/x)'>x</p>",
    "<p style='background:u\\72l(https://evil.example/x)'>x</p>",
    "<p style='position:fixed;top:0'>x</p>",
    "<p style='width:expression(alert(1))'>x</p>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<img src=x srcset='https://evil.example/x 2x'>",
    "<table background='https://evil.example/x'><tr><td>x</td></tr></table>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_can_run_or_leave_its_box_survives(attack: str) -> None:
    clean = clean_html(attack).lower()
    for bad in (
        "<script", "onerror", "javascript:", "<iframe", "<form", "<input", "<style", "<meta", "<base", "<link",
        "url(", "position", "expression", "srcset", "svg", "evil.example", "text/html",
    ):  # fmt: skip
        assert bad not in clean, clean


def test_the_shape_of_an_ordinary_mail_stays() -> None:
    mail = '<table width="600"><tr><td style="color:red;padding:4px">Hola <b>Ana</b> <a href="https://x.example">aquí</a></td></tr></table>'
    clean = clean_html(mail)
    assert "<td style=" in clean
    assert "color:red" in clean
    assert 'rel="noopener noreferrer nofollow"' in clean
    assert 'target="_blank"' in clean


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_html(text)
    assert clean_html(once) == once


def test_html_reads_as_text_with_its_lines_and_addresses() -> None:
    assert (
        html.text_from_html(
            "<h1>Hola</h1><p>Uno<br>dos &amp; <b>tres</b></p><ul><li>a</li><li>b</li></ul>"
            "<p><a href='https://x.example/p'>ver</a> <a href='mailto:a@b.c'>a@b.c</a></p><style>x{}</style>"
        )
        == "Hola\n\nUno\ndos & tres\n\n- a\n- b\n\nver (https://x.example/p) a@b.c"
    )


@pytest.mark.feature("R-05")
def test_markdown_becomes_safe_html() -> None:
    drawn = markdown.render_html(
        "**Hola** _tú_ ~~no~~\n[aquí](https://x.example) https://y.example\n\n- uno\n- dos"
    )
    assert "<strong>Hola</strong>" in drawn
    assert "<em>tú</em>" in drawn
    assert "<s>no</s>" in drawn
    assert 'href="https://x.example"' in drawn
    assert 'href="https://y.example"' in drawn
    assert "<li>uno</li>" in drawn


@pytest.mark.parametrize(
    "attack", [*ATTACKS, "[x](javascript:alert(1))", "![x](javascript:alert(1))", "<javascript:alert(1)>"]
)
def test_html_inside_markdown_is_only_text(attack: str) -> None:
    drawn = markdown.render_html(attack).lower()
    assert "<script" not in drawn
    assert "<img src=x" not in drawn
    assert 'href="javascript' not in drawn
    assert "<iframe" not in drawn


@pytest.mark.parametrize("text", ["10*20*30", "2**10**3", "3*4 y 5*6"])
def test_a_star_between_digits_is_a_sign_and_no_mark(text: str) -> None:
    assert markdown.render_html(text).strip() == f"<p>{text}</p>"
    assert markdown.render_plain(text).strip() == text
    assert "<em>b</em>" in markdown.render_html("a*b*c")


def test_a_mention_is_marked_and_leads_nowhere() -> None:
    drawn = markdown.render_html("[@Ana](mention://user/7/Ana) mira")
    assert '<span class="mention" data-mention="user/7">@Ana</span>' in drawn
    assert markdown.render_plain("[@Ana](mention://user/7/Ana) mira") == "@Ana mira"


@pytest.mark.feature("R-06")
def test_each_place_gets_its_own_marks() -> None:
    text = "**uno** _dos_ ~~tres~~ `x`\n\n1. a\n2. b\n\n[ver](https://x.example)"
    assert (
        markdown.render_whatsapp(text)
        == "*uno* _dos_ ~tres~ ```x```\n\n1. a\n2. b\n\nver (https://x.example)"
    )
    assert markdown.render_plain(text) == "uno dos tres x\n\n1. a\n2. b\n\nver (https://x.example)"


@pytest.mark.feature("R-06", "V-CNV-05")
def test_every_mark_of_the_toolbar_is_shown_or_written_plainly() -> None:
    """Website chat and mail draw each mark; the text of a mail and channels without marks get no signs of Markdown."""
    text = "**uno** *dos* ~~tres~~ `cuatro`\n\n- pan\n- sal\n\n1. a\n\n> dicho\n\n[ver](https://x.example) 🙏"
    drawn = markdown.render_html(text)
    for mark in ("<strong>uno", "<em>dos", "<s>tres", "<code>cuatro", "<ul>", "<ol>", "<blockquote>"):
        assert mark in drawn
    assert 'href="https://x.example"' in drawn
    assert "🙏" in drawn
    plain = markdown.render_plain(text)
    assert plain.split("\n\n") == [
        "uno dos tres cuatro",
        "- pan\n- sal",
        "1. a",
        "> dicho",
        "ver (https://x.example) 🙏",
    ]


@given(st.text(max_size=300))
def test_any_text_can_be_drawn(text: str) -> None:
    markdown.render_html(text)
    markdown.render_plain(text)
    markdown.render_whatsapp(text)


def letter(**changes: object) -> mailer.Mail:
    options: dict[str, object] = {
        "to": ["ana@example.com"],
        "subject": "Hola\r\nBcc: evil@example.com",
        "heading": "Te invitaron",
        "paragraphs": ["Pulsa <aquí> & listo"],
        "locale": "es",
        "action": mailer.Action("Entrar", "https://x.example/app?a=1&b=2"),
        "brand": "Acme",
    }
    return mailer.Mail(**{**options, **changes})  # type: ignore[arg-type]


def test_a_letter_has_both_parts_and_one_line_of_subject() -> None:
    message = mailer.compose(letter())
    parsed = message_from_bytes(message.message().as_bytes())
    assert parsed["Subject"] == "Hola Bcc: evil@example.com"
    assert parsed["Bcc"] is None
    assert parsed["From"].startswith("Acme <")
    text, drawn = message.body, str(message.alternatives[0][0])
    assert "https://x.example/app?a=1&b=2" in text
    assert "Pulsa <aquí> & listo" in text
    assert "Pulsa &lt;aquí&gt; &amp; listo" in drawn
    assert "prefers-color-scheme: dark" in drawn


def test_a_transcript_shows_each_side_and_no_foreign_html() -> None:
    entry = mailer.Entry("Carla", datetime(2024, 1, 2, 23, 30, tzinfo=UTC), "<b>x</b> **y**", ours=False)
    drawn = str(mailer.compose(letter(entries=[entry])).alternatives[0][0])
    assert "&lt;b&gt;x&lt;/b&gt; <strong>y</strong>" in drawn
    assert "Carla" in drawn


def test_a_letter_is_sent() -> None:
    mailer.send(letter())
    assert outbox_module.outbox[0].to == ["ana@example.com"]


@pytest.mark.parametrize("unseen", ["\u200b", "\u200d", "\u202e", "\u00ad", "\ufeff", "\u2063", "\u2066"])
def test_what_is_seen_of_a_key_is_the_key(unseen: str) -> None:
    assert seen(f" {unseen}ana@{unseen}example.com{unseen} ") == "ana@example.com"
    assert seen(f"josé{unseen}@münchen.example") == "josé@münchen.example"
    assert seen(None) == seen("") == seen(unseen) == ""


TYPED = (
    "\\# *no* \\*sí\\* 10\\*20\\*30 mi_archivo \\_x\\_ \\[nota] \\`y\\` \\~\\~z\\~\\~"
    "\n\\- pan\n1\\. uno\n\\> 5 kg\n\\---\n\\<b>"
)
SEEN = "# no *sí* 10*20*30 mi_archivo _x_ [nota] `y` ~~z~~\n- pan\n1. uno\n> 5 kg\n---\n<b>"


@pytest.mark.feature("Z-33", "R-06")
def test_signs_that_were_typed_are_signs_in_every_channel() -> None:
    assert markdown.render_plain(TYPED) == SEEN
    html = markdown.render_html(TYPED)
    assert (
        unescape(re.sub(r"<br ?/?>\s*|</?p>", "\n", html).replace("<em>", "").replace("</em>", "")).split()
        == SEEN.split()
    )
    assert not re.search(r"<(?:h\d|ul|ol|li|blockquote|hr|strong|code|del|s|b)\b", html)
    said = markdown.render_whatsapp("**sí** \\*no\\* y \\_eso\\_, 2 \\* 3")
    assert said.startswith("*sí* ")
    assert "*no*" not in said
    assert "_eso_" not in said
    assert said.endswith("2 * 3")
