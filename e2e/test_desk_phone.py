"""The desk under a finger, on a phone: nothing is left out, and nothing is too small."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens
from e2e.field import expect_written
from e2e.test_desk_conversations import composer
from e2e.test_desk_mail import Mailbox, a_mail, mailbox, server

__all__ = ["mailbox", "server"]  # fixtures
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.feature("Z-25")
def test_a_mail_is_answered_on_a_phone_with_all_that_a_desk_has(screens: Screens, mailbox: Mailbox) -> None:
    team = mailbox.team
    with team.product.api(team.admin) as api:
        canned = {"short_code": "gusto", "content": "Con mucho gusto"}
        api.post("/canned_responses", json=canned).raise_for_status()
    mailbox.receives(a_mail(mailbox, "¿Llegó mi pedido?"))
    number = mailbox.conversations()[0]["id"]
    path = f"accounts/{team.admin.account_id}/conversations/{number}"
    page = screens.desk(team.product, mailbox.bruno, path, **PHONE)
    expect(composer(page)).to_be_visible()

    # Whoever else looks is named, in full.
    screens.desk(team.product, team.admin, path)
    expect(page.get_by_test_id("watching")).to_contain_text("también mira")
    shown = "(one) => one.scrollWidth <= one.clientWidth && one.getBoundingClientRect().right <= innerWidth"
    assert page.get_by_test_id("watching").locator("span").evaluate(shown)

    # No field is magnified by the phone: To, Cc, Bcc and the subject neither.
    page.get_by_role("button", name="Cc y Cco").click()
    expect(page.get_by_test_id("bcc-input")).to_be_visible()
    fields = page.locator(
        "section.thread :is(input:not([type=file]), textarea, select, [contenteditable='true'])"
    )
    assert fields.count() >= 5
    sizes = fields.evaluate_all("(all) => all.map((one) => parseFloat(getComputedStyle(one).fontSize))")
    assert min(sizes) >= 16

    # What stands beside the text is all there, as large as a finger, in one row; what one needs less often in a menu.
    rows = set()
    for name in ("Más herramientas", "Emoji", "Respuestas predefinidas", "Enviar"):
        button = page.locator(".comp").get_by_role("button", name=name, exact=True)
        expect(button, name).to_be_in_viewport(ratio=1)
        box = button.bounding_box()
        assert box and min(box["width"], box["height"]) >= 44, (name, box)
        rows.add(round(box["y"]))
    assert len(rows) == 1, rows
    tools = page.locator(".comp").get_by_role("button", name="Más herramientas")
    tools.tap()
    for name in ("Negrita", "Cursiva", "Enlace", "Lista", "Firma"):
        expect(page.get_by_role("menuitem", name=name, exact=True)).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    composer(page).fill("Hola")
    tools.tap()
    page.get_by_role("menuitem", name="Lista", exact=True).tap()
    expect_written(page, "- Hola")
    page.get_by_role("button", name="Respuestas predefinidas", exact=True).tap()
    expect(page.get_by_role("option").first).to_contain_text("/gusto")
