"""The text of HTML: its lines, and nothing that no reader sees."""

from __future__ import annotations

import time

import pytest

from ventanilla.kit.html_text import lines_from_html, text_from_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>uno</div><div>dos</div>", "uno\ndos"),
        ("<div>uno</div><div><br></div><div>dos</div>", "uno\n\ndos"),
        ("<div>uno<br></div><div>dos</div>", "uno\ndos"),
        ("<p>uno<p>dos", "uno\n\ndos"),
        ("uno<br><br><br><br>dos", "uno\n\ndos"),
        ("<ul><li>a<li>b</ul>fin", "- a\n- b\n\nfin"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
        ("<pre>uno\n  dos\n</pre>tres", "uno\n  dos\n\ntres"),
        ("<div style='white-space: pre-wrap'>uno\n dos</div>", "uno\n dos"),
        ("uno\n   dos&nbsp;&amp; tres", "uno dos & tres"),
        ("<a href='https://x.example/p'>ver</a>", "ver (https://x.example/p)"),
        ("<a href='javascript:x()'>ver</a><a name=q>aquí</a>", "veraquí"),
        ("<a href='https://x.example'><img alt='Logo'></a>", "Logo (https://x.example)"),
        ("<section>uno</section><article>dos</article>", "uno\ndos"),
        ("<!-- no --><o:p>sí</o:p><![if !mso]>claro<![endif]>", "síclaro"),
        ("", ""),
    ],
)
def test_the_lines_are_those_a_reader_sees(html: str, text: str) -> None:
    assert text_from_html(html) == text


@pytest.mark.feature("Z-25")
@pytest.mark.parametrize(
    "hidden",
    [
        "<div style='display:none'>NO</div>",
        "<div style='DISPLAY : None !important; color:red'>NO</div>",
        "<span style='visibility:hidden'>NO</span>",
        "<div style='visibility:collapse'>NO</div>",
        "<div style='mso-hide:all'>NO</div>",
        "<div style='font-size:0'>NO</div>",
        "<div style='font-size:0px;line-height:0'>NO</div>",
        "<div style='font-size:1px;color:#fff'>NO</div>",
        "<div style='opacity:0'>NO<p style='opacity:1'>NO</p></div>",
        "<div style='opacity:0.0;'>NO</div>",
        "<div style='max-height:0;overflow:hidden'>NO</div>",
        "<div style='height:0px;width:0px;overflow:hidden'>NO</div>",
        "<div style='position:absolute;left:-9999px'>NO</div>",
        "<div style='position:absolute;clip:rect(0 0 0 0)'>NO</div>",
        "<div style='text-indent:-9999px'>NO</div>",
        "<div hidden>NO</div>",
        "<p hidden=''>NO</p>",
        "<span style='display:none'><b>NO</b><div>NO</div></span>",
        "<div style='display:none'><a href='https://x.example'>NO</a></div>",
        "<p style='display:none'>NO<p>",
        "<style>.pre{display:none !important}</style><div class='a pre'>NO</div>",
        "<style><!--\n/* x */ #pre, td.pre { color:red; visibility : hidden }\n--></style><div id=pre>NO</div>",
        "<img alt='NO' style='display:none'>",
        "<textarea>NO</textarea><select><option>NO</select>",
        "<div>&zwnj;&nbsp;&#847;&shy;&#8203;&#65279;</div>",
    ],
)
def test_what_no_reader_sees_is_no_text(hidden: str) -> None:
    assert text_from_html(f"{hidden}<p>Hola</p>{hidden}") == "Hola"


@pytest.mark.feature("Z-25")
@pytest.mark.parametrize(
    "seen",
    [
        "<td style='font-size:0'><div style='font-size:14px'>SÍ</div></td>",
        "<div style='font-size:0'><font size=2>SÍ</font></div>",
        "<div style='font-size:0'><table><tr><td>SÍ</table></div>",
        "<div style='visibility:hidden'><p style='visibility:visible'>SÍ</p></div>",
        "<a style='mso-hide:all' href=''>SÍ</a>",
        "<style>@media (max-width:600px){.big{display:none} .x{display:none}}</style><p class=big>SÍ</p>",
        "<style>.big{display:none}.big{display:block}</style><p class=big>SÍ</p>",
        "<style>.big{display:none}</style><p class=big style='display:block'>SÍ</p>",
        "<!--[if mso]><style>.big{display:none}</style><![endif]--><p class=big>SÍ</p>",
        "<style>.a .big{display:none}</style><p class=big>SÍ</p>",
        "<div style='max-height:0'>SÍ</div>",
        "<div style='opacity:.5;overflow:hidden'>SÍ</div>",
        "<div style='position:absolute;left:-2px'>SÍ</div>",
        "<div style='display:inline-block;font-size:small'>SÍ</div>",
    ],
)
def test_what_a_reader_sees_stays(seen: str) -> None:
    assert text_from_html(seen) == "SÍ"


def test_the_marks_of_elements_are_told_also_of_empty_ones() -> None:
    lines = lines_from_html(
        "uno<i class=x>dos</i><div id=e></div>tres<hr>",
        mark=lambda tag, given: given.get("class") or given.get("id") or ("rule" if tag == "hr" else None),
    )
    assert [(line.text, [mark for mark, _number in line.within], line.is_edge) for line in lines] == [
        ("uno", [], False),
        ("", ["x"], True),
        ("dos", ["x"], False),
        ("", ["e"], True),
        ("tres", [], False),
        ("", ["rule"], True),
    ]


@pytest.mark.feature("I-04")
@pytest.mark.parametrize(
    "html",
    ["<style>" + "@a{" * 60_000, "<style>" + "@a{}" * 60_000, "<style>/*" * 50_000, "<p style='display:none'>" * 20_000,
     f"<div style='{'a:b;' * 50_000}'>" * 3, "<a href=http://x>y</a>" * 20_000, "<i class=x>" * 60_000,
     "<style>.a{display:none}</style><p class='a b'>x" * 5_000],
    ids=lambda html: html[:12],
)  # fmt: skip
def test_it_takes_no_longer_than_its_length(html: str) -> None:
    began = time.process_time()
    lines_from_html(html, mark=lambda _tag, given: given.get("class"))
    assert time.process_time() - began < 6
