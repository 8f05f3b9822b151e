"""Dashboard apps: a page of the company's, on another origin, framed beside the conversation and told of it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens, Team
from e2e.customer_site import CustomerSite

# As an author of such a page writes it: it shows what it is told, and asks again by a button.
LISTENS = """
<p id="who">Nadie</p><p id="times">0</p><p id="top">?</p><button onclick="ask()">Pedir</button>
<script>
  let times = 0
  addEventListener('message', (event) => {
    const { event: name, data } = JSON.parse(event.data)
    if (name !== 'appContext') return
    times += 1
    document.getElementById('times').textContent = times
    document.getElementById('who').textContent =
      `${data.contact.name} #${data.conversation.id} ${data.currentAgent.email}`
  })
  const ask = () => parent.postMessage('chatwoot-dashboard-app:fetch-info', '*')
  try { document.getElementById('top').textContent = String(parent.document.title) } catch { top_is_closed = true }
</script>
"""


@pytest.mark.feature("X-03")
def test_a_page_of_the_company_stands_beside_the_conversation(
    screens: Screens, team: Team, site: CustomerSite, assert_accessible: Any
) -> None:
    ana = team.admin
    customer = team.program(ana)
    first = customer.starts("Hola", name="Camila Vargas")
    other = team.program(ana, name="Otro").starts("Buenas", name="Diego Paz")
    address = site.page("/pedidos", LISTENS, title="Pedidos")
    page = screens.desk(
        team.product, ana, f"accounts/{ana.account_id}/settings/apps", viewport={"width": 1440, "height": 860}
    )

    # Added, with an address that is none refused; deleted and brought back.
    page.get_by_test_id("add").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Título").fill("Pedidos")
    dialog.get_by_label("Direcciones").fill("javascript:alert(1)")
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Direcciones").fill(address)
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Borrar aplicación: Pedidos").click()
    expect(page.locator("main li")).to_have_count(0)
    page.get_by_role("button", name="Deshacer").last.click()
    expect(page.locator("main li")).to_have_count(1)
    assert_accessible(page)

    # In its tab: told when it loads, when it asks, and when another conversation is opened.
    base = f"{team.product.url}/app/accounts/{ana.account_id}/conversations"
    page.goto(f"{base}/{first}")
    page.get_by_role("tab", name="Pedidos").click()
    frame = page.frame_locator('iframe[title="Pedidos"]')
    expect(frame.locator("#who")).to_have_text(f"Camila Vargas #{first} {ana.email}")
    expect(page.get_by_test_id("composer")).to_be_hidden()
    before = int(frame.locator("#times").inner_text())
    frame.get_by_role("button", name="Pedir").click()
    expect(frame.locator("#times")).to_have_text(str(before + 1))
    expect(frame.locator("#top")).to_have_text("?")  # it cannot look into the desk
    page.get_by_role("tab", name="Todas").click()
    page.locator(f'[data-conversation="{other}"]').click()
    expect(frame.locator("#who")).to_have_text(f"Diego Paz #{other} {ana.email}")

    # Only the page itself is answered: another window that asks hears nothing.
    sandbox = page.locator("iframe").get_attribute("sandbox") or ""
    assert "allow-top-navigation" not in sandbox
    now = ""
    while now != (now := frame.locator("#times").inner_text()):  # until all that was said by itself is said
        page.wait_for_timeout(400)
    page.evaluate("postMessage('chatwoot-dashboard-app:fetch-info', '*')")
    page.wait_for_timeout(200)
    assert frame.locator("#times").inner_text() == now

    # Back to the conversation, by its tab or by the key that answers.
    page.evaluate("document.activeElement?.blur()")
    page.keyboard.press("r")
    expect(page.get_by_test_id("composer")).to_be_focused()
    expect(page.locator("iframe")).to_be_hidden()
    assert_accessible(page)
