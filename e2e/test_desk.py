"""An agent's work at the desk, in a real browser against the real server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from e2e.conftest import Customer, Screens, Team, make_team
from e2e.field import expect_written
from e2e.product import Person, Product


def composer(page: Page) -> Locator:
    return page.get_by_test_id("composer")


def thread(page: Page) -> Locator:
    return page.locator("section.thread")


def open_conversation(screens: Screens, team: Team, person: Person, number: int) -> Page:
    """The desk of `person` with conversation `number` open."""
    page = screens.desk(team.product, person, f"accounts/{person.account_id}/conversations/{number}")
    expect(composer(page)).to_be_visible()
    return page


def list_all(page: Page) -> None:
    page.get_by_role("tab", name="Todas").click()


@pytest.fixture
def bruno(team: Team) -> Person:
    return team.agent("Bruno Bravo")


@pytest.fixture
def customer(team: Team, bruno: Person) -> Customer:
    return team.program(bruno)


@pytest.mark.feature("W-11", "V-RTM-01")
def test_messages_pass_both_ways_without_reload(
    screens: Screens, team: Team, bruno: Person, customer: Customer
) -> None:
    number = customer.starts("Hola, ¿tienen la taza azul?")
    page = open_conversation(screens, team, bruno, number)
    expect(thread(page).get_by_text("Hola, ¿tienen la taza azul?")).to_be_visible()
    composer(page).fill("Sí, quedan dos.")
    page.get_by_test_id("send").click()
    expect(thread(page).get_by_text("Sí, quedan dos.")).to_be_visible()
    expect_written(page, "")
    customer.writes(number, "Pues me llevo una.")
    expect(thread(page).get_by_text("Pues me llevo una.")).to_be_visible(timeout=3000)
    assert [message["content"] for message in customer.reads(number)] == [
        "Hola, ¿tienen la taza azul?", "Sí, quedan dos.", "Pues me llevo una.",
    ]  # fmt: skip


@pytest.mark.feature("R-03", "Z-02")
def test_a_double_click_on_send_sends_once(
    screens: Screens, team: Team, bruno: Person, customer: Customer
) -> None:
    number = customer.starts("Hola")
    page = open_conversation(screens, team, bruno, number)
    composer(page).fill("Una sola vez")
    page.get_by_test_id("send").dblclick()
    expect(thread(page).get_by_text("Una sola vez")).to_have_count(1)
    page.wait_for_timeout(700)
    assert [m["content"] for m in customer.reads(number)].count("Una sola vez") == 1


@pytest.mark.feature("R-01", "R-02")
def test_shift_enter_breaks_the_line_and_enter_sends(
    screens: Screens, team: Team, bruno: Person, customer: Customer
) -> None:
    number = customer.starts("Hola")
    page = open_conversation(screens, team, bruno, number)
    field = composer(page)
    field.press_sequentially("Primera")
    field.press("Shift+Enter")
    field.press_sequentially("Segunda")
    expect_written(page, "Primera\nSegunda")
    assert len(customer.reads(number)) == 1
    field.press("Enter")
    expect_written(page, "")
    expect(thread(page).get_by_text("Segunda")).to_be_visible()
    assert customer.reads(number)[-1]["content"] == "Primera\nSegunda"


@pytest.mark.feature("R-12", "R-13")
def test_drafts_survive_leaving_and_reload_apart_for_reply_and_note(
    screens: Screens, team: Team, bruno: Person, customer: Customer
) -> None:
    first, second = (
        customer.starts("Primera conversación"),
        Customer(customer.product, customer.inbox_identifier),
    )
    other = second.starts("Segunda conversación", name="Otra Persona")
    page = open_conversation(screens, team, bruno, first)
    composer(page).fill("Todavía lo estoy mirando")
    page.get_by_role("tab", name="Nota privada").click()
    composer(page).fill("Preguntar a Ana")
    list_all(page)
    page.locator(f'[data-conversation="{other}"]').click()
    expect(thread(page).get_by_text("Segunda conversación")).to_be_visible()
    page.wait_for_timeout(1500)
    page.goto(f"{team.product.url}/app/accounts/{bruno.account_id}/conversations/{first}")
    page.get_by_role("tab", name="Responder").click()
    expect_written(page, "Todavía lo estoy mirando")
    page.reload()
    page.get_by_role("tab", name="Nota privada").click()
    expect_written(page, "Preguntar a Ana")
    assert len(customer.reads(first)) == 1


@pytest.mark.feature("N-01", "N-02")
def test_a_note_stays_inside(screens: Screens, team: Team, bruno: Person, customer: Customer) -> None:
    number = customer.starts("Hola")
    page = open_conversation(screens, team, bruno, number)
    page.get_by_role("tab", name="Responder").press("ArrowRight")
    expect(page.get_by_role("tab", name="Nota privada", selected=True)).to_be_focused()
    composer(page).fill("Cliente con prisa")
    expect(page.get_by_test_id("send")).to_have_text("Añadir nota")
    page.get_by_test_id("send").click()
    expect(thread(page).get_by_text("Cliente con prisa")).to_be_visible()
    assert "Cliente con prisa" not in str(customer.reads(number))


@pytest.mark.feature("Z-01", "V-RTM-03")
def test_a_desk_that_lost_its_server_shows_afterwards_what_a_fresh_one_shows(
    screens: Screens, own_product: Product
) -> None:
    team = make_team(own_product)
    bruno = team.agent("Bruno Bravo")
    customer = team.program(bruno)
    number = customer.starts("Antes del apagón")
    page = open_conversation(screens, team, bruno, number)
    list_all(page)
    own_product.crash()
    composer(page).fill("Escrito sin servidor")
    page.get_by_test_id("send").click()
    own_product.start()
    customer.writes(number, "Después del apagón")
    later = Customer(own_product, customer.inbox_identifier)
    newer = later.starts("Otra que empezó después", name="Nueva Persona")
    expect(thread(page).get_by_text("Después del apagón")).to_be_visible(timeout=30_000)
    expect(page.locator(f'[data-conversation="{newer}"]')).to_be_visible(timeout=30_000)
    expect(thread(page).get_by_text("Escrito sin servidor")).to_have_count(1)
    fresh = screens.tab(page)
    fresh.goto(page.url)
    expect(thread(fresh).get_by_text("Escrito sin servidor")).to_have_count(1, timeout=30_000)
    assert [m["content"] for m in customer.reads(number)].count("Escrito sin servidor") == 1


@pytest.mark.feature("Z-21")
def test_the_desk_has_no_serious_accessibility_fault(
    screens: Screens, team: Team, bruno: Person, customer: Customer, assert_accessible: Callable[..., None]
) -> None:
    number = customer.starts("Hola")
    for scheme in ("light", "dark"):
        page = screens.desk(
            team.product, bruno, f"accounts/{bruno.account_id}/conversations/{number}", color_scheme=scheme
        )
        expect(composer(page)).to_be_visible()
        assert_accessible(page)


def test_what_cannot_be_fetched_says_so_and_a_window_from_before_an_upgrade_opens_anew(
    screens: Screens, team: Team
) -> None:
    page = screens.desk(team.product, team.admin)
    expect(page.get_by_role("link", name="Nuevo canal")).to_be_visible()

    gone: list[str] = []

    def forget_once(route: Route) -> None:
        if gone:
            route.continue_()
        else:
            gone.append(route.request.url)
            route.fulfill(status=404)

    page.route("**/assets/ContactsPage-*.js", forget_once)
    page.get_by_role("link", name="Contactos").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Contactos")
    assert gone

    page.route("**/canned", lambda route: route.fulfill(status=500))
    page.goto(f"{team.product.url}/app/accounts/{team.admin.account_id}/settings/labels")
    retry = page.get_by_role("button", name="Reintentar")
    expect(retry).to_be_visible()
    page.unroute("**/canned")
    retry.click()
    expect(page.get_by_text("Todavía no hay etiquetas.")).to_be_visible()
    expect(page).to_have_title("Etiquetas · Ventanilla")
