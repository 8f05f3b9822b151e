"""A plug-in is installed beside the product: its channel is made by its own form, and it is switched off on a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens, make_team
from e2e.product import Product
from ventanilla.testing.plugins import install_example


@pytest.fixture
def product_with_pigeons(tmp_path: Path) -> Iterator[Product]:
    site = tmp_path / "site"
    install_example(site, tmp_path / "scratch")
    running = Product(tmp_path / "data", {"PYTHONPATH": str(site)})
    running.start()
    yield running
    running.stop()


@pytest.mark.timeout(200)
@pytest.mark.feature("Z-32")
def test_a_plugins_channel_is_made_by_its_form_and_switched_off(
    screens: Screens, product_with_pigeons: Product, assert_accessible: Callable[..., None]
) -> None:
    team = make_team(product_with_pigeons)
    base = f"accounts/{team.admin.account_id}/settings"
    page = screens.desk(product_with_pigeons, team.admin, f"{base}/inboxes/new")

    # when an administrator chooses its channel, the form is the one that the package describes
    page.get_by_role("button", name=re.compile("^Carrier pigeon")).click()
    page.get_by_label("Nombre del canal").fill("Palomas")
    page.get_by_label("Address of the loft").fill("nowhere")
    page.get_by_label("Key of the loft").fill("coo")
    page.get_by_role("button", name="Crear canal").click()
    expect(page.get_by_text("Give an address that starts with http")).to_be_visible()
    page.get_by_label("Address of the loft").fill("https://loft.example/fly")
    page.get_by_role("button", name="Crear canal").click()
    expect(page.get_by_text(re.compile("Tell your loft to call /webhooks/pigeons/"))).to_be_visible()
    assert_accessible(page)

    # and what was kept is shown and changed by the same form, without the key
    page.get_by_role("button", name="Seguir configurando").click()
    expect(page.get_by_label("Address of the loft")).to_have_value("https://loft.example/fly")
    expect(page.get_by_label("Key of the loft")).to_have_value("")

    # then it is switched off where the installation is looked after, and offered no more
    page.goto(f"{product_with_pigeons.url}/app/{base}/installation")
    card = page.get_by_test_id("plugins")
    switch = card.get_by_role("switch", name="ventanilla-pigeon 1.0.0")
    expect(switch).to_have_attribute("aria-checked", "true")
    assert_accessible(page)
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    page.goto(f"{product_with_pigeons.url}/app/{base}/audit")
    expect(page.get_by_text(re.compile("el complemento ventanilla-pigeon"))).to_be_visible()
    page.goto(f"{product_with_pigeons.url}/app/{base}/inboxes")
    expect(page.locator("main").get_by_text("Palomas")).to_be_visible()
    page.goto(f"{product_with_pigeons.url}/app/{base}/inboxes/new")
    expect(page.locator('[data-kind="web_widget"]')).to_be_visible()
    expect(page.locator('[data-kind="pigeon"]')).to_have_count(0)
