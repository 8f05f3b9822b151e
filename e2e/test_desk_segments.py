"""Segments of contacts: searched within, reached on narrow screens; who has a double is named; nobody found is said."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens
from e2e.test_desk_conversations import Floor, floor

__all__ = ["floor"]


def make_contact(api: httpx.Client, name: str, **fields: object) -> int:
    made = api.post("/contacts", json={"name": name, **fields}).raise_for_status().json()
    return int(made["payload"]["contact"]["id"])


def make_segment(api: httpx.Client, name: str, city: str) -> None:
    condition = {
        "attribute_key": "city",
        "filter_operator": "equal_to",
        "values": [city],
        "query_operator": None,
    }
    query = {"name": name, "filter_type": "contact", "query": {"payload": [condition]}}
    api.post("/custom_filters", json=query).raise_for_status()


def contacts_page(screens: Screens, floor: Floor) -> Page:
    path = f"accounts/{floor.ana.account_id}/contacts"
    return screens.desk(floor.team.product, floor.ana, path, viewport={"width": 1440, "height": 860})


@pytest.mark.timeout(180)
@pytest.mark.feature("P-05")
def test_a_segment_is_searched_and_reached_where_the_bar_has_no_room(
    screens: Screens, floor: Floor, assert_accessible: Callable[..., None]
) -> None:
    with floor.team.product.api(floor.ana) as api:
        for name, city in (("Sara Salta", "Salta"), ("Tito Salta", "Salta"), ("Sara Sucre", "Sucre")):
            make_contact(api, name, additional_attributes={"city": city})
        make_segment(api, "De Salta", "Salta")
        make_segment(api, "De nadie", "Ninguna")
    page = contacts_page(screens, floor)
    page.set_viewport_size({"width": 1180, "height": 768})
    page.get_by_test_id("views").click()
    page.get_by_role("menuitem", name="De Salta").click()
    expect(page).to_have_url(re.compile(r"/segment/\d+"))
    expect(page.get_by_role("heading", name="De Salta")).to_be_visible()
    expect(page.get_by_role("link", name="Tito Salta")).to_be_visible()

    # What is written in the field is asked for beside the segment's conditions, and goes into the table.
    page.get_by_role("searchbox", name="Nombre, correo, teléfono…").fill("sara")
    expect(page.get_by_role("link", name="Tito Salta")).to_have_count(0)
    expect(page.get_by_role("link", name="Sara Salta")).to_be_visible()
    expect(page.get_by_role("link", name="Sara Sucre")).to_have_count(0)
    with page.expect_download() as taken:
        page.get_by_role("link", name=re.compile("^Bajar estos contactos")).click()
    table = taken.value.path().read_text("utf-8-sig")
    assert "Sara Salta" in table and "Tito" not in table and "Sucre" not in table
    page.get_by_role("searchbox", name="Nombre, correo, teléfono…").fill("zzz")
    expect(page.get_by_text("Ningún contacto coincide")).to_be_visible()
    page.get_by_role("searchbox", name="Nombre, correo, teléfono…").fill("")

    page.set_viewport_size({"width": 390, "height": 780})
    expect(page.get_by_role("link", name="Tito Salta")).to_be_visible()
    page.get_by_test_id("views").click()
    page.get_by_role("menuitem", name="De nadie").click()
    expect(page.get_by_text("Este segmento está vacío")).to_be_visible()
    assert_accessible(page)
    page.get_by_test_id("views").click()
    page.get_by_role("menuitem", name="Nuevo segmento").click()
    expect(page.get_by_role("dialog", name="Nuevo segmento")).to_be_visible()


@pytest.mark.timeout(120)
@pytest.mark.feature("Z-23")
def test_a_refused_double_names_who_has_it_and_leads_there(screens: Screens, floor: Floor) -> None:
    with floor.team.product.api(floor.ana) as api:
        number = make_contact(api, "Dueña Doble", email="doble@example.com")
        other = make_contact(api, "Otra Distinta", email="otra.distinta@example.com")
    page = contacts_page(screens, floor)
    page.get_by_test_id("new-contact").click()
    dialog = page.get_by_role("dialog", name="Nuevo contacto")
    dialog.get_by_label("Nombre").fill("Copia")
    dialog.get_by_label("Correo").fill("doble@example.com")
    dialog.get_by_role("button", name="Crear").click()
    expect(dialog.get_by_text("Ya lo tiene")).to_be_visible()
    dialog.get_by_role("link", name="Dueña Doble").click()
    expect(page).to_have_url(re.compile(rf"/contacts/{number}$"))
    expect(dialog).to_have_count(0)
    with floor.team.product.api(floor.ana) as api:
        refused = api.patch(f"/contacts/{other}", json={"email": "doble@example.com"})
    assert refused.json()["holders"] == {"email": {"id": number, "name": "Dueña Doble"}}


@pytest.mark.timeout(120)
def test_an_empty_view_says_what_comes_there(screens: Screens, floor: Floor) -> None:
    dora = floor.team.agent("Nuria Nueva")
    page = screens.desk(
        floor.team.product,
        dora,
        f"accounts/{dora.account_id}/conversations",
        viewport={"width": 1440, "height": 860},
    )
    for view, said in (
        ("Menciones", "Aún nadie te ha mencionado"),
        ("Participo", "No sigues ninguna conversación"),
        ("Pospuestas", "No hay nada pospuesto"),
        ("Sin atender", "Nadie espera respuesta"),
    ):
        page.locator("nav.nav").get_by_role("link", name=re.compile(f"^{view}")).click()
        expect(page.get_by_text(said)).to_be_visible()
