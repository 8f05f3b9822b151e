"""What a mail quotes, signs with and adds is folded at the desk, opened by keys or mouse, found, and printed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Screens
from e2e.test_desk_mail import Mailbox, bubble, choose, mailbox, server
from e2e.test_desk_mail_kinds import bring, looked_at, raw

__all__ = ["mailbox", "server"]  # fixtures
ABOVE = "El mié, 2 dic 2026 a las 9:41, Lua <hola@lua.example> escribió:"
TEXT = (
    "Ya llegó, gracias.\n\n-- \nNora Vale\nTornillería Zubiri\n\nEnviado desde mi iPhone\n\n"
    f"{ABOVE}\n> ¿Llegó el pan de centeno?\n"
)
HTML = (
    "<div dir=ltr>Falta una hogaza.</div><div class=gmail_quote><div class=gmail_attr>El mié, 2 dic 2026 a las 9:41, Lua"
    " escribió:<br></div><blockquote class=gmail_quote>Van dos hogazas.</blockquote></div>"
)
FORWARD = (
    "---------- Forwarded message ---------\nDe: Iria <iria@vale.example>\nDate: mié, 2 dic 2026 a las 9:41\n"
    "Subject: Pan\nTo: <hola@lua.example>\n\nQuiero dos panes.\n"
)
LONG = f"Os reenvío el hilo entero.\n\n{ABOVE}\n" + "> Una línea de un hilo que no acaba nunca.\n" * 4_000


def part(page: Page, message: str, name: str) -> Locator:
    """A folded part of that message."""
    return bubble(page, message).get_by_test_id(f"folded-{name}")


def came(mailbox: Mailbox) -> str:
    """Four mails of one thread; where it is."""
    for number, (subject, kind, body) in enumerate(
        [
            ("Pan", "plain", TEXT),
            ("Re: Pan", "html", HTML),
            ("Fwd: Pan", "plain", FORWARD),
            ("Re: Pan", "plain", LONG),
        ]
    ):
        head = f"Subject: {subject}\r\nMessage-ID: <{number}@c>\r\nContent-Type: text/{kind}; charset=utf-8"
        answers = "\r\nIn-Reply-To: <0@c>" if number else ""
        assert bring(mailbox, raw(mailbox, head + answers, body)) == "processed"
    [conversation] = mailbox.conversations()
    return f"accounts/{mailbox.bruno.account_id}/conversations/{conversation['id']}"


@pytest.mark.feature("Z-25")
def test_what_is_folded_opens_by_its_name_is_found_and_printed(
    screens: Screens, mailbox: Mailbox, assert_accessible: Callable[..., None]
) -> None:
    path = came(mailbox)
    page = screens.desk(mailbox.team.product, mailbox.bruno, path)
    says = "Ya llegó, gracias."
    expect(bubble(page, says)).to_be_visible()
    expect(page.get_by_text("pan de centeno")).to_have_count(0)
    # What was only passed on is what the mail says: nothing of it is folded.
    expect(bubble(page, "Quiero dos panes.")).to_be_visible()
    expect(part(page, "Quiero dos panes.", "history")).to_have_count(0)

    # With the keys: each part by its name.
    signature, footer, quoted = (part(page, says, name) for name in ("signature", "footer", "history"))
    signature.get_by_role("button", name="Firma").focus()
    page.keyboard.press("Enter")
    expect(signature.get_by_role("region", name="Firma")).to_contain_text("Tornillería Zubiri")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(footer.get_by_role("button", name="Línea del programa de correo")).to_be_focused()
    page.keyboard.press("Space")
    expect(footer.get_by_role("region")).to_have_text("Enviado desde mi iPhone")
    page.keyboard.press("Space")
    expect(footer.get_by_role("region")).to_have_count(0)
    # With the mouse, and in a mail that is HTML.
    quoted.get_by_role("button", name="Texto citado").click()
    expect(quoted.get_by_role("region", name="Texto citado")).to_contain_text("> ¿Llegó el pan de centeno?")
    expect(quoted.get_by_role("button")).to_have_attribute("aria-expanded", "true")
    of_html = part(page, "Falta una hogaza.", "history")
    of_html.get_by_role("button").click()
    expect(of_html.get_by_role("region")).to_contain_text("Van dos hogazas.")
    of_html.get_by_role("button").click()
    expect(page.get_by_text("Van dos hogazas.")).to_have_count(0)

    # Too long: it says where it ends, and the source is a press away.
    long = part(page, "Os reenvío el hilo entero.", "history")
    expect(long.get_by_test_id("cut")).to_have_count(0)
    long.get_by_role("button").click()
    expect(long.get_by_test_id("cut")).to_contain_text("Cortado aquí: es demasiado largo.")
    expect(quoted.get_by_test_id("cut")).to_have_count(0)
    looked_at(page, "folds-light")
    assert_accessible(page)
    long.get_by_role("link", name="Ver el original").click()
    expect(page.get_by_test_id("source")).to_contain_text("Message-ID: <3@c>")
    page.keyboard.press("Escape")

    paper(page, says)
    found(page)

    small: dict[str, Any] = {"width": 390, "height": 844}
    dark = screens.desk(mailbox.team.product, mailbox.bruno, path, color_scheme="dark", viewport=small)
    for name in ("signature", "history"):
        part(dark, says, name).get_by_role("button").click()
    part(dark, "Os reenvío el hilo entero.", "history").get_by_role("button").click()
    expect(part(dark, says, "history").get_by_role("region")).to_be_visible()
    assert dark.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    looked_at(dark, "folds-dark-390")
    assert_accessible(dark)


def paper(page: Page, says: str) -> None:
    """Whether open or not on the screen, it stands open on paper: of the thread, and of one message."""
    sheet = page.locator(".print-sheet")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    article = sheet.locator("article", has_text=says)
    expect(article).to_contain_text("Enviado desde mi iPhone")
    expect(article).to_contain_text("¿Llegó el pan de centeno?")
    expect(sheet.locator("article", has_text="Falta una hogaza.")).to_contain_text("Van dos hogazas.")
    expect(sheet.locator("article", has_text="Os reenvío el hilo entero.")).to_contain_text(
        "el resto está en el correo original"
    )
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.evaluate("window.print = () => undefined")
    choose(page, bubble(page, says), "Imprimir este mensaje")
    expect(sheet.locator("article")).to_contain_text("¿Llegó el pan de centeno?")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")


def found(page: Page) -> None:
    """Words that stand only in what is folded: the list finds the conversation, and the palette says where they stand."""
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog")
    palette.get_by_role("combobox").fill("tornillería")
    entry = palette.get_by_role("option").filter(has_text="en lo contraído")
    expect(entry).to_have_count(1)
    expect(entry).to_contain_text("Nora Vale Tornillería Zubiri")
    # The conversation opens at the message, with what was found in sight.
    page.goto(re.sub(r"conversations/\d+.*", "contacts", page.url))
    expect(page.get_by_role("heading", name="Contactos")).to_be_visible()
    page.keyboard.press("Control+k")
    palette.get_by_role("combobox").fill("tornillería")
    entry.click()
    message = bubble(page, "Ya llegó, gracias.")
    expect(message).to_be_focused()
    expect(message).to_be_in_viewport()
    expect(message.get_by_test_id("folded-signature").get_by_role("region")).to_be_in_viewport()


@pytest.mark.feature("Z-25")
def test_a_link_to_a_message_leads_to_it_however_old(screens: Screens, mailbox: Mailbox) -> None:
    path = came(mailbox)
    with mailbox.team.product.api(mailbox.team.admin) as api:
        first = api.get("/conversations/1/messages").raise_for_status().json()["payload"][0]["id"]
        for number in range(45):
            note = {"content": f"Nota {number}", "private": True}
            api.post("/conversations/1/messages", json=note).raise_for_status()
    page = screens.desk(mailbox.team.product, mailbox.bruno, f"{path}#message-{first}")
    message = page.locator(f'[data-message="{first}"]')
    expect(message).to_be_focused()
    expect(message).to_be_in_viewport()
    expect(message).to_contain_text("Ya llegó, gracias.")
    expect(message.get_by_role("region")).to_have_count(0)  # nothing was asked to be opened
    other = screens.desk(mailbox.team.product, mailbox.bruno, f"{path}#message-999999")
    expect(other.get_by_text("Ese mensaje no está en esta conversación.")).to_be_visible()
    expect(other.get_by_text("Nota 44")).to_be_in_viewport()
