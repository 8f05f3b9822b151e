"""A new administrator's first hour: each step is done when it is seen to be so, and a sample to practise in."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Screens
from e2e.customer_site import CustomerSite
from e2e.product import PASSWORD, Product

SEEN_WITHIN_MS = 20_000
MAKE_CHAT = """async (website_url) => {
  const boot = await (await fetch('/api/desk/boot')).json()
  const answer = await fetch('/api/v1/accounts/1/inboxes', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': boot.csrf_token },
    body: JSON.stringify({ name: 'Web', channel: { type: 'web_widget', website_url } }),
  })
  return (await answer.json()).website_token
}"""


def step(page: Page, name: str) -> Locator:
    return page.locator(f"[data-step={name}]")


def done(page: Page, name: str) -> Locator:
    return step(page, name).get_by_role("img", name="Hecho")


def test_the_first_hour_sees_what_is_done_and_ends(
    own_product: Product,
    site: CustomerSite,
    screens: Screens,
    assert_accessible: Callable[[Page], None],
) -> None:
    page = screens.window(viewport={"width": 1440, "height": 900})
    page.goto(own_product.url)
    page.get_by_label("Nombre de tu empresa").fill("Panadería Sol")
    page.get_by_label("Tu nombre").fill("Lucía")
    page.get_by_label("Correo").fill("lucia@sol.example")
    page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Crear cuenta").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lucía")
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "0")
    expect(page.get_by_role("link", name="Primeros pasos")).to_contain_text("0 de 4")
    assert_accessible(page)

    # The sample is a conversation like any other: its keys work, and what was tried is seen in it.
    page.get_by_role("button", name="Crear la muestra").click()
    practice = page.get_by_role("complementary", name="Conversación de muestra")
    expect(practice).to_contain_text("¿Llega antes del viernes?")
    tried = practice.get_by_role("region", name="Prueba en esta conversación")
    expect(tried.get_by_role("img", name="Hecho")).to_have_count(0)
    page.keyboard.press("r")
    page.keyboard.insert_text("Sí, sale hoy mismo.")
    page.keyboard.press("Control+Enter")
    expect(tried.get_by_role("img", name="Hecho")).to_have_count(1)
    page.locator("main h1").click()
    page.keyboard.press("i")
    expect(tried.get_by_role("img", name="Hecho")).to_have_count(2)
    page.keyboard.press("e")
    expect(tried.get_by_role("img", name="Hecho")).to_have_count(3)
    expect(done(page, "channel")).to_have_count(0)

    # A chat is made and its code pasted into the page: seen on the first visit, without a word from anyone.
    token = page.evaluate(MAKE_CHAT, site.url)
    expect(step(page, "website").get_by_role("button", name="Copiar")).to_be_visible(timeout=SEEN_WITHIN_MS)
    expect(step(page, "website").get_by_role("status")).to_contain_text(
        "no respondió", timeout=SEEN_WITHIN_MS
    )
    assert_accessible(page)
    step(page, "website").get_by_role("button", name="Shopify, WordPress…").click()
    places = page.get_by_role("dialog", name="Dónde se pega")
    expect(places).to_be_focused()
    page.keyboard.press("Escape")
    expect(places).to_have_count(0)
    visitor = screens.window()
    code = step(page, "website").locator("code").inner_text()
    assert token in code
    visitor.goto(site.page("/", code))
    expect(done(page, "website")).to_be_visible(timeout=SEEN_WITHIN_MS)
    expect(done(page, "channel")).to_be_visible()

    step(page, "hours").get_by_role("button", name="Usar este horario").click()
    expect(done(page, "hours")).to_be_visible()
    page.keyboard.press("z")
    expect(done(page, "hours")).to_have_count(0)
    step(page, "hours").get_by_role("button", name="Usar este horario").click()
    expect(done(page, "hours")).to_be_visible()

    own_product.add_person(1, name="Diego Paz", email="diego@sol.example")
    expect(step(page, "team")).to_contain_text("Diego Paz ya está dentro.", timeout=SEEN_WITHIN_MS)
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "4")
    page.get_by_role("button", name="Ir a las conversaciones").click()
    expect(page).to_have_url(f"{own_product.url}/app/accounts/1/conversations")
    expect(page.get_by_role("link", name="Primeros pasos")).to_have_count(0)
    expect(page.get_by_text("Camila Villaseñor")).to_have_count(0)
    page.keyboard.press("z")
    expect(page.get_by_role("link", name="Primeros pasos")).to_contain_text("4 de 4")
