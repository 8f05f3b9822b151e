"""Limits on the screen: set by the owner, met by someone, said in words, and set back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, sign_in
from e2e.product import Person, Product


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[tuple[Product, Person]]:
    """An installation that counts, and its administrator."""
    made = Product(tmp_path / "data", {"VENTANILLA_RATE_LIMITS": "on"})
    ana = made.add_person("Sol", name="Ana", email="ana@sol.example", role="administrator")
    made.start()
    yield made, ana
    made.stop()


@pytest.mark.timeout(200)
@pytest.mark.feature("Z-29")
def test_a_limit_is_set_met_named_and_set_back(
    limited: tuple[Product, Person], screens: Screens, assert_accessible: Callable[[Page], None]
) -> None:
    product, ana = limited
    page = screens.window()
    page.goto(f"{product.url}/app/")
    sign_in(page, ana)
    expect(page.get_by_role("navigation").first).to_be_visible()
    page.goto(f"{product.url}/app/accounts/1/settings/limits")
    length = page.get_by_label("Largo de un mensaje")
    expect(length).to_have_value("150000")
    assert_accessible(page)

    # Outside the operator's bounds: said at its field, and nothing changes.
    row = page.locator('[data-limit="contact_search_per_account"]')
    searches = row.get_by_role("spinbutton")
    searches.fill("5000")
    searches.press("Enter")
    expect(row.get_by_role("alert")).to_be_visible()

    # Within them it counts in the web process within seconds, and whoever meets it gets a clear answer.
    searches.fill("2")
    searches.press("Enter")
    expect(page.get_by_text("Búsquedas de contactos en una cuenta: ahora 2")).to_be_visible()
    with product.api(ana) as api:
        answers = []
        for _ in range(30):
            answers.append(api.get("/contacts/search", params={"q": "luz"}).status_code)
            if answers[-1] == 429:
                break
            page.wait_for_timeout(300)
        assert answers[-1] == 429, answers

    # Who it was stands on the page, and the number goes back by one click.
    for _ in range(20):
        page.reload()
        expect(length).to_be_visible()
        if row.get_by_text("Ana (agente)").count():
            break
        page.wait_for_timeout(1000)
    expect(row.get_by_text("Ana (agente)")).to_be_visible()
    row.get_by_role("button", name="Volver al del servidor").click()
    expect(searches).to_have_value("100")
    page.get_by_role("button", name="Deshacer").click()
    expect(searches).to_have_value("2")

    page.goto(f"{product.url}/app/accounts/1/settings/audit")
    expect(page.get_by_text("Ana cambió un límite").first).to_be_visible()
