"""A finger on the rows of the list, on a phone: pushed aside, rested on, and scrolled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from e2e.conftest import Screens
from e2e.test_desk_conversations import Floor, composer, facts, floor, row, tab
from e2e.test_desk_many import until

__all__ = ["floor"]  # the fixture of that module

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


class Finger:
    """One finger, as the screen itself reports it: the browser decides what becomes a scroll."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tools: CDPSession = page.context.new_cdp_session(page)

    def _touch(self, kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y, "id": 1} for x, y in points]
        self.tools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    def down(self, place: Locator) -> tuple[float, float]:
        box = place.bounding_box()
        assert box
        at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self._touch("touchStart", at)
        return at

    def goes(self, start: tuple[float, float], across: float, along: float = 0) -> None:
        for step in range(1, 9):
            self._touch("touchMove", (start[0] + across * step / 8, start[1] + along * step / 8))
            self.page.wait_for_timeout(12)
        # It stops before it is lifted: a throw would take the next tap for itself.
        self.page.wait_for_timeout(120)
        self._touch("touchMove", (start[0] + across, start[1] + along))

    def up(self) -> None:
        self._touch("touchEnd")

    def pushes(self, place: Locator, across: float, along: float = 0) -> None:
        self.goes(self.down(place), across, along)
        self.up()


def phone(screens: Screens, floor: Floor, **options: Any) -> Page:
    path = f"accounts/{floor.bruno.account_id}/conversations"
    page = screens.desk(floor.team.product, floor.bruno, path, **PHONE, **options)
    tab(page, "Todas").tap()
    return page


@pytest.mark.timeout(120)
@pytest.mark.feature("Z-21", "C-19")
def test_a_row_is_pushed_aside_to_resolve_or_to_put_off_and_brought_back(
    screens: Screens, floor: Floor, assert_accessible: Callable[..., None]
) -> None:
    numbers = [floor.writes(f"Con el dedo {index}", name=f"Dedo {index}")[1] for index in range(3)]
    page = phone(screens, floor)
    finger = Finger(page)
    one = row(page, numbers[1])
    expect(one).to_be_visible()

    # Barely moved it goes back; let go before the half it lies aside with its acts, and a tap elsewhere closes it.
    finger.pushes(one, -30)
    expect(page.get_by_test_id("swipe")).to_have_count(0)
    finger.pushes(one, -110)
    behind = page.get_by_test_id("swipe")
    assert behind.locator("button").all_inner_texts() == ["Posponer", "Resolver"]
    assert_accessible(page)
    row(page, numbers[0]).tap()
    expect(behind).to_have_count(0)
    expect(page.locator("section.thread .msgs")).to_have_count(0)
    assert facts(floor, numbers[1])["status"] == "open"

    # Past the half towards the start of the line the outer act is done: resolved, and back by the toast.
    finger.pushes(one, -230)
    expect(one).to_have_count(0)
    until(lambda: facts(floor, numbers[1])["status"] == "resolved", "it was not resolved")
    expect(page.get_by_text(f"Conversación #{numbers[1]} resuelta")).to_be_visible()
    page.locator(".toast").get_by_role("button", name="Deshacer").tap()
    expect(one).to_be_visible()
    until(lambda: facts(floor, numbers[1])["status"] == "open", "it did not come back")

    # The inner one is tapped: how long is asked, with the moments written out.
    finger.pushes(one, -110)
    behind.locator("button", has_text="Posponer").tap()
    expect(page.get_by_role("menu", name="Posponer")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("menuitem", name="Hasta mañana").tap()
    expect(one).to_have_count(0)
    until(lambda: facts(floor, numbers[1])["status"] == "snoozed", "it was not put off")
    page.locator(".toast").last.get_by_role("button", name="Deshacer").tap()
    expect(one).to_be_visible()
    until(lambda: facts(floor, numbers[1])["status"] == "open", "it did not come back")

    # Towards the end of the line: read, and unread again.
    for told, count in (("Marcada como leída", 0), ("Marcada como no leída", 1)):
        finger.pushes(one, 230)
        expect(page.locator(".toast").filter(has_text=told)).to_be_visible()
        until(lambda count=count: bool(facts(floor, numbers[1])["unread_count"]) == bool(count), told)

    # Open, the way back says what waits there, and the name leads to who they are.
    one.tap()
    expect(page.get_by_role("button", name="Volver, 2 sin leer")).to_be_visible()
    assert_accessible(page)
    page.locator("section.thread").get_by_role("button", name="Dedo 1", exact=True).tap()
    expect(page.locator("aside.panel")).to_be_visible()


@pytest.mark.timeout(120)
@pytest.mark.feature("Z-21", "C-19")
def test_a_resting_finger_chooses_rows_and_one_that_goes_along_scrolls(
    screens: Screens, floor: Floor
) -> None:
    numbers = [floor.writes(f"Muchas {index}", name=f"Fila {index}")[1] for index in range(14)]
    page = phone(screens, floor, reduced_motion="reduce")
    finger = Finger(page)
    rows = page.locator("#conversation-rows")
    expect(row(page, numbers[-1])).to_be_visible()

    finger.pushes(row(page, numbers[-4]), 12, -260)
    until(lambda: bool(rows.evaluate("list => list.scrollTop > 100")), "it did not scroll")
    assert {facts(floor, number)["status"] for number in numbers} == {"open"}
    expect(page.get_by_test_id("swipe")).to_have_count(0)
    rows.evaluate("list => { list.scrollTop = 0 }")

    finger.down(row(page, numbers[-1]))
    expect(page.locator(".list .bulk")).to_contain_text("1")
    finger.up()
    row(page, numbers[-2]).tap()
    expect(page.locator(".list .bulk")).to_contain_text("2")
    expect(page).not_to_have_url(f"**/conversations/{numbers[-2]}")
    # While rows are chosen, none is pushed aside.
    finger.pushes(row(page, numbers[-3]), -230)
    expect(page.get_by_test_id("swipe")).to_have_count(0)
    assert facts(floor, numbers[-3])["status"] == "open"
    row(page, numbers[-1]).tap()
    row(page, numbers[-2]).tap()
    expect(page.locator(".list .bulk")).to_have_count(0)

    # A tap opens as ever. Whoever wants less motion sees none.
    finger.pushes(row(page, numbers[-3]), 30)
    glides = (
        row(page, numbers[-3]).locator("article").evaluate("it => getComputedStyle(it).transitionDuration")
    )
    assert glides in {"0s", "0ms"}
    row(page, numbers[-2]).tap()
    expect(composer(page)).to_be_visible()


@pytest.mark.feature("D-ROL-02")
def test_whoever_may_only_read_pushes_nothing_aside(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("Solo mirar", name="Mira Dedo")
    reader = floor.team.agent("Vito Vista", role="analyst")
    path = f"accounts/{reader.account_id}/conversations"
    page = screens.desk(floor.team.product, reader, path, **PHONE)
    tab(page, "Todas").tap()
    finger = Finger(page)
    finger.pushes(row(page, number), 230)
    finger.pushes(row(page, number), -230)
    expect(page.get_by_role("menu")).to_have_count(0)
    assert facts(floor, number)["status"] == "open"
