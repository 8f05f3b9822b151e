"""How far a mail came, seen on a desk that stays open: waiting, trying, sent; and the same of a copy."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens
from e2e.listeners import MailServer
from e2e.test_desk_mail import LIVE_MS, Mailbox, a_mail, bubble, mailbox, server

__all__ = ["mailbox", "server"]  # fixtures


@pytest.mark.feature("Z-22", "R-18")
def test_states_change_on_an_open_desk(screens: Screens, mailbox: Mailbox, server: MailServer) -> None:
    mailbox.receives(a_mail(mailbox, "¿Cuándo llega?", Message_ID="<llega@cliente.example>"))
    [number] = [one["id"] for one in mailbox.conversations()]
    page = screens.desk(
        mailbox.team.product, mailbox.bruno, f"accounts/{mailbox.bruno.account_id}/conversations/{number}"
    )
    expect(bubble(page, "¿Cuándo llega?")).to_be_visible()
    page.evaluate("window.isSame = true")

    server.answers = ["451 4.3.0 Vuelva luego"]
    page.get_by_test_id("composer").fill("El martes.")
    page.get_by_test_id("send").click()
    answer = bubble(page, "El martes.")
    expect(answer).to_contain_text(re.compile("Se intentará de nuevo.*Vuelva luego"), timeout=LIVE_MS)
    answer.get_by_role("button", name="Intentar ahora").click()
    expect(answer).to_contain_text("Enviado", timeout=LIVE_MS)
    expect(answer).not_to_contain_text("Vuelva luego")
    assert len(server.letters) == 1

    page.locator(".th").get_by_role("button", name="Más").click()
    page.get_by_role("menuitem", name=re.compile("[Tt]ranscripción")).click()
    page.get_by_role("dialog").get_by_role("button", name="Enviar").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    thread = page.locator("section.thread")
    expect(thread).to_contain_text(
        "Salió la copia para carmen@cliente.example que pidió Bruno Bravo", timeout=LIVE_MS
    )
    expect(thread.get_by_text("pidió una copia")).to_have_count(0)
    assert page.evaluate("window.isSame")  # nobody loaded anew
