"""One change to many conversations at the desk, and one undo for all of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Screens
from e2e.test_desk_conversations import Floor, desk, facts, floor, row, tab
from e2e.test_desk_keys import on_the_page

__all__ = ["floor"]  # the fixture of that module

COLUMNS = ("status", "close_reason", "snoozed_until", "priority", "labels")


def bar(page: Page) -> Locator:
    return page.locator(".list .bulk")


def standing(floor: Floor, numbers: list[int]) -> list[dict[str, Any]]:
    """What a change to many may move of each."""
    found = []
    for number in numbers:
        now = facts(floor, number)
        meta: Any = now["meta"]
        whose = {name: (meta.get(name) or {}).get("id") for name in ("assignee", "team")}
        found.append({column: now[column] for column in COLUMNS} | whose)
    return found


def until(check: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 10
    while not check():
        assert time.monotonic() < end, what
        time.sleep(0.1)


@pytest.mark.timeout(180)
@pytest.mark.feature("V-LST-03", "C-10", "C-19", "Z-21")
def test_every_change_to_chosen_rows_is_taken_back_whole(
    screens: Screens, floor: Floor, assert_accessible: Callable[..., None]
) -> None:
    numbers = [floor.writes(f"Lote {index}", name=f"Muchos {index}")[1] for index in range(3)]
    with floor.team.product.api(floor.ana) as api:
        first, second, _ = numbers
        api.post(f"/conversations/{first}/assignments", json={"assignee_id": floor.carla.id})
        api.post(f"/conversations/{first}/labels", json={"labels": ["envio"]})
        api.post(f"/conversations/{second}/toggle_priority", json={"priority": "low"})
        snooze = {"status": "snoozed", "snoozed_until": 1_900_000_000}
        api.post(f"/conversations/{second}/toggle_status", json=snooze)
    page = desk(screens, floor, floor.bruno)
    tab(page, "Todas").click()
    page.locator(".fbar").get_by_role("button").first.click()
    page.get_by_role("menuitem", name="Todas", exact=True).click()
    before = standing(floor, numbers)

    # Every key of one conversation means the chosen ones meanwhile.
    changes: dict[str, tuple[str | None, Callable[[dict[str, Any]], bool]]] = {
        "t": ("devoluciones", lambda one: one["team"] is not None),
        "a": ("Bruno Bravo", lambda one: one["assignee"] == floor.bruno.id),
        "l": ("garantia", lambda one: "garantia" in one["labels"]),
        "p": ("Urgente", lambda one: one["priority"] == "urgent"),
        "s": ("Hasta mañana", lambda one: one["status"] == "snoozed"),
        "i": (None, lambda one: one["assignee"] == floor.bruno.id),
        "e": (None, lambda one: one["status"] == "resolved"),
        "y": (None, lambda one: one["close_reason"] == "archived"),
    }
    for key, (choice, changed) in changes.items():
        for number in numbers:
            row(page, number).locator(".pick").click()
        expect(bar(page)).to_contain_text("3 seleccionadas")
        on_the_page(page)
        page.keyboard.press(key)
        if choice:
            page.get_by_role("option", name=choice).or_(page.get_by_role("menuitem", name=choice)).click()
        expect(page.get_by_text("3 conversaciones actualizadas")).to_be_visible()
        expect(bar(page)).to_have_count(0)
        assert all(changed(one) for one in standing(floor, numbers)), key
        on_the_page(page)
        page.keyboard.press("z")
        until(
            lambda: standing(floor, numbers) == before, f"{key}: {standing(floor, numbers)} is not {before}"
        )
        expect(page.get_by_text("3 conversaciones actualizadas")).to_have_count(0)

    # Any state, from the menu; Esc chooses none and leaves the open conversation open.
    row(page, numbers[0]).click()
    for number in numbers:
        row(page, number).locator(".pick").click()
    page.keyboard.press("Escape")
    expect(bar(page)).to_have_count(0)
    expect(page.locator("section.thread")).to_be_visible()
    row(page, numbers[2]).locator(".pick").click()
    bar(page).get_by_role("button", name="Cambiar estado").click()
    assert_accessible(page)
    page.get_by_role("menuitem", name="Pendiente").click()
    until(lambda: standing(floor, numbers)[2]["status"] == "pending", "pending")
    page.get_by_role("button", name="Deshacer").click()
    until(lambda: standing(floor, numbers) == before, "taken back")


@pytest.mark.feature("C-19")
def test_all_of_a_list_is_chosen_also_what_was_never_loaded(screens: Screens, floor: Floor) -> None:
    customer, first = floor.writes("Todas 0", name="Todas juntas")
    numbers = [first, *(customer.starts_again(f"Todas {index}") for index in range(1, 31))]
    with floor.team.product.api(floor.ana) as api:
        api.post("/labels", json={"title": "lote", "color": "#0b5c66"}).raise_for_status()
        for number in numbers:
            api.post(f"/conversations/{number}/labels", json={"labels": ["lote"]}).raise_for_status()
    base = f"accounts/{floor.bruno.account_id}"
    page = screens.desk(
        floor.team.product, floor.bruno, f"{base}/label/lote", viewport={"width": 390, "height": 800}
    )
    expect(page.locator("[data-conversation]").first).to_be_visible()
    page.locator("[data-conversation] .pick").first.click()
    bar(page).get_by_role("button", name="Seleccionar las 31").click()
    expect(bar(page)).to_contain_text("31 seleccionadas")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    for button in bar(page).get_by_role("button").all():
        expect(button).to_be_in_viewport()
    bar(page).get_by_role("button", name="Resolver").click()
    expect(page.get_by_text("31 conversaciones actualizadas")).to_be_visible(timeout=20_000)
    # Counted at once: one by one they would outlast the Undo.
    with floor.team.product.api(floor.ana) as api:
        asked = {"labels[]": "lote", "status": "resolved"}
        counted = api.get("/conversations/meta", params=asked).raise_for_status().json()
    assert counted["meta"]["all_count"] == len(numbers)
    page.get_by_role("button", name="Deshacer").click()
    until(lambda: {one["status"] for one in standing(floor, numbers)} == {"open"}, "opened again")
    assert {one["assignee"] for one in standing(floor, numbers)} == {None}
