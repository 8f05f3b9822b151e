"""What an agent does with a conversation at the desk: write, note, assign, label, close, filter."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Customer, Screens, Team, make_team
from e2e.field import expect_written, plainly
from e2e.product import Person, Product

LIVE_MS = 2000


@dataclass(frozen=True)
class Floor:
    """A team at work: Ana administrates; Bruno and Carla answer the inbox; Dora belongs to another one."""

    team: Team
    ana: Person
    bruno: Person
    carla: Person
    dora: Person
    identifier: str

    def writes(self, text: str, *, name: str = "Carmen Cliente") -> tuple[Customer, int]:
        """Someone new writes; who they are and the number of the conversation."""
        customer = Customer(self.team.product, self.identifier)
        return customer, customer.starts(text, name=name)


@pytest.fixture(scope="module")
def floor(product: Product) -> Floor:
    team = make_team(product)
    bruno, carla, dora = team.agent("Bruno Bravo"), team.agent("Carla Cano"), team.agent("Dora Díaz")
    team.program(dora, name="Otro programa")
    customer = team.program(bruno, carla)
    with product.api(team.admin) as api:
        for inbox in api.get("/inboxes").json()["payload"]:
            # Who happens to be online must not change what these journeys find.
            api.patch(f"/inboxes/{inbox['id']}", json={"enable_auto_assignment": False}).raise_for_status()
        api.post("/labels", json={"title": "garantia", "color": "#0b5c66", "show_on_sidebar": True})
        api.post("/labels", json={"title": "envio", "color": "#aa3311", "show_on_sidebar": True})
        made = api.post("/teams", json={"name": "devoluciones"}).raise_for_status().json()
        # Whoever is outside of a team loses what is given to it.
        api.post(f"/teams/{made['id']}/team_members", json={"user_ids": [carla.id]}).raise_for_status()
    return Floor(team, team.admin, bruno, carla, dora, customer.inbox_identifier)


def desk(screens: Screens, floor: Floor, person: Person, number: int | None = None) -> Page:
    path = f"accounts/{person.account_id}/conversations" + (f"/{number}" if number else "")
    page = screens.desk(floor.team.product, person, path, viewport={"width": 1440, "height": 860})
    if number:
        expect(composer(page)).to_be_visible()
    return page


def composer(page: Page) -> Locator:
    return page.get_by_test_id("composer")


def thread(page: Page) -> Locator:
    return page.locator("section.thread")


def row(page: Page, number: int) -> Locator:
    return page.locator(f'[data-conversation="{number}"]')


def tab(page: Page, name: str) -> Locator:
    return page.locator(".tabs").get_by_role("tab", name=name)


def choose_status(page: Page, name: str) -> None:
    page.locator(".fbar").get_by_role("button").first.click()
    page.get_by_role("menuitem", name=name, exact=True).click()


def facts(floor: Floor, number: int) -> dict[str, object]:
    with floor.team.product.api(floor.ana) as api:
        return dict(api.get(f"/conversations/{number}").raise_for_status().json())


@pytest.mark.feature("C-13", "V-RTM-01", "V-RTM-02")
def test_a_new_conversation_stands_in_the_open_list_with_its_dot(screens: Screens, floor: Floor) -> None:
    page = desk(screens, floor, floor.bruno)
    tab(page, "Todas").click()
    page.mouse.move(5, 5)
    customer, number = floor.writes("¿Abren los sábados?")
    expect(row(page, number)).to_contain_text("¿Abren los sábados?", timeout=LIVE_MS + 1000)
    expect(row(page, number).get_by_test_id("unread-dot")).to_be_visible()
    row(page, number).click()
    expect(row(page, number).get_by_test_id("unread-dot")).to_have_count(0)
    composer(page).fill("De diez a dos.")
    page.get_by_test_id("send").click()
    expect(thread(page).get_by_text("De diez a dos.")).to_be_visible()
    expect(page.locator("[data-sending]")).to_have_count(0)
    assert customer.reads(number)[-1]["content"] == "De diez a dos."


@pytest.mark.feature("V-RTM-02", "V-RTM-03")
def test_unread_survives_reload_and_opening_clears_it(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("Sin leer todavía")
    page = desk(screens, floor, floor.bruno)
    tab(page, "Todas").click()
    expect(row(page, number).get_by_test_id("unread-dot")).to_be_visible()
    page.reload()
    expect(row(page, number).get_by_test_id("unread-dot")).to_be_visible()
    row(page, number).click()
    expect(row(page, number).get_by_test_id("unread-dot")).to_have_count(0)
    page.reload()
    expect(row(page, number)).to_be_visible()
    expect(row(page, number).get_by_test_id("unread-dot")).to_have_count(0)


@pytest.mark.feature("R-01", "R-02")
def test_enter_makes_a_new_line_for_whom_switched_it_off(screens: Screens, floor: Floor) -> None:
    customer, number = floor.writes("Hola")
    page = screens.desk(
        floor.team.product, floor.carla, f"accounts/{floor.carla.account_id}/settings/profile"
    )
    page.get_by_role("switch", name=re.compile("Enviar con Enter")).click()
    page.wait_for_timeout(400)
    page.goto(f"{floor.team.product.url}/app/accounts/{floor.carla.account_id}/conversations/{number}")
    composer(page).click()
    composer(page).press_sequentially("Una")
    composer(page).press("Enter")
    composer(page).press_sequentially("Dos")
    expect_written(page, "Una\nDos")
    assert len(customer.reads(number)) == 1
    composer(page).press("Control+Enter")
    expect_written(page, "")
    expect(page.locator("[data-sending]")).to_have_count(0)
    assert customer.reads(number)[-1]["content"] == "Una\nDos"


@pytest.mark.feature("R-04", "R-06", "R-07", "R-08")
def test_the_composer_writes_bold_links_and_emoji_and_grows_without_losing_text(
    screens: Screens, floor: Floor
) -> None:
    customer, number = floor.writes("Hola")
    with plainly(floor.team.product, floor.bruno):
        page = desk(screens, floor, floor.bruno, number)
        field = composer(page)
        field.fill("mire esto")
        field.evaluate("field => field.setSelectionRange(0, 4)")
        page.get_by_role("button", name="Negrita").click()
        expect(field).to_have_value("**mire** esto")
        field.evaluate("field => field.setSelectionRange(9, 13)")
        page.get_by_role("button", name="Enlace", exact=True).click()
        page.get_by_label("Dirección del enlace").fill("https://tienda.example/azul")
        page.get_by_label("Dirección del enlace").press("Enter")
        expect(field).to_have_value("**mire** [esto](https://tienda.example/azul)")
        page.get_by_role("button", name="Emoji").click()
        page.get_by_role("option", name="gracias please thanks").click()
        expect(field).to_have_value(re.compile("🙏$"))
        small = field.bounding_box()
        page.get_by_role("button", name="Ampliar").click()
        page.wait_for_timeout(150)
        large = field.bounding_box()
        assert small and large and large["height"] > small["height"] * 2
        expect(field).to_have_value(re.compile("mire.*🙏$"))
        page.get_by_test_id("send").click()
        expect(thread(page).locator(".m strong", has_text="mire")).to_be_visible()
        expect(thread(page).locator('.m a[href="https://tienda.example/azul"]')).to_have_text("esto")
        expect(page.locator("[data-sending]")).to_have_count(0)
        assert "🙏" in customer.reads(number)[-1]["content"]


@pytest.mark.feature("R-09")
def test_a_file_reaches_the_customer_and_one_too_large_is_said(screens: Screens, floor: Floor) -> None:
    customer, number = floor.writes("Hola")
    page = desk(screens, floor, floor.bruno, number)
    page.get_by_test_id("files").set_input_files(
        {"name": "factura.txt", "mimeType": "text/plain", "buffer": b"total: 12"}
    )
    expect(page.locator(".comp")).to_contain_text("factura.txt")
    page.get_by_test_id("send").click()
    expect(thread(page).locator(".m a", has_text="factura.txt")).to_be_visible()
    expect(page.locator("[data-sending]")).to_have_count(0)
    assert customer.reads(number)[-1]["attachments"][0]["data_url"].endswith("factura.txt")
    expect(page.get_by_role("button", name=re.compile(r"Adjuntar.*40 MB"))).to_be_visible()


@pytest.mark.feature("R-10", "R-11")
def test_a_canned_response_comes_by_its_code(screens: Screens, floor: Floor) -> None:
    with floor.team.product.api(floor.ana) as api:
        api.post("/canned_responses", json={"short_code": "horas", "content": "Abrimos de 10 a 14."})
    _, number = floor.writes("Hola")
    page = desk(screens, floor, floor.bruno, number)
    composer(page).press_sequentially("/ho")
    expect(page.get_by_role("option", name="/horas")).to_be_visible()
    composer(page).press("Enter")
    expect_written(page, "Abrimos de 10 a 14.")


@pytest.mark.feature("N-01", "N-02", "N-03", "N-04", "N-05")
def test_a_note_is_yellow_stays_inside_and_calls_a_colleague(screens: Screens, floor: Floor) -> None:
    customer, number = floor.writes("Hola")
    page = desk(screens, floor, floor.bruno, number)
    white = page.locator(".comp").evaluate("box => getComputedStyle(box).backgroundColor")
    page.get_by_role("tab", name="Nota privada").click()
    yellow = page.locator(".comp").evaluate("box => getComputedStyle(box).backgroundColor")
    assert white != yellow
    composer(page).press_sequentially("Mira esto @")
    offered = page.get_by_role("listbox", name="Sugerencias").get_by_role("option")
    expect(offered.filter(has_text="Carla Cano")).to_be_visible()
    expect(offered.filter(has_text="Dora Díaz")).to_have_count(0)
    composer(page).press_sequentially("carla")
    composer(page).press("Enter")
    expect(page.get_by_test_id("send")).to_have_text("Añadir nota")
    page.get_by_test_id("send").click()
    bubble = thread(page).locator("[data-message]", has_text="Mira esto")
    expect(bubble.locator(".ment")).to_have_text("@Carla Cano")
    expect(bubble.get_by_label("Nota privada")).to_be_visible()
    assert bubble.locator(".bub").evaluate("box => getComputedStyle(box).backgroundColor") == yellow
    assert "Mira esto" not in str(customer.reads(number))
    other = desk(screens, floor, floor.carla)
    other.get_by_role("button", name=re.compile("Notificaciones")).click()
    other.locator(".menu").get_by_role("button", name=re.compile("Bruno Bravo.*Mira esto")).click()
    expect(thread(other).get_by_text("Mira esto")).to_be_visible()


@pytest.mark.feature("A-01", "A-02", "A-04", "A-07", "C-22", "V-CNV-02")
def test_an_assignment_shows_to_both_agents_at_once(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("Hola")
    mine = desk(screens, floor, floor.bruno, number)
    theirs = desk(screens, floor, floor.carla, number)
    mine.get_by_test_id("assign-me").click()
    expect(mine.get_by_test_id("assignee")).to_contain_text("Bruno Bravo")
    expect(theirs.get_by_test_id("assignee")).to_contain_text("Bruno Bravo", timeout=LIVE_MS)
    mine.get_by_role("tab", name="Nota privada").click()
    composer(mine).fill("Ya pagó")
    mine.get_by_test_id("send").click()
    mine.get_by_test_id("assignee").click()
    expect(mine.get_by_role("option", name="Dora Díaz")).to_have_count(0)
    mine.keyboard.type("carla")
    mine.keyboard.press("Enter")
    expect(theirs.get_by_test_id("assignee")).to_contain_text("Carla Cano", timeout=LIVE_MS)
    expect(thread(theirs).get_by_text("Ya pagó")).to_be_visible()
    expect(thread(theirs).get_by_text("Hola", exact=True)).to_be_visible()
    theirs.locator("aside.panel").get_by_role("button", name="Sin equipo").click()
    theirs.keyboard.type("devol")
    theirs.keyboard.press("Enter")
    expect(mine.locator("aside.panel")).to_contain_text(re.compile("devoluciones", re.I), timeout=LIVE_MS)
    expect(mine.get_by_test_id("assignee")).to_contain_text("Carla Cano")


@pytest.mark.feature("L-02", "L-04")
def test_labels_are_put_from_the_panel_and_the_list_goes_by_them(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("Etiquétame")
    _, other = floor.writes("A mí no")
    page = desk(screens, floor, floor.bruno, number)
    page.get_by_test_id("labels").click()
    for label in ("garantia", "envio"):
        page.get_by_role("option", name=label).click()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("labels")).to_contain_text("garantia")
    expect(page.get_by_test_id("labels")).to_contain_text("envio")
    page.get_by_role("navigation").get_by_role("link", name=re.compile("garantia")).click()
    expect(row(page, number)).to_be_visible()
    expect(row(page, other)).to_have_count(0)
    assert facts(floor, number)["labels"] == ["envio", "garantia"]


@pytest.mark.feature("C-10", "C-11", "C-05")
def test_states_change_from_the_head_and_the_list_follows(screens: Screens, floor: Floor) -> None:
    customer, number = floor.writes("Estados")
    page = desk(screens, floor, floor.bruno, number)
    tab(page, "Todas").click()
    page.get_by_test_id("resolve").click()
    expect(page.get_by_test_id("resolve")).to_have_text("Reabrir")
    expect(row(page, number)).to_have_count(0)
    choose_status(page, "Resueltas")
    expect(row(page, number)).to_be_visible()
    page.get_by_test_id("resolve").click()
    expect(row(page, number)).to_have_count(0)
    assert facts(floor, number)["status"] == "open"
    page.get_by_role("button", name="Posponer o marcar como pendiente").click()
    page.get_by_role("menuitem", name="Marcar como pendiente").click()
    expect(page.get_by_test_id("resolve")).to_have_text("Abrir")
    choose_status(page, "Pendientes")
    expect(row(page, number)).to_be_visible()
    expect(tab(page, "Todas").get_by_test_id("tab-count")).to_have_text(
        str(page.locator("[data-conversation]").count())
    )
    page.get_by_test_id("resolve").click()
    choose_status(page, "Abiertas")
    expect(row(page, number)).to_be_visible()
    page.get_by_role("button", name="Posponer o marcar como pendiente").click()
    page.get_by_role("menuitem", name="Hasta la próxima respuesta").click()
    expect(row(page, number)).to_have_count(0)
    assert facts(floor, number)["status"] == "snoozed"
    customer.writes(number, "Ya volví")
    page.mouse.move(5, 5)
    expect(row(page, number)).to_be_visible(timeout=LIVE_MS + 1000)
    assert facts(floor, number)["status"] == "open"


def test_a_state_can_be_taken_back(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("Deshacer")
    page = desk(screens, floor, floor.bruno, number)
    page.get_by_test_id("resolve").click()
    page.get_by_role("button", name="Deshacer").click()
    expect(page.get_by_test_id("resolve")).to_have_text("Resolver")
    assert facts(floor, number)["status"] == "open"


@pytest.mark.feature("C-23")
def test_the_filter_builder_joins_conditions(screens: Screens, floor: Floor) -> None:
    _, urgent = floor.writes("Urgente")
    _, calm = floor.writes("Con calma")
    with floor.team.product.api(floor.ana) as api:
        api.post(f"/conversations/{urgent}/toggle_priority", json={"priority": "urgent"})
    page = desk(screens, floor, floor.bruno)
    page.get_by_role("button", name="Filtrar").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Añadir condición").click()
    dialog.get_by_label("Atributo").nth(1).select_option("priority")
    dialog.get_by_label("Valor").nth(1).click()
    page.get_by_role("option", name="Urgente").click()
    page.keyboard.press("Escape")
    expect(dialog.get_by_role("status")).to_have_text("1 conversación")
    dialog.get_by_role("button", name="Aplicar filtro").click()
    expect(row(page, urgent)).to_be_visible()
    expect(row(page, calm)).to_have_count(0)


@pytest.mark.feature("C-20")
def test_previous_conversations_of_the_contact_open_from_the_panel(screens: Screens, floor: Floor) -> None:
    customer, first = floor.writes("La primera vez", name="Vuelve Siempre")
    again = customer.starts_again("La segunda vez")
    page = desk(screens, floor, floor.bruno, again)
    page.locator("aside.panel").get_by_role("button", name=re.compile("La primera vez")).click()
    expect(thread(page).get_by_text("La primera vez")).to_be_visible()
    assert page.url.endswith(f"/{first}")


@pytest.mark.feature("C-21")
def test_a_deleted_message_is_gone_for_everybody(screens: Screens, floor: Floor) -> None:
    customer, number = floor.writes("Hola")
    page = desk(screens, floor, floor.bruno, number)
    composer(page).fill("Con una errata")
    page.get_by_test_id("send").click()
    bubble = thread(page).locator("[data-message]", has_text="Con una errata")
    bubble.hover()
    bubble.get_by_role("button", name=re.compile("Opciones del mensaje")).click()
    page.get_by_role("menuitem", name="Borrar").click()
    page.get_by_role("dialog").get_by_role("button", name="Borrar mensaje").click()
    expect(thread(page).get_by_text("Este mensaje se borró")).to_be_visible()
    expect(thread(page).get_by_text("Con una errata")).to_have_count(0)
    # Taken back it stands as it was; whoever leaves the page has not taken it back.
    page.get_by_role("button", name="Deshacer").click()
    expect(thread(page).get_by_text("Con una errata")).to_be_visible()
    assert "Con una errata" in str(customer.reads(number))
    bubble.hover()
    bubble.get_by_role("button", name=re.compile("Opciones del mensaje")).click()
    page.get_by_role("menuitem", name="Borrar").click()
    page.get_by_role("dialog").get_by_role("button", name="Borrar mensaje").click()
    expect(thread(page).get_by_text("Este mensaje se borró")).to_be_visible()
    page.reload()
    expect(thread(page).get_by_text("Este mensaje se borró")).to_be_visible()
    assert "Con una errata" not in str(customer.reads(number))


def test_keys_walk_the_list_and_open_the_menu(screens: Screens, floor: Floor) -> None:
    numbers = [floor.writes(f"Tecla {index}")[1] for index in range(3)]
    page = desk(screens, floor, floor.bruno)
    tab(page, "Todas").click()
    expect(row(page, numbers[-1])).to_be_visible()
    page.keyboard.press("j")
    expect(composer(page)).to_be_visible()
    page.keyboard.press("j")
    page.wait_for_url(f"**/{numbers[-2]}")
    page.keyboard.press("k")
    page.wait_for_url(f"**/{numbers[-1]}")
    expect(thread(page).locator("[data-message]")).to_have_count(1)
    page.keyboard.press("m")
    expect(page.get_by_role("menuitem", name="Copiar", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/contacts")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("sin atender")
    page.keyboard.press("Enter")
    page.wait_for_url("**/unattended")


@pytest.mark.feature("Z-01")
def test_two_tabs_of_one_agent_show_the_same(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("Hola")
    page = desk(screens, floor, floor.bruno, number)
    second = screens.tab(page)
    second.goto(page.url)
    expect(composer(second)).to_be_visible()
    composer(page).fill("Desde la primera pestaña")
    page.get_by_test_id("send").click()
    said = second.get_by_role("log").get_by_text("Desde la primera pestaña")
    expect(said).to_be_visible(timeout=LIVE_MS + 1000)
    expect(said).to_have_count(1)
    expect_written(second, "")


def test_typing_shows_to_the_colleague(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("Hola")
    mine = desk(screens, floor, floor.bruno, number)
    theirs = desk(screens, floor, floor.carla, number)
    expect(mine.locator("section.thread header")).to_contain_text("Carla Cano")
    composer(theirs).press_sequentially("Voy")
    expect(mine.get_by_text("Carla Cano está escribiendo una respuesta")).to_be_visible(timeout=LIVE_MS)
    composer(theirs).fill("")


@pytest.mark.parametrize("width", [390, 1180, 1440])
def test_the_desk_fits_every_screen(screens: Screens, floor: Floor, width: int) -> None:
    _, number = floor.writes("Hola")
    page = screens.desk(
        floor.team.product, floor.bruno, f"accounts/{floor.bruno.account_id}/conversations/{number}",
        viewport={"width": width, "height": 844},
    )  # fmt: skip
    expect(composer(page)).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    box = page.get_by_test_id("send").bounding_box()
    assert box and box["x"] + box["width"] <= width and box["y"] + box["height"] <= 844
    assert page.locator("section.list").is_visible() is (width > 720)
