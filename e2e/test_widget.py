"""The widget on customers' pages of another origin, against the product as it runs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from e2e.conftest import Screens, Team
from e2e.visits import FRAME, Visit, incoming, messages, reply, the_conversation, until, visit

__all__ = ["visit"]


@pytest.mark.feature("W-01", "W-11")
def test_a_text_from_another_origin_arrives_once_and_the_answer_comes_back_live(
    team: Team, visit: Callable[..., Visit]
) -> None:
    agent = team.agent("Bruno Bravo")
    inbox = team.website(agent)
    customer = visit(inbox)
    expect(customer.bubble).to_have_attribute("aria-expanded", "false")
    expect(customer.page.locator(FRAME)).to_have_count(0)
    customer.open()
    expect(customer.bubble).to_have_attribute("aria-expanded", "true")
    expect(customer.box).to_be_focused()
    customer.say("Hola, ¿tienen la cafetera Alba?")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    number = the_conversation(team, inbox)
    assert incoming(team, number) == ["Hola, ¿tienen la cafetera Alba?"]

    started = time.monotonic()
    reply(team, agent, number, "Sí, en **verde**. Mira [la tienda](https://tienda.example/alba).")
    expect(customer.theirs("Sí, en verde").locator("strong")).to_have_text("verde")
    assert time.monotonic() - started < 3
    link = customer.theirs("Sí, en verde").locator("a")
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    expect(customer.frame.locator("header h1")).to_have_text("Bruno Bravo")
    expect(customer.frame.locator(".xf.me").last).to_contain_text("Leído")


@pytest.mark.feature("W-12")
def test_a_returning_visitor_finds_the_conversation_and_stays_the_same_contact(
    team: Team, visit: Callable[..., Visit], screens: Screens
) -> None:
    inbox = team.website()
    customer = visit(inbox).open()
    customer.say("Me voy y vuelvo")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    number = the_conversation(team, inbox)
    customer.page.close()
    reply(team, team.admin, number, "Aquí seguimos")

    again = visit(inbox, page=screens.tab(screens.contexts[0].new_page()))
    expect(again.bubble).to_have_attribute("data-unread", "1")
    expect(again.bubble).to_have_attribute("aria-label", re.compile("1 mensaje sin leer"))
    again.open()
    expect(again.row("Me voy y vuelvo")).to_contain_text("Ana: Aquí seguimos")
    again.row("Me voy y vuelvo").click()
    expect(again.mine("Me voy y vuelvo")).to_be_visible()
    expect(again.theirs("Aquí seguimos")).to_be_visible()
    again.say("Ya volví")
    expect(again.mine("Ya volví")).to_be_visible()
    # Written in the very second of the team's answer it counts as read: times of the contract are whole seconds.
    expect(again.frame.locator(".xf.me").last).to_contain_text(re.compile("Enviado|Leído"))
    assert incoming(team, the_conversation(team, inbox)) == ["Me voy y vuelvo", "Ya volví"]
    expect(again.bubble).not_to_have_class(re.compile("unread-notification"))


def test_texts_written_offline_go_out_once_and_in_order(team: Team, visit: Callable[..., Visit]) -> None:
    inbox = team.website()
    customer = visit(inbox).open()
    customer.say("Uno")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    number = the_conversation(team, inbox)
    customer.page.context.set_offline(True)
    for text in ("Dos", "Tres", "Cuatro"):
        customer.say(text)
    expect(customer.frame.locator(".xf.me").last).to_contain_text("Sin conexión")
    expect(customer.frame.locator(".line.down")).to_be_visible()
    reply(team, team.admin, number, "¿Sigues ahí?")
    customer.page.context.set_offline(False)
    expect(customer.theirs("¿Sigues ahí?")).to_be_visible()
    expect(customer.frame.locator(".ic-clock")).to_have_count(0)
    assert incoming(team, number) == ["Uno", "Dos", "Tres", "Cuatro"]
    for text in ("Uno", "Dos", "Tres", "Cuatro"):
        expect(customer.mine(text)).to_have_count(1)


def test_two_tabs_of_a_visitor_show_the_same_thread(
    team: Team, visit: Callable[..., Visit], screens: Screens
) -> None:
    inbox = team.website()
    one = visit(inbox).open()
    one.say("Desde la primera")
    expect(one.frame.locator(".xf.me")).to_contain_text("Enviado")
    other = visit(inbox, page=screens.tab(one.page)).open()
    expect(other.row("Desde la primera")).to_be_visible()
    other.say("Desde la segunda")
    expect(other.mine("Desde la primera")).to_have_count(1)
    expect(one.mine("Desde la segunda")).to_have_count(1)
    expect(other.mine("Desde la segunda")).to_have_count(1)
    assert incoming(team, the_conversation(team, inbox)) == ["Desde la primera", "Desde la segunda"]


@pytest.mark.feature("W-02")
def test_the_greeting_answers_the_first_message_if_it_is_on(team: Team, visit: Callable[..., Visit]) -> None:
    greeted = team.website(
        greeting_enabled=True, greeting_message="Bienvenida a la tienda.", enable_email_collect=False
    )
    customer = visit(greeted).open()
    customer.say("Hola")
    expect(customer.theirs("Bienvenida a la tienda.")).to_be_visible(timeout=3000)

    silent = team.website(name="Callada", enable_email_collect=False)
    quiet = visit(silent).open()
    quiet.say("Hola")
    expect(quiet.frame.locator(".xf.me")).to_contain_text("Enviado")
    assert len(messages(team, the_conversation(team, silent))) == 1


@pytest.mark.feature("W-03")
def test_the_email_asked_after_the_first_message_is_kept_on_the_contact(
    team: Team, visit: Callable[..., Visit]
) -> None:
    inbox = team.website()
    customer = visit(inbox).open()
    customer.say("Hola")
    email = customer.frame.get_by_label("Tu correo")
    email.fill("camila@correo")
    email.press("Enter")
    expect(customer.frame.locator(".err")).to_be_visible()
    email.fill("camila@correo.example")
    email.press("Enter")
    expect(customer.frame.locator(".given")).to_contain_text("camila@correo.example")
    number = the_conversation(team, inbox)
    with team.product.api(team.admin) as api:
        contact = api.get(f"/conversations/{number}").json()["meta"]["sender"]
    assert contact["email"] == "camila@correo.example"


@pytest.mark.feature("W-04", "W-13")
def test_the_form_before_the_chat_lets_nobody_through_without_what_it_requires(
    team: Team, visit: Callable[..., Visit], assert_accessible: Callable[..., None]
) -> None:
    email = {"name": "emailAddress", "type": "email", "label": "Email", "required": True}
    name = {"name": "fullName", "type": "text", "label": "Name", "required": False}
    fields = [{"field_type": "standard", "enabled": True, **field} for field in (email, name)]
    options = {"pre_chat_message": "Cuéntanos quién eres.", "pre_chat_fields": fields}
    form = {"pre_chat_form_enabled": True, "pre_chat_form_options": options}
    inbox = team.website(channel=form)
    customer = visit(inbox).open()
    begin = customer.frame.get_by_role("button", name="Iniciar conversación")
    begin.click()
    expect(customer.frame.locator(".err")).to_have_count(2)
    expect(customer.frame.get_by_label("Correo")).to_be_focused()
    expect(customer.box).to_have_count(0)
    assert_accessible(customer.page)
    customer.frame.get_by_label("Correo").fill("camila@correo.example")
    customer.frame.get_by_label("Nombre").fill("Camila Villaseñor")
    customer.frame.get_by_label("Mensaje").fill("Mi pedido no llegó")
    begin.click()
    expect(customer.mine("Mi pedido no llegó")).to_be_visible()
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    number = the_conversation(team, inbox)
    with team.product.api(team.admin) as api:
        contact = api.get(f"/conversations/{number}").json()["meta"]["sender"]
    assert (contact["email"], contact["name"]) == ("camila@correo.example", "Camila Villaseñor")
    assert incoming(team, number) == ["Mi pedido no llegó"]


def test_a_message_sent_while_the_history_is_on_its_way_stays_in_sight(
    team: Team, screens: Screens, visit: Callable[..., Visit]
) -> None:
    inbox = team.website(enable_email_collect=False)
    page = screens.window()
    asked: list[tuple[Route, Any]] = []

    def hold(route: Route) -> None:
        if route.request.method == "GET":
            # The server answers before the message is written, the browser hears it after.
            asked.append((route, route.fetch()))
        else:
            route.continue_()

    page.route(re.compile(r"/api/v1/widget/(home|messages)\b"), hold)
    customer = visit(inbox, page=page).open()
    until(lambda: page.wait_for_timeout(50) or len(asked) >= 2)
    customer.say("Rápida")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    for route, answer in asked:
        route.fulfill(response=answer)
    page.wait_for_timeout(300)
    expect(customer.mine("Rápida")).to_be_visible()
