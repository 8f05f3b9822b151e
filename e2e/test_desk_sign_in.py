"""Signing in with more than a password, as a person does it."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import PICTURES, Screens, make_team
from e2e.product import Person, Product
from ventanilla.signin.codes import STEP_SECONDS, code_at

pytestmark = pytest.mark.feature("Z-15")


def sign_in(page: Page, product: Product, person: Person) -> None:
    page.goto(f"{product.url}/app/login")
    page.get_by_label("Correo").fill(person.email)
    page.get_by_label("Contraseña", exact=True).fill(person.password)
    page.get_by_role("button", name="Iniciar sesión", exact=True).click()


def look(page: Page, name: str) -> None:
    """What it looks like, beside the other pictures of a run: light and dark, wide and on a phone."""
    size = page.viewport_size
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 860})
        for theme in ("light", "dark"):
            page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
            page.screenshot(path=PICTURES / f"{name}-{theme}-{width}.png")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    if size:
        page.set_viewport_size(size)


def code(secret: str, *, later: int = 0) -> str:
    return code_at(secret, int(time.time()) // STEP_SECONDS + later)


def test_an_app_is_set_up_and_asked_for_and_a_recovery_code_lets_in_once(
    screens: Screens, product: Product
) -> None:
    person = make_team(product).agent("Tomasa Tótem")
    page = screens.desk(product, person, f"accounts/{person.account_id}/settings/security")
    page.get_by_role("button", name="Configurar la app").click()
    expect(page.get_by_alt_text("Código QR para la app de autenticación")).to_be_visible()
    secret = page.get_by_label("Clave").input_value()
    page.get_by_label("Código que muestra la app").fill("000000")
    page.get_by_role("button", name="Activar").click()
    expect(page.get_by_role("alert")).to_contain_text("no es correcto")
    page.get_by_label("Código que muestra la app").fill(code(secret, later=-1))
    page.get_by_role("button", name="Activar").click()
    shown = page.get_by_test_id("recovery-codes").get_by_role("listitem")
    expect(shown).to_have_count(10)
    first = shown.first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Descargar").click()
    assert first in download.value.path().read_text()
    look(page, "security-codes")
    page.get_by_role("button", name="Ya los guardé").click()
    expect(page.get_by_text("Te quedan 10 códigos sin usar.")).to_be_visible()
    look(page, "security")

    door = screens.window()
    sign_in(door, product, person)
    expect(door.get_by_role("heading", name="Un paso más")).to_be_visible()
    look(door, "second-step")
    door.get_by_label("Código de 6 dígitos").fill(code(secret))
    door.get_by_role("button", name="Continuar").click()
    door.wait_for_url(re.compile("/conversations"))

    other = screens.window()
    sign_in(other, product, person)
    other.get_by_role("button", name="Usar un código de recuperación").click()
    other.get_by_label("Código de recuperación").fill(first)
    other.get_by_role("button", name="Continuar").click()
    other.wait_for_url(re.compile("/conversations"))
    page.reload()
    expect(page.get_by_text("Te quedan 9 códigos sin usar.")).to_be_visible()
