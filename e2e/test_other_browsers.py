"""A short journey of widget and desk in the other two engines, with the scrollbars people have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.conftest import PICTURES, Team
from e2e.customer_site import CustomerSite
from e2e.visits import BUBBLE, incoming, reply, the_conversation
from e2e.webdriver import ENGINES, Window, missing, window

TALLER = "return [document.documentElement, document.body].map((part) => [part.scrollHeight - innerHeight, part.scrollTop])"
SAYS = "document.querySelector(arguments[0]).innerText.trim()"
FIELD = ".write textarea, .composer textarea"


@pytest.fixture(params=sorted(ENGINES))
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Window]:
    absent = missing(request.param)
    if absent:
        pytest.skip(f"not on this machine: {', '.join(absent)}")
    with window(request.param, tmp_path) as opened:
        yield opened
        if getattr(request.node, "failed", False):
            PICTURES.mkdir(parents=True, exist_ok=True)
            opened.picture(PICTURES / f"{request.node.name}.png")


@pytest.mark.feature("W-01", "W-08")
def test_a_visitor_writes_reads_and_comes_back(other: Window, team: Team, site: CustomerSite) -> None:
    inbox = team.website(enable_email_collect=False)
    other.go(site.page("/otra", inbox["web_widget_script"]))
    other.click(BUBBLE)
    other.into_chat()
    other.sees("header h1")
    # WebKit gives the field the focus with the first letter, which is not lost.
    other.until("return document.hasFocus()")
    for number in range(8):
        said = f"Mensaje {number} con palabras bastantes para que ocupe más de una línea"
        other.type(said)
        other.press("Enter")
        other.sees(".x.me", said)
    other.until("return document.querySelectorAll('.tick').length === 1")
    one_line = other.evaluate(f"return document.querySelector('{FIELD}').offsetHeight")
    conversation = the_conversation(team, inbox)
    assert len(incoming(team, conversation)) == 8
    reply(team, team.admin, conversation, "Ahora mismo lo miro")
    other.sees(".x:not(.me)", "Ahora mismo lo miro")
    assert other.evaluate(TALLER) == [[0, 0], [0, 0]]
    assert (
        other.evaluate(
            "const { width } = document.querySelector('.chat').getBoundingClientRect(); return width"
        )
        > 300
    )

    other.out()
    other.reload()
    other.click(BUBBLE)
    other.into_chat()
    other.sees(".x:not(.me)", "Ahora mismo lo miro")
    other.until("return document.hasFocus()")
    assert other.evaluate(f"return document.querySelector('{FIELD}').offsetHeight") == one_line
    assert other.evaluate(TALLER) == [[0, 0], [0, 0]]
    other.press("Escape")
    other.out()
    other.until(
        "return document.querySelector(arguments[0]).getAttribute('aria-expanded') === 'false'", BUBBLE
    )


@pytest.mark.feature("Z-21")
def test_an_agent_answers_and_takes_back_what_a_key_wrote(other: Window, team: Team) -> None:
    bruno = team.agent("Bruno Bravo")
    customer = team.program(bruno)
    number = customer.starts("¿Hacen envíos a Canarias?")
    other.go(f"{team.product.url}/app/")
    other.click('input[type="email"]')
    other.type(bruno.email)
    other.click('input[type="password"]')
    other.type(bruno.password)
    other.press("Enter")
    other.until("return location.pathname.includes('/conversations')")
    other.click(".tabs [role=tab]:last-child")
    other.click(f'[data-conversation="{number}"]')
    other.sees("section.thread", "¿Hacen envíos a Canarias?")
    assert other.evaluate(TALLER)[0] == [0, 0]

    composer = '[data-testid="composer"][contenteditable="true"]'  # it comes after the first paint
    other.until("return !!document.querySelector(arguments[0])", composer)
    other.click(composer)
    other.has_focus(composer)
    other.type("hola mundo")
    other.press("Control", "a")
    other.press("Control", "b")
    other.until(
        "return document.querySelector(arguments[0] + ' strong')?.textContent === 'hola mundo'", composer
    )
    other.undo()
    other.until(
        f"return !document.querySelector(arguments[0] + ' strong') && {SAYS} === 'hola mundo'", composer
    )
    other.press("Enter")
    other.sees("section.thread", "hola mundo")
    other.until(f"return {SAYS} === ''", composer)

    customer.writes(number, "Gracias")
    other.sees("section.thread", "Gracias")
    other.evaluate("document.activeElement.blur()")
    other.press("n")
    other.has_focus(composer)
    other.type("Cliente de siempre")
    other.press("Enter")
    other.sees("section.thread .bub.pn", "Cliente de siempre")
    assert [row["content"] for row in customer.reads(number)] == [
        "¿Hacen envíos a Canarias?",
        "hola mundo",
        "Gracias",
    ]
