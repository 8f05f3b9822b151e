"""From row to row by keys, past what has been read of a long list."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens
from e2e.test_desk_conversations import Floor, composer, desk, facts, floor, row, tab
from e2e.test_desk_keys import on_the_page

__all__ = ["floor"]  # the fixture of that module

PAGE = 25


def opened(page: Page) -> int:
    found = re.search(r"/conversations/(\d+)$", page.url)
    return int(found[1]) if found else 0


@pytest.mark.timeout(180)
@pytest.mark.feature("Z-21", "V-LST-01")
def test_the_keys_go_on_past_the_rows_that_are_read(screens: Screens, floor: Floor) -> None:
    numbers = [floor.writes(f"Larga {index}", name=f"Lista {index}")[1] for index in range(PAGE + 8)]
    newest = numbers[::-1]
    page = desk(screens, floor, floor.bruno)
    tab(page, "Todas").click()
    row(page, newest[0]).click()
    expect(composer(page)).to_be_visible()
    # Narrow: the thread covers the list, whose rows ask for nothing of themselves.
    page.set_viewport_size({"width": 700, "height": 800})
    on_the_page(page)
    for number in newest[1 : PAGE + 3]:
        page.keyboard.press("j")
        expect(page).to_have_url(re.compile(f"/conversations/{number}$"))
    page.keyboard.press("k")
    expect(page).to_have_url(re.compile(f"/conversations/{newest[PAGE + 1]}$"))
    for number in newest[PAGE + 2 :]:
        page.keyboard.press("j")
        expect(page).to_have_url(re.compile(f"/conversations/{number}$"))
    # At the end of all it stays.
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    assert opened(page) == newest[-1]


@pytest.mark.timeout(180)
@pytest.mark.feature("Z-21", "C-19")
def test_the_next_one_opens_after_the_last_that_was_read_is_resolved(screens: Screens, floor: Floor) -> None:
    numbers = [floor.writes(f"Otra {index}", name=f"Sigue {index}")[1] for index in range(PAGE + 4)]
    newest = numbers[::-1]
    profile = f"accounts/{floor.carla.account_id}/settings/profile"
    page = screens.desk(floor.team.product, floor.carla, profile, viewport={"width": 1440, "height": 860})
    page.get_by_role("switch", name=re.compile("siguiente")).click()
    page.wait_for_timeout(400)
    page.goto(f"{floor.team.product.url}/app/accounts/{floor.carla.account_id}/conversations")
    tab(page, "Todas").click()
    row(page, newest[0]).click()
    expect(composer(page)).to_be_visible()
    page.set_viewport_size({"width": 700, "height": 800})
    on_the_page(page)
    for number in newest[1:PAGE]:
        page.keyboard.press("j")
        expect(page).to_have_url(re.compile(f"/conversations/{number}$"))
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile(f"/conversations/{newest[PAGE]}$"))
    on_the_page(page)
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile(f"/conversations/{newest[PAGE + 1]}$"))
    for number in newest[PAGE - 1 : PAGE + 1]:
        assert facts(floor, number)["status"] == "resolved"
