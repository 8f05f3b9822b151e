"""Views and saved filters: folders of conversations and segments of contacts, with live numbers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens
from e2e.test_desk_conditions import choose, condition
from e2e.test_desk_conversations import LIVE_MS, Floor, desk, floor, row, tab, thread
from e2e.visits import until

__all__ = ["floor"]

COUNTED_MS = LIVE_MS + 4000


def link(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.locator("nav.nav").get_by_role("link", name=re.compile(f"^{name}"))


@pytest.mark.timeout(180)
@pytest.mark.feature("C-17")
def test_a_filter_becomes_a_folder_that_counts_is_shared_moved_and_brought_back(
    screens: Screens, floor: Floor
) -> None:
    _, number = floor.writes("Falla el pedido", name="Fina Folder")
    with floor.team.product.api(floor.ana) as api:
        api.post(f"/conversations/{number}/toggle_priority", json={"priority": "urgent"}).raise_for_status()
    page = desk(screens, floor, floor.carla)
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Filtrar conversaciones")
    condition(page, 1).get_by_label("Atributo").select_option(label="Prioridad")
    choose(page, 1, "urgente")
    dialog.get_by_role("button", name="Guardar como carpeta").click()
    made = page.get_by_role("dialog", name="Nueva carpeta")
    made.get_by_role("button", name="Guardar").click()
    expect(made.get_by_text("Escribe un nombre.")).to_be_visible()
    made.get_by_label("Nombre").fill("Urgentes")
    made.get_by_role("radio", name="Llama").check(force=True)
    made.get_by_label("Compartir con").select_option(label="devoluciones")
    expect(made.get_by_text("1 conversación")).to_be_visible()
    made.get_by_role("button", name="Guardar").click()
    expect(page).to_have_url(re.compile(r"/folder/\d+"))
    expect(page.get_by_role("heading", name="Urgentes")).to_be_visible()
    expect(row(page, number)).to_be_visible()
    expect(link(page, "Urgentes").locator(".cnt")).to_have_text("1")

    # It counts what happens, and every member of the team has it, each by what they may see.
    _, second = floor.writes("También urge", name="Ulla Urgente")
    with floor.team.product.api(floor.ana) as api:
        api.post(f"/conversations/{second}/toggle_priority", json={"priority": "urgent"}).raise_for_status()
    expect(link(page, "Urgentes").locator(".cnt")).to_have_text("2", timeout=COUNTED_MS)
    expect(row(page, second)).to_be_visible(timeout=COUNTED_MS)

    page.get_by_role("button", name="Nueva carpeta").click()
    more = page.get_by_role("dialog", name="Nueva carpeta")
    more.get_by_label("Nombre").fill("Todo lo abierto")
    expect(more.get_by_text(re.compile(r"\d+ conversaci"))).to_be_visible()
    more.get_by_role("button", name="Guardar").click()
    names = page.locator("nav.nav [data-folder] .grow")
    expect(names).to_have_text(["Urgentes", "Todo lo abierto"])
    link(page, "Todo lo abierto").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(names).to_have_text(["Todo lo abierto", "Urgentes"])

    link(page, "Urgentes").click()
    page.get_by_test_id("folder-menu").click()
    page.get_by_role("menuitem", name="Editar").click()
    change = page.get_by_role("dialog", name="Editar carpeta")
    change.get_by_label("Nombre").fill("Muy urgentes")
    change.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("heading", name="Muy urgentes")).to_be_visible()
    page.get_by_test_id("folder-menu").click()
    page.get_by_role("menuitem", name="Borrar").click()
    expect(names).to_have_text(["Todo lo abierto"])
    gone = page.locator(".toast").filter(has_text="«Muy urgentes» borrada")
    gone.get_by_role("button", name="Deshacer").click()
    expect(names).to_have_text(["Todo lo abierto", "Muy urgentes"])
    page.reload()
    expect(names).to_have_text(["Todo lo abierto", "Muy urgentes"])


@pytest.mark.timeout(180)
@pytest.mark.feature("C-17")
def test_folders_are_dragged_into_order_and_one_that_names_what_was_deleted_is_mended(
    screens: Screens, floor: Floor, assert_accessible: Callable[..., None]
) -> None:
    bruno = floor.team.agent("Berta Bandeja")
    with floor.team.product.api(floor.ana) as api:
        made = api.post("/labels", json={"title": "temporal", "color": "#aa3311"}).raise_for_status().json()
    with floor.team.product.api(bruno) as api:
        for name, key, values in (
            ("Abiertas", "status", ["open"]),
            ("Rotas", "labels", ["temporal", "envio"]),
            ("Pospuestas todas", "status", ["snoozed"]),
        ):
            asked = {
                "attribute_key": key,
                "filter_operator": "equal_to",
                "values": values,
                "query_operator": None,
            }
            query = {"name": name, "filter_type": "conversation", "query": {"payload": [asked]}}
            api.post("/custom_filters", json=query).raise_for_status()
    page = desk(screens, floor, bruno)
    names = page.locator("nav.nav [data-folder] .grow")
    expect(names).to_have_text(["Abiertas", "Rotas", "Pospuestas todas"])
    link(page, "Pospuestas todas").drag_to(link(page, "Abiertas"), target_position={"x": 30, "y": 3})
    expect(names).to_have_text(["Pospuestas todas", "Abiertas", "Rotas"])
    box = link(page, "Rotas").bounding_box()
    assert box
    link(page, "Pospuestas todas").drag_to(
        link(page, "Rotas"), target_position={"x": 30, "y": box["height"] - 3}
    )
    expect(names).to_have_text(["Abiertas", "Rotas", "Pospuestas todas"])
    link(page, "Rotas").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(names).to_have_text(["Rotas", "Abiertas", "Pospuestas todas"])
    # It is the person's, in whichever browser.
    page.wait_for_timeout(400)
    other = desk(screens, floor, bruno)
    expect(other.locator("nav.nav [data-folder] .grow")).to_have_text(
        ["Rotas", "Abiertas", "Pospuestas todas"]
    )

    expect(link(page, "Rotas").get_by_role("img", name="Filtra por algo que se borró")).to_have_count(0)
    with floor.team.product.api(floor.ana) as api:
        api.delete(f"/labels/{made['id']}").raise_for_status()
    expect(page.get_by_role("img", name="Filtra por algo que se borró")).to_be_visible(timeout=COUNTED_MS)
    page.locator("nav.nav [data-folder]").first.click()
    notice = page.get_by_test_id("folder-missing")
    expect(notice).to_contain_text("Se borró la etiqueta «temporal», que esta carpeta nombra en su filtro.")
    assert_accessible(page)
    notice.get_by_role("button", name="Corregir").click()
    dialog = page.get_by_role("dialog", name="Editar carpeta")
    expect(dialog.get_by_role("note")).to_contain_text("la etiqueta «temporal»")
    dialog.get_by_role("button", name="Guardar").click()
    expect(notice).to_have_count(0)
    expect(page.get_by_role("img", name="Filtra por algo que se borró")).to_have_count(0)
    with floor.team.product.api(bruno) as api:
        kept = {one["name"]: one["query"]["payload"] for one in api.get("/custom_filters").json()}
    assert kept["Rotas"][0]["values"] == ["envio"]


@pytest.mark.timeout(120)
@pytest.mark.feature("P-05")
def test_a_segment_of_contacts_is_evaluated_each_time(screens: Screens, floor: Floor) -> None:
    account = floor.bruno.account_id
    with floor.team.product.api(floor.ana) as api:
        for name, city in (("Lía Lima", "Lima"), ("Quique Quito", "Quito")):
            body = {"name": name, "additional_attributes": {"city": city}}
            found = api.post("/contacts", json=body).raise_for_status().json()["payload"]["contact"]["id"]
    page = screens.desk(
        floor.team.product,
        floor.bruno,
        f"accounts/{account}/contacts",
        viewport={"width": 1440, "height": 860},
    )
    page.get_by_role("button", name="Nuevo segmento").click()
    dialog = page.get_by_role("dialog", name="Nuevo segmento")
    dialog.get_by_label("Nombre").fill("De Lima")
    condition(page, 1).get_by_label("Atributo").select_option(label="Ciudad")
    condition(page, 1).get_by_label("Valor").fill("Lima")
    expect(dialog.get_by_text("1 contacto")).to_be_visible()
    dialog.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("heading", name="De Lima")).to_be_visible()
    expect(page.get_by_role("link", name="Lía Lima")).to_be_visible()
    expect(page.get_by_role("link", name="Quique Quito")).to_have_count(0)
    with floor.team.product.api(floor.ana) as api:
        body = {"additional_attributes": {"city": "Lima"}}
        api.patch(f"/contacts/{found}", json=body).raise_for_status()
    expect(link(page, "De Lima").locator(".cnt")).to_have_text("2", timeout=COUNTED_MS)
    link(page, "Contactos").click()
    link(page, "De Lima").click()
    expect(page.get_by_role("link", name="Quique Quito")).to_be_visible()


@pytest.mark.timeout(120)
@pytest.mark.feature("C-15", "V-LST-01", "V-LST-02")
def test_mentions_participating_unattended_and_by_name(screens: Screens, floor: Floor) -> None:
    customer, number = floor.writes("Primera", name="Nora Nombrada")
    _, other = floor.writes("Otra", name="Otilio Otro")
    page = desk(screens, floor, floor.bruno)
    tab(page, "Todas").click()
    with floor.team.product.api(floor.ana) as api:
        note = f"[@Bruno](mention://user/{floor.bruno.id}/Bruno) ¿lo ves?"
        api.post(
            f"/conversations/{number}/messages", json={"content": note, "private": True}
        ).raise_for_status()
    expect(link(page, "Menciones").locator(".cnt")).to_have_text("1", timeout=COUNTED_MS)
    expect(link(page, "Participo").locator(".cnt")).to_have_text("1", timeout=COUNTED_MS)
    for view in ("Menciones", "Participo"):
        link(page, view).click()
        expect(row(page, number)).to_be_visible()
        expect(row(page, other)).to_have_count(0)

    # Unattended: assigned or not, until a person answers; and again once the customer waits again.
    link(page, "Sin atender").click()
    expect(row(page, number)).to_be_visible()
    with floor.team.product.api(floor.carla) as api:
        api.post(
            f"/conversations/{number}/assignments", json={"assignee_id": floor.carla.id}
        ).raise_for_status()
    expect(row(page, number)).to_be_visible()
    with floor.team.product.api(floor.carla) as api:
        api.post(f"/conversations/{number}/messages", json={"content": "Ya voy"}).raise_for_status()
    expect(row(page, number)).to_have_count(0, timeout=COUNTED_MS)
    page.mouse.move(5, 5)
    customer.writes(number, "¿Y?")
    expect(row(page, number)).to_be_visible(timeout=COUNTED_MS)

    link(page, "Conversaciones").click()
    tab(page, "Todas").click()
    page.keyboard.press("/")
    page.get_by_role("searchbox").last.fill("Otilio")
    expect(row(page, other)).to_be_visible()
    expect(row(page, number)).to_have_count(0)
    until(lambda: page.locator("[data-conversation]").count() == 1)
    row(page, other).click()
    expect(thread(page).get_by_text("Otra")).to_be_visible()
