"""Everything has its place at the desk: on small laptops, in full rows, under a toast, and under a finger."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Screens
from e2e.field import expect_written, rich
from e2e.test_desk_conversations import Floor, composer, desk, facts, floor, row, tab, thread
from e2e.test_desk_keys import on_the_page
from e2e.visits import until

__all__ = ["floor"]  # the fixture of that module

PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}
# How far each part of the third line stands out of its row, and whether it broke into two lines.
OUT = """row => {
  const outer = row.getBoundingClientRect()
  return [...row.querySelectorAll('.mt > *, .ln > :not(.sr)')].flatMap((part) => {
    const { left, right, top, bottom } = part.getBoundingClientRect()
    const range = document.createRange()
    range.selectNodeContents(part)
    const lines = new Set([...range.getClientRects()].map((one) => Math.round(one.bottom / 8)))
    const fits = left >= outer.left && right <= outer.right + 0.5 && top >= outer.top && bottom <= outer.bottom
    return fits && bottom - top <= 22 && lines.size <= 2 ? [] : [part.className + ': ' + part.textContent]
  })
}"""


def overlap(one: Locator, other: Locator) -> bool:
    a, b = one.bounding_box(), other.bounding_box()
    assert a and b
    across = a["x"] < b["x"] + b["width"] and b["x"] < a["x"] + a["width"]
    return across and a["y"] < b["y"] + b["height"] and b["y"] < a["y"] + a["height"]


def fill_the_bar(floor: Floor) -> None:
    with floor.team.product.api(floor.ana) as api:
        for index in range(4):
            inbox = {"name": f"Canal {index}", "channel": {"type": "api"}}
            api.post("/inboxes", json=inbox).raise_for_status()
        for index in range(16):
            label = {"title": f"etiqueta{index:02}", "color": "#0b5c66", "show_on_sidebar": True}
            api.post("/labels", json=label).raise_for_status()


@pytest.mark.timeout(120)
@pytest.mark.feature("V-LST-01")
def test_a_full_bar_keeps_its_head_and_foot_and_scrolls_between(screens: Screens, floor: Floor) -> None:
    fill_the_bar(floor)
    page = desk(screens, floor, floor.ana)
    bar = page.locator("nav.nav")
    for width, height in ((1366, 768), (1440, 900), (1920, 900)):
        page.set_viewport_size({"width": width, "height": height})
        for name in ("Conversaciones", "Contactos", "Notificaciones", "Configuración", "En línea"):
            expect(bar.get_by_text(name).first, f"{name} at {width} × {height}").to_be_in_viewport(ratio=1)
        last = bar.get_by_text("etiqueta15")
        expect(last).not_to_be_in_viewport()
        last.scroll_into_view_if_needed()
        expect(last).to_be_in_viewport(ratio=1)
        bar.locator(".mid").evaluate("one => one.scrollTo(0, 0)")
        assert page.evaluate("document.scrollingElement.scrollHeight <= innerHeight")


@pytest.mark.timeout(120)
@pytest.mark.feature("A-09")
def test_a_row_with_everything_breaks_no_word_and_a_toast_covers_no_writing(
    screens: Screens, floor: Floor
) -> None:
    _, number = floor.writes(
        "Una línea larga que no cabe en la lista, por mucho que se quiera.", name="Rosa Rey"
    )
    with floor.team.product.api(floor.ana) as api:
        labels = {"labels": ["garantia", "envio", "devolucion-internacional"]}
        for path, body in {
            "assignments": {"assignee_id": floor.carla.id},
            "labels": labels,
            "toggle_priority": {"priority": "urgent"},
            "toggle_status": {"status": "snoozed"},
        }.items():
            api.post(f"/conversations/{number}/{path}", json=body).raise_for_status()
    path = f"accounts/{floor.bruno.account_id}/snoozed/{number}"
    page = screens.desk(floor.team.product, floor.bruno, path, viewport={"width": 1440, "height": 860})
    composer(page).fill("A medias")
    one = row(page, number)
    for shown in ("Próxima respuesta", "Urgente", "Borrador"):
        expect(one).to_contain_text(re.compile(shown, re.I))
    for width in (1440, 1100):
        page.set_viewport_size({"width": width, "height": 860})
        assert one.evaluate(OUT) == [], width
        assert one.evaluate("one => one.scrollWidth <= one.clientWidth")

    # What is told stands beside the place where one writes, for as long as it stands.
    for width in (1440, 1100, 390):
        page.set_viewport_size({"width": width, "height": 860})
        on_the_page(page)
        page.keyboard.press("u")
        told = page.locator(".toast").last
        expect(told).to_contain_text("Marcada como no leída")
        # The desk may still be folding to its new width when the toast stands.
        for place in (composer(page), page.get_by_test_id("send")):
            assert until(lambda told=told, place=place: not overlap(told, place)), width
    page.set_viewport_size({"width": 1440, "height": 860})
    own_colours(page)


def own_colours(page: Page) -> None:
    """Native boxes take our colour in both looks; each state of presence has a mark of its own, the present one a tick."""
    for theme in ("dark", "light"):
        ours, theirs = page.evaluate(
            """theme => {
              document.documentElement.dataset.theme = theme
              const probe = document.body.appendChild(document.createElement('input'))
              probe.type = 'checkbox'
              probe.style.color = 'var(--accent)'
              const { color, accentColor } = getComputedStyle(probe)
              probe.remove()
              return [color, accentColor]
            }""",
            theme,
        )
        assert ours == theirs, theme
    page.locator("nav.nav .me").click()
    colours = []
    for name in ("En línea", "Ocupado", "Desconectado"):
        mark = page.get_by_role("menuitem", name=name).locator(".dot")
        colours.append(mark.evaluate("one => getComputedStyle(one).backgroundColor"))
    assert len(set(colours)) == 3, colours
    for name in ("En línea", "Como el sistema"):
        expect(page.get_by_role("menuitem", name=name)).to_contain_text("✓")
    page.keyboard.press("Escape")


@pytest.mark.timeout(120)
@pytest.mark.feature("R-02")
def test_a_finger_writes_lines_and_has_the_whole_height(screens: Screens, floor: Floor) -> None:
    customer, number = floor.writes("¿Me escribes?", name="Tina Táctil")
    path = f"accounts/{floor.bruno.account_id}/conversations"
    page = screens.desk(floor.team.product, floor.bruno, path, **PHONE)
    bar = page.locator(".tabbar")
    expect(bar).to_be_visible()
    tab(page, "Todas").tap()
    row(page, number).tap()
    expect(thread(page).get_by_text("¿Me escribes?")).to_be_visible()
    # In a thread the whole height is the thread's, and no hint speaks of keys that a phone lacks.
    expect(bar).not_to_be_visible()
    rich(page)
    expect(composer(page)).to_have_attribute("aria-placeholder", "Escribe una respuesta…")
    composer(page).tap()
    page.keyboard.type("Una")
    page.keyboard.press("Enter")
    page.keyboard.type("Dos")
    expect_written(page, "Una\nDos")
    assert len(customer.reads(number)) == 1
    page.set_viewport_size({"width": 390, "height": 420})  # the keyboard is there
    log = thread(page).get_by_role("log").bounding_box()
    assert log and log["height"] >= 134
    page.get_by_test_id("send").tap()
    until(lambda: customer.reads(number)[-1]["content"] == "Una\nDos")
    expect_written(page, "")
    page.locator(".th").get_by_role("button", name="Volver").tap()
    expect(bar).to_be_visible()


@pytest.mark.timeout(120)
@pytest.mark.feature("C-10")
def test_resolved_or_put_off_leads_to_the_neighbour_where_one_has_chosen_so(
    screens: Screens, floor: Floor
) -> None:
    numbers = [floor.writes(f"Siguiente {index}", name=f"Sigue {index}")[1] for index in range(3)]
    page = desk(screens, floor, floor.carla, numbers[2])
    tab(page, "Todas").click()
    expect(row(page, numbers[0])).to_be_visible()

    def leave(key: str, number: int, status: str) -> None:
        on_the_page(page)
        page.keyboard.press(key)
        if key == "s":
            page.get_by_role("menuitem", name="Hasta mañana").click()
        until(lambda: facts(floor, number)["status"] == status)

    leave("e", numbers[2], "resolved")
    expect(page).to_have_url(re.compile(f"/conversations/{numbers[2]}$"))  # no one has chosen so
    base = f"{floor.team.product.url}/app/accounts/{floor.carla.account_id}"
    page.goto(f"{base}/settings/profile")
    with page.expect_response(lambda answer: "/profile" in answer.url and answer.request.method != "GET"):
        page.get_by_role("switch", name=re.compile("^Pasar a la siguiente")).click()
    page.goto(f"{base}/conversations/{numbers[1]}")
    tab(page, "Todas").click()
    expect(row(page, numbers[1])).to_be_visible()
    order = page.locator("[data-conversation]").evaluate_all(
        "all => all.map(one => one.dataset.conversation)"
    )
    place = order.index(str(numbers[1]))
    leave("e", numbers[1], "resolved")
    expect(page).to_have_url(re.compile(f"/conversations/{order[place + 1]}$"))
    leave("s", int(order[place + 1]), "snoozed")
    expect(page).to_have_url(re.compile(f"/conversations/{order[place + 2]}$"))
