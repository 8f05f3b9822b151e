"""How a customer is asked how they were served, from the switch at the desk to the answer in the thread."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, Team
from e2e.visits import Visit, messages, resolve, the_conversation, until, visit

__all__ = ["visit"]

Check = Callable[..., None]


def answers(team: Team) -> list[dict[str, Any]]:
    with team.product.api(team.admin) as api:
        return list(api.get("/csat_survey_responses").raise_for_status().json())


def switch_on(page: Page) -> None:
    """By the keyboard alone, in the inbox's settings."""
    switch = page.get_by_role("switch", name="Enviar encuesta de satisfacción")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.press("Space")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(page.get_by_role("switch", name="Mostrar la calificación a los agentes")).to_be_visible()
    page.get_by_label("Texto de la pregunta").fill("{{contact.name}}, ¿fuimos rápidos?")
    page.get_by_label("Escala").select_option(label="Estrellas")
    page.get_by_role("button", name="Guardar").press("Enter")
    expect(page.get_by_text("Guardado")).to_be_visible()


@pytest.mark.feature("W-07")
def test_resolving_asks_in_the_chat_once_and_the_answer_is_seen_at_the_desk(
    team: Team, screens: Screens, visit: Callable[..., Visit]
) -> None:
    inbox = team.website(enable_email_collect=False)
    account = f"accounts/{team.admin.account_id}"
    page = screens.desk(team.product, team.admin, f"{account}/settings/inboxes/{inbox['id']}")
    switch_on(page)
    customer = visit(inbox, viewport={"width": 1360, "height": 520}).open()
    customer.say("Hola")
    number = the_conversation(team, inbox)
    page.goto(f"{team.product.url}/app/{account}/conversations/{number}")
    expect(page.get_by_text("Hola").last).to_be_visible()
    page.get_by_test_id("resolve").click()

    scale = customer.frame.get_by_role("radiogroup", name="Satisfacción de 1 a 5")
    expect(scale).to_be_visible()
    expect(customer.frame.get_by_text("¿fuimos rápidos?")).to_be_visible()
    expect(scale.locator("label").last).to_have_text("5★")
    expect(page.get_by_test_id("survey-answer")).to_have_text("Encuesta enviada, sin respuesta todavía")
    scale.get_by_role("radio", name="5").check(force=True)
    # One press keeps the rating; words are optional.
    [answer] = until(lambda: answers(team))
    assert (answer["rating"], answer["feedback_message"]) == (5, "")
    # The form grew by a press, beyond what the thread shows at once; no one has to look for its button.
    send = customer.frame.get_by_role("button", name="Enviar calificación")
    expect(send).to_be_in_viewport(ratio=1)
    assert customer.frame.locator("form", has=send).evaluate(
        "(form) => { const box = form.closest('.body'); return box.scrollHeight > box.clientHeight }"
    )
    customer.frame.get_by_label("¿Algo que contar?").fill("Rápida y clara")
    send.click()
    expect(customer.frame.get_by_text("Gracias por tu respuesta.")).to_be_visible()
    expect(customer.frame.get_by_role("button", name="Cambiar")).to_be_visible()

    expect(page.get_by_test_id("survey-answer")).to_contain_text("5 de 5 · Excelente")
    page.reload()
    expect(page.get_by_test_id("survey-answer")).to_contain_text("5 de 5 · Excelente")
    expect(page.get_by_test_id("survey-answer")).to_contain_text("Rápida y clara")
    [answer] = answers(team)
    assert (answer["rating"], answer["feedback_message"]) == (5, "Rápida y clara")
    assert answer["conversation_id"] == number

    customer.say("Otra cosa")
    expect(customer.mine("Otra cosa")).to_be_visible()
    expect(page.get_by_text("Otra cosa").last).to_be_visible()
    resolve(team, number)
    expect(page.get_by_test_id("resolve")).to_have_text("Reabrir")
    assert [row["content_type"] for row in messages(team, number)].count("input_csat") == 1


@pytest.mark.feature("W-07")
def test_the_surveys_page_is_answered_with_the_keyboard_by_day_and_by_night(
    team: Team, screens: Screens, assert_accessible: Check
) -> None:
    customer = team.program()
    number = customer.starts("¿Hay stock?")
    with team.product.api(team.admin) as api:
        inbox = api.get(f"/conversations/{number}").json()["inbox_id"]
        api.patch(f"/inboxes/{inbox}", json={"csat_survey_enabled": True}).raise_for_status()
    resolve(team, number)
    [asked] = [row for row in customer.reads(number) if row["content_type"] == "input_csat"]
    address = next(word for word in asked["content"].split() if "/survey/responses/" in word)
    path = address[address.index("/survey/") :]

    page = screens.window(viewport={"width": 390, "height": 780}, color_scheme="dark")
    page.goto(f"{team.product.url}{path}?rating=2")
    expect(page.get_by_role("heading", name="¿Cómo te atendimos?")).to_be_visible()
    chosen = page.get_by_role("radio", name="Mal", exact=True)
    expect(chosen).to_be_checked()
    assert answers(team) == []  # opening a link records nothing
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    chosen.focus()
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Excelente")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Cuéntanos más (opcional)")).to_be_focused()
    page.keyboard.type("Todo claro")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_have_text("Gracias por tu respuesta.")
    expect(page.get_by_text("Todo claro")).to_be_visible()
    page.emulate_media(color_scheme="light")
    assert_accessible(page)
    [answer] = answers(team)
    assert (answer["rating"], answer["feedback_message"]) == (5, "Todo claro")

    page.get_by_role("link", name="Cambiar mi respuesta").press("Enter")
    assert_accessible(page)
    page.get_by_role("radio", name="Regular").check(force=True)
    page.get_by_role("button", name="Enviar respuesta").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert [answer["rating"] for answer in answers(team)] == [3]


def mails_to(team: Team, address: str) -> list[EmailMessage]:
    """What an installation without a mail server has written for that address, in its folder."""
    parse = BytesParser(EmailMessage, policy=default).parsebytes
    files = sorted((team.product.data / "mail").glob("*.log"))
    found = [parse(part) for file in files for part in file.read_bytes().split(b"-" * 79 + b"\n")[:-1]]
    return [mail for mail in found if mail["To"] == address]


@pytest.mark.feature("T-02", "R-18")
def test_which_news_come_by_mail_is_chosen_and_copies_go_to_whom_one_says(
    team: Team, screens: Screens, assert_accessible: Check
) -> None:
    page = screens.desk(team.product, team.admin, f"accounts/{team.admin.account_id}/settings/profile")
    card = page.get_by_test_id("notification-settings")
    assigned = card.get_by_role("checkbox", name="Te asignan una conversación: Correo")
    created = card.get_by_role("checkbox", name="Empieza una conversación en uno de tus canales: Correo")
    expect(assigned).to_be_checked()
    expect(created).not_to_be_checked()
    expect(card.get_by_role("columnheader")).to_have_text(
        ["Avisarme cuando", "Campana", "Navegador", "Correo", "Sonido"]
    )
    with page.expect_response("**/notification_preferences/switch") as saved:
        created.press("Space")
    assert saved.value.ok
    expect(created).to_be_checked()
    assert_accessible(page)
    page.reload()
    expect(created).to_be_checked()
    expect(assigned).to_be_checked()
    with team.product.api(team.admin) as api:
        flags = api.get("/notification_settings").json()["selected_email_flags"]
    assert sorted(flags) == ["email_conversation_assignment", "email_conversation_creation"]

    customer = team.program(team.admin)
    with team.product.api(team.admin) as api:
        [inbox] = api.get("/inboxes").json()["payload"]
        api.patch(f"/inboxes/{inbox['id']}", json={"enable_auto_assignment": False}).raise_for_status()
    number = customer.starts("¿Hay **stock**?", email=f"carla@{team.prefix}.example")
    [news] = until(lambda: mails_to(team, team.admin.email), seconds=20)
    assert news["Subject"] == f"[#{number}] Nueva conversación con Carla Cliente"
    link = f"{team.product.url}/app/accounts/{team.admin.account_id}/conversations/{number}"
    text = news.get_body(("plain",))
    assert text is not None
    assert "¿Hay stock?" in text.get_content()
    assert link in text.get_content()

    with team.product.api(team.admin) as api:
        body = {"assignee_id": team.admin.id}
        api.post(f"/conversations/{number}/assignments", json=body).raise_for_status()
    page.goto(link)
    for choice, to in (
        ("Al cliente", f"carla@{team.prefix}.example"),
        ("Al agente asignado", team.admin.email),
        ("A otra dirección", f"jefa@{team.prefix}.example"),
    ):
        page.locator("section.thread header").get_by_role("button", name="Más").click()
        page.get_by_role("menuitem", name="Enviar transcripción").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("radio", name=choice).check()
        if choice == "A otra dirección":
            dialog.get_by_label("Correo").fill(to)
        dialog.get_by_role("button", name="Enviar").click()
        expect(page.get_by_text(f"La enviaremos a {to}")).to_be_visible()
        expect(dialog).to_be_hidden()
        copies = until(
            lambda to=to: [mail for mail in mails_to(team, to) if "Tu conversación con" in mail["Subject"]],
            seconds=20,
        )
        assert len(copies) == 1
