"""Two conversations that are one matter: merged at the desk, answered in one place, and taken apart again."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, Team
from e2e.test_desk_mail import LIVE_MS, Mailbox, a_mail, bubble, mailbox, server
from e2e.visits import Visit, conversations, incoming, reply, visit

__all__ = ["mailbox", "server", "visit"]  # fixtures


def assert_fits(page: Page) -> None:
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


@pytest.mark.feature("V-LST-04")
def test_two_mails_about_one_matter_become_one_conversation_and_two_again(
    screens: Screens, mailbox: Mailbox, assert_accessible: Callable[..., None]
) -> None:
    team, bruno = mailbox.team, mailbox.bruno
    mailbox.receives(a_mail(mailbox, "No llega.", Message_ID="<uno@cliente.example>"))
    mailbox.receives(
        a_mail(mailbox, "Sigue sin llegar.", Message_ID="<dos@cliente.example>", Subject="¿Hola?")
    )
    otto = {"From": "Otto <otto@otro.example>", "Subject": "Presupuesto", "Message_ID": "<o@otro.example>"}
    mailbox.receives(a_mail(mailbox, "¿Cuánto vale?", **otto))
    number = {
        cast("dict[str, str]", one["additional_attributes"])["mail_subject"]: cast("int", one["id"])
        for one in mailbox.conversations()
    }
    first, second = number["Pedido"], number["¿Hola?"]
    base = f"accounts/{bruno.account_id}/conversations"
    page = screens.desk(team.product, bruno, f"{base}/{second}")
    # Someone else has the other one open meanwhile.
    watching = screens.desk(team.product, team.admin, f"{base}/{first}", color_scheme="dark")
    expect(bubble(watching, "No llega.")).to_be_visible()

    # The dialog offers the customer's own, finds others, and says what will happen.
    expect(bubble(page, "Sigue sin llegar.")).to_be_visible()
    page.locator("section.thread header").get_by_role("button", name="Más", exact=True).click()
    page.get_by_role("menuitem", name="Unir con otra conversación…").click()
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_role("combobox")
    expect(dialog.get_by_role("option")).to_have_count(1)
    expect(dialog.get_by_role("option")).to_contain_text(f"#{first}")
    expect(dialog.get_by_role("button", name="Unir", exact=True)).to_be_disabled()
    field.fill("nada de nada")
    expect(dialog.get_by_text("Sin resultados para «nada de nada»")).to_be_visible()
    field.fill("presup")
    expect(dialog.get_by_role("option")).to_contain_text("Presupuesto")
    field.press("ArrowDown")
    preview = dialog.get_by_test_id("merge-preview")
    expect(preview).to_contain_text("Es de otro cliente")
    field.fill("")
    expect(dialog.get_by_role("option")).to_contain_text(f"#{first}")
    field.press("ArrowDown")
    expect(preview).to_contain_text(f"1 mensaje de #{second} pasa a #{first}")
    expect(preview).not_to_contain_text("otro cliente")
    assert_accessible(page)
    field.press("Enter")

    # Both mails stand in the one, here and at the other desk; what answers the second arrives there too.
    expect(page).to_have_url(f"{team.product.url}/app/{base}/{first}")
    expect(page.get_by_text(f"#{second} está unida a #{first}")).to_be_visible()
    for desk in (page, watching):
        expect(bubble(desk, "No llega.")).to_be_visible(timeout=LIVE_MS)
        expect(bubble(desk, "Sigue sin llegar.")).to_be_visible(timeout=LIVE_MS)
    again = {"Subject": "RE: ¿Hola?", "In_Reply_To": "<dos@cliente.example>", "Message_ID": "<t@c.example>"}
    mailbox.receives(a_mail(mailbox, "¿Nadie?", **again))
    expect(bubble(page, "¿Nadie?")).to_be_visible(timeout=LIVE_MS)
    assert len(mailbox.conversations()) == 3

    # The merged one says where it went and takes no answers; on a phone in the dark as well.
    for desk in (page, watching):
        desk.goto(f"{team.product.url}/app/{base}/{second}")
        expect(desk.get_by_test_id("merged")).to_contain_text(f"Unida a #{first}")
        expect(desk.get_by_test_id("composer")).to_have_count(0)
        expect(desk.get_by_test_id("resolve")).to_have_count(0)
        assert_accessible(desk)
    page.goto(f"{team.product.url}/app/{base}/{first}")
    expect(bubble(page, "Sigue sin llegar.")).to_be_visible()
    banner = watching.get_by_test_id("merged")
    expect(watching.locator("html[data-theme=dark]")).to_have_count(1)
    watching.set_viewport_size({"width": 390, "height": 780})
    expect(banner).to_be_visible()
    assert_fits(watching)
    assert_accessible(watching)
    banner.get_by_role("link", name=f"#{first}").click()
    expect(bubble(watching, "Sigue sin llegar.")).to_be_visible()
    watching.go_back()

    # Taken apart: each has its own, and what came since stays.
    banner.get_by_role("button", name="Deshacer la unión").click()
    expect(bubble(watching, "Sigue sin llegar.")).to_be_visible(timeout=LIVE_MS)
    expect(banner).to_have_count(0)
    expect(watching.get_by_test_id("composer")).to_be_visible()
    expect(bubble(page, "Sigue sin llegar.")).to_have_count(0, timeout=LIVE_MS)
    expect(bubble(page, "¿Nadie?")).to_be_visible()

    # By the palette, on the phone too; the toast takes it back.
    watching.keyboard.press("Control+k")
    palette = watching.get_by_role("dialog").get_by_role("combobox")
    palette.fill("unir con")
    entry = watching.get_by_role("option", name="Unir con otra conversación…")
    expect(entry).to_have_attribute("aria-selected", "true")
    palette.press("Enter")
    small = watching.get_by_role("dialog")
    expect(small.get_by_role("option")).to_have_count(1)
    small.get_by_role("option").click()
    expect(small.get_by_test_id("merge-preview")).to_be_visible()
    assert_fits(watching)
    assert small.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    assert_accessible(watching)
    small.get_by_role("button", name="Unir", exact=True).click()
    expect(watching).to_have_url(f"{team.product.url}/app/{base}/{first}")
    watching.get_by_role("button", name="Deshacer", exact=True).click()
    expect(watching).to_have_url(f"{team.product.url}/app/{base}/{second}")
    expect(watching.get_by_test_id("composer")).to_be_visible()


@pytest.mark.feature("V-LST-04")
def test_a_visitor_whose_conversations_are_merged_goes_on_in_one(
    team: Team, visit: Callable[..., Visit]
) -> None:
    inbox = team.website(allow_messages_after_resolved=False, enable_email_collect=False)
    customer = visit(inbox).open()
    customer.say("La primera")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    customer.frame.get_by_role("button", name="Más opciones").click()
    customer.frame.get_by_role("menuitem", name="Terminar la conversación").click()
    customer.frame.get_by_role("button", name="Nueva conversación").click()
    customer.say("La segunda")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    first, second = sorted(cast("int", row["id"]) for row in conversations(team, inbox))

    with team.product.api(team.admin) as api:
        desk = f"{team.product.url}/api/desk/accounts/{team.admin.account_id}/conversations"
        api.post(f"{desk}/{second}/merge", json={"into": first}).raise_for_status()
        expect(customer.mine("La primera")).to_be_visible(timeout=LIVE_MS)
        expect(customer.mine("La segunda")).to_be_visible()
        reply(team, team.admin, first, "Todo aquí")
        expect(customer.theirs("Todo aquí")).to_be_visible(timeout=LIVE_MS)
        customer.say("Perfecto")
        expect(customer.mine("Perfecto")).to_be_visible()
        expect(customer.frame.locator(".ic-clock")).to_have_count(0)
        assert incoming(team, first) == ["La primera", "La segunda", "Perfecto"]

        api.post(f"{desk}/{second}/unmerge").raise_for_status()
        expect(customer.mine("La primera")).to_have_count(0, timeout=LIVE_MS)
        expect(customer.mine("La segunda")).to_be_visible()
