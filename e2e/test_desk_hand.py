"""The desk under the hand: widths, keys of the contacts, participants, the bell's words, names in the note box."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Screens
from e2e.field import expect_written
from e2e.test_desk_conversations import Floor, composer, desk, facts, floor, row, tab
from e2e.test_desk_keys import on_the_page
from e2e.visits import until

__all__ = ["floor"]  # the fixture of that module


@pytest.mark.feature("Z-21")
def test_the_list_is_as_wide_as_it_was_made_in_this_browser(screens: Screens, floor: Floor) -> None:
    floor.writes("Ancha", name="Ana Ancha")
    page = desk(screens, floor, floor.bruno)
    listed = page.locator("section.list")

    def width() -> int:
        return round(listed.evaluate("list => list.getBoundingClientRect().width"))

    expect(listed).to_be_visible()
    begun = width()
    grip = page.get_by_role("separator", name="Ancho de la lista")
    box = grip.bounding_box()
    assert box
    page.mouse.move(box["x"] + 4, 300)
    page.mouse.down()
    page.mouse.move(box["x"] + 64, 320, steps=4)
    page.mouse.up()
    assert width() == begun + 60
    page.reload()
    expect(listed).to_be_visible()
    assert width() == begun + 60
    grip.focus()
    page.keyboard.press("ArrowLeft")
    assert width() == begun + 50
    page.keyboard.press("Home")
    assert width() == 280
    page.keyboard.press("End")
    assert width() == 440
    grip.dblclick()
    assert width() == begun


@pytest.mark.feature("Z-21")
def test_the_contacts_are_gone_through_and_opened_by_keys(screens: Screens, floor: Floor) -> None:
    with floor.team.product.api(floor.ana) as api:
        for name in ("Kilian", "Karla", "Koldo"):
            made = {"name": f"{name} Kas", "email": f"{name.lower()}@kas.example"}
            api.post("/contacts", json=made).raise_for_status()
    path = f"accounts/{floor.bruno.account_id}/contacts"
    page = screens.desk(floor.team.product, floor.bruno, path)
    expect(page.get_by_role("link", name="Koldo Kas")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.insert_text("Kas")
    names = page.locator("a.who")
    expect(names).to_have_count(3)
    page.keyboard.press("ArrowDown")
    expect(names.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(names.nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(names.nth(1)).to_be_focused()
    chosen = names.nth(1).inner_text()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/contacts/\d+$"))
    expect(page.get_by_role("heading", name=chosen.split("\n")[-1]).first).to_be_visible()
    page.go_back()
    expect(names.first).to_be_visible()
    on_the_page(page)
    page.keyboard.press("f")
    expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.feature("C-22")
def test_participants_come_and_go_in_the_panel_and_by_undo(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("Que la sigan", name="Sigrid Seguida")

    def followers() -> list[str]:
        with floor.team.product.api(floor.ana) as api:
            found = api.get(f"/conversations/{number}/participants").raise_for_status().json()
        return sorted(one["name"] for one in found)

    page = desk(screens, floor, floor.bruno, number)
    before = followers()
    page.get_by_test_id("participants").click()
    page.get_by_role("option", name="Carla Cano").click()
    expect(page.get_by_text("Carla Cano la sigue ahora")).to_be_visible()
    assert followers() == sorted([*before, "Carla Cano"])
    page.keyboard.press("Escape")
    on_the_page(page)
    page.keyboard.press("z")
    expect(page.get_by_text("Carla Cano la sigue ahora")).to_have_count(0)
    until(lambda: followers() == before)


@pytest.mark.feature("Z-26", "C-22")
def test_who_follows_is_seen_by_colleagues_at_once_and_changed_by_keys(
    screens: Screens, floor: Floor, assert_accessible: Callable[[Page], None]
) -> None:
    _, number = floor.writes("Que la sigan todos", name="Sandra Seguida")
    mine, hers = desk(screens, floor, floor.bruno, number), desk(screens, floor, floor.carla, number)

    def followers(page: Page) -> Locator:
        return page.get_by_role("list", name="Participantes")

    expect(followers(mine)).to_have_count(0)
    hers.get_by_role("button", name="Seguir", exact=True).press("Enter")
    expect(followers(hers)).to_contain_text("Carla Cano")
    expect(followers(mine)).to_contain_text("Carla Cano")
    # Two who change it in the same breath both have their way.
    mine.get_by_role("button", name="Seguir", exact=True).press("Enter")
    hers.get_by_role("button", name="Dejar de seguir", exact=True).press("Enter")
    for page in (mine, hers):
        expect(followers(page).locator("bdi")).to_have_text(["Bruno Bravo"])
    assert_accessible(mine)
    hers.get_by_role("button", name="Quitar a Bruno Bravo").press("Enter")
    expect(followers(mine)).to_have_count(0)
    on_the_page(hers)
    hers.keyboard.press("z")
    expect(followers(mine)).to_contain_text("Bruno Bravo")


@pytest.mark.feature("N-04", "N-05", "A-13", "Z-33")
def test_a_mention_is_a_name_in_the_box_and_a_person_in_the_bell(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("¿Quién lo ve?", name="Mara Mención")
    page = desk(screens, floor, floor.bruno, number)
    on_the_page(page)
    page.keyboard.press("n")
    composer(page).press_sequentially("Mira, @car")
    page.get_by_role("option", name="Carla Cano").click()
    expect_written(page, "Mira, @Carla Cano ")
    page.reload()  # the draft keeps who is meant
    expect(composer(page)).to_be_visible()
    on_the_page(page)
    page.keyboard.press("n")
    expect_written(page, re.compile(r"Mira, @Carla Cano ?$"))
    page.get_by_test_id("send").click()
    expect(page.locator(".thread .ment")).to_have_text("@Carla Cano")
    with floor.team.product.api(floor.ana) as api:
        api.post(f"/conversations/{number}/assignments", json={"assignee_id": floor.carla.id})

    hers = desk(screens, floor, floor.carla)
    hers.locator("nav.nav").get_by_role("button", name=re.compile("Notificaciones")).click()
    told = hers.locator(".told").filter(has_text="Mara Mención")
    expect(told).to_contain_text(re.compile("Ana Álvarez te asignó la conversación con Mara Mención"))
    told.click()
    expect(hers).to_have_url(re.compile(f"/conversations/{number}$"))


@pytest.mark.feature("V-LST-04")
def test_a_row_and_the_head_say_how_long_somebody_waits(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("Espero", name="Elena Espera")
    page = desk(screens, floor, floor.bruno, number)
    tab(page, "Todas").click()
    expect(row(page, number).get_by_test_id("waits")).to_contain_text("1 min")
    expect(page.locator(".th").get_by_test_id("waits")).to_contain_text("espera 1 min")
    composer(page).fill("Ya estoy.")
    page.get_by_test_id("send").click()
    expect(page.locator(".th").get_by_test_id("waits")).to_have_count(0)
    assert facts(floor, number)["waiting_since"] == 0


@pytest.mark.feature("I-03", "W-04", "W-13")
def test_settings_promise_no_more_than_is_true_and_speak_the_language_of_the_desk(
    screens: Screens, floor: Floor
) -> None:
    site = floor.team.website(name="Tienda de palabras")
    base = f"accounts/{floor.ana.account_id}/settings"
    page = screens.desk(
        floor.team.product, floor.ana, f"{base}/inboxes/{site['id']}", viewport={"width": 1440, "height": 860}
    )

    # What the widget asks in each visitor's language is not shown as English words of ours.
    page.get_by_role("tab", name="Formulario").click()
    asked = page.locator(".formrow input.fld")
    expect(asked).to_have_count(3)
    for field, word in zip(asked.all(), ("Correo", "Nombre", "Teléfono"), strict=True):
        expect(field).to_have_value("")
        expect(field).to_have_attribute("placeholder", f"{word}, en el idioma de cada visitante")
    asked.nth(1).fill("¿Cómo te llamas?")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Guardado").first).to_be_visible()
    with floor.team.product.api(floor.ana) as api:
        form = api.get(f"/inboxes/{site['id']}").json()["pre_chat_form_options"]["pre_chat_fields"]
    assert [one["label"] for one in form] == ["Email", "¿Cómo te llamas?", "Phone"]

    # Hours are of 24, however they are typed.
    page.get_by_role("tab", name="Horario").click()
    page.get_by_role("switch", name=re.compile("horario", re.IGNORECASE)).first.click()
    opens = page.locator("input.clock").first
    opens.fill("9.30")
    opens.press("Tab")
    expect(opens).to_have_value("09:30")
    opens.fill("nunca")
    opens.press("Tab")
    expect(opens).to_have_value("09:30")

    # An address that no one reads makes no conversations, and nothing says it does.
    page.goto(f"{floor.team.product.url}/app/{base}/inboxes/new")
    page.locator('[data-kind="email"]').click()
    page.get_by_label("Nombre del canal").fill("Sin leer")
    page.get_by_label("Dirección").fill(f"nadie@{floor.team.prefix}.example")
    page.get_by_role("button", name="Crear canal").click()
    expect(page.get_by_text("todavía no llega nada")).to_be_visible()
    expect(page.get_by_text("Los correos que lleguen")).to_have_count(0)
