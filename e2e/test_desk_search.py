"""The search page of the desk: finding, narrowing by words and counts, opening at the message; by keys and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Screens
from e2e.product import Person
from e2e.test_desk_conversations import Floor, composer, floor, thread

__all__ = ["floor"]  # the fixture of that module


def search(screens: Screens, floor: Floor, person: Person, asked: str = "", **context: object) -> Page:
    path = f"accounts/{person.account_id}/search" + (f"?q={quote(asked)}" if asked else "")
    given = {"viewport": {"width": 1440, "height": 860}} | context
    return screens.desk(floor.team.product, person, path, **given)


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Qué buscar")


def hits(page: Page) -> Locator:
    return page.locator("[role=listbox] > article")


def wait_until_found(page: Page, count: int) -> None:
    """The worker enters words within a moment of their being written."""
    for _try in range(20):
        if hits(page).count() >= count:
            break
        page.wait_for_timeout(500)
        page.reload()
        page.wait_for_timeout(500)
    expect(hits(page)).to_have_count(count)


@pytest.mark.feature("Z-18", "Z-21")
def test_words_operators_counts_and_keys_lead_to_the_message(screens: Screens, floor: Floor) -> None:
    _customer, first = floor.writes("¿Cuándo llega el REEMBOLSO de mi pedido?", name="Rita Reembolsada")
    _other, second = floor.writes("Otro reembolso, con cupón", name="Otra Persona")
    floor.writes("Nada que ver", name="Nadie")
    page = search(screens, floor, floor.bruno, "reembolso")
    wait_until_found(page, 2)
    expect(hits(page).first.locator("mark")).to_have_text("reembolso")
    expect(page.get_by_role("status").first).to_contain_text(re.compile("2 resultados"))

    # What is typed becomes a chip when its word ends; the address says all of it.
    field(page).click()
    field(page).press("End")
    field(page).press_sequentially(" sin:cupon ")
    expect(page.get_by_role("button", name="Quitar sin:cupon")).to_be_visible()
    expect(hits(page)).to_have_count(1)
    expect(page).to_have_url(re.compile("q=sin%3Acupon|q=sin:cupon"))
    page.reload()
    expect(hits(page)).to_have_count(1)

    # Backspace chooses the chip, then takes it away.
    field(page).fill("")
    expect(hits(page)).not_to_have_count(0)
    field(page).press("Backspace")
    expect(page.get_by_role("button", name="Quitar sin:cupon")).to_have_attribute("aria-pressed", "true")
    field(page).press("Backspace")
    expect(page.get_by_role("button", name="Quitar sin:cupon")).to_have_count(0)

    # Completion offers what the server knows.
    field(page).fill("de:Rit")
    page.get_by_role("option", name="Rita Reembolsada").click()
    expect(page.get_by_role("button", name='Quitar de:"Rita Reembolsada"')).to_be_visible()
    expect(hits(page)).to_have_count(1)

    # A count narrows, and is a chip as well.
    page.get_by_role("button", name=re.compile("^Abierta")).click()
    expect(page.get_by_role("button", name="Quitar estado:abierta")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Abierta"))).to_have_attribute("aria-pressed", "true")

    # J, K, the preview, and Enter at the message.
    page.goto(page.url.split("?")[0] + "?q=reembolso")
    expect(hits(page)).to_have_count(2)
    page.evaluate("document.activeElement?.blur()")
    page.keyboard.press("j")
    expect(hits(page).nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.locator("aside.tip .bub.hit")).to_contain_text("¿Cuándo llega el REEMBOLSO")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/conversations/{first}#message-"))
    expect(thread(page).get_by_text("¿Cuándo llega el REEMBOLSO")).to_be_visible()
    page.go_back()
    expect(hits(page).nth(1)).to_have_attribute("aria-selected", "true")
    assert second != first


@pytest.mark.feature("Z-18")
def test_nothing_found_says_what_to_leave_out_and_every_state_is_accessible(
    screens: Screens, floor: Floor, assert_accessible: Callable[..., None]
) -> None:
    floor.writes("Un florero azul", name="Flora")
    page = search(screens, floor, floor.bruno)
    expect(page.get_by_text("Busca en todo lo que se ha escrito")).to_be_visible()
    assert_accessible(page)
    page.goto(page.url + "?q=florero")
    wait_until_found(page, 1)
    assert_accessible(page)
    page.goto(page.url.split("?")[0] + "?q=" + quote("florero sin:azul"))
    expect(page.get_by_text("Nada cumple todo eso")).to_be_visible()
    page.get_by_role("button", name="Sin «sin:azul» hay 1").click()
    expect(hits(page)).to_have_count(1)
    # A letter off.
    field(page).fill("floreor")
    expect(page.get_by_text("Nada dice eso tal cual")).to_be_visible()
    expect(hits(page)).to_have_count(1)
    # The server does not answer.
    page.route("**/search?*", lambda route: route.fulfill(status=500))
    field(page).fill("azul")
    expect(page.get_by_role("alert")).to_be_visible()
    page.unroute("**/search?*")
    page.get_by_role("button", name="Reintentar").click()
    expect(hits(page)).to_have_count(1)


@pytest.mark.feature("Z-18", "Z-08")
def test_what_is_not_for_ones_eyes_is_not_counted(screens: Screens, floor: Floor) -> None:
    floor.writes("Palabra secretísima", name="Callada")
    wait_until_found(search(screens, floor, floor.bruno, "secretisima"), 1)
    page = search(screens, floor, floor.dora, "secretisima")
    expect(page.get_by_text("Nada cumple todo eso")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"^Todo\s*0$"))).to_be_visible()


@pytest.mark.feature("Z-18", "Z-21")
def test_the_palette_leads_to_the_page_and_both_fit_a_phone(
    screens: Screens, floor: Floor, assert_accessible: Callable[..., None]
) -> None:
    _customer, number = floor.writes("Una jirafa en el jardín", name="Zoe Zoológico")
    page = search(screens, floor, floor.bruno, "jirafa")
    wait_until_found(page, 1)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Buscar o ir a").fill("jirafa")
    page.get_by_role("option", name="Ver todo lo que dice «jirafa»").click()
    expect(hits(page)).to_have_count(1)

    phone = search(screens, floor, floor.carla, "jirafa", viewport={"width": 390, "height": 780})
    wait_until_found(phone, 1)
    wide = phone.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= 390
    assert_accessible(phone)
    hits(phone).first.click()
    expect(phone).to_have_url(re.compile(rf"/conversations/{number}#message-"))
    expect(composer(phone)).to_be_visible()


@pytest.mark.feature("D-SRC-02", "D-SRC-03", "D-SRC-04", "D-SRC-05", "D-SRC-06")
def test_a_contact_is_found_by_whatever_is_known_of_them(screens: Screens, floor: Floor) -> None:
    profiles = {"facebook": "rosa.fb", "twitter": "rosa_tw", "instagram": "rosa_ig"}
    person = {
        "name": "Rosa Pérez",
        "email": "rosa@correo.example",
        "phone_number": "+56922223333",
        "additional_attributes": {"social_profiles": profiles},
        "custom_attributes": {"rut": "12.345.678-K"},
    }
    with floor.team.product.api(floor.ana) as api:
        api.post("/contacts", json=person).raise_for_status()
    page = search(screens, floor, floor.bruno, "rosa.fb")
    wait_until_found(page, 1)
    for typed in ("@rosa_tw", "@rosa_ig", "56922223333", "rosa@correo.example", "12345678k", "12.345.678-K"):
        field(page).fill(typed)
        expect(page).to_have_url(re.compile(re.escape(quote(typed, safe="@"))), timeout=10_000)
        expect(hits(page)).to_have_count(1)
        expect(hits(page).first).to_contain_text("Rosa Pérez")
    # The palette knows them by the same.
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Buscar o ir a").fill("12345678k")
    page.get_by_role("dialog").get_by_role("option", name=re.compile("Rosa Pérez")).click()
    expect(page.get_by_role("heading", name="Rosa Pérez")).to_be_visible()


@pytest.mark.timeout(120)
@pytest.mark.feature("Z-18")
def test_the_order_of_what_is_found_stands_in_the_address(screens: Screens, floor: Floor) -> None:
    for text in (
        "la garrafa verde",
        "una garrafa de color azul, y otra cosa que es verde",
        "garrafas verdes",
    ):
        floor.writes(text, name="Gala Garrafa")
    page = search(screens, floor, floor.bruno, "garrafa verde")
    wait_until_found(page, 3)
    expect(hits(page).first).to_contain_text("garrafas verdes")
    order = page.get_by_test_id("search-sort")
    order.click()
    page.get_by_role("menuitem", name="Más antiguos").click()
    expect(page).to_have_url(re.compile("sort=oldest"))
    expect(hits(page).first).to_contain_text("la garrafa verde")
    expect(hits(page).last).to_contain_text("garrafas verdes")
    order.click()
    page.get_by_role("menuitem", name="Más relevantes").click()
    expect(page).to_have_url(re.compile("sort=relevance"))
    expect(hits(page).first).to_contain_text("la garrafa verde")
    page.reload()
    expect(hits(page).first).to_contain_text("la garrafa verde")
    expect(order).to_have_text("Más relevantes")


@pytest.mark.timeout(120)
@pytest.mark.feature("Z-18", "C-17")
def test_a_search_becomes_a_folder_and_says_what_it_cannot_keep(
    screens: Screens, floor: Floor, assert_accessible: Callable[..., None]
) -> None:
    _customer, number = floor.writes("Un termo roto", name="Tere Roca")
    with floor.team.product.api(floor.ana) as api:
        api.post(f"/conversations/{number}/labels", json={"labels": ["garantia"]}).raise_for_status()
    page = search(screens, floor, floor.bruno, "termo etiqueta:garantia agente:nadie de:tere etiqueta:nunca")
    page.get_by_role("button", name="Quitar etiqueta:garantia").wait_for()
    page.get_by_role("button", name="Quitar etiqueta:nunca").click()
    wait_until_found(page, 1)
    page.get_by_role("button", name="Guardar como carpeta").click()
    dialog = page.get_by_role("dialog", name="Nueva carpeta")
    expect(dialog.get_by_role("note")).to_have_text(
        "No se guarda «de:tere», «termo»: una carpeta filtra conversaciones, no lo que se ha dicho en ellas."
    )
    expect(dialog.get_by_text("1 conversación")).to_be_visible()
    assert_accessible(page)
    dialog.get_by_label("Nombre").fill("Garantías sin dueño")
    dialog.get_by_role("button", name="Guardar").click()
    expect(page).to_have_url(re.compile(r"/folder/\d+"))
    expect(page.locator(f'[data-conversation="{number}"]')).to_be_visible()

    # Nothing in it is about conversations: that is said, and no dialog opens.
    page.goto(page.url.split("/folder")[0] + "/search?q=termo")
    wait_until_found(page, 1)
    page.get_by_role("button", name="Guardar como carpeta").click()
    expect(page.locator(".toast")).to_contain_text("Una carpeta guarda canal, estado, etiqueta y agente.")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
