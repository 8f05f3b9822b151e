"""Foreign markup costs no more than its length, however it is written."""

from __future__ import annotations

import time

import pytest

from ventanilla.kit import html as cleaning
from ventanilla.kit import markdown, markup
from ventanilla.kit.html import text_from_html


def clean_html(written: str) -> str:
    return cleaning.clean_html(written, place=lambda name: f"cid:{name}")


def _unclosed(number: int) -> str:
    return "".join(f"<font color=c{index}>" for index in range(number))


_BOMBS = {
    "paragraphs": "<p>" + _unclosed(600) + "<p>x" * 600,
    "items": "<ul><li>" + _unclosed(600) + "<li>x" * 600,
    "items in boxes": "<ul><li>" + _unclosed(600) + "<div><li>x</div>" * 600,
    "terms": "<dl><dt>" + _unclosed(600) + "<dd>x<dt>y" * 600,
    "rows": "<table>" + _unclosed(600) + "<tr>x" * 600,
    "cells": "<table><tr><td>" + _unclosed(600) + "<td>x</td>y" * 600,
    "links": "<p>" + "".join(f"<a href=http://x/{n}><b title=t{n}>" for n in range(600)) + "<p>x" * 600,
    "long attributes": f"<p><font face='{'x' * 100_000}'>" + "<p>x" * 600,
    "a hidden end": '<p title="' + "</font>" * 600 + '">' + _unclosed(600) + "<p>x" * 600,
    "a comment browsers end sooner": "<p><!-- --!>" + _unclosed(600) + "<p>x" * 600 + "-->",
}


@pytest.mark.parametrize("name", _BOMBS)
def test_what_is_left_open_is_not_written_again_and_again(name: str) -> None:
    assert len(clean_html(_BOMBS[name])) < 5 * len(_BOMBS[name])


@pytest.mark.parametrize(
    "html",
    ["<div>" * 60_000, "<b>" * 30_000 + "</p>" * 30_000, "<table><tr><td>" * 30_000, "<!--" * 100_000, "<![" * 100_000,
     "<a b='" * 100_000, "<a " * 100_000, "<script>" * 100_000, "&#" * 100_000, "<svg>" * 100_000],
    ids=lambda html: html[:12],
)  # fmt: skip
def test_it_takes_no_longer_than_its_length(html: str) -> None:
    began = time.process_time()

    text_from_html(html)

    assert time.process_time() - began < 6  # was minutes


def test_a_large_mail_says_what_a_small_one_says() -> None:
    row = "<tr><td>Ana &amp; Luis<td><b>3 &lt; 4<p>uno<p>dos</b><ul><li>x<li>y</ul>"
    html = f"<style>p {{}}</style><head><title>no</title><table><tbody>{row * 500}</table><p>fin<script>no</script>"

    text = text_from_html(html)

    assert text.count("Ana & Luis") == 500
    assert text.startswith("Ana & Luis 3 < 4\n\nuno\n\ndos\n\n- x\n- y")
    assert text.endswith("fin")
    assert "no" not in text.replace("uno", "")


def test_in_order_is_what_small_markup_is_already() -> None:
    html = "<p>a<b>b</b></p><table><tbody><tr><td>x</td></tr></tbody></table><ul><li>1<br></li></ul>"

    assert clean_html(html * 200) == clean_html(html) * 200
    assert markup.bearable(html, tags=frozenset(), dropped=frozenset()) == html


@pytest.mark.parametrize("style", ["background:src('//e.test')", "background:cross-fade('//e.test' 3%)"])
def test_no_style_fetches(style: str) -> None:
    assert "e.test" not in clean_html(f'<p style="{style}">x</p>')


@pytest.mark.feature("R-05")
@pytest.mark.parametrize("chain", ["http://a", "http://a/[", "(http://a.b/", "ftp://a", "//a."])
def test_a_chain_of_addresses_is_drawn_in_the_time_of_its_length(chain: str) -> None:
    text = chain * (60_000 // len(chain))
    began = time.process_time()

    markdown.render_html(text)
    markdown.render_plain(text)

    assert time.process_time() - began < 6  # was a minute


@pytest.mark.feature("R-05")
def test_many_addresses_apart_are_links_all_the_same() -> None:
    assert markdown.render_html("**a** https://a.test/x\n" * 100).count("<a ") == 100
    assert "<a " not in markdown.render_html("https://a.test/x" * 100)
    assert "<strong>a</strong>" in markdown.render_html("**a** " + "https://a.test/x" * 100)
