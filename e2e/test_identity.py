"""Who is writing: what a visitor claims is shown to the agent and believed by no one else; what is signed has a badge."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens, Team
from e2e.visits import Visit, the_conversation
from e2e.visits import visit as visit

pytestmark = pytest.mark.feature("P-08")


def form_before_the_chat() -> dict[str, Any]:
    email = {"name": "emailAddress", "type": "email", "label": "Email", "required": True}
    name = {"name": "fullName", "type": "text", "label": "Name", "required": False}
    fields = [{"field_type": "standard", "enabled": True, **field} for field in (email, name)]
    options = {"pre_chat_message": "", "pre_chat_fields": fields}
    return {"pre_chat_form_enabled": True, "pre_chat_form_options": options}


def fill_form(customer: Visit, *, name: str, email: str, message: str) -> None:
    customer.frame.get_by_label("Correo").fill(email)
    customer.frame.get_by_label("Nombre").fill(name)
    customer.frame.get_by_label("Mensaje").fill(message)
    customer.frame.get_by_role("button", name="Iniciar conversación").click()
    expect(customer.mine(message)).to_be_visible()


@pytest.mark.feature("W-13")
def test_the_forms_name_and_email_stand_in_the_panel_of_the_agent(
    screens: Screens, team: Team, visit: Callable[..., Visit]
) -> None:
    bruno = team.agent("Bruno Bravo")
    inbox = team.website(bruno, channel=form_before_the_chat())
    customer = visit(inbox).open()
    fill_form(customer, name="Camila Villaseñor", email="camila@correo.example", message="Mi pedido no llegó")
    desk = screens.desk(
        team.product, bruno, f"accounts/{bruno.account_id}/conversations/{the_conversation(team, inbox)}"
    )
    panel = desk.locator("aside.panel")
    expect(panel.locator(".name")).to_have_text("Camila Villaseñor")
    expect(panel.get_by_test_id("contact-email")).to_have_text("camila@correo.example")
    expect(panel.get_by_test_id("claims")).to_have_count(0)
    name, email = (panel.locator(one).bounding_box() for one in (".name", '[data-testid="contact-email"]'))
    assert name and email and 0 < email["y"] - name["y"] < 120  # under the name


def test_a_known_email_that_somebody_types_is_offered_to_the_agent_who_merges(
    screens: Screens,
    team: Team,
    visit: Callable[..., Visit],
    assert_accessible: Callable[..., None],
) -> None:
    bruno = team.agent("Bruno Bravo")
    inbox = team.website(bruno, channel=form_before_the_chat())
    with team.product.api(team.admin) as api:
        known = {"name": "Carla Cliente", "email": "carla@correo.example", "phone_number": "+34600111222"}
        api.post("/contacts", json=known).raise_for_status()
    customer = visit(inbox).open()
    fill_form(customer, name="Mala", email="Carla@Correo.example", message="Soy Carla, ¿y mi pedido?")
    expect(customer.frame.get_by_text("Carla Cliente")).to_have_count(0)

    desk = screens.desk(
        team.product, bruno, f"accounts/{bruno.account_id}/conversations/{the_conversation(team, inbox)}"
    )
    panel = desk.locator("aside.panel")
    expect(panel.locator(".name")).to_have_text("Mala")
    claim = panel.get_by_test_id("claims").locator("li")
    expect(claim).to_contain_text("Dice que su correo es carla@correo.example")
    expect(claim).to_contain_text("Carla Cliente")
    expect(panel.get_by_test_id("verified")).to_have_count(0)
    assert_accessible(desk)

    claim.get_by_role("button", name="Unir").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("¿Unir con Carla Cliente?")
    expect(dialog.get_by_role("button", name="Cancelar")).to_be_focused()
    dialog.get_by_test_id("confirm-merge").click()
    expect(dialog).to_have_count(0)
    expect(panel.locator(".name")).to_have_text("Carla Cliente")
    expect(panel.get_by_test_id("contact-email")).to_have_text("carla@correo.example")
    expect(panel.get_by_test_id("claims")).to_have_count(0)
    with team.product.api(team.admin) as api:
        assert api.get("/contacts").json()["meta"]["count"] == 1

    # The agent's word opens nothing to the visitor.
    customer.say("¿Hola?")
    told = customer.page.context.request.get(
        f"{team.product.url}/api/v1/widget/contact?website_token={inbox['website_token']}",
        headers={"X-Auth-Token": customer.frame.locator("body").evaluate("() => window.authToken")},
    ).json()
    assert (told["has_email"], told["has_phone_number"], told["identifier"]) == (True, False, None)


@pytest.mark.feature("W-12")
def test_whoever_the_companys_server_signed_for_has_a_badge(
    screens: Screens, team: Team, visit: Callable[..., Visit]
) -> None:
    bruno = team.agent("Bruno Bravo")
    inbox = team.website(bruno, enable_email_collect=False)
    signature = hmac.new(inbox["hmac_token"].encode(), b"crm-7", hashlib.sha256).hexdigest()
    customer = visit(inbox).open()
    expect(customer.box).to_be_visible()
    with customer.page.expect_response(lambda answer: "set_user" in answer.url):
        customer.page.evaluate(
            "user => window.$chatwoot.setUser('crm-7', user)",
            {"name": "Carla Cliente", "email": "carla@correo.example", "identifier_hash": signature},
        )
    customer.say("Hola")
    desk = screens.desk(
        team.product, bruno, f"accounts/{bruno.account_id}/conversations/{the_conversation(team, inbox)}"
    )
    panel = desk.locator("aside.panel")
    expect(panel.locator(".name")).to_have_text("Carla Cliente")
    expect(panel.get_by_test_id("verified")).to_have_text("Verificado")
