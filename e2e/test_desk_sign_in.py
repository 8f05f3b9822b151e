"""Signing in with more than a password, as a person does it."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import CDPSession, Page, expect

from e2e.conftest import PICTURES, Screens, make_team
from e2e.product import Person, Product
from ventanilla.signin.codes import STEP_SECONDS, code_at

pytestmark = pytest.mark.feature("Z-15")


def sign_in(page: Page, product: Product, person: Person, *, at: str = "") -> None:
    page.goto(f"{at or product.url}/app/login")
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
            page.wait_for_timeout(250)  # colours change over a moment
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


def virtual_key(page: Page) -> tuple[CDPSession, str]:
    """A device that holds passkeys, in this browser: it is there and knows its owner."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return wire, str(made["authenticatorId"])


def test_a_passkey_is_made_lets_in_alone_and_is_removed(screens: Screens, product: Product) -> None:
    """Chromium's own authenticator, over the DevTools protocol: the browser's real dialog with a real key pair."""
    local = product.url.replace(
        "127.0.0.1", "localhost"
    )  # a passkey needs a name; localhost counts as secure
    person = make_team(product).agent("Pilar Llave")
    page = screens.window()
    wire, key = virtual_key(page)
    sign_in(page, product, person, at=local)
    page.wait_for_url(re.compile("/conversations"))
    page.goto(f"{local}/app/accounts/{person.account_id}/settings/security")
    page.get_by_role("button", name="Crear una llave").click()
    page.get_by_role("button", name="Ya los guardé").click()
    expect(page.get_by_text("Creada el")).to_be_visible()
    assert len(wire.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1
    page.get_by_role("button", name=re.compile("^Editar: ")).click()
    page.get_by_role("dialog").get_by_label("Nombre").fill("Portátil")
    page.get_by_role("dialog").get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Portátil")).to_be_visible()
    look(page, "security-passkey")

    page.context.clear_cookies()
    page.goto(f"{local}/app/login")
    page.get_by_role("button", name="Iniciar sesión con una llave de acceso").click()
    page.wait_for_url(re.compile("/conversations"))
    page.goto(f"{local}/app/accounts/{person.account_id}/settings/security")
    expect(page.get_by_text("usada el")).to_be_visible()
    page.get_by_role("button", name="Quitar: Portátil").click()
    expect(page.get_by_text("Portátil", exact=True)).to_have_count(0)

    page.context.clear_cookies()
    page.goto(f"{local}/app/login")
    page.get_by_role("button", name="Iniciar sesión con una llave de acceso").click()
    expect(page.get_by_role("alert").first).to_be_visible()


def test_sessions_are_listed_and_ended_from_another_browser(screens: Screens, product: Product) -> None:
    person = make_team(product).agent("Sara Sesiones")
    here = screens.window()
    sign_in(here, product, person)
    here.wait_for_url(re.compile("/conversations"))
    phone = screens.window(
        user_agent="Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
    )
    sign_in(phone, product, person)
    phone.wait_for_url(re.compile("/conversations"))
    here.goto(f"{product.url}/app/accounts/{person.account_id}/settings/security")
    row = (
        here.get_by_role("listitem")
        .filter(has_text="Chrome on Android")
        .or_(here.get_by_role("listitem").filter(has_text="Android"))
    )
    expect(row).to_have_count(1)
    look(here, "security-sessions")
    row.get_by_role("button").click()
    phone.wait_for_url("**/app/login**", timeout=15_000)
    expect(row).to_have_count(0)
    expect(here.get_by_text("este dispositivo")).to_be_visible()


def test_a_dangerous_act_asks_who_sits_there(screens: Screens, product: Product) -> None:
    """A quarter of an hour later the token is shown only to who knows the password; whoever turns away sees nothing."""
    person = make_team(product).agent("Paz Prueba")
    page = screens.desk(product, person, f"accounts/{person.account_id}/settings/profile")
    product.forget_proofs()
    card = page.locator(".card", has_text="Da a tus programas")
    card.get_by_role("button", name="Mostrar").click()
    dialog = page.get_by_role("dialog", name="Demuestra que eres tú")
    expect(dialog).to_be_visible()
    look(page, "proof")
    dialog.get_by_role("button", name="Cancelar").click()
    expect(page.get_by_test_id("access-token")).to_have_count(0)
    card.get_by_role("button", name="Mostrar").click()
    dialog.get_by_label("Contraseña").fill("Equivocada-1")
    dialog.get_by_role("button", name="Continuar").click()
    expect(dialog.locator(".err")).to_be_visible()
    dialog.get_by_label("Contraseña").fill(person.password)
    dialog.get_by_role("button", name="Continuar").click()
    expect(page.get_by_test_id("access-token")).to_have_value(person.token)
    look(page, "token")


def test_everyone_is_asked_for_a_second_step_and_led_to_it(screens: Screens, product: Product) -> None:
    team = make_team(product)
    agent = team.agent("Dora Demora")
    page = screens.desk(product, team.admin, f"accounts/{team.admin.account_id}/settings/agents")
    rule = page.get_by_test_id("second-step-rule")
    expect(rule).to_contain_text("A 2 personas les falta.")
    expect(page.get_by_text("Sin segundo paso", exact=True)).to_have_count(2)
    look(page, "rule-off")
    rule.get_by_role("link", name="Configura el tuyo primero").click()
    set_app_up(page)
    page.goto(f"{product.url}/app/accounts/{team.admin.account_id}/settings/agents")

    waiting = screens.desk(product, agent, f"accounts/{agent.account_id}/conversations")
    rule.get_by_role("button", name="Pedirlo a todos").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("A 1 persona le falta.")
    look(page, "rule-dialog")
    dialog.get_by_role("button", name="Pedirlo a todos").click()
    expect(rule).to_contain_text("Se pedirá desde")
    waiting.reload()
    expect(waiting.get_by_text("esta cuenta pide un segundo paso")).to_be_visible()
    look(waiting, "rule-announced")

    rule.get_by_role("button", name="Dejar de pedirlo").click()
    expect(rule).to_contain_text("No se pide a nadie.")
    rule.get_by_role("button", name="Pedirlo a todos").click()
    today = page.evaluate("new Date().toLocaleDateString('sv-SE', { timeZone: 'UTC' })")
    dialog.get_by_label("Desde el día").fill(today)
    dialog.get_by_role("button", name="Pedirlo a todos").click()
    expect(rule).to_contain_text("la cuenta no se abre")
    waiting.wait_for_url("**/app/second-step", timeout=15_000)
    expect(waiting.get_by_role("heading", name="Falta un segundo paso")).to_be_visible()
    look(waiting, "second-step-needed")
    waiting.goto(f"{product.url}/app/accounts/{agent.account_id}/contacts")
    waiting.wait_for_url("**/app/second-step")
    set_app_up(waiting)
    waiting.wait_for_url(re.compile("/conversations"))


def set_app_up(page: Page) -> None:
    page.get_by_role("button", name="Configurar la app").click()
    secret = page.get_by_label("Clave").input_value()
    page.get_by_label("Código que muestra la app").fill(code(secret))
    page.get_by_role("button", name="Activar").click()
    page.get_by_role("button", name="Ya los guardé").click()
