"""A whole day at the desk by keyboard alone: nothing here touches a mouse, and the page itself would have noticed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens
from e2e.field import expect_written, rich
from e2e.product import ROOT
from e2e.test_desk_conversations import Floor, composer, facts, floor, thread
from e2e.test_desk_many import until

__all__ = ["floor"]  # the fixture of that module

# What came from a hand: keys that press a button make a click without a place.
LISTEN = """() => {
  window.touched = []
  for (const kind of ['pointerdown', 'mousedown', 'touchstart'])
    document.addEventListener(kind, (event) => window.touched.push(kind), true)
}"""
NAME = """() => {
  const one = document.activeElement
  if (!one || one === document.body) return ''
  return [one.getAttribute('aria-label') ?? '', one.textContent ?? '', one.title ?? ''].join(' ')
}"""


def tab_to(page: Page, name: str, *, back: bool = False, most: int = 90) -> None:
    """Press Tab until what is called so has the focus."""
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if re.search(name, str(page.evaluate(NAME))):
            return
    raise AssertionError(f"Tab does not reach {name}")


def opened(page: Page) -> int:
    found = re.search(r"/conversations/(\d+)", page.url)
    return int(found[1]) if found else 0


def told(page: Page, text: str) -> None:
    expect(page.locator(".toast").filter(has_text=text)).to_be_visible()


@pytest.mark.timeout(240)
@pytest.mark.feature("Z-21", "R-06", "R-09", "A-04", "U-06")
def test_a_day_by_keyboard_alone(screens: Screens, floor: Floor) -> None:
    ana = floor.team.product.api(floor.ana)
    with ana as api:
        canned = {"short_code": "gracias", "content": "Gracias por escribir."}
        api.post("/canned_responses", json=canned).raise_for_status()
        label = {"action_name": "add_label", "action_params": ["envio"]}
        macro = {"name": "Marcar envío", "visibility": "global", "actions": [label]}
        api.post("/macros", json=macro).raise_for_status()
    customers = [floor.writes(f"Consulta del día {index}", name=f"Día {index}") for index in range(3)]
    page = screens.window(viewport={"width": 1440, "height": 860})
    page.add_init_script(f"({LISTEN})()")

    sign_in(page, floor)
    number = open_and_reply(page, customers)
    write_a_note(page, number)
    act(page, floor, number)
    run_a_macro(page, floor, number)
    find(page)
    visit_settings(page)

    # The same from whatever page: the menu at the foot of the bar, and out.
    tab_to(page, r"Bruno Bravo\s*En línea")
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Cerrar sesión").wait_for()
    page.keyboard.press("End")
    expect(page.get_by_role("menuitem", name="Cerrar sesión")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('input[type="email"][autocomplete*="username"]')).to_be_visible()
    assert page.evaluate("window.touched") == []


def sign_in(page: Page, floor: Floor) -> None:
    page.goto(f"{floor.team.product.url}/app/")
    page.locator('input[type="email"]').wait_for()
    if not page.evaluate("document.activeElement?.type === 'email'"):
        for _ in range(5):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement?.type === 'email'"):
                break
    page.keyboard.type(floor.bruno.email)
    page.keyboard.press("Tab")
    page.keyboard.type(floor.bruno.password)
    page.keyboard.press("Enter")
    page.locator(".list").wait_for()


def open_and_reply(page: Page, customers: list[tuple[object, int]]) -> int:
    """The list's own tabs by arrows, then J to the second row; a reply and a canned response."""
    tab_to(page, "^ *Mías")
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="Todas")).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-conversation]")).not_to_have_count(0)
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(rf"/conversations/{customers[2][1]}$"))
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(rf"/conversations/{customers[1][1]}$"))
    page.keyboard.press("k")
    page.keyboard.press("j")
    number = customers[1][1]
    expect(page).to_have_url(re.compile(rf"/conversations/{number}$"))
    rich(page)
    page.keyboard.press("r")
    expect(composer(page)).to_be_focused()
    page.keyboard.type("Hola, lo miro.")
    page.keyboard.press("Control+Enter")
    expect(thread(page).locator("[data-message]").last).to_contain_text("Hola, lo miro.")
    page.keyboard.type("/graci")
    expect(page.get_by_role("option").filter(has_text="/gracias")).to_be_visible()
    page.keyboard.press("Enter")
    expect_written(page, "Gracias por escribir.")
    page.keyboard.press("Control+Enter")
    expect(thread(page).locator("[data-message]").last).to_contain_text("Gracias por escribir.")
    page.keyboard.press("Escape")
    return number


def write_a_note(page: Page, number: int) -> None:
    page.keyboard.press("n")
    expect(composer(page)).to_be_focused()
    page.keyboard.type("Mira esto, @carl")
    expect(page.get_by_role("option").filter(has_text="Carla Cano")).to_be_visible()
    page.keyboard.press("Enter")
    expect(composer(page).locator(".ment")).to_have_text("@Carla Cano")
    page.keyboard.press("Control+Enter")
    expect(thread(page).locator("[data-message] .ment")).to_have_text("@Carla Cano")
    page.keyboard.press("Escape")
    assert opened(page) == number


def act(page: Page, floor: Floor, number: int) -> None:
    """Assign, label, put off, and each of it back by Z."""
    page.keyboard.press("a")
    page.get_by_role("option", name="Carla Cano").wait_for()
    page.keyboard.type("Carla")
    page.keyboard.press("Enter")
    told(page, "Carla Cano")
    until(lambda: bool(meta(floor, number).get("assignee")), "assigned")
    page.keyboard.press("l")
    page.get_by_role("option", name="garantia").wait_for()
    page.keyboard.type("garant")
    page.keyboard.press("Enter")
    told(page, "garantia")
    assert facts(floor, number)["labels"] == ["garantia"]
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.get_by_role("menuitem", name="Hasta mañana").wait_for()
    for _ in range(6):
        if "Hasta mañana" in str(page.evaluate(NAME)):
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    told(page, f"Conversación #{number} pospuesta")
    assert facts(floor, number)["status"] == "snoozed"
    page.keyboard.press("z")
    until(lambda: facts(floor, number)["status"] == "open", "back")
    page.keyboard.press("z")
    until(lambda: facts(floor, number)["labels"] == [], "without the label")
    page.keyboard.press("z")
    until(lambda: not meta(floor, number).get("assignee"), "nobody's")


def meta(floor: Floor, number: int) -> dict[str, object]:
    found = facts(floor, number)["meta"]
    return found if isinstance(found, dict) else {}


def run_a_macro(page: Page, floor: Floor, number: int) -> None:
    assert opened(page) == number
    page.keyboard.press("Control+k")
    page.locator(".palette input").wait_for()
    page.keyboard.type("Ejecutar macro")
    page.get_by_role("option", name="Ejecutar macro…").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("option", name="Marcar envío").wait_for()
    page.keyboard.press("Enter")
    until(lambda: facts(floor, number)["labels"] == ["envio"], "the macro's label")


def find(page: Page) -> None:
    """The palette to a contact's page, the search page to a message."""
    page.keyboard.press("Control+k")
    page.locator(".palette input").wait_for()
    page.keyboard.type("Día 0")
    expect(page.get_by_role("dialog").get_by_role("option").first).to_contain_text("Día 0")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/(contacts|conversations)/\d+"))
    page.keyboard.press("Control+k")
    page.locator(".palette input").wait_for()
    page.keyboard.type("consulta del día")
    page.get_by_role("option", name=re.compile("Ver todo lo que dice")).wait_for()
    expect(page.locator("#palette-list")).to_have_attribute("aria-busy", "false")
    for _ in range(20):
        chosen = page.locator("#palette-list [role=option][aria-selected=true]")
        if chosen.count() and "Ver todo" in (chosen.first.text_content() or ""):
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/search"))
    hits = page.locator("[role=listbox] > article")
    expect(hits).not_to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/conversations/\d+"))


def visit_settings(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile(r"/conversations/?$"))
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("/settings"))
    tab_to(page, "Enviar con Enter")
    switch = page.get_by_role("switch", name=re.compile("Enviar con Enter"))
    before = switch.get_attribute("aria-checked")
    page.keyboard.press("Space")
    expect(switch).not_to_have_attribute("aria-checked", str(before))
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", str(before))


@pytest.mark.feature("Z-21")
def test_the_sheet_behind_the_question_mark_shows_the_registry(screens: Screens, floor: Floor) -> None:
    source = (Path(ROOT) / "desk/src/stores/shortcuts.ts").read_text()
    table = source.split("export const SHORTCUTS = {")[1].split("} as const")[0]
    keys = [found[1].replace(" ", "") for found in re.finditer(r": '([^']+)'", table)]
    path = f"accounts/{floor.bruno.account_id}/conversations"
    page = screens.desk(floor.team.product, floor.bruno, path)
    page.locator(".list").wait_for()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Atajos")
    expect(sheet).to_be_visible()
    shown = sheet.locator("dl > div")
    assert [text.replace(" ", "") for text in shown.locator("dd").all_text_contents()] == keys
    names = shown.locator("dt").all_text_contents()
    assert len(set(names)) == len(names) == len(keys)
    assert not [name for name in names if not name.strip() or name.startswith("keys.")]
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
