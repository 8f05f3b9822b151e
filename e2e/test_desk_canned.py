"""Canned responses at the desk: kept in the settings with folders, files and languages; put into a reply."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, Team
from e2e.product import Person


def canned(team: Team, person: Person, code: str, content: str, **more: Any) -> None:
    """Keep one as that person."""
    with team.product.api(person) as api:
        path = f"{team.product.url}/api/desk/accounts/{person.account_id}/canned"
        answer = api.post(path, json={"short_code": code, "content": content, **more})
        assert answer.is_success, answer.text


def codes(page: Page) -> list[str]:
    return page.locator("main li .med").all_inner_texts()


@pytest.mark.feature("R-11", "V-CFG-02", "Z-14")
def test_canned_responses_are_kept_in_the_settings(
    screens: Screens, team: Team, assert_accessible: Any
) -> None:
    ana, bruno = team.admin, team.agent("Bruno Bravo")
    canned(team, bruno, "secreta", "Solo de Bruno", visibility="personal")
    canned(team, ana, "pago", "Se paga en línea.", folder="Pagos")
    page = screens.desk(team.product, ana, f"accounts/{ana.account_id}/settings/canned")

    # Made: with a variable, a blank, a file and a second language; the preview shows what they will be.
    page.get_by_test_id("add").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Título").fill("Reenvío sin costo")
    dialog.get_by_label("Código").fill("reenvio")
    dialog.get_by_role("button", name="Insertar variable").click()
    page.get_by_role("menuitem", name="Nombre de pila del contacto").click()
    text = dialog.get_by_label("Texto", exact=True)
    expect(text).to_have_value("{{contact.first_name}}")
    text.press("End")
    text.press_sequentially(", llega el ")
    dialog.get_by_role("button", name="Insertar hueco").click()
    page.keyboard.type("día")
    expect(text).to_have_value("{{contact.first_name}}, llega el [[día]]")
    expect(dialog.get_by_test_id("preview")).to_have_text("Camila, llega el día")
    dialog.get_by_label("Carpeta").fill("Envíos")
    dialog.get_by_label("Idioma", exact=True).select_option("es")
    dialog.get_by_label("Añadir otro idioma").select_option("en")
    dialog.get_by_label("Texto en English").fill("It arrives on [[day]]")
    dialog.get_by_test_id("canned-files").set_input_files(
        {"name": "guia.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 guia"}
    )
    expect(dialog.get_by_text("guia.pdf")).to_be_visible()
    assert_accessible(page)
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_have_count(0)
    assert sorted(codes(page)) == ["/pago", "/reenvio"]  # a personal one is its owner's alone

    # A taken code is said under its field, and nothing is lost.
    page.get_by_role("button", name="Editar: pago").click()
    dialog.get_by_label("Código").fill("reenvio")
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog.get_by_role("alert")).to_have_text("Este código corto ya está en uso.")
    page.keyboard.press("Escape")

    # Folders: one at a time, called otherwise, and back.
    page.get_by_role("button", name="Envíos").click()
    assert codes(page) == ["/reenvio"]
    page.get_by_role("button", name=re.compile("nombre de la carpeta")).click()
    dialog.get_by_label("Nombre").fill("Despachos")
    dialog.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("button", name="Despachos", exact=False).first).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_role("button", name="Envíos").first).to_be_visible()

    # Found without its accents; deleted, and brought back with its file.
    page.get_by_role("button", name="Todas").click()
    page.get_by_role("searchbox").fill("REENVIO")
    expect(page.locator("main li")).to_have_count(1)
    page.get_by_role("button", name="Borrar respuesta: reenvio").click()
    expect(page.locator("main li")).to_have_count(0)
    page.get_by_role("button", name="Deshacer").last.click()
    expect(page.locator("main li")).to_contain_text("1 archivo")
    assert_accessible(page)


@pytest.mark.feature("R-10", "Z-14")
def test_a_canned_response_goes_into_a_reply(screens: Screens, team: Team, assert_accessible: Any) -> None:
    ana, bruno = team.admin, team.agent("Bruno Bravo")
    customer = team.program(bruno)
    number = customer.starts("¿Cuándo llega?", name="Camila Vargas", email="camila@example.com")
    with team.product.api(bruno) as api:
        guide = {"attachment": ("guia.pdf", b"%PDF-1.4 guia", "application/pdf")}
        kept = api.post("/upload", files=guide).raise_for_status().json()["blob_id"]
    text = "{{contact.first_name}}, llega el [[día]] a las [[hora]]. Saludos, {{agent.first_name}}"
    canned(team, ana, "envio", text, title="Reenvío", folder="Envíos", language="es", files=[kept])
    canned(team, ana, "envase", "Lo cambiamos.", folder="Cambios", variants={"en": "We swap it."})
    canned(team, ana, "precio", "El envío va aparte.", folder="Pagos")
    canned(team, bruno, "mia", "Solo yo la uso.", visibility="personal")
    path = f"accounts/{bruno.account_id}/conversations/{number}"
    page = screens.desk(team.product, bruno, path, viewport={"width": 1440, "height": 860})
    field, pane = page.get_by_test_id("composer"), page.get_by_test_id("canned-pane")

    # "/" shows them all; folders by the arrows; typing narrows, the code before the text, whatever the accents.
    field.press_sequentially("/")
    options = pane.get_by_role("option")
    expect(options).to_have_count(4)
    field.press("ArrowRight")
    expect(options).to_have_count(1)
    expect(options.first).to_contain_text("/envase")
    field.press("ArrowLeft")
    field.press("ArrowLeft")
    expect(options.first).to_contain_text("/mia")
    field.press("ArrowRight")
    field.press_sequentially("enví")
    expect(options).to_have_count(2)
    expect(options.first).to_contain_text("/envio")
    expect(pane).to_contain_text("Camila, llega el día a las hora. Saludos, Bruno")
    expect(pane).to_contain_text("guia.pdf")
    assert_accessible(page)

    # Enter puts it in with its file; it cannot be sent before its blanks are filled in.
    field.press("Enter")
    expect(pane).to_have_count(0)
    expect(page.get_by_test_id("gaps")).to_contain_text("2")
    expect(page.get_by_test_id("send")).to_be_disabled()
    expect(page.locator(".comp .chip", has_text="guia.pdf")).to_be_visible()
    page.keyboard.type("jueves")
    page.keyboard.press("Tab")
    page.keyboard.type("12:00")
    expect(page.get_by_test_id("gaps")).to_have_count(0)
    page.get_by_test_id("send").click()
    expect(page.locator("[data-sending]")).to_have_count(0)
    said = customer.reads(number)[-1]
    assert said["content"] == "Camila, llega el jueves a las 12:00. Saludos, Bruno"
    assert [one["data_url"].rsplit("/", 1)[-1] for one in said["attachments"]] == ["guia.pdf"]

    # What was used is counted, and used ones come first; it speaks the contact's language where it is written in it.
    with team.product.api(ana) as api:
        contact = api.get(f"/conversations/{number}").json()["meta"]["sender"]["id"]
        api.put(f"/contacts/{contact}", json={"preferred_language": "en"}).raise_for_status()
    page.reload()
    field.press_sequentially("/envase")
    expect(pane).to_contain_text("We swap it.")
    field.press("Control+a")
    field.press("Delete")
    field.press_sequentially("/")
    expect(options.first).to_contain_text("/envio")
    field.press("Escape")
    expect(pane).to_have_count(0)
    # What is no code stays as it was typed.
    field.press_sequentially("nada")
    expect(pane).to_have_count(0)
