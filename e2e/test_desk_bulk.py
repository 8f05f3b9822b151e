"""A change of the whole filter, more than any page shows: it goes on by itself, through a killed worker, and back again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens
from e2e.test_desk_conversations import Floor, desk, floor, row, tab
from e2e.test_desk_keys import on_the_page
from e2e.visits import until

__all__ = ["floor"]

MANY = 130
SLOW_MS = 60_000


def how_many(floor: Floor, status: str) -> int:
    with floor.team.product.api(floor.bruno) as api:
        return int(
            api.get(f"/conversations/meta?status={status}").raise_for_status().json()["meta"]["all_count"]
        )


def bar(page: Page):  # type: ignore[no-untyped-def]
    return page.locator(".list .banner.bulk")


@pytest.mark.timeout(240)
@pytest.mark.feature("Z-21")
def test_all_that_a_filter_means_is_changed_through_a_crash_and_undone_as_a_whole(
    screens: Screens, floor: Floor
) -> None:
    customer, first = floor.writes("Lote 0", name="Lola Lote")
    for index in range(1, MANY):
        customer.starts_again(f"Lote {index}")
    page = desk(screens, floor, floor.bruno)
    tab(page, "Todas").click()
    expect(page.locator("[data-conversation]").first).to_be_visible()
    page.keyboard.press("j")
    on_the_page(page)
    page.keyboard.press("x")
    before = how_many(floor, "open")
    assert before >= MANY
    page.get_by_role("button", name=f"Seleccionar las {before}").click()
    expect(bar(page).get_by_text(f"{before} seleccionadas")).to_be_visible()
    on_the_page(page)
    page.keyboard.press("e")

    progress = page.get_by_test_id("bulk-progress")
    expect(progress.get_by_role("progressbar")).to_be_visible()
    expect(progress).to_contain_text(re.compile(rf"\d+ de {before}"))
    until(lambda: how_many(floor, "resolved") > 5, seconds=30)
    floor.team.product.kill("worker")  # another one comes and goes on
    expect(page.get_by_text(f"{before} conversaciones actualizadas")).to_be_visible(timeout=SLOW_MS)
    assert how_many(floor, "open") == 0
    expect(progress).to_have_count(0)

    page.keyboard.press("z")
    expect(page.get_by_text(f"Deshecho en {before} conversaciones")).to_be_visible(timeout=SLOW_MS)
    assert (how_many(floor, "open"), how_many(floor, "resolved")) == (before, 0)
    expect(row(page, first).or_(page.locator("[data-conversation]").first).first).to_be_visible()


@pytest.mark.timeout(240)
@pytest.mark.feature("U-06", "U-07", "U-08")
def test_a_macro_runs_over_all_that_a_filter_means_each_step_told(
    screens: Screens, floor: Floor, assert_accessible: Callable[..., None]
) -> None:
    customer, first = floor.writes("Macro 0", name="Mara Macro")
    for index in range(1, 30):
        customer.starts_again(f"Macro {index}")
    with floor.team.product.api(floor.ana) as api:
        team = api.post("/teams", json={"name": "Fugaces"}).raise_for_status().json()["id"]
        actions = [
            {"action_name": "add_label", "action_params": ["macro"]},
            {"action_name": "assign_team", "action_params": [team]},
            {"action_name": "add_private_note", "action_params": ["Revisada"]},
            {"action_name": "resolve_conversation"},
        ]
        macro = {"name": "Cerrar lote", "visibility": "global", "actions": actions}
        api.post("/macros", json=macro).raise_for_status()
        api.delete(f"/teams/{team}").raise_for_status()
    page = desk(screens, floor, floor.bruno)
    tab(page, "Todas").click()
    expect(page.locator("[data-conversation]").first).to_be_visible()
    before = how_many(floor, "open")
    page.keyboard.press("j")
    on_the_page(page)
    page.keyboard.press("x")
    page.get_by_role("button", name=f"Seleccionar las {before}").click()
    expect(bar(page).get_by_text(f"{before} seleccionadas")).to_be_visible()
    on_the_page(page)
    page.keyboard.press("m")
    page.get_by_role("option", name="Cerrar lote").click()

    expect(page.get_by_text(f"Cerrar lote: hecho en {before} conversaciones")).to_be_visible(timeout=SLOW_MS)
    progress = page.get_by_test_id("bulk-progress")
    expect(progress).to_contain_text(f"Cerrar lote: {before} pasos no se hicieron")
    steps = progress.locator("ol li")
    expect(steps).to_have_count(4)
    expect(steps.nth(1)).to_contain_text(f"0 de {before}")
    expect(steps.nth(3)).to_contain_text(f"{before} de {before}")
    progress.get_by_role("button", name="Ver por qué").click()
    expect(progress.get_by_role("list", name="No se cambiaron").locator("li").first).to_contain_text(
        "Asignar a un equipo"
    )
    assert_accessible(page)
    assert how_many(floor, "open") == 0
    progress.get_by_role("button", name="Deshacer todo").click()
    expect(page.get_by_text(f"Deshecho lo que se podía en {before} conversaciones")).to_be_visible(
        timeout=SLOW_MS
    )
    assert how_many(floor, "open") == before
    with floor.team.product.api(floor.bruno) as api:
        assert api.get(f"/conversations/{first}").json()["labels"] == []
