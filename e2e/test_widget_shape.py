"""The messenger's shape: nothing scrolls that should not, and what was measured while hidden is right when it shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, Route, expect

from e2e.conftest import Screens, Team, launched
from e2e.visits import Visit, reply, the_conversation, visit

__all__ = ["visit"]

OURS = """() => [document.documentElement, document.body].map((part) => [part.scrollHeight - innerHeight, part.scrollTop])"""

ORDER = """
window.order = [];
addEventListener('message', ({ data }) => String(data).includes('"event":"loaded"') && order.push('loaded'));
addEventListener('focusin', ({ target }) => target.id === 'chatwoot_live_chat_widget' && order.push('focus'));
"""


@pytest.fixture(scope="module")
def with_scrollbars(playwright: Playwright) -> Iterator[Browser]:
    """A browser as people have it: drivers hide the bars, and with them what a second bar gives away."""
    running = launched(playwright, ignore_default_args=["--hide-scrollbars"])
    yield running
    running.close()


def stands_still(customer: Visit) -> None:
    """No document of ours is taller than its frame, and none was scrolled."""
    for frame in customer.page.frames[1:]:
        assert frame.evaluate(OURS) == [[0, 0], [0, 0]], frame.url


@pytest.mark.feature("W-08")
def test_only_the_thread_scrolls_however_much_is_said(
    team: Team, with_scrollbars: Browser, visit: Callable[..., Visit]
) -> None:
    bars = Screens(with_scrollbars)
    inbox = team.website(enable_email_collect=False)
    customer = visit(inbox, page=bars.window(viewport={"width": 1180, "height": 760})).open()
    expect(customer.box).to_be_focused()
    stands_still(customer)
    for number in range(9):
        customer.say(f"Mensaje {number} con palabras bastantes para que ocupe más de una línea en el hilo")
    expect(customer.frame.locator(".x.me")).to_have_count(9)
    number = the_conversation(team, inbox)
    reply(team, team.admin, number, "\n".join(f"- línea {at}" for at in range(30)))
    expect(customer.theirs("línea 29")).to_be_visible()
    stands_still(customer)
    customer.frame.get_by_role("button", name="Emoji").click()
    # Its part of the program comes now: an Escape before that would be the chat's.
    expect(customer.frame.get_by_label("Buscar emoji")).to_be_focused()
    expect(customer.frame.locator(".emoji button").first).to_be_visible()
    stands_still(customer)
    customer.page.keyboard.press("Escape")
    expect(customer.frame.locator(".emoji")).to_have_count(0)
    expect(customer.box).to_be_focused()
    thread = customer.frame.locator(".chat")
    assert thread.evaluate("(box) => box.scrollHeight > box.clientHeight && box.scrollTop > 0")
    assert customer.frame.locator("header").bounding_box()["y"] >= 0  # type: ignore[index]
    for context in bars.contexts:
        context.close()
    assert not bars.troubles


def test_a_returning_visitors_field_has_one_line(team: Team, visit: Callable[..., Visit]) -> None:
    customer = visit(team.website(enable_email_collect=False)).open()
    customer.say("Hasta luego")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    fresh = customer.box.evaluate("(box) => box.offsetHeight")
    customer.page.reload()
    customer.open()
    expect(customer.box).to_be_focused()
    assert customer.box.evaluate("(box) => box.offsetHeight") == fresh
    customer.box.fill("una\ndos\ntres")
    tall = customer.box.evaluate("(box) => box.offsetHeight")
    assert tall >= fresh + 40
    customer.page.keyboard.press("Escape")
    customer.open()
    assert customer.box.evaluate("(box) => box.offsetHeight") == tall


def composition(customer: Visit, key: str, **more: Any) -> None:
    """A key that an input method takes, as Safari tells it."""
    customer.box.evaluate(
        "(box, init) => box.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, cancelable: true, ...init}))",
        {"key": key, "keyCode": 229, **more},
    )


def test_the_enter_of_an_input_method_sends_nothing(team: Team, visit: Callable[..., Visit]) -> None:
    customer = visit(team.website()).open()
    customer.box.fill("にほん")
    composition(customer, "Enter")
    composition(customer, "Enter", isComposing=True)
    composition(customer, "Escape")
    expect(customer.box).to_have_value("にほん")
    expect(customer.bubble).to_have_attribute("aria-expanded", "true")
    expect(customer.frame.locator(".x.me")).to_have_count(0)
    customer.box.press("Enter")
    expect(customer.mine("にほん")).to_be_visible()


@pytest.mark.feature("W-08")
@pytest.mark.parametrize("late", ["frame", "bridge"])
def test_what_is_typed_reaches_the_field_whichever_part_comes_last(
    late: str, team: Team, screens: Screens, visit: Callable[..., Visit]
) -> None:
    """A frame that takes the focus before its page is there may leave the keys with the page around it."""
    page = screens.window()
    page.add_init_script(ORDER)

    def wait(route: Route) -> None:
        page.wait_for_timeout(700)
        route.continue_()

    page.route(re.compile(r"/widget\?" if late == "frame" else r"/bridge\.js"), wait)
    customer = visit(team.website(), page=page).open()
    expect(customer.box).to_be_focused()
    page.keyboard.type("Se lee")
    expect(customer.box).to_have_value("Se lee")
    page.keyboard.press("Enter")
    expect(customer.mine("Se lee")).to_be_visible()
    assert page.evaluate("order")[:2] == ["loaded", "focus"]


def test_escape_closes_though_no_field_of_ours_has_the_focus(team: Team, visit: Callable[..., Visit]) -> None:
    customer = visit(team.website()).open()
    expect(customer.box).to_be_focused()
    customer.box.evaluate("(box) => { box.blur(); document.body.focus() }")
    customer.frame.locator("body").evaluate(
        "(body) => body.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))"
    )
    expect(customer.bubble).to_have_attribute("aria-expanded", "false")


def test_the_words_below_a_message_stand_apart(team: Team, visit: Callable[..., Visit]) -> None:
    customer = visit(team.website(enable_email_collect=False)).open()
    customer.say("Hola")
    foot = customer.frame.locator(".xf.me")
    expect(foot).to_contain_text("Enviado")
    time, tick = foot.locator("time").bounding_box(), foot.locator(".tick").bounding_box()
    assert time
    assert tick
    assert tick["x"] - time["x"] - time["width"] >= 3


def test_fields_are_large_enough_for_a_finger(team: Team, visit: Callable[..., Visit]) -> None:
    """iOS magnifies the page when a field of less than 16 px takes the focus."""
    phone = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}
    customer = visit(team.website(), **phone).open()
    customer.say("Hola")
    expect(customer.frame.get_by_label("Tu correo")).to_be_visible()
    sizes = customer.frame.locator("textarea, input:not(.sr)").evaluate_all(
        "(fields) => fields.map((field) => parseFloat(getComputedStyle(field).fontSize))"
    )
    assert len(sizes) >= 2
    assert min(sizes) >= 16


def test_the_ring_is_the_companys_colour_and_a_field_with_a_mistake_shows_it(
    team: Team, visit: Callable[..., Visit]
) -> None:
    customer = visit(team.website(channel={"widget_color": "#ffd54a"})).open()
    customer.say("Hola")
    email = customer.frame.get_by_label("Tu correo")
    email.fill("camila@correo")
    email.press("Enter")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_css("outline-color", "rgb(168, 42, 27)")
    email.press("Shift+Tab")
    email.press("Tab")
    ring = customer.frame.locator("html").evaluate(
        "(root) => getComputedStyle(root).getPropertyValue('--ring').trim()"
    )
    assert re.fullmatch(r"#[0-9a-f]{6}", ring)
    assert ring != "#0b5c66"
