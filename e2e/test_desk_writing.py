"""The desk's composer as a field: what programs write into it, and how tall it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, Team
from e2e.field import expect_written, plainly, written
from e2e.test_desk_conversations import composer, thread
from e2e.visits import Visit, visit

__all__ = ["visit"]

WRITERS = {
    "bold": ("hola **mundo**", lambda page: page.get_by_role("button", name="Negrita").click()),
    "italic": ("hola *mundo*", lambda page: composer(page).press("Control+i")),
    "list": ("- hola mundo", lambda page: choose_list(page)),
    "emoji": ("hola 🙏", lambda page: choose_emoji(page)),
    "link": ("hola [mundo](https://acme.example)", lambda page: put_link(page)),
    "canned": ("hola Con mucho gusto", lambda page: choose_canned(page)),
}


def choose_emoji(page: Page) -> None:
    page.get_by_role("button", name="Emoji").click()
    page.locator(".menu").get_by_text("🙏", exact=True).click()


def put_link(page: Page) -> None:
    page.get_by_role("button", name="Enlace").click()
    page.get_by_label("Dirección del enlace").fill("acme.example")
    page.keyboard.press("Enter")


def choose_list(page: Page) -> None:
    page.get_by_role("button", name="Más herramientas").click()
    page.get_by_role("menuitem", name="Lista", exact=True).click()


def choose_canned(page: Page) -> None:
    page.keyboard.type("/gus")
    expect(page.get_by_role("option").first).to_contain_text("/gusto")
    page.keyboard.press("Enter")


@pytest.mark.feature("Z-21")
def test_undo_takes_back_what_a_button_wrote(screens: Screens, team: Team) -> None:
    bruno = team.agent("Bruno Bravo")
    with team.product.api(team.admin) as api:
        canned = {"short_code": "gusto", "content": "Con mucho gusto"}
        api.post("/canned_responses", json=canned).raise_for_status()
    number = team.program(bruno).starts("Hola")
    with plainly(team.product, bruno):
        page = screens.desk(team.product, bruno, f"accounts/{bruno.account_id}/conversations/{number}")
        for name, (text, write) in WRITERS.items():
            composer(page).click()
            composer(page).press("Control+a")
            page.keyboard.type("hola mundo")
            for _ in "mundo":
                page.keyboard.press("Shift+ArrowLeft")
            write(page)
            expect_written(page, text, name)
            expect(composer(page), name).to_be_focused()
            # A reply that was chosen took the place of its typed name; undo gives that back first, then the rest.
            for _ in range(8):
                if written(page) == "hola mundo":
                    break
                page.keyboard.press("Control+z")
            expect_written(page, "hola mundo", name)


@pytest.mark.feature("R-03")
def test_the_composer_is_as_tall_as_its_text_however_wide_it_is(screens: Screens, team: Team) -> None:
    bruno = team.agent("Bruno Bravo")
    customer = team.program(bruno)
    number = customer.starts("Hola")
    with plainly(team.product, bruno):
        page = screens.desk(team.product, bruno, f"accounts/{bruno.account_id}/conversations/{number}")
        composer(page).fill(
            "Con palabras bastantes para que ocupe varias líneas en una ventana estrecha. " * 3
        )
        expect(thread(page)).to_be_visible()

        def fits() -> None:
            page.wait_for_function(
                "(box) => box.clientHeight > 0 && box.scrollHeight === box.clientHeight",
                arg=composer(page).element_handle(),
            )

        fits()
        wide = composer(page).evaluate("(box) => box.clientHeight")
        page.set_viewport_size({"width": 390, "height": 780})
        fits()
        assert composer(page).evaluate("(box) => box.clientHeight") > wide
        # Hidden, and wider when it shows again.
        pane = page.locator("section.thread")
        pane.evaluate("(pane) => { pane.style.display = 'none' }")
        page.set_viewport_size({"width": 1360, "height": 860})
        pane.evaluate("(pane) => { pane.style.display = '' }")
        page.wait_for_function(
            "([box, tall]) => box.clientHeight === tall", arg=[composer(page).element_handle(), wide]
        )


@pytest.mark.feature("Z-21")
def test_fields_are_large_enough_for_a_finger(screens: Screens, team: Team) -> None:
    """iOS magnifies the page when a field of less than 16 px takes the focus."""
    number = team.program(team.admin).starts("Hola")
    path = f"accounts/{team.admin.account_id}"
    phone = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}
    page = screens.desk(team.product, team.admin, f"{path}/conversations/{number}", **phone)
    expect(composer(page)).to_be_visible()
    sizes = "(fields) => fields.map((field) => parseFloat(getComputedStyle(field).fontSize))"
    assert composer(page).evaluate_all(sizes) == [16]
    page.goto(f"{team.product.url}/app/{path}/settings/profile")
    expect(page.get_by_label("Contraseña actual")).to_be_visible()
    assert min(page.locator("input.fld, select.fld, textarea.fld").evaluate_all(sizes)) >= 16


@pytest.mark.feature("Z-21")
def test_a_field_with_a_mistake_shows_it_while_it_has_the_focus(screens: Screens, team: Team) -> None:
    path = f"accounts/{team.admin.account_id}/settings/profile"
    page = screens.desk(team.product, team.admin, path)
    field = page.get_by_label("Contraseña actual")
    field.focus()
    shadow = "(field) => getComputedStyle(field).boxShadow"
    focused = field.evaluate(shadow)
    field.evaluate("(field) => field.setAttribute('aria-invalid', 'true')")
    late = field.evaluate(
        "(field) => { const probe = field.ownerDocument.body.appendChild(document.createElement('i'));"
        " probe.style.color = 'var(--late)'; return getComputedStyle(probe).color }"
    )
    assert late not in focused
    assert late in field.evaluate(shadow)


@pytest.mark.feature("W-08")
def test_undo_takes_back_a_visitors_emoji(team: Team, visit: Callable[..., Visit]) -> None:
    customer = visit(team.website()).open()
    expect(customer.box).to_be_focused()
    customer.page.keyboard.type("hola")
    customer.frame.get_by_role("button", name="Emoji").click()
    customer.frame.locator(".emoji .grid button").first.click()
    expect(customer.box).to_be_focused()
    expect(customer.box).not_to_have_value("hola")
    customer.page.keyboard.press("Control+z")
    expect(customer.box).to_have_value("hola")
    customer.page.keyboard.press("Enter")
    expect(customer.mine("hola")).to_be_visible()
