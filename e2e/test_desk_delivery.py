"""How far a mail got, as its writer sees it: in line, tried again and why, no one knows, and who was not reached."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Screens, Team
from e2e.test_desk_mail import Mailbox, a_mail, bubble, choose
from e2e.visits import until
from ventanilla.testing.slow_smtp import SlowSmtp

LIVE_MS = 20_000
CARMEN, LUIS = "carmen@cliente.example", "luis@cliente.example"


@pytest.fixture
def smtp() -> Iterator[SlowSmtp]:
    made = SlowSmtp()
    yield made
    made.answer_now()
    made.close()


@pytest.fixture
def mailbox(team: Team, smtp: SlowSmtp) -> Mailbox:
    bruno = team.agent("Bruno Bravo")
    address = f"soporte@{team.prefix}.example"
    channel = {
        "type": "email", "email": address, "smtp_enabled": True, "smtp_address": "127.0.0.1", "smtp_login": "",
        "smtp_port": smtp.port, "smtp_enable_starttls_auto": False,
    }  # fmt: skip
    with team.product.api(team.admin) as api:
        made = api.post("/inboxes", json={"name": "Soporte", "channel": channel}).raise_for_status().json()
        api.post("/inbox_members", json={"inbox_id": made["id"], "user_ids": [bruno.id]}).raise_for_status()
    return Mailbox(team, bruno, address, int(made["id"]))


def send(page: Page, text: str) -> Locator:
    """Its bubble, once the server has the message."""
    page.get_by_test_id("composer").fill(text)
    page.get_by_test_id("send").click()
    said = bubble(page, text)
    expect(said.get_by_test_id("delivery")).to_have_count(1)
    return said


def shows(said: Locator, words: str | re.Pattern[str]) -> None:
    expect(said.get_by_test_id("delivery")).to_have_text(words, timeout=LIVE_MS)


@pytest.mark.timeout(180)
@pytest.mark.feature("Z-22")
def test_its_writer_sees_how_far_a_mail_got_and_decides(
    screens: Screens, mailbox: Mailbox, smtp: SlowSmtp, assert_accessible: Callable[..., None]
) -> None:
    mailbox.receives(a_mail(mailbox, "¿Cuándo llega?", Cc=LUIS))
    number = mailbox.conversations()[0]["id"]
    path = f"accounts/{mailbox.bruno.account_id}/conversations/{number}"
    page = screens.desk(mailbox.team.product, mailbox.bruno, path)
    expect(bubble(page, "¿Cuándo llega?")).to_be_visible()

    # In line while the server of the company takes its time; no question, and nothing to press.
    smtp.waits["rcpt"] = 60
    said = send(page, "Llega el lunes.")
    until(lambda: "rcpt" in smtp.reached, seconds=20)
    shows(said, "En cola")
    expect(said.locator("button.link")).to_have_count(0)
    smtp.answer_now()
    smtp.waits.clear()
    shows(said, "Enviado")

    # Not now: when it is tried again, why, and now if one wishes.
    smtp.says["mail"] = "451 4.3.2 Come back later"
    said = send(page, "O el martes.")
    shows(said, re.compile(r"^Próximo intento: \d+:\d\d\. .*Come back later"))
    del smtp.says["mail"]
    said.get_by_role("button", name="Intentar ahora").click()
    shows(said, "Enviado")

    # It left and no one said that it was taken: a question, with both answers.
    smtp.hangs_up = "end"
    left, again = send(page, "Seguro el martes."), send(page, "Por la tarde.")
    for said in (left, again):
        shows(said, "No sabemos si salió. ¿Enviarlo otra vez?")
    assert_accessible(page)
    smtp.hangs_up = ""
    left.get_by_role("button", name="Dejarlo así").click()
    shows(left, "No sabemos si salió")
    expect(left.locator("button.link")).to_have_count(0)
    again.get_by_role("button", name="Enviar otra vez").click()
    shows(again, "Enviado")
    counted = {text: sum(text.encode() in mail for _to, mail in smtp.taken) for text in ("Seguro", "Por la")}
    assert counted == {"Seguro": 1, "Por la": 2}

    # One of two was not reached: who, why, and the address to fix.
    smtp.says[LUIS] = "550 5.1.1 No such user here"
    choose(page, bubble(page, "¿Cuándo llega?"), "Responder a todos")
    expect(page.get_by_test_id("composer")).to_be_focused()
    said = send(page, "A los dos.")
    undelivered = said.get_by_test_id("undelivered").get_by_role("listitem")
    expect(undelivered.first).to_contain_text(f"No entregado a {LUIS}", timeout=LIVE_MS)
    expect(undelivered.first).to_contain_text("No such user here")
    shows(said, "Enviado")
    assert smtp.taken[-1][0] == [CARMEN]
    for theme in ("dark", "light"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
        assert_accessible(page)
    page.set_viewport_size({"width": 390, "height": 780})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    undelivered.first.get_by_role("button", name="Corregir dirección").click()
    expect(page.get_by_role("dialog").get_by_test_id("to-input")).to_have_value(LUIS)
