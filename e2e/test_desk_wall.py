"""The wall of columns: a column is built, a conversation moves between two of them in two browsers, all by keyboard too."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens
from e2e.test_desk_conversations import LIVE_MS as NEWS_MS
from e2e.test_desk_conversations import Floor, floor

__all__ = ["floor"]

LIVE_MS = NEWS_MS + 8_000  # a wall is several lists, each read by itself


def wall(screens: Screens, floor: Floor, person: object) -> Page:
    page = screens.desk(floor.team.product, person, f"accounts/{floor.team.admin.account_id}/board")  # type: ignore[arg-type]
    expect(column(page, "Sin asignar")).to_be_visible(timeout=20_000)
    return page


def column(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("region", name=name, exact=True)


def card(page: Page, name: str, number: int):  # type: ignore[no-untyped-def]
    return column(page, name).locator(f'[data-ticket="{number}"]')


def names(page: Page) -> list[str]:
    return page.locator("section[data-column] header b").all_inner_texts()


@pytest.mark.timeout(180)
@pytest.mark.feature(
    "D-COL-01", "D-COL-06", "D-COL-07", "D-COL-08", "D-COL-14", "D-COL-26", "D-COL-29", "D-COL-30", "D-COL-31",
    "D-BAR-01", "D-CON-01", "D-MET-01", "D-MYC-01", "D-CFG-01",
)  # fmt: skip
def test_a_wall_is_built_moves_live_and_is_arranged_by_keyboard(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("¿Hay barro negro?", name="Wanda Muro")
    page, other = wall(screens, floor, floor.ana), wall(screens, floor, floor.carla)
    assert names(page) == ["Sin asignar", "Mías", "Esperan respuesta", "Cerradas hace poco"]
    for one in (page, other):
        expect(card(one, "Sin asignar", number)).to_be_visible(timeout=LIVE_MS)

    # It is taken in one browser: it leaves a column and enters another in both, without a reload.
    with floor.team.product.api(floor.ana) as api:
        api.post(
            f"/conversations/{number}/assignments", json={"assignee_id": floor.ana.id}
        ).raise_for_status()
    expect(card(page, "Mías", number)).to_be_visible(timeout=LIVE_MS)
    for one in (page, other):
        expect(card(one, "Sin asignar", number)).to_have_count(0, timeout=LIVE_MS)
    expect(page.locator("dl")).to_contain_text("Abiertas")

    # A column with a filter and the order that fixes another.
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="Crear columna")
    dialog.get_by_role("button", name="Respuesta: No considerar").click()
    page.get_by_role("option", name="No espera respuesta").click()
    dialog.get_by_role("radio", name="Tiempo de espera").click()
    locked = dialog.get_by_role("button", name="Respuesta: Esperan respuesta")
    expect(locked).to_have_attribute("aria-disabled", "true")
    dialog.get_by_role("radio", name="Última actualización").click()
    expect(dialog.get_by_role("button", name="Respuesta: No espera respuesta")).to_be_visible()
    dialog.get_by_role("radio", name="Tiempo de espera").click()
    dialog.get_by_role("button", name="Abierta o cerrada: No considerar").click()
    page.get_by_role("option", name="Abierta").click()
    page.keyboard.press("Escape")
    dialog.get_by_label("Nombre").fill("Mi cola")
    expect(dialog.get_by_role("status")).to_contain_text("ahora mismo")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(card(page, "Mi cola", number)).to_be_visible(timeout=LIVE_MS)

    # Arrows go through cards and columns, Shift moves the column; it stands there after a reload.
    card(page, "Mi cola", number).focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("section[data-column] header b").nth(3)).to_have_text("Mi cola")
    page.reload()
    expect(column(page, "Mi cola")).to_be_visible(timeout=20_000)
    assert names(page)[3] == "Mi cola"

    # A card opens beside the wall, which stays.
    card(page, "Mi cola", number).press("Enter")
    expect(page.get_by_role("complementary", name=f"Conversación {number}")).to_contain_text(
        "¿Hay barro negro?"
    )
    expect(column(page, "Sin asignar")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary", name=re.compile("Conversación"))).to_have_count(0)

    # Deleted and brought back at its place; what it showed is untouched.
    column(page, "Mi cola").get_by_role("button", name="Opciones de Mi cola").click()
    page.get_by_role("menuitem", name="Quitar columna").click()
    expect(column(page, "Mi cola")).to_have_count(0)
    page.get_by_role("button", name="Deshacer").click()
    expect(page.locator("section[data-column] header b").nth(3)).to_have_text("Mi cola")
