"""The customer's page is hostile ground: a visit to each page of `pages/hostile`, where the chat holds."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Frame, Locator, Page, expect

from e2e.conftest import Screens, Team
from e2e.customer_site import CustomerSite
from e2e.visits import BUBBLE, FRAME, PAGES, conversations, messages, reply, until

HOSTILE = sorted((PAGES / "hostile").glob("*.html"))
_HEADER = re.compile(r"<!-- header ([\w-]+): (.*) -->")
WIDTH, HEIGHT = 1360, 860
TOLERANCE = 1
# Where the page's direction puts the launcher, and what the page itself is a frame of.
ON_THE_LEFT = {"rtl"}
NESTED = {"sandboxed"}


def put(site: CustomerSite, file: Path, team: Team, inbox: dict[str, Any]) -> str:
    """Serve the page with the inbox's lines in it; its address."""
    path = f"/hostile/{file.stem.replace('.', '/')}"
    html = (
        file.read_text(encoding="utf-8")
        .replace("__BASE_URL__", team.product.url)
        .replace("__TOKEN__", inbox["website_token"])
        .replace("__SELF__", path)
    )
    site.pages[path] = html
    site.headers[path] = dict(_HEADER.findall(html))
    return site.url + path


def stands_at(shown: Locator, **wanted: float) -> None:
    """`shown` comes to stand at `x`, `y`, `width`, `height`: a page may still be moving what is around it."""
    box: Any = None

    def is_there() -> bool:
        nonlocal box
        box = shown.bounding_box()
        return box is not None and all(abs(box[side] - value) <= TOLERANCE for side, value in wanted.items())

    try:
        until(is_there, seconds=5)
    except AssertionError:
        raise AssertionError(f"{shown} is at {box}, not at {wanted}") from None


def is_on_top(frame: Frame, selector: str) -> bool:
    """Whether a click in the middle of the element reaches it."""
    return bool(
        frame.evaluate(
            """(selector) => {
              const element = document.querySelector(selector);
              const { left, top, width, height } = element.getBoundingClientRect();
              return document.elementFromPoint(left + width / 2, top + height / 2) === element;
            }""",
            selector,
        )
    )


def messenger(page: Page) -> Frame:
    """The frame in which the visitor writes."""
    found = until(
        lambda: (
            page.wait_for_timeout(20)
            or next((frame for frame in page.frames if "/widget?" in frame.url), None)
        )
    )
    assert isinstance(found, Frame)
    return found


def visit_and_talk(page: Page, address: str, team: Team, inbox: dict[str, Any], name: str) -> None:
    page.goto(address)
    around = page.main_frame
    if name in NESTED:
        inside = page.locator("iframe#page").element_handle().content_frame()
        assert inside
        around = inside
    bubble = around.locator(BUBBLE)
    expect(bubble).to_be_visible()
    # A late banner, a swapped body: pages that need a while say when they have done their worst.
    around.wait_for_function("window.hasMore !== true")
    expect(bubble).to_have_css("background-color", "rgb(122, 59, 46)")
    left = 20 if name in ON_THE_LEFT else WIDTH - 76
    stands_at(bubble, x=left, y=HEIGHT - 76, width=56, height=56)
    assert is_on_top(around, BUBBLE), "something covers the launcher"
    expect(bubble).to_have_css("opacity", "1")
    icon = bubble.locator("path").evaluate(
        "(path) => { const { stroke, fill } = getComputedStyle(path);"
        " return [stroke, fill, path.getBoundingClientRect().width] }"
    )
    assert icon[:2] == ["rgb(255, 255, 255)", "none"], icon
    assert icon[2] == pytest.approx(17.3, abs=1)
    bubble.click()
    frame = around.locator(FRAME)
    expect(frame).to_be_visible()
    left = 20 if name in ON_THE_LEFT else WIDTH - 396
    stands_at(frame, x=left, y=HEIGHT - 708, width=376, height=620)
    assert is_on_top(around, FRAME), "something covers the chat"
    inner = messenger(page)
    field = inner.locator("textarea")
    said = f"Hola desde {name}"
    # Opening brings the focus into the frame, which is of another site: keys struck before that are the page's.
    expect(field).to_be_focused()
    field.fill(said)
    field.press("Enter")
    expect(inner.locator(".x.me", has_text=said)).to_be_visible()
    expect(inner.locator(".tick")).to_be_visible()
    number = until(lambda: number_of(team, inbox, said))
    reply(team, team.admin, number, f"Hola, {name}")
    expect(inner.locator(".x:not(.me)", has_text=f"Hola, {name}")).to_be_visible()
    page.emulate_media(media="print")
    expect(bubble).to_be_hidden()
    expect(frame).to_be_hidden()
    page.emulate_media(media="screen")
    expect(bubble).to_be_visible()


def number_of(team: Team, inbox: dict[str, Any], text: str) -> int:
    return next(
        (
            int(row["id"])
            for row in conversations(team, inbox)
            if any(one["content"] == text for one in messages(team, row["id"]))
        ),
        0,
    )


@pytest.mark.feature("Z-31", "W-08")
@pytest.mark.timeout(400)
def test_the_chat_holds_on_every_hostile_page(team: Team, site: CustomerSite, screens: Screens) -> None:
    inbox = team.website(enable_email_collect=False, channel={"widget_color": "#7a3b2e"})
    addresses = {file.stem: put(site, file, team, inbox) for file in HOSTILE}
    names = [name for name in addresses if "." not in name]
    assert len(names) >= 12
    broken: dict[str, str] = {}
    for name in os.environ.get("HOSTILE", " ".join(names)).split():
        context: BrowserContext = screens.browser.new_context(
            locale="es-ES", viewport={"width": WIDTH, "height": HEIGHT}
        )
        context.set_default_timeout(8000)
        errors: list[str] = []
        page = context.new_page()
        page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
        try:
            visit_and_talk(page, addresses[name], team, inbox, name)
            assert not errors, errors
        except Exception as error:
            broken[name] = f"{error}"[:700] + f"\n    errors: {errors}"
        finally:
            context.close()
    assert not broken, "\n\n".join(f"── {name}: {text}" for name, text in broken.items())


def test_a_page_that_styles_us_by_name_is_obeyed(team: Team, site: CustomerSite, screens: Screens) -> None:
    inbox = team.website(enable_email_collect=False)
    style = "<style>.woot-widget-bubble{background:#123456} .woot--bubble-holder{bottom:90px}</style>"
    page = screens.window()
    page.goto(site.page("/styled", style + inbox["web_widget_script"]))
    bubble = page.locator(BUBBLE)
    expect(bubble).to_have_css("background-color", "rgb(18, 52, 86)")
    box = bubble.bounding_box()
    assert box
    assert box["y"] == 860 - 90 - 56
    # Integrators find and press it by its name.
    page.evaluate("document.querySelector('.woot-widget-bubble').click()")
    expect(page.locator(FRAME)).to_be_visible()
    assert (
        page.evaluate("document.getElementById('chatwoot_live_chat_widget').parentElement.id")
        == "cw-widget-holder"
    )
