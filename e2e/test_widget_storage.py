"""What is written stays: over a reload where the browser keeps something, and as long as the page where it does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens, Team
from e2e.visits import Visit, visit

__all__ = ["visit"]

NOTHING = """
for (const name of ['localStorage', 'sessionStorage'])
  Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } });
Object.defineProperty(document, 'cookie', { get() { return '' }, set() {} });
"""


@pytest.mark.feature("W-08", "Z-31")
def test_where_nothing_is_kept_the_thread_and_the_draft_live_with_the_page(
    team: Team, screens: Screens, visit: Callable[..., Visit]
) -> None:
    page = screens.window()
    page.add_init_script(NOTHING)
    customer = visit(team.website(enable_email_collect=False), page=page).open()
    customer.say("¿Se pierde esto?")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    told = customer.frame.get_by_text("Tu navegador no guarda")
    expect(told).to_have_count(1)
    customer.box.fill("Sin enviar todavía")
    # A site of one page puts a new body in the place of the old one; what stood beside it is moved and loads again.
    page.evaluate(
        "() => { const holder = document.getElementById('cw-widget-holder'); document.body.append(holder) }"
    )
    expect(customer.mine("¿Se pierde esto?")).to_be_visible()
    expect(customer.box).to_have_value("Sin enviar todavía")
    expect(told).to_have_count(1)


@pytest.mark.feature("W-08")
def test_what_is_not_sent_yet_is_still_written_after_a_reload(
    team: Team, visit: Callable[..., Visit]
) -> None:
    customer = visit(team.website(enable_email_collect=False)).open()

    def comes_back() -> None:
        customer.page.reload()
        if customer.bubble.get_attribute("aria-expanded") != "true":
            customer.open()

    customer.box.fill("La primera, a medias")
    comes_back()
    expect(customer.box).to_have_value("La primera, a medias")
    customer.box.press("Enter")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    customer.box.fill("La segunda,\ncon dos líneas")
    comes_back()
    expect(customer.mine("La primera, a medias")).to_be_visible()
    expect(customer.box).to_have_value("La segunda,\ncon dos líneas")
    # What was sent is not written again, and each view has its own.
    customer.go_home()
    expect(customer.box).to_have_value("")
