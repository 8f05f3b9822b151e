"""Coming in: the first run with its address and mail, inviting without mail, accepting as someone who has a user."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, _running
from e2e.product import PASSWORD, Product


@pytest.fixture
def silent_product(tmp_path: Path) -> Iterator[Product]:
    """An installation that no one has set up, without a mail server."""
    yield from _running(Product(tmp_path / "data", {"VENTANILLA_MAIL_URL": ""}))


def first_run(page: Page, product: Product) -> None:
    page.goto(product.url)
    page.get_by_label("Nombre de tu empresa").fill("Panadería Sol")
    page.get_by_label("Tu nombre").fill("Ana Álvarez")
    page.get_by_label("Correo").fill("ana@sol.example")
    page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    expect(page.get_by_label("Dirección de Ventanilla")).to_have_value(product.url)
    page.get_by_role("button", name="Crear cuenta").click()


@pytest.mark.feature("A-11", "Z-22")
def test_without_mail_the_second_agent_comes_in_by_a_link_that_is_handed_over(
    silent_product: Product, screens: Screens, assert_accessible: Callable[[Page], None]
) -> None:
    page = screens.window()
    first_run(page, silent_product)
    expect(page.get_by_role("heading", level=1)).to_have_text("¿Con qué servidor se envían los correos?")
    assert_accessible(page)
    page.get_by_label("Servidor").fill("127.0.0.1")
    page.get_by_label("Puerto").fill("9")
    page.get_by_role("button", name="Probar y guardar").click()
    expect(page.get_by_role("alert")).to_contain_text("no responde")
    page.get_by_role("button", name="Después").click()
    expect(page.get_by_text("Sin servidor de correo no salen invitaciones")).to_be_visible()
    assert silent_product.command("address")["address"] == silent_product.url

    page.goto(f"{silent_product.url}/app/accounts/1/settings/agents")
    page.get_by_test_id("add").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nombre").fill("Bruno Bravo")
    dialog.get_by_label("Correo").fill("bruno@sol.example")
    dialog.get_by_role("button", name="Enviar invitación").click()
    expect(dialog.get_by_text("No se envió ningún correo")).to_be_visible()
    dialog.get_by_role("button", name="Copiar un enlace").click()
    link = dialog.get_by_label("Enlace para compartir").input_value()
    assert link.startswith(f"{silent_product.url}/app/set-password?token=")

    other = screens.window()
    other.goto(link)
    expect(other.get_by_role("heading", level=1)).to_have_text("Te invitan a Panadería Sol")
    assert_accessible(other)
    other.get_by_label("Contraseña nueva", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Aceptar y entrar").click()
    expect(other).to_have_url(f"{silent_product.url}/app/accounts/1/conversations")


@pytest.mark.feature("A-11")
def test_who_has_a_user_is_asked_on_the_desk_and_joins_by_a_yes(
    own_product: Product, screens: Screens, assert_accessible: Callable[[Page], None]
) -> None:
    own_product.command("address", own_product.url)
    ana = own_product.add_person("Sol", name="Ana Álvarez", email="ana@sol.example", role="administrator")
    gus = own_product.add_person("Luna", name="Gus Luna", email="gus@luna.example", role="administrator")
    with own_product.api(ana) as api:
        made = api.post(f"{api.base_url}agents", json={"email": gus.email}).raise_for_status().json()
    assert made["id"] != gus.id
    page = screens.window()
    page.goto(own_product.url)
    page.get_by_label("Correo").fill(gus.email)
    page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Iniciar sesión", exact=True).click()
    bar = page.get_by_text("Ana Álvarez te invita a Sol")
    expect(bar).to_be_visible()
    assert_accessible(page)
    expect(page).to_have_url(f"{own_product.url}/app/accounts/{gus.account_id}/conversations")
    page.get_by_role("button", name="Aceptar").click()
    expect(bar).to_be_hidden()
    with own_product.api(gus) as api:
        accounts = api.get(f"{own_product.url}/api/v1/profile").json()["accounts"]
    assert [one["id"] for one in accounts] == [gus.account_id, ana.account_id]
