"""What an administrator sets up at the desk, what an agent may not, and the contacts both work with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, Team, make_team
from e2e.product import Person, Product

WIDE = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class Office:
    """Ana administrates, Bruno is an agent."""

    team: Team
    ana: Person
    bruno: Person

    def get(self, path: str) -> Any:
        with self.team.product.api(self.ana) as api:
            return api.get(path).raise_for_status().json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        with self.team.product.api(self.ana) as api:
            return api.post(path, json=body).raise_for_status().json()


@pytest.fixture(scope="module")
def office(product: Product) -> Office:
    team = make_team(product)
    return Office(team, team.admin, team.agent("Bruno Bravo"))


def open_page(screens: Screens, office: Office, person: Person, path: str, **options: Any) -> Page:
    path = f"accounts/{person.account_id}/{path}"
    return screens.desk(office.team.product, person, path, viewport=WIDE, **options)


@pytest.mark.feature("Z-12")
def test_an_account_says_after_how_many_days_conversations_resolve(screens: Screens, office: Office) -> None:
    page = screens.desk(
        office.team.product, office.ana, f"accounts/{office.ana.account_id}/settings/account", viewport=WIDE
    )
    field = page.get_by_label(re.compile("Resolver si no hay actividad"))
    field.fill("0")
    page.get_by_role("button", name="Guardar").first.click()
    expect(page.get_by_text("Entre 1 y 999 días.")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("30")
    with page.expect_response(lambda answer: answer.request.method in {"PATCH", "PUT"} and answer.ok):
        page.get_by_role("button", name="Guardar").first.click()
    page.reload()
    expect(field).to_have_value("30")
    field.fill("")  # none: never
    with page.expect_response(lambda answer: answer.request.method in {"PATCH", "PUT"} and answer.ok):
        page.get_by_role("button", name="Guardar").first.click()
    page.reload()
    expect(page.get_by_label(re.compile("Nombre")).first).not_to_have_value("")
    expect(field).to_have_value("")


@pytest.mark.feature("X-01")
def test_the_api_token_is_copied_and_reset_and_the_old_one_stops(screens: Screens, office: Office) -> None:
    person = office.team.agent("Elena Estévez")
    page = open_page(
        screens, office, person, "settings/profile", permissions=["clipboard-read", "clipboard-write"]
    )
    expect(page.get_by_test_id("access-token")).to_have_count(0)
    page.locator(".card", has_text="Da a tus programas").get_by_role("button", name="Mostrar").click()
    before = page.get_by_test_id("access-token").input_value()
    assert before == person.token
    page.get_by_role("button", name="Copiar").click()
    expect(page.get_by_text("Copiado")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == before
    page.get_by_role("button", name=re.compile("Cambiar token", re.I)).click()
    page.get_by_role("dialog").locator(".btn.danger").click()
    expect(page.get_by_test_id("access-token")).not_to_have_value(before)
    after = page.get_by_test_id("access-token").input_value()
    profile = f"{office.team.product.url}/api/v1/profile"
    assert httpx.get(profile, headers={"api_access_token": before}).status_code == 401
    assert httpx.get(profile, headers={"api_access_token": after}).status_code == 200


def test_a_changed_password_keeps_this_screen_and_ends_the_other(screens: Screens, office: Office) -> None:
    person = office.team.agent("Paula Paz")
    page = open_page(screens, office, person, "settings/profile")
    other = open_page(screens, office, person, "contacts")
    page.get_by_label("Contraseña actual").fill(person.password)
    page.get_by_label("Contraseña nueva").fill("Distinto-2")
    page.get_by_label("Repite la nueva").fill("Distinto-2")
    page.get_by_role("button", name="Cambiar contraseña").click()
    expect(page.get_by_text("Guardado")).to_be_visible()
    other.wait_for_url("**/app/login**", timeout=10_000)
    page.wait_for_timeout(2000)
    expect(page.get_by_label("Contraseña actual")).to_be_visible()


@pytest.mark.feature("A-10")
def test_an_agent_reaches_no_setting_of_the_account(screens: Screens, office: Office) -> None:
    page = open_page(screens, office, office.bruno, "settings/profile")
    sections = page.locator(".sections")
    expect(sections.get_by_role("link", name="Tu perfil")).to_be_visible()
    for name in ("Agentes", "Equipos", "Canales", "Cuenta"):
        expect(sections.get_by_role("link", name=name)).to_have_count(0)
    for path in ("agents", "teams", "inboxes/new", "account"):
        page.goto(f"{office.team.product.url}/app/accounts/{office.bruno.account_id}/settings/{path}")
        page.wait_for_url("**/settings/profile")
    with office.team.product.api(office.bruno) as api:
        # The contract says "not allowed" with 401 where a policy refuses.
        assert api.post("/labels", json={"title": "no-puedo"}).status_code in {401, 403}
        assert api.post("/inboxes", json={"name": "x", "channel": {"type": "api"}}).status_code in {401, 403}


@pytest.mark.feature("A-05")
def test_teams_are_made_renamed_filled_and_deleted(screens: Screens, office: Office) -> None:
    page = open_page(screens, office, office.ana, "settings/teams")
    page.get_by_role("button", name="Nuevo equipo").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nombre").fill("Ventas")
    dialog.get_by_label("Bruno Bravo").check()
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_have_count(0)
    made = next(team for team in office.get("/teams") if team["name"] == "ventas")
    assert [one["id"] for one in office.get(f"/teams/{made['id']}/team_members")] == [office.bruno.id]
    page.get_by_role("button", name=re.compile("Editar: ventas", re.I)).click()
    dialog.get_by_label("Nombre").fill("Compras")
    dialog.get_by_label("Bruno Bravo").uncheck()
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_have_count(0)
    assert office.get(f"/teams/{made['id']}/team_members") == []
    page.get_by_role("button", name=re.compile("Borrar equipo: compras", re.I)).click()
    page.get_by_role("dialog").locator(".btn.danger").click()
    expect(page.get_by_role("button", name=re.compile("Editar: compras", re.I))).to_have_count(0)
    assert made["id"] not in [team["id"] for team in office.get("/teams")]


@pytest.mark.feature("L-01")
def test_labels_are_made_once_and_a_bad_name_is_explained(screens: Screens, office: Office) -> None:
    page = open_page(screens, office, office.ana, "settings/labels")
    page.get_by_role("button", name="Nueva etiqueta").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nombre").fill("dos palabras")
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Nombre").fill("oferta")
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("navigation").get_by_role("link", name="oferta")).to_be_visible()
    assert "oferta" in [label["title"] for label in office.get("/labels")["payload"]]


@pytest.mark.feature("A-11")
def test_an_administrator_invites_an_agent(screens: Screens, office: Office) -> None:
    page = open_page(screens, office, office.ana, "settings/agents")
    page.get_by_role("button", name="Invitar").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nombre").fill("Nuria Nueva")
    address = f"nuria@{office.team.prefix}.example"
    dialog.get_by_label("Correo").fill(address)
    dialog.get_by_role("button", name="Enviar invitación").click()
    expect(page.get_by_text(f"La invitación a {address} está en camino")).to_be_visible()
    expect(page.locator("main").get_by_text("Nuria Nueva")).to_be_visible()
    invited = next(agent for agent in office.get("/agents") if agent["email"] == address)
    assert (invited["role"], invited["confirmed"]) == ("agent", False)


@pytest.mark.feature("I-01")
def test_a_website_inbox_ends_with_the_line_to_paste(screens: Screens, office: Office) -> None:
    for name in ("Tienda norte", "Tienda sur"):
        page = open_page(screens, office, office.ana, "settings/inboxes/new")
        page.get_by_role("button", name=re.compile("^Sitio web")).click()
        page.get_by_label("Nombre del canal").fill(name)
        page.get_by_label("Dirección del sitio").fill("https://tienda.example")
        page.get_by_role("button", name="Crear canal").click()
        expect(page.locator("main")).to_contain_text("websiteToken")
    made = [inbox for inbox in office.get("/inboxes")["payload"] if inbox["name"].startswith("Tienda")]
    assert len({inbox["website_token"] for inbox in made}) == 2


@pytest.mark.feature("I-05")
def test_an_api_inbox_shows_its_identifier_and_takes_messages(screens: Screens, office: Office) -> None:
    page = open_page(screens, office, office.ana, "settings/inboxes/new")
    page.get_by_role("button", name=re.compile("^API")).click()
    page.get_by_label("Nombre del canal").fill("Sistema")
    page.get_by_role("button", name="Crear canal").click()
    expect(page.get_by_text("Usa este identificador en tus llamadas.")).to_be_visible()
    made = next(inbox for inbox in office.get("/inboxes")["payload"] if inbox["name"] == "Sistema")
    expect(page.get_by_label("Identificador")).to_have_value(made["inbox_identifier"])
    base = f"{office.team.product.url}/public/api/v1/inboxes/{made['inbox_identifier']}"
    assert httpx.post(f"{base}/contacts", json={"name": "Sistema externo"}).is_success


@pytest.mark.feature("P-02", "P-04", "L-03", "L-05")
def test_contacts_are_listed_found_filtered_and_labelled(screens: Screens, office: Office) -> None:
    office.post("/labels", {"title": "mayorista", "color": "#0b5c66", "show_on_sidebar": False})
    for index in range(16):
        office.post(
            "/contacts", {"name": f"Persona {index:02}", "email": f"p{index}@{office.team.prefix}.example"}
        )
    zoe = {"name": "Zoe Zamora", "email": f"zoe@{office.team.prefix}.example", "phone_number": "+34600111222"}
    made = office.post("/contacts", zoe | {"additional_attributes": {"city": "Vigo"}})["payload"]["contact"]
    inbox = office.post("/inboxes", {"name": "Contador", "channel": {"type": "api"}})
    for _ in range(2):
        office.post("/conversations", {"inbox_id": inbox["id"], "contact_id": made["id"]})
    page = open_page(screens, office, office.ana, "contacts")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(15)
    page.get_by_role("button", name="Siguiente").click()
    expect(rows.first).to_be_visible()
    page.get_by_label("Nombre, correo, teléfono").fill("zamora")
    expect(rows).to_have_count(1)
    for shown in ("Zoe Zamora", str(zoe["email"]), "+34600111222", "Vigo"):
        expect(rows.first).to_contain_text(shown)
    place = page.locator("thead th").all_inner_texts().index("Conversaciones")
    expect(rows.first.locator("td").nth(place)).to_have_text("2")
    rows.first.get_by_role("link").click()
    page.get_by_role("button", name="Añadir", exact=True).click()
    page.get_by_role("option", name="mayorista").click()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Contactos").first.click()
    expect(rows).to_have_count(15)
    page.get_by_role("button", name="Filtrar por etiqueta").click()
    page.get_by_role("option", name="mayorista").click()
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("Zoe Zamora")


def test_a_contact_is_made_noted_and_merged(screens: Screens, office: Office) -> None:
    office.post("/contacts", {"name": "Doble Duarte", "phone_number": "+34600333444"})
    page = open_page(screens, office, office.ana, "contacts")
    page.get_by_test_id("new-contact").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nombre").fill("Duarte Principal")
    dialog.get_by_label("Correo").fill(f"duarte@{office.team.prefix}.example")
    dialog.get_by_role("button", name=re.compile("Crear|Guardar")).click()
    page.wait_for_url(re.compile(r"/contacts/\d+$"))
    page.locator("main textarea").last.fill("Prefiere el teléfono")
    page.get_by_role("button", name="Añadir nota").click()
    expect(page.locator("main").get_by_text("Prefiere el teléfono")).to_be_visible()
    number = page.url.rsplit("/", 1)[-1]
    page.get_by_role("button", name="Unir").click()
    merging = page.get_by_role("dialog")
    merging.get_by_role("button", name="Elegir contacto").click()
    page.keyboard.type("doble")
    page.get_by_role("option", name=re.compile("Doble Duarte")).click()
    merging.get_by_role("button", name="Unir").click()
    expect(merging).to_have_count(0)
    assert office.get(f"/contacts/{number}")["payload"]["phone_number"] == "+34600333444"


def test_the_desk_speaks_english_to_whom_chooses_it(screens: Screens, office: Office) -> None:
    person = office.team.agent("Grace Green")
    page = open_page(screens, office, person, "settings/profile")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Your profile")).to_be_visible()
    page.goto(f"{office.team.product.url}/app/accounts/{person.account_id}/conversations")
    expect(page.get_by_role("tab", name="Unassigned")).to_be_visible()
    raw_keys = re.compile(r"\b(?:common|nav|list|thread|composer|settings)\.[a-z_]+")
    assert not raw_keys.search(page.locator("body").inner_text())
