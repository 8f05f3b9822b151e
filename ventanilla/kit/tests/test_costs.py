"""Reading what strangers write costs by its length, whatever is in it: four times the text, about four times the work.

CPU time is counted, not the clock's, and the margins are wide: what is meant is the difference between seconds and hours.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest

from ventanilla.config.middleware import language_of
from ventanilla.contacts.normal import clean_email, clean_phone
from ventanilla.conversations.commands.content import mentioned
from ventanilla.kit import files, html, json_text, limits, liquid, markdown, masking, phones, subjects

pytestmark = pytest.mark.feature("Z-29")

SHORT, LONG = 5_000, 20_000
FREE_SECONDS = 1.0  # of CPU: below this the growth is not looked at
MOST_GROWTH = 10.0  # for four times the length; the square would be sixteen

ATOMS = [
    "[", "]", "(", ")", "<", ">", "*", "_", "`", "~", "![", "#", "|", "\\", "&", "{{", "{%", "{{ a }}", "{% raw %}", "a",
    " ", "\n", "\t", "> ", "- ", "1. ", "[a](", "[a]: b\n", "http://a.b/", "a@", "@a.b", ":// ", "//", "mailto:", "<a ",
    "<a href='", "<!--", "<![CDATA[", "<?", "</", "<div>", "<table><tr><td>", "<svg>", "&#", "&amp;", '"', "'", "=", "Re: ",
    "[x] ", "(1)",
    "RE[2]: ", "\u200b", "é", "日", "\x00", "\r\n", "**a", "_a ", "``", "~~", "|a", "+1 555 ", "9", ".", ",", "-", "www.",
    'style="', "url(", "data:", "javascript:", "<http:// ", "[[", "token=", "/a1B", "eyJ", "a.", "://a@", "cookie: ",
]  # fmt: skip
FAMILIES: dict[str, Callable[[int], str]] = {
    **{repr(atom): (lambda n, atom=atom: (atom * (n // len(atom) + 1))[:n]) for atom in ATOMS},
    **{
        repr(atom + "\n"): (lambda n, atom=atom + "\n": (atom * (n // len(atom) + 1))[:n])
        for atom in ("[", "![", "|", "> ")
    },
    "opened and closed": lambda n: "[" * (n // 2) + "]" * (n // 2),
    "nested lists": lambda n: "".join("  " * (level % 40) + "- a\n" for level in range(n // 40)),
    "long gaps": lambda n: ("{{" + " " * 90 + "}}") * (n // 94),
    "spaces": lambda n: "a" + " " * n + "b",
    "digits": lambda n: "9" * n,
    "ticks": lambda n: "".join("`" * size + "a" for size in range(1, int((2 * n) ** 0.5))),
    "references": lambda n: "".join(f"[a{i}]: b\n" for i in range(n // 14)) + "[a1]" * (n // 20),
}


def _quietly(read: Callable[[str], object]) -> Callable[[str], object]:
    def call(text: str) -> None:
        with contextlib.suppress(Exception):  # a refusal is an answer; only its cost matters here
            read(text)

    return call


DOORS: dict[str, Callable[[str], object]] = {
    "liquid": lambda text: liquid.render(text, {"contact": {"name": "Carla"}}),
    "markdown as HTML": markdown.render_html,
    "markdown as text": markdown.render_plain,
    "markdown for WhatsApp": markdown.render_whatsapp,
    "mentions": mentioned,
    "HTML cleaned": lambda text: html.clean_html(text, place=lambda _name: None),
    "HTML as text": html.text_from_html,
    "subject": subjects.bare_subject,
    "subject of an answer": subjects.without_reply_prefix,
    "file name": files.clean_filename,
    "JSON": json_text.read_json,
    "language": lambda text: language_of(query=text, accepted=text),
    "e-mail": clean_email,
    "phone": clean_phone,
    "phone for people": phones.for_people,
    "web address": limits.is_web_url,
    "masking": masking.masked,
}


def cpu_seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


@pytest.mark.timeout(300)
@pytest.mark.parametrize("door", DOORS)
def test_the_cost_of_reading_is_that_of_the_length(door: str) -> None:
    read = _quietly(DOORS[door])
    read("warm")
    for name, family in FAMILIES.items():
        long = cpu_seconds(lambda family=family: read(family(LONG)))  # type: ignore[misc]
        if long < FREE_SECONDS:
            continue
        short = cpu_seconds(lambda family=family: read(family(SHORT)))  # type: ignore[misc]
        assert long < MOST_GROWTH * short, f"{door}, {name}: {short:.2f} s, then {long:.2f} s"


@pytest.mark.parametrize(
    "text",
    [
        "{{" * 20_000, "{%" * 20_000, ("{{" + " " * 900 + "}}") * 150, "{% raw %}" * 25 + "x" * 100_000,
        "{% assign a = (1..99999999) | join: ',' %}", "{{ (1..99999999) | sort | first }}",
        "{% for i in (1..200) %}" + "{{ contact.name | upcase | split: 'A' | join: 'b' }}" * 150 + "{% endfor %}",
        '{% assign a = contact.name | replace: "", contact.name %}' * 150 + "{{ a }}",
        "{% assign a = 9999999 %}{% for i in (1..190) %}{% assign a = a | times: a %}{% endfor %}{{ a }}",
    ],
    ids=lambda text: text[:24],
)  # fmt: skip
def test_a_template_asks_for_no_more_than_a_second(text: str) -> None:
    variables = {"contact": {"name": "Carla" * 300}}
    liquid.render("{{ contact.name }}", variables)
    assert cpu_seconds(lambda: liquid.render(text, variables)) < 3


def test_templates_people_write_are_drawn() -> None:
    variables = {"contact": {"name": "Carla Cliente"}, "account": {"name": "Acme"}}
    text = "Hola {{ contact.name | upcase }}, somos {{account.name}}. " * 60
    assert liquid.render(text, variables) == "Hola CARLA CLIENTE, somos Acme. " * 60
    branch = (
        "{% if account.name == 'Acme' %}sí{% else %}no{% endif %} {% for i in (1..3) %}{{ i }}{% endfor %}"
    )
    assert liquid.render(branch, variables) == "sí 123"
    assert liquid.render("`{{ x }}` y {{ account.name }}", variables) == "`{{ x }}` y Acme"
