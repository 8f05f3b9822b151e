"""A conversation that is two matters becomes two at the desk, and one again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens, Team


@pytest.mark.feature("Z-05")
def test_a_conversation_is_split_from_a_message_on_and_joined_again(
    screens: Screens, team: Team, assert_accessible: Any
) -> None:
    bruno = team.agent("Bruno Bravo")
    customer = team.program(bruno)
    number = customer.starts("¿Llegó mi pago?", name="Camila Vargas")
    customer.writes(number, "Y otra cosa: la caja vino rota")
    customer.writes(number, "¿Me mandan otra?")
    path = f"accounts/{bruno.account_id}/conversations"
    page = screens.desk(team.product, bruno, f"{path}/{number}", viewport={"width": 1440, "height": 860})
    thread = page.locator("section.thread")

    first = thread.locator("[data-message]", has_text="¿Llegó mi pago?")
    first.hover()
    first.locator(".menu-button").press("Enter")
    page.get_by_role("menuitem", name="Dividir desde aquí").click()
    expect(page.get_by_text("no quedaría nada en esta conversación")).to_be_visible()

    second = thread.locator("[data-message]", has_text="la caja vino rota")
    second.hover()
    second.locator(".menu-button").press("Enter")
    page.get_by_role("menuitem", name="Dividir desde aquí").click()
    expect(page).to_have_url(re.compile(rf"/conversations/{number + 1}$"))
    expect(thread.locator("[data-message]", has_text="¿Me mandan otra?")).to_be_visible()
    expect(thread.locator("[data-message]", has_text="¿Llegó mi pago?")).to_have_count(0)
    thread.get_by_role("button", name=re.compile("cambio")).last.click()
    expect(thread.get_by_text(f"separó esta conversación de la #{number}")).to_be_visible()
    assert_accessible(page)
    page.goto(f"{team.product.url}/app/{path}/{number}")
    thread.get_by_role("button", name=re.compile("cambio")).last.click()
    expect(thread.get_by_text(f"lo que sigue está en la #{number + 1}")).to_be_visible()
    expect(thread.locator("[data-message]", has_text="caja")).to_have_count(0)

    # Later, from the menu of the half that was split off: with what came since.
    customer.writes(number + 1, "¿Hola?")
    page.goto(f"{team.product.url}/app/{path}/{number + 1}")
    expect(thread.get_by_text("¿Hola?")).to_be_visible()
    page.locator(".th").get_by_role("button", name="Más", exact=True).click()
    page.get_by_role("menuitem", name="Deshacer la división").click()
    expect(page).to_have_url(re.compile(rf"/conversations/{number}$"))
    for text in ("¿Llegó mi pago?", "la caja vino rota", "¿Me mandan otra?", "¿Hola?"):
        expect(thread.locator("[data-message]", has_text=text)).to_be_visible()
