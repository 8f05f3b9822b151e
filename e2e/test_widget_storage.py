"""A browser that keeps nothing at all: what was said and written stays as long as the page does."""

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
