"""What holds for the whole installation is set on the screen: its address, the server of its own mail, who is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, Team, _running
from e2e.product import PASSWORD, Product
from e2e.test_identity import fill_form, form_before_the_chat
from e2e.visits import Visit, the_conversation
from e2e.visits import visit as visit
from ventanilla.testing.slow_smtp import SlowSmtp

NO_MAIL = "Sin servidor de correo no salen invitaciones"


@pytest.fixture
def silent_product(tmp_path: Path) -> Iterator[Product]:
    """An installation without a mail server, whose administrator has made their account."""
    for made in _running(Product(tmp_path / "data", {"VENTANILLA_MAIL_URL": ""})):
        made.add_person("Sol", name="Ana", email="ana@sol.example", role="administrator")
        yield made


@pytest.fixture
def post_office() -> Iterator[SlowSmtp]:
    """A mail server that says yes."""
    made = SlowSmtp()
    yield made
    made.close()


@pytest.mark.feature("Z-22", "Z-28")
def test_the_address_and_the_mail_of_the_installation_are_set_on_the_screen(
    silent_product: Product,
    post_office: SlowSmtp,
    screens: Screens,
    assert_accessible: Callable[[Page], None],
) -> None:
    page = screens.window()
    page.goto(silent_product.url)
    page.get_by_label("Correo").fill("ana@sol.example")
    page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Iniciar sesión", exact=True).click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    page.goto(f"{silent_product.url}/app/accounts/1/settings/installation")

    # The address: one that cannot be is refused at its field, and the one that is confirmed is kept.
    address = page.get_by_label("Dirección", exact=True)
    card = page.locator("form", has=address)
    address.fill("https://ayuda sol")
    card.get_by_role("button", name="Guardar").click()
    expect(card.get_by_role("alert")).to_be_visible()
    address.fill("https://ayuda.sol.example")
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        card.get_by_role("button", name="Guardar").click()
    assert silent_product.command("address")["address"] == "https://ayuda.sol.example"

    # The mail server: kept once it has taken a mail, and the bar over the desk goes with it.
    expect(page.get_by_text(NO_MAIL)).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Servidor").fill("127.0.0.1")
    page.get_by_label("Puerto").fill(str(post_office.port))
    page.get_by_label("Cifrado").select_option(label="Ninguno")
    page.get_by_role("button", name="Probar y guardar").click()
    expect(page.get_by_text("Correo de prueba enviado a ana@sol.example")).to_be_visible()
    expect(page.get_by_text(NO_MAIL)).to_have_count(0)
    assert [recipients for recipients, _mail in post_office.taken] == [["ana@sol.example"]]

    # Forgotten again, nothing pretends that mail can leave.
    page.get_by_role("button", name="Quitar servidor").click()
    expect(page.get_by_text(NO_MAIL)).to_be_visible()


@pytest.mark.feature("P-08", "W-12")
def test_believing_unsigned_identities_is_a_switch_that_warns_and_is_kept(
    screens: Screens, team: Team, visit: Callable[..., Visit]
) -> None:
    inbox = team.website(team.agent("Bruno Bravo"), enable_email_collect=False)
    with team.product.api(team.admin) as api:
        known = {"name": "Carla Cliente", "email": "carla@correo.example", "identifier": "crm-7"}
        api.post("/contacts", json=known).raise_for_status()
    desk = screens.desk(
        team.product, team.admin, f"accounts/{team.admin.account_id}/settings/inboxes/{inbox['id']}"
    )
    desk.get_by_role("tab").last.click()
    switch = desk.get_by_role("switch", name="Aceptar identidades sin firmar")
    expect(switch).not_to_be_checked()
    with desk.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        switch.click()
    expect(desk.get_by_role("alert")).to_contain_text("podrá escribir en su nombre")
    desk.reload()
    desk.get_by_role("tab").last.click()
    expect(desk.get_by_role("switch", name="Aceptar identidades sin firmar")).to_be_checked()

    customer = visit(inbox).open()
    expect(customer.box).to_be_visible()
    with customer.page.expect_response(lambda answer: "set_user" in answer.url):
        customer.page.evaluate("window.$chatwoot.setUser('crm-7', { name: 'Carla' })")
    customer.say("Hola")
    seen = screens.desk(
        team.product,
        team.admin,
        f"accounts/{team.admin.account_id}/conversations/{the_conversation(team, inbox)}",
    )
    panel = seen.locator("aside.panel")
    expect(panel.locator(".name")).to_have_text("Carla Cliente")
    expect(panel.get_by_test_id("verified")).to_have_count(0)


@pytest.mark.feature("P-08")
def test_a_claim_that_is_declined_goes_and_changes_nobody(
    screens: Screens, team: Team, visit: Callable[..., Visit]
) -> None:
    bruno = team.agent("Bruno Bravo")
    inbox = team.website(bruno, channel=form_before_the_chat())
    with team.product.api(team.admin) as api:
        known = {"name": "Carla Cliente", "email": "carla@correo.example"}
        api.post("/contacts", json=known).raise_for_status()
    fill_form(visit(inbox).open(), name="Mala", email="carla@correo.example", message="Soy Carla")
    desk = screens.desk(
        team.product, bruno, f"accounts/{bruno.account_id}/conversations/{the_conversation(team, inbox)}"
    )
    claims = desk.locator("aside.panel").get_by_test_id("claims")
    expect(claims).to_contain_text("Carla Cliente")

    claims.get_by_role("button").last.click()

    expect(claims).to_have_count(0)
    desk.reload()
    expect(desk.locator("aside.panel .name")).to_have_text("Mala")
    expect(claims).to_have_count(0)
    with team.product.api(team.admin) as api:
        rows = api.get("/contacts").json()["payload"]
    assert [(row["name"], row["email"]) for row in rows] == [("Carla Cliente", "carla@correo.example")]
