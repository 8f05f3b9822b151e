"""The desk by keys, layers and undo; and all of it where the window is narrow."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Screens
from e2e.test_desk_conversations import Floor, composer, desk, facts, floor, row, tab, thread

__all__ = ["floor"]  # the fixture of that module


def on_the_page(page: Page) -> None:
    """Nothing has the focus, so that single keys are heard."""
    page.evaluate("document.activeElement?.blur()")


@pytest.mark.feature("Z-21", "V-RTM-03")
def test_keys_do_what_the_sheet_of_shortcuts_says(screens: Screens, floor: Floor) -> None:
    numbers = [floor.writes(f"Consulta {index}", name=f"Clave {index}")[1] for index in range(4)]
    page = desk(screens, floor, floor.bruno, numbers[2])
    tab(page, "Todas").click()
    expect(row(page, numbers[2])).to_be_visible()
    on_the_page(page)

    # U: unread stays unread until it is opened again.
    page.keyboard.press("u")
    expect(row(page, numbers[2]).get_by_test_id("unread-dot")).to_be_visible()
    page.wait_for_timeout(900)
    expect(row(page, numbers[2]).get_by_test_id("unread-dot")).to_be_visible()

    # A, T, L and P open their pickers with the panel closed; Esc closes the picker, then the panel, then the thread.
    page.keyboard.press("]")
    expect(page.locator("aside.panel")).to_have_count(0)
    for key, title in {"t": "Equipo", "l": "Etiquetas", "a": "Agente"}.items():
        page.keyboard.press(key)
        expect(page.get_by_role("dialog").or_(page.locator("[role=listbox]")).last).to_be_visible()
        expect(page.locator("aside.panel")).to_be_visible()
        page.keyboard.press("Escape")
        on_the_page(page)
        expect(page.locator("aside.panel"), title).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator(".list .banner")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".list .banner")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("aside.panel")).to_have_count(0)
    expect(thread(page)).to_be_visible()

    # S asks how long, and its first answer is no other state.
    page.keyboard.press("s")
    expect(page.get_by_role("menuitem").first).to_have_text("Hasta la próxima respuesta")
    expect(page.get_by_role("menuitem", name="Resolver")).to_have_count(0)
    page.keyboard.press("Escape")
    on_the_page(page)

    # After E, J continues at the neighbour.
    before = [
        int(found)
        for found in page.locator("[data-conversation]").evaluate_all(
            "all => all.map(one => one.dataset.conversation)"
        )
    ]
    place = before.index(numbers[2])
    page.keyboard.press("e")
    expect(row(page, numbers[2])).to_have_count(0)
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(f"/conversations/{before[place + 1]}$"))
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/conversations/?$"))

    # / searches; Enter opens the first that was found.
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill("Consulta 1")
    expect(page.locator("[data-conversation]")).to_have_count(1)
    page.get_by_role("searchbox").press("Enter")
    expect(page).to_have_url(re.compile(f"/conversations/{numbers[1]}$"))


@pytest.mark.feature("C-10", "A-04")
def test_undo_brings_back_every_column_that_an_act_moved(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("Vuelve todo", name="Vera Vuelta")
    with floor.team.product.api(floor.ana) as api:
        api.post(
            f"/conversations/{number}/assignments", json={"assignee_id": floor.carla.id}
        ).raise_for_status()
        api.post(f"/conversations/{number}/labels", json={"labels": ["envio"]}).raise_for_status()
        snooze = {"status": "snoozed", "snoozed_until": 1_900_000_000}
        api.post(f"/conversations/{number}/toggle_status", json=snooze).raise_for_status()
    before = facts(floor, number)
    page = desk(screens, floor, floor.bruno, number)
    on_the_page(page)
    page.keyboard.press("e")  # opens it, which makes it Bruno's
    expect(page.get_by_text(f"Conversación #{number} abierta")).to_be_visible()
    on_the_page(page)
    page.keyboard.press("i")
    page.keyboard.press("p")
    page.get_by_role("menuitem", name="Urgente").click()
    expect(page.get_by_text("Prioridad: Urgente")).to_be_visible()
    on_the_page(page)
    page.keyboard.press("z")
    expect(page.get_by_text("Prioridad: Urgente")).to_have_count(0)
    for _ in range(3):
        page.wait_for_timeout(300)
        page.keyboard.press("z")
    for _ in range(40):
        now = facts(floor, number)
        if now["status"] == "snoozed" and now["meta"]["assignee"]:  # type: ignore[index]
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(500)
    now = facts(floor, number)
    for column in ("status", "snoozed_until", "priority", "labels"):
        assert now[column] == before[column], column
    assert now["meta"]["assignee"]["id"] == floor.carla.id  # type: ignore[index]


@pytest.mark.feature("R-03", "Z-07")
def test_send_and_resolve_sends_once_and_leaves(screens: Screens, floor: Floor) -> None:
    customer, number = floor.writes("Última pregunta", name="Sara Salida")
    page = desk(screens, floor, floor.bruno, number)
    composer(page).fill("Hecho.")
    page.get_by_test_id("later").click()
    for way in ("Enviar y resolver", "Hasta la próxima respuesta", "Hasta mañana", "Hasta la próxima semana"):
        expect(page.get_by_role("menuitem", name=way)).to_be_visible()
    page.keyboard.press("Escape")

    # One act: while it can be taken back neither the message nor the state has changed, and Z brings all of it back.
    with floor.team.product.api(floor.ana) as api:
        api.patch("", json={"undo_send_seconds": 30}).raise_for_status()
        try:
            page.reload()
            composer(page).click()
            page.get_by_test_id("files").set_input_files(
                {"name": "guia.txt", "mimeType": "text/plain", "buffer": b"Paso 1"}
            )
            composer(page).press("Control+Shift+E")
            expect(page.get_by_test_id("undo-send")).to_contain_text("Enviando; después se resuelve")
            assert facts(floor, number)["status"] == "open"
            on_the_page(page)
            page.keyboard.press("z")
            expect(page.get_by_test_id("undo-send")).to_have_count(0)
            expect(composer(page)).to_contain_text("Hecho.")
            expect(page.locator(".comp")).to_contain_text("guia.txt")
            assert "Hecho." not in [one["content"] for one in customer.reads(number)]
        finally:
            api.patch("", json={"undo_send_seconds": 0}).raise_for_status()
    page.reload()
    composer(page).click()
    composer(page).press("Control+Shift+E")
    expect(page.get_by_text(f"Conversación #{number} resuelta")).to_be_visible()
    assert [one["content"] for one in customer.reads(number)].count("Hecho.") == 1
    assert facts(floor, number)["status"] == "resolved"
    assert composer(page).evaluate("field => field.clientHeight") < 80


@pytest.mark.feature("V-LST-01")
def test_the_bar_keeps_its_head_and_foot_and_the_rail_its_views(screens: Screens, floor: Floor) -> None:
    page = desk(screens, floor, floor.ana)
    page.set_viewport_size({"width": 1440, "height": 700})
    for name in ("Notificaciones", "Configuración"):
        expect(page.locator("nav.nav").get_by_text(name)).to_be_in_viewport()
    page.set_viewport_size({"width": 1180, "height": 768})
    page.get_by_test_id("views").click()
    page.get_by_role("menuitem", name="Sin atender").click()
    expect(page).to_have_url(re.compile("unattended"))
    page.set_viewport_size({"width": 390, "height": 780})
    expect(page.locator(".tabbar")).to_be_visible()
    page.locator(".tabbar").get_by_role("button", name=re.compile("Notificaciones")).click()
    expect(page.get_by_text("Notificaciones").last).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".tabbar").get_by_role("button", name="Más").click()
    expect(page.get_by_role("menuitem", name="Cerrar sesión")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_test_id("views").click()
    page.get_by_role("menuitem", name="garantia").click()
    expect(page).to_have_url(re.compile("garantia"))


@pytest.mark.feature("D-ROL-02")
def test_whoever_may_only_read_is_not_offered_to_write(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("Solo mirar", name="Mira Lectora")
    vera = floor.team.agent("Vera Vista", role="analyst")
    page = screens.desk(floor.team.product, vera, f"accounts/{vera.account_id}/conversations/{number}")
    expect(page.get_by_test_id("read-only")).to_be_visible()
    expect(composer(page)).to_have_count(0)
    on_the_page(page)
    for key in ("e", "a", "s"):
        page.keyboard.press(key)
    expect(page.get_by_role("menuitem")).to_have_count(0)
    assert facts(floor, number)["status"] == "open"


@pytest.mark.feature("Z-21")
def test_the_palette_acts_asks_and_is_taken_back_like_any_act(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("Paleta", name="Paula Paleta")
    page = desk(screens, floor, floor.bruno, number)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("prioridad")
    page.keyboard.press("Enter")
    page.get_by_role("combobox").fill("urg")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Prioridad: Urgente")).to_be_visible()
    on_the_page(page)
    page.keyboard.press("z")
    expect(page.get_by_text("Prioridad: Urgente")).to_have_count(0)
    for _ in range(30):
        if facts(floor, number)["priority"] is None:
            break
        page.wait_for_timeout(100)
    assert facts(floor, number)["priority"] is None
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("Paula Paleta")
    expect(page.get_by_role("option").first).to_contain_text("Paula Paleta")

    # What only the thread can do opens there; folders and followed conversations are places; a new name begins a contact.
    page.keyboard.press("Escape")

    def palette(words: str) -> Locator:
        on_the_page(page)
        page.keyboard.press("Control+k")
        page.locator(".palette").get_by_role("combobox").fill(words)
        return page.locator("#palette-list").get_by_role("option").first

    for words, title in {"transcrip": "Enviar transcripción", "recordarm": "Recordarme"}.items():
        expect(palette(words)).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name=re.compile(title))).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    body = {"name": "Zarpas", "filter_type": "conversation", "conditions": []}
    with floor.team.product.api(floor.bruno) as api:
        rule = {"attribute_key": "status", "filter_operator": "equal_to", "values": ["open"]}
        path = f"/api/desk/accounts/{floor.bruno.account_id}/folders"
        api.post(f"{floor.team.product.url}{path}", json=body | {"conditions": [rule]}).raise_for_status()
    page.reload()
    expect(composer(page)).to_be_visible()
    expect(palette("zarpas")).to_contain_text("Zarpas")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/folder/"))
    expect(palette("participo")).to_contain_text("Participo")
    page.keyboard.press("Escape")
    palette("Quetzal Nadie")
    page.get_by_role("option", name="Crear un contacto con ese nombre: Quetzal Nadie").click()
    dialog = page.get_by_role("dialog", name="Nuevo contacto")
    expect(dialog.get_by_label("Nombre")).to_have_value("Quetzal Nadie")
    dialog.get_by_role("button", name="Crear").click()
    expect(page.get_by_role("heading", name="Quetzal Nadie")).to_be_visible()
