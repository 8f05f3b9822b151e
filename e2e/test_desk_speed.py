"""What holds the desk's speed and can be counted without a clock: requests, bytes, and parts that are kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, Team

pytestmark = pytest.mark.feature("Z-21")

MOST_REQUESTS = 30
MOST_KB = 250
ROWS = 6


@pytest.fixture
def page(screens: Screens, team: Team) -> Page:
    """The desk of an administrator with some conversations, none open."""
    for number in range(ROWS):
        team.program(name=f"Programa {number}").starts(f"Hola {number}", name=f"Cliente {number}")
    page = screens.desk(team.product, team.admin)
    page.locator('[role="tab"]').last.click()
    expect(page.locator("[data-conversation]")).to_have_count(ROWS)
    return page


def api_calls(page: Page) -> list[str]:
    """Grows with each call of the page to the API, as verb and the last words of its path."""
    calls: list[str] = []
    page.on(
        "request",
        lambda request: (
            calls.append(f"{request.method} {request.url.partition('?')[0].rsplit('/', 1)[-1]}")
            if "/api/" in request.url
            else None
        ),
    )
    return calls


def test_the_first_load_asks_for_little_and_for_nothing_twice(page: Page) -> None:
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    asked: list[str] = []
    sizes: list[int] = []
    tools.on(
        "Network.requestWillBeSent",
        lambda one: asked.append(one["request"]["url"]) if one["request"]["url"].startswith("http") else None,
    )
    tools.on("Network.loadingFinished", lambda one: sizes.append(int(one["encodedDataLength"])))
    page.reload()
    expect(page.locator("[data-conversation]")).to_have_count(ROWS)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+k")  # fetched by then, or now
    page.locator(".palette input").wait_for()
    assert [address for address in asked if "/conversations?" in address]
    assert len(asked) == len(set(asked)), sorted(asked)
    assert not [address for address in asked if "favicon" in address]
    assert len(asked) <= MOST_REQUESTS, asked
    assert sum(sizes) / 1024 <= MOST_KB


def test_a_switch_asks_once_and_keeps_the_panel(page: Page) -> None:
    page.keyboard.press("j")
    expect(page.locator(".thread [data-message]").first).to_be_visible()
    panel = page.locator(".panel")
    expect(panel.locator(".name")).to_have_text(f"Cliente {ROWS - 1}")
    panel.evaluate("(panel) => (panel.dataset.kept = 'yes')")
    page.wait_for_load_state("networkidle")
    calls = api_calls(page)
    for number in (ROWS - 2, ROWS - 3, ROWS - 4):
        page.keyboard.press("j")
        expect(page.locator(".thread [data-message]").first).to_contain_text(f"Hola {number}")
        expect(panel.locator(".name")).to_have_text(f"Cliente {number}")
    page.wait_for_timeout(600)
    assert panel.get_attribute("data-kept") == "yes"
    # Three were opened and the one after the last is there ahead; the first of them was there before we began to count.
    assert calls.count("GET opening") <= 3
    reading = [call for call in calls if call.startswith("GET")]
    # Each of these conversations stands in an inbox of its own, whose agents are asked for once.
    assert set(reading) <= {"GET opening", "GET assignable_agents", "GET counts", "GET meta"}, reading


def test_the_one_menu_of_the_messages_opens_at_each_and_gives_the_focus_back(page: Page) -> None:
    page.keyboard.press("j")
    bubble = page.locator(".thread [data-message]").first
    button = bubble.locator(".menu-button")
    bubble.hover()
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.locator('[role="menu"]')).to_have_count(1)
    button.click()
    expect(page.locator('[role="menu"]')).to_have_count(0)
    expect(button).to_have_attribute("aria-expanded", "false")
    button.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator('[role="menuitem"]').first).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
