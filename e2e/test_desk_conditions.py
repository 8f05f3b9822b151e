"""The one editor of conditions: for conversations and contacts, by keyboard, on a phone, and when the server says no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Screens
from e2e.test_desk_conversations import Floor, desk, floor, row

__all__ = ["floor"]  # a fixture
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def condition(page: Page, number: int) -> Locator:
    return page.get_by_role("group", name=f"Condición {number}", exact=True)


def choose(page: Page, number: int, *names: str) -> None:
    """Pick these values of a condition with the keyboard: search, Enter, Escape."""
    condition(page, number).get_by_label("Valor").click()
    for name in names:
        page.get_by_role("combobox", name="Buscar").fill(name)
        page.keyboard.press("Enter")
    page.keyboard.press("Escape")


@pytest.mark.feature("C-23")
def test_and_and_or_days_presence_and_several_values(screens: Screens, floor: Floor) -> None:
    _, urgent = floor.writes("Muy urgente")
    _, high = floor.writes("Importante")
    _, calm = floor.writes("Sin prisa")
    with floor.team.product.api(floor.ana) as api:
        for number, priority in ((urgent, "urgent"), (high, "high")):
            api.post(f"/conversations/{number}/toggle_priority", json={"priority": priority})
        api.post(f"/conversations/{calm}/labels", json={"labels": ["tranquila"]})
    page = desk(screens, floor, floor.bruno)
    page.get_by_role("button", name="Filtrar").click()
    dialog = page.get_by_role("dialog")
    found = dialog.get_by_role("status")

    condition(page, 1).get_by_label("Atributo").select_option(label="Prioridad")
    choose(page, 1, "urgente", "alta")
    expect(condition(page, 1).get_by_label("Valor: Urgente, Alta")).to_be_visible()
    dialog.get_by_role("button", name="Quitar la condición 1").wait_for()
    expect(dialog.get_by_role("button", name="Quitar la condición 1")).to_be_disabled()
    dialog.get_by_role("button", name="Añadir condición").click()
    condition(page, 2).get_by_label("Atributo").select_option(label="Fecha de creación")
    operators = condition(page, 2).get_by_label("Operador")
    expect(operators.locator("option")).to_have_text(
        ["después del", "antes del", "hace más de", "desde el", "hasta el"]
    )
    expect(condition(page, 2).get_by_label("Valor")).to_have_attribute("type", "date")
    condition(page, 2).get_by_label("Valor").fill("2020-01-01")
    expect(found).to_have_text("2 conversaciones")
    operators.select_option(label="hace más de")
    expect(condition(page, 2)).to_contain_text("días")
    condition(page, 2).get_by_label("Valor").fill("3")
    expect(found).to_have_text("0 conversaciones")

    # "Or": whoever is labelled comes too, and presence asks for no value.
    dialog.get_by_role("button", name="Añadir condición").click()
    dialog.get_by_role("group", name="Cómo se unen").nth(1).get_by_role("button", name="O").click()
    condition(page, 3).get_by_label("Atributo").select_option(label="Etiqueta")
    condition(page, 3).get_by_label("Operador").select_option(label="tiene valor")
    expect(condition(page, 3).get_by_label("Valor")).to_have_count(0)
    expect(found).to_have_text("1 conversación")
    dialog.get_by_role("button", name="Quitar la condición 2").click()
    expect(found).to_have_text("3 conversaciones")
    dialog.get_by_role("button", name="Aplicar filtro").click()
    for number in (urgent, high, calm):
        expect(row(page, number)).to_be_visible()

    # What was asked is there when the filter is opened again.
    page.keyboard.press("f")
    expect(condition(page, 1).get_by_label("Valor: Urgente, Alta")).to_be_visible()
    expect(condition(page, 2).get_by_label("Operador")).to_have_value("is_present")


@pytest.mark.feature("P-05", "Z-21")
def test_contacts_are_filtered_by_keyboard_by_an_attribute_of_the_accounts_own(
    screens: Screens, floor: Floor
) -> None:
    with floor.team.product.api(floor.ana) as api:
        definition = {
            "attribute_display_name": "Plan contratado",
            "attribute_display_type": "list",
            "attribute_key": "plan",
            "attribute_model": "contact_attribute",
            "attribute_values": ["Básico", "Premium"],
        }
        api.post("/custom_attribute_definitions", json=definition).raise_for_status()
        for name, plan in (("Pepa Premium", "Premium"), ("Blas Básico", "Básico")):
            body = {"name": name, "custom_attributes": {"plan": plan}, "phone_number": None}
            api.post("/contacts", json=body).raise_for_status()
    page = screens.desk(floor.team.product, floor.ana, f"accounts/{floor.ana.account_id}/contacts")
    page.get_by_role("button", name="Filtrar contactos").click()
    expect(condition(page, 1).get_by_label("Atributo")).to_be_focused()
    own = condition(page, 1).get_by_label("Atributo").locator("optgroup").last
    expect(own).to_have_attribute("label", "Atributos personalizados")
    condition(page, 1).get_by_label("Atributo").select_option(label="Plan contratado")
    for _ in range(2):  # operator, value
        page.keyboard.press("Tab")
    expect(condition(page, 1).get_by_label("Valor")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("combobox", name="Buscar").fill("prem")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("1 contacto")
    # A text that Enter sends.
    page.get_by_role("button", name="Añadir condición").press("Enter")
    expect(condition(page, 2).get_by_label("Atributo")).to_be_focused()
    condition(page, 2).get_by_label("Valor").fill("pepa")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr").first).to_contain_text("Pepa Premium")


@pytest.mark.feature("P-05")
def test_what_the_server_refuses_is_said_at_the_condition(screens: Screens, floor: Floor) -> None:
    page = screens.desk(floor.team.product, floor.ana, f"accounts/{floor.ana.account_id}/contacts")
    page.get_by_role("button", name="Filtrar contactos").click()
    condition(page, 1).get_by_label("Valor").fill("a")
    page.get_by_role("button", name="Añadir condición").click()
    condition(page, 2).get_by_label("Atributo").select_option(label="Teléfono")
    condition(page, 2).get_by_label("Valor").fill("ninguno")
    said = condition(page, 2).get_by_role("alert")
    expect(said).to_contain_text("phone_number")
    expect(condition(page, 2).get_by_label("Valor")).to_have_attribute("aria-invalid", "true")
    expect(condition(page, 1).get_by_role("alert")).to_have_count(0)
    condition(page, 2).get_by_label("Valor").fill("569")
    expect(said).to_have_count(0)


@pytest.mark.feature("C-23")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_in_both_themes(
    screens: Screens, floor: Floor, scheme: Any, assert_accessible: Callable[..., None]
) -> None:
    path = f"accounts/{floor.ana.account_id}/contacts"
    page = screens.desk(floor.team.product, floor.ana, path, color_scheme=scheme, **PHONE)
    page.get_by_role("button", name="Filtrar contactos").click()
    for label in ("País", "Fecha de creación"):
        page.get_by_role("button", name="Añadir condición").click()
        last = page.locator(".condition").last
        last.get_by_label("Atributo").select_option(label=label)
    choose(page, 2, "chile")
    expect(condition(page, 2).get_by_label("Valor: Chile")).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    fields = page.get_by_role("dialog").locator(":is(input, select, button.fld)")
    typed = page.get_by_role("dialog").locator(":is(input, select)")  # a phone magnifies smaller ones
    sizes = typed.evaluate_all("(all) => all.map((one) => parseFloat(getComputedStyle(one).fontSize))")
    assert min(sizes) >= 16
    for box in fields.evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().right)"):
        assert box <= 390
    assert_accessible(page)
