"""The rich field for those who write by an input method, and for those who hear it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from e2e.conftest import Screens
from e2e.field import expect_written, rich
from e2e.test_desk_conversations import Floor, composer, desk, floor, thread

__all__ = ["floor"]  # the fixture of that module


class InputMethod:
    """What an input method tells the browser: words that are being chosen, and those that were taken."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tools: CDPSession = page.context.new_cdp_session(page)

    def offers(self, text: str) -> None:
        asked = {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        self.tools.send("Input.imeSetComposition", asked)

    def enter(self) -> bool:
        """The key that takes what is offered, as the page hears it: part of the composition. Whether the page took it."""
        press = """(field) => !field.dispatchEvent(new KeyboardEvent('keydown',
          { key: 'Enter', code: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true }))"""
        return bool(self.page.get_by_test_id("composer").evaluate(press))

    def takes(self, text: str) -> None:
        self.tools.send("Input.insertText", {"text": text})


@pytest.mark.feature("Z-33", "R-01")
def test_what_an_input_method_offers_is_taken_by_enter_and_not_sent(screens: Screens, floor: Floor) -> None:
    customer, number = floor.writes("こんにちは")
    page = desk(screens, floor, floor.bruno, number)
    rich(page)
    composer(page).click()
    method = InputMethod(page)
    for offered in ("n", "に", "にほ", "にほん", "日本"):
        method.offers(offered)
    expect(composer(page)).to_have_text("日本")
    assert not method.enter()
    method.takes("日本")
    expect_written(page, "日本")
    page.wait_for_timeout(300)
    assert [one["content"] for one in customer.reads(number)] == ["こんにちは"]

    # Bold goes on through a composition, and one that is given up leaves nothing.
    page.keyboard.type(" ")
    page.keyboard.press("Control+b")
    method.offers("ご")
    method.offers("語")
    method.takes("語")
    expect(composer(page).locator("strong")).to_have_text("語")
    page.keyboard.press("Control+b")
    method.offers("すてる")
    method.offers("")
    expect_written(page, "日本 語")
    # An accent by a dead key is a composition as well.
    method.offers("´")
    method.takes("é")
    expect_written(page, "日本 語é")
    page.keyboard.press("Enter")
    expect(thread(page).locator("[data-message]").last).to_contain_text("日本 語é")
    assert customer.reads(number)[-1]["content"] == "日本 **語**é"


@pytest.mark.feature("Z-33", "Z-21")
def test_the_rich_field_says_what_it_is_and_what_it_offers(screens: Screens, floor: Floor) -> None:
    with floor.team.product.api(floor.ana) as api:
        canned = {"short_code": "voz", "content": "Dicho en voz alta"}
        api.post("/canned_responses", json=canned).raise_for_status()
    _, number = floor.writes("¿Me oyes?", name="Olga Oyente")
    page = desk(screens, floor, floor.bruno, number)
    rich(page)
    page.keyboard.press("r")
    expect(composer(page)).to_be_focused()
    field = node(page, "textbox", re.compile("^Responder a Olga Oyente"))
    said = properties(field)
    assert said["multiline"] is True
    expect(page.get_by_role("textbox", name="Responder a Olga Oyente")).to_have_count(1)

    # Each tool has a name, and those that are on say so.
    page.keyboard.type("a")
    page.keyboard.press("Control+b")
    page.keyboard.type("b")
    bold = node(page, "button", re.compile("^Negrita"))
    assert properties(bold)["pressed"] == "true"
    for button in page.locator(".comp button:visible").all():
        name = button.evaluate("one => one.getAttribute('aria-label') || one.textContent.trim() || one.title")
        assert name, button.evaluate("one => one.outerHTML")

    # What is offered is a list, of which the field names the chosen one; marks in the text are heard as what they are.
    page.keyboard.press("Control+b")
    page.keyboard.type(" /voz")
    offered = page.get_by_role("listbox", name="Sugerencias").get_by_role("option")
    expect(offered.first).to_have_attribute("aria-selected", "true")
    expect(composer(page)).to_have_attribute("aria-activedescendant", str(offered.first.get_attribute("id")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox", name="Sugerencias")).to_have_count(0)
    expect(composer(page)).not_to_have_attribute("aria-activedescendant", re.compile("."))
    assert node(page, "strong", None)
    expect_written(page, "ab Dicho en voz alta")

    # A note is another place, and is called so.
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(composer(page)).to_be_focused()
    expect(composer(page)).to_have_attribute("aria-label", re.compile("nota", re.IGNORECASE))
    assert properties(node(page, "textbox", re.compile("nota", re.IGNORECASE)))["multiline"] is True


def node(page: Page, role: str, name: re.Pattern[str] | None) -> dict[str, Any]:
    """One thing as assistive technology is given it."""
    tools = page.context.new_cdp_session(page)
    for _ in range(40):
        for one in tools.send("Accessibility.getFullAXTree")["nodes"]:
            called = str(one.get("name", {}).get("value", ""))
            if one.get("role", {}).get("value") == role and (name is None or name.search(called)):
                return dict(one)
        page.wait_for_timeout(50)
    raise AssertionError(f"no {role} is called {name}")


def properties(one: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each["value"].get("value") for each in one.get("properties", [])}
