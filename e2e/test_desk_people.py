"""People at the desk: a file of contacts comes in, and who someone is stands where they are answered."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, Team

# A picture of each screen for whoever works on it.
LOOK = os.environ.get("LOOK_AT_PEOPLE", "")


def look(page: Page, name: str) -> None:
    if LOOK:
        page.screenshot(path=Path(LOOK) / f"{name}.png")


HOSTILE = (
    'Nombre;Correo;Celular;Correo;Vendedor;"Notas"\r\n'
    "Íñigo Muñoz;inigo@example.com;+56 9 7644 2210;otro@example.com;m.ortiz;=HYPERLINK(1)\r\n"
    "Rosa;rosa.inostroza@;;;;\r\n"
    f"Larga;larga@example.com;;;;{'x' * 1_000_000}\r\n"
    '"Sin cerrar;c@example.com;;;;\r\n'
    "Nulo\0;n@example.com;;;;\r\n"
    "Zoë;zoe@example.com;;;l.paz;\r\n"
)


@pytest.mark.feature("P-03")
def test_a_hostile_file_of_contacts_comes_in_and_goes_out_again(
    screens: Screens, team: Team, assert_accessible: Callable[..., None], tmp_path: Path
) -> None:
    base = f"accounts/{team.admin.account_id}/contacts"
    page = screens.desk(team.product, team.admin, base)
    page.get_by_role("link", name="Importar contactos").click()
    expect(page.get_by_role("heading", name="Importar contactos")).to_be_visible()
    look(page, "import-1")
    page.get_by_test_id("import-file").set_input_files(
        {"name": "hoja.xlsx", "mimeType": "text/csv", "buffer": b"PK\x03\x04..."}
    )
    expect(page.get_by_role("alert")).to_contain_text("Guarda la hoja como CSV")

    # UTF-16 with its mark, as a spreadsheet writes it: everything is guessed, and nothing is written yet.
    page.get_by_test_id("import-file").set_input_files(
        {"name": "clientes.csv", "mimeType": "text/csv", "buffer": HOSTILE.encode("utf-16")}
    )
    expect(page.get_by_text("Separado por punto y coma, UTF-16 LE")).to_be_visible()
    go = page.get_by_role("button", name="Importar 2 contactos")
    expect(go).to_be_enabled(timeout=20_000)
    look(page, "import-2")
    assert_accessible(page)
    page.get_by_role("button", name="4 líneas se quedan fuera").click()
    expect(page.get_by_role("row", name="rosa.inostroza@")).to_contain_text("Al correo le falta")
    page.get_by_label("La columna Vendedor va a").select_option("new:Vendedor")
    expect(go).to_be_enabled(timeout=20_000)
    go.click()

    # Four numbers that add up, the bad lines with their reasons, and a file of them.
    result = page.get_by_label("Resultado", exact=True)
    expect(result).to_contain_text("Quedaron fuera", timeout=20_000)
    assert result.locator("dd").all_inner_texts() == ["2", "0", "0", "4"]
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Bajar las 4 para corregir").click()
    kept = waiting.value.path().read_text(encoding="utf-8-sig")
    assert kept.splitlines()[0] == "Nombre,Correo,Celular,Correo (2),Vendedor,Notas,Motivo"
    assert len(kept.splitlines()) == 5
    assert "x" * 1_000_000 in kept
    look(page, "import-4")
    assert_accessible(page)

    # On a phone in the dark it fits; undone, the contacts are gone.
    phone = screens.desk(
        team.product, team.admin, page.url.split("/app/")[1],
        viewport={"width": 390, "height": 844}, color_scheme="dark",
    )  # fmt: skip
    expect(phone.get_by_label("Resultado", exact=True)).to_be_visible()
    assert phone.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    look(phone, "import-phone")
    listed = screens.desk(team.product, team.admin, base)
    with listed.expect_download() as waiting:
        listed.get_by_role("link", name="Bajar estos contactos como CSV (2)").click()
    table = waiting.value.path().read_text(encoding="utf-8-sig")
    assert "Íñigo Muñoz" in table and "'+56976442210" in table
    with team.product.api(team.admin) as api:
        zoe = api.get("/contacts/search", params={"q": "zoe"}).json()["payload"][0]["id"]
        api.patch(f"/contacts/{zoe}", json={"name": "Zoë Peña"}).raise_for_status()
    page.get_by_role("button", name="Deshacer la importación").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 contacto cambió después")
    expect(dialog).to_contain_text("Zoë Peña")
    dialog.get_by_role("button", name="Deshacer la importación").click()
    expect(page.get_by_text("La importación se deshizo.")).to_be_visible(timeout=20_000)
    with team.product.api(team.admin) as api:
        assert [row["id"] for row in api.get("/contacts").json()["payload"]] == [zoe]


@pytest.mark.feature("V-DET-01", "V-DET-02", "V-DET-03", "V-DET-04", "P-07", "P-06")
def test_the_panel_says_who_is_answered(
    screens: Screens, team: Team, assert_accessible: Callable[..., None]
) -> None:
    ana = team.agent("Eva Agente")
    customer = team.program(ana)
    customer.starts("Primera vez")
    number = customer.starts_again("Segunda vez")
    with team.product.api(team.admin) as api:
        definition = {
            "attribute_display_name": "RUT", "attribute_key": "rut", "attribute_display_type": "text",
            "attribute_model": "contact_attribute", "attribute_description": "Con puntos y guion",
            "regex_pattern": r"^[\d.]+-[\dkK]$", "regex_cue": "Como 16.482.903-K",
        }  # fmt: skip
        api.post("/custom_attribute_definitions", json=definition).raise_for_status()
        contact = api.get(f"/conversations/{number}").json()["meta"]["sender"]["id"]
        fields = {"name": "Camila Villaseñor", "last_name": "Villaseñor", "preferred_language": "es"}
        api.patch(f"/contacts/{contact}", json=fields).raise_for_status()
        api.post(f"/contacts/{contact}/notes", json={"content": "Escribir después de las 10"})
        api.post(f"/conversations/{number}/assignments", json={"assignee_id": ana.id}).raise_for_status()
    page = screens.desk(team.product, ana, f"accounts/{ana.account_id}/conversations/{number}")
    panel = page.locator("aside.panel")
    expect(panel.get_by_test_id("fact-first_name")).to_contain_text("Camila")
    expect(panel.get_by_test_id("fact-last_name")).to_contain_text("Villaseñor")
    expect(panel.get_by_test_id("fact-language")).to_contain_text("español")
    expect(panel.get_by_test_id("fact-origin")).to_contain_text("Programa")
    expect(panel.get_by_test_id("fact-created")).to_contain_text(":")
    expect(panel.get_by_text("Escribir después de las 10")).to_be_visible()
    expect(panel).to_contain_text("Eva Agente")
    expect(panel.get_by_role("button", name="Primera vez")).to_be_visible()
    panel.get_by_label("Notas", exact=True).fill("Tiene un horno")
    panel.get_by_label("Notas", exact=True).press("Control+Enter")
    expect(panel.get_by_text("Tiene un horno")).to_be_visible()

    # A pattern is said where it is typed, and what does not fit stays to be corrected.
    panel.get_by_role("button", name="RUT: —. Editar").click()
    expect(panel.get_by_text("Con puntos y guion")).to_be_visible()
    panel.get_by_label("RUT", exact=True).fill("hola")
    panel.get_by_label("RUT", exact=True).press("Enter")
    expect(panel.get_by_role("alert")).to_have_text("Como 16.482.903-K")
    panel.get_by_label("RUT", exact=True).fill("16.482.903-K")
    panel.get_by_label("RUT", exact=True).press("Enter")
    expect(panel.get_by_role("button", name="RUT: 16.482.903-K. Editar")).to_be_visible()

    # Their labels stand beside the conversation, and what is changed here is taken back here.
    who = panel.get_by_test_id("panel-identities")
    expect(who).to_contain_text("Programa: 2 conversaciones")
    panel.get_by_test_id("contact-labels").click()
    page.get_by_role("combobox", name="Buscar").fill("mayorista")
    page.get_by_role("button", name=re.compile("Crear.*mayorista")).or_(
        page.get_by_role("option", name=re.compile("mayorista"))
    ).first.click()
    page.keyboard.press("Escape")
    expect(panel.get_by_test_id("contact-labels")).to_contain_text("mayorista")
    look(page, "panel")
    assert_accessible(page)
    told = page.locator(".toast").filter(has_text="Contacto etiquetado: mayorista")
    told.get_by_role("button", name="Deshacer").click()
    expect(panel.get_by_test_id("contact-labels")).not_to_contain_text("mayorista")
    with team.product.api(team.admin) as api:
        assert api.get(f"/contacts/{contact}/labels").json()["payload"] == []
        assert api.get(f"/contacts/{contact}").json()["payload"]["custom_attributes"] == {
            "rut": "16.482.903-K"
        }


@pytest.mark.feature("Z-23", "P-08")
def test_identities_a_merge_and_its_undoing_and_all_that_happened(
    screens: Screens, team: Team, assert_accessible: Callable[..., None]
) -> None:
    eva = team.agent("Eva Agente")
    customer = team.program(eva)
    number = customer.starts("Hola, soy Camila", name="Camila Villaseñor", email="camila@example.com")
    with team.product.api(team.admin) as api:
        camila = api.get(f"/conversations/{number}").json()["meta"]["sender"]["id"]
        body = {"name": "Café Ñuñoa", "email": "compras@cafe.example"}
        other = api.post("/contacts", json=body).json()["payload"]["contact"]["id"]
    base = f"accounts/{eva.account_id}/contacts"
    page = screens.desk(team.product, eva, f"accounts/{eva.account_id}/conversations/{number}")
    expect(page.locator("aside.panel").get_by_test_id("contact-email")).to_have_text("camila@example.com")

    # From the list to a contact and on to the next by its key.
    page.goto(f"{team.product.url}/app/{base}")
    page.get_by_role("link", name="Camila Villaseñor").click()
    expect(page.get_by_text("1 de 2")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Café Ñuñoa")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="Camila Villaseñor")).to_be_visible()

    # Read first: nothing is a field until E or a double click; Enter keeps it, Esc leaves it as it was.
    facts = page.get_by_role("region", name="Ficha")
    expect(facts.get_by_role("textbox")).to_have_count(0)
    page.keyboard.press("e")
    expect(facts.get_by_label("Nombre", exact=True)).to_be_focused()
    facts.get_by_role("textbox", name="Empresa").fill("Cerámicas")
    facts.get_by_role("textbox", name="Empresa").press("Enter")
    expect(facts.get_by_test_id("read-company_name")).to_contain_text("Cerámicas")
    expect(facts.get_by_role("link", name="Cerámicas")).to_contain_text("1 contacto")
    facts.get_by_test_id("read-company_name").dblclick()
    expect(facts.get_by_role("textbox", name="Empresa")).to_be_focused()
    facts.get_by_role("textbox", name="Empresa").fill("Otra")
    page.keyboard.press("Escape")
    expect(facts.get_by_test_id("read-company_name")).to_contain_text("Cerámicas")
    facts.get_by_role("button", name="Ver 2 vacíos").click()
    expect(facts.get_by_test_id("read-city")).to_contain_text("Sin valor")
    facts.get_by_role("button", name="camila@example.com").click()
    expect(page.get_by_role("dialog", name="Nueva conversación")).to_contain_text("Camila Villaseñor")
    page.keyboard.press("Escape")

    # An address that someone has is refused by name of that contact, who can be merged in from there.
    who = page.get_by_label("Identidades", exact=True)
    expect(who).to_contain_text("Programa: 1 conversación")
    who.get_by_role("button", name="Añadir").click()
    who.get_by_label("Dirección o número").fill("compras@cafe.example")
    who.get_by_label("Dirección o número").press("Enter")
    expect(who).to_contain_text("Otro contacto ya tiene este correo")
    expect(who.get_by_test_id("existing-contact")).to_have_text("Café Ñuñoa")
    who.get_by_role("button", name="Comparar").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Café Ñuñoa")
    dialog.get_by_role("button", name="Unir", exact=True).click()
    expect(who).to_contain_text("compras@cafe.example")
    who.get_by_label("Dirección o número").fill("+56 9 7644 2210")
    who.get_by_label("Tipo").select_option("phone")
    who.get_by_role("button", name="Añadir").click()
    expect(who).to_contain_text("+56976442210")

    # Everything that happened, narrowed by the address, with what is new behind a button.
    did = page.get_by_label("Actividad", exact=True)
    page.reload()
    expect(did).to_contain_text("Eva Agente unió otro contacto", timeout=15_000)
    expect(did).to_contain_text("Escribió por Programa")
    expect(did).to_contain_text("Hola, soy Camila")
    did.get_by_role("button", name="Mensajes").click()
    expect(page).to_have_url(re.compile("activity=messages"))
    expect(did).not_to_contain_text("unió otro contacto")
    did.get_by_role("button", name="Todo").click()
    page.get_by_label("Notas", exact=True).fill("Prefiere la mañana")
    page.get_by_role("button", name="Añadir nota").click()
    did.get_by_role("button", name="1 novedad").click(timeout=40_000)
    expect(did).to_contain_text("Eva Agente añadió una nota")
    look(page, "contact")
    assert_accessible(page)

    # What is done to a contact is taken back: by Z, by the toast, and where nothing was sent yet.
    page.get_by_role("button", name="Bloquear").click()
    expect(page.get_by_role("button", name="Desbloquear")).to_be_visible()
    page.get_by_role("heading", name="Camila Villaseñor").click()
    page.keyboard.press("z")
    expect(page.get_by_role("button", name="Bloquear", exact=True)).to_be_visible()
    note = page.locator("article", has_text="Prefiere la mañana")
    note.get_by_role("button", name="Borrar").click()
    expect(note).to_have_count(0)
    page.locator(".toast").filter(has_text="Nota borrada").get_by_role("button", name="Deshacer").click()
    expect(note).to_be_visible()
    page.keyboard.press("e")
    facts.get_by_role("textbox", name="Empresa").fill("Hornos")
    facts.get_by_role("textbox", name="Empresa").press("Enter")
    expect(facts.get_by_test_id("read-company_name")).to_contain_text("Hornos")
    page.locator(".toast").filter(has_text="Guardado").get_by_role("button", name="Deshacer").click()
    expect(facts.get_by_test_id("read-company_name")).to_contain_text("Cerámicas")

    # Two again, with everything each had; together again, and two again.
    who.get_by_role("button", name="Deshacer la unión").click()
    expect(who).not_to_contain_text("compras@cafe.example")
    page.locator(".toast").filter(has_text="La unión se deshizo").get_by_role(
        "button", name="Deshacer"
    ).click()
    expect(who).to_contain_text("compras@cafe.example")
    who.get_by_role("button", name="Deshacer la unión").click()
    expect(who).not_to_contain_text("compras@cafe.example")
    with team.product.api(team.admin) as api:
        again = api.get(f"/contacts/{other}").json()["payload"]
    assert (again["name"], again["email"]) == ("Café Ñuñoa", "compras@cafe.example")
    phone = screens.desk(
        team.product, eva, f"{base}/{camila}", viewport={"width": 390, "height": 844}, color_scheme="dark"
    )
    phone.get_by_role("tab", name="Actividad").click()
    expect(phone.get_by_label("Actividad", exact=True)).to_contain_text("deshizo una unión")
    phone.get_by_role("tab", name="Conversaciones y notas").click()
    expect(phone.get_by_text("Prefiere la mañana").last).to_be_visible()
    phone.get_by_role("tab", name="Ficha").click()
    expect(phone.get_by_test_id("read-company_name")).to_be_visible()
    assert phone.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    look(phone, "contact-phone")
    assert_accessible(phone)

    # A deleted contact is hidden, and is deleted only once that is not taken back.
    boss = screens.desk(team.product, team.admin, f"{base}/{other}")
    for undone in (True, False):
        boss.get_by_role("button", name="Borrar", exact=True).click()
        boss.get_by_role("button", name="Borrar contacto").click()
        expect(boss.get_by_role("link", name="Camila Villaseñor")).to_be_visible()
        expect(boss.get_by_role("link", name="Café Ñuñoa")).to_have_count(0)
        if undone:
            boss.locator(".toast").get_by_role("button", name="Deshacer").click()
            boss.get_by_role("link", name="Café Ñuñoa").click()
    boss.reload()
    expect(boss.get_by_role("link", name="Camila Villaseñor")).to_be_visible()
    expect(boss.get_by_role("link", name="Café Ñuñoa")).to_have_count(0)


@pytest.mark.feature("P-03")
def test_who_left_an_import_is_told_of_its_end(screens: Screens, team: Team) -> None:
    base = f"accounts/{team.admin.account_id}"
    page = screens.desk(team.product, team.admin, f"{base}/contacts/import")
    rows = "".join(f"p{at}@fin.example\n" for at in range(40))
    page.get_by_test_id("import-file").set_input_files(
        {"name": "fin.csv", "mimeType": "text/csv", "buffer": f"correo\n{rows}".encode()}
    )
    expect(page.get_by_role("button", name="Importar 40 contactos")).to_be_enabled(timeout=20_000)
    number = page.url.rsplit("/", 1)[-1]
    elsewhere = screens.desk(team.product, team.admin, f"{base}/contacts")
    expect(elsewhere.get_by_role("heading", name="Contactos")).to_be_visible()
    page.close()
    with team.product.api(team.admin) as api:
        path = f"/api/desk/accounts/{team.admin.account_id}/contact_imports/{number}/start"
        api.post(f"{team.product.url}{path}").raise_for_status()
    words = "fin.csv: 40 contactos ya están en la lista"
    expect(elsewhere.get_by_text(words)).to_be_visible(timeout=30_000)
    elsewhere.get_by_role("button", name=re.compile("^Notificaciones 1")).click()
    elsewhere.get_by_role("link", name=words).click()
    expect(elsewhere.get_by_label("Resultado", exact=True)).to_be_visible()
    expect(elsewhere.get_by_role("button", name="Notificaciones", exact=True)).to_be_visible()
