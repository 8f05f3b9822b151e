"""Whoever opens a new installation makes the account; afterwards the door is a sign-in."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from e2e.conftest import Screens
from e2e.product import PASSWORD, Product


def test_the_first_visitor_opens_the_account_and_the_second_must_sign_in(
    own_product: Product, screens: Screens, assert_accessible: Callable[[Page], None]
) -> None:
    page = screens.window()
    page.goto(own_product.url)
    # Whoever comes types at once, and what is missing is said in the desk's language, not in the browser's bubble.
    expect(page.get_by_label("Nombre de tu empresa")).to_be_focused()
    page.keyboard.insert_text("Panadería Sol")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Tu nombre")).to_be_focused()
    expect(page.get_by_role("alert").filter(has_text="Falta este dato")).to_have_count(3)
    page.get_by_label("Correo").fill("ana")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Escribe un correo válido, por ejemplo nombre@correo.com")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Tu nombre").fill("Ana Álvarez")
    page.get_by_label("Correo").fill("ana@sol.example")
    page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Crear cuenta").click()
    expect(page).to_have_url(f"{own_product.url}/app/accounts/1/first-steps")
    expect(page.get_by_role("navigation").first).to_be_visible()
    page.get_by_role("link", name="Conectar un canal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nuevo canal")

    other = screens.window()
    other.goto(own_product.url)
    expect(other.get_by_role("button", name="Iniciar sesión", exact=True)).to_be_visible()
    expect(other.get_by_label("Correo")).to_be_focused()
    assert_accessible(other)


def test_a_wrong_password_is_said_and_nothing_is_lost(own_product: Product, screens: Screens) -> None:
    own_product.add_person("Sol", name="Ana", email="ana@sol.example", role="administrator")
    page = screens.window()
    page.goto(own_product.url)
    page.get_by_label("Correo").fill("ana@sol.example")
    page.get_by_label("Contraseña", exact=True).fill("Otra-cosa-1")
    page.get_by_role("button", name="Iniciar sesión", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Correo")).to_have_value("ana@sol.example")
