"""What an agent sees of a mail beside its words, and where an administrator finds what is no message."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens
from e2e.test_desk_mail import Mailbox, bubble, mailbox, server
from e2e.visits import until

__all__ = ["mailbox", "server"]  # fixtures
PNG = b64encode(
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00\x0cIDATx"
    b"\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
).decode()


def looked_at(page: Page, name: str) -> None:
    """Keep a picture, where someone wants to look."""
    if folder := os.environ.get("SCREENS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def raw(mailbox: Mailbox, head: str, body: str) -> bytes:
    lines = f"From: Nora Vale <nora@cliente.example>\r\nTo: {mailbox.address}\r\nMIME-Version: 1.0\r\n{head}\r\n\r\n{body}"
    return lines.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def bring(mailbox: Mailbox, mail: bytes) -> str:
    """A mail comes; what became of it."""
    account = f"{mailbox.team.product.url}/api/desk/accounts/{mailbox.team.admin.account_id}"
    with mailbox.team.product.api(mailbox.team.admin) as api:
        file = {"file": ("mail.eml", mail, "message/rfc822")}
        kept = api.post(f"{account}/inboxes/{mailbox.inbox_id}/mail", files=file).raise_for_status().json()
    return str(kept["state"])


FAILED = (
    "Authentication-Results: mx.tienda.example; spf=fail; dmarc=fail\r\n"
    "Received: from otro.example by mx.tienda.example; Mon, 30 Nov 2026 10:00:00 +0100\r\n"
)
INVITATION = (
    "BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nUID:visita-1\nSUMMARY:Visita al taller\nSEQUENCE:{sequence}\n"
    "DTSTART:20261203T100000Z\nDTEND:20261203T110000Z\nLOCATION:Calle Mayor 3\\, Bilbao\n"
    "ORGANIZER;CN=Nora Vale:mailto:nora@cliente.example\nEND:VEVENT\nEND:VCALENDAR"
)


@pytest.mark.feature("Z-25", "Z-09")
def test_a_mail_says_what_it_is_and_nothing_is_out_of_reach(
    screens: Screens, mailbox: Mailbox, assert_accessible: Callable[..., None]
) -> None:
    picture = (
        '--b\nContent-Type: text/html; charset=utf-8\n\n<p>Así quedó: <img src="cid:foto@x"> ¿lo veis?</p>\n'
        "--b\nContent-Type: image/png; name=foto.png\nContent-ID: <foto@x>\n"
        f"Content-Transfer-Encoding: base64\n\n{PNG}\n--b--"
    )
    head = "Subject: Visita\r\nMessage-ID: <{}@c>\r\n"
    related = (
        head.format(1)
        + FAILED
        + 'Auto-Submitted: auto-generated\r\nContent-Type: multipart/related; boundary="b"'
    )
    assert bring(mailbox, raw(mailbox, related, picture)) == "processed"
    calendar = "In-Reply-To: <1@c>\r\nContent-Type: text/calendar; charset=utf-8"
    bring(mailbox, raw(mailbox, head.format(2) + calendar, INVITATION.format(method="REQUEST", sequence=0)))
    signed = 'In-Reply-To: <1@c>\r\nContent-Type: multipart/signed; protocol="application/pgp-signature"; boundary=b'
    bring(mailbox, raw(mailbox, head.format(3) + signed, "--b\n\nVa firmado.\n--b--"))
    [number] = [one["id"] for one in mailbox.conversations()]

    path = f"accounts/{mailbox.bruno.account_id}/conversations/{number}"
    page = screens.desk(mailbox.team.product, mailbox.bruno, path)
    expect(page.get_by_text("Remitente sin confirmar: falló SPF, DMARC")).to_be_visible()
    expect(page.get_by_text("Enviado por un programa")).to_be_visible()
    expect(page.get_by_text("Con firma digital (sin comprobar)")).to_be_visible()
    shown = page.locator("img.inline-picture")
    expect(shown).to_have_attribute("alt", "foto.png")
    # It is asked for only when it comes into view.
    shown.scroll_into_view_if_needed()
    until(lambda: shown.evaluate("picture => picture.naturalWidth") == 1)
    card = page.get_by_test_id("appointment")
    expect(card).to_contain_text("Visita al taller")
    expect(card).to_contain_text("3 de diciembre de 2026")
    expect(card).to_contain_text("Calle Mayor 3, Bilbao")
    looked_at(page, "thread-light")
    assert_accessible(page)

    bring(
        mailbox,
        raw(
            mailbox,
            head.format(4) + "Content-Type: text/calendar",
            INVITATION.format(method="CANCEL", sequence=1),
        ),
    )
    expect(card).to_have_count(2)
    expect(card.first).to_contain_text("Cancelada")
    expect(card.last).to_contain_text("Cancelada")

    dark = screens.desk(
        mailbox.team.product, mailbox.bruno, path, color_scheme="dark", viewport={"width": 390, "height": 844}
    )
    expect(dark.get_by_test_id("appointment").first).to_contain_text("Cancelada")
    assert dark.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    looked_at(dark, "thread-dark-390")


@pytest.mark.feature("Z-25", "I-03")
def test_an_administrator_says_whose_word_on_senders_counts(
    screens: Screens, mailbox: Mailbox, assert_accessible: Callable[..., None]
) -> None:
    team = mailbox.team
    settings = f"accounts/{team.admin.account_id}/settings/inboxes/{mailbox.inbox_id}"
    page = screens.desk(team.product, team.admin, settings)
    page.get_by_role("tab", name="Servidores").click()
    field = page.get_by_label("Servidor que comprueba remitentes")
    expect(field).to_have_value("")
    save = page.get_by_role("button", name="Guardar", exact=False).last
    field.fill("no es un servidor")
    save.click()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Escribe el nombre de un servidor o none, o déjalo vacío.")).to_be_visible()
    assert_accessible(page)
    field.fill("none")
    with page.expect_response(lambda one: one.request.method == "PATCH" and one.ok):
        save.click()
    page.reload()
    page.get_by_role("tab", name="Servidores").click()
    expect(field).to_have_value("none")

    # No one's word counts now; then that of the one who took it.
    head = "Subject: Pago\r\nMessage-ID: <{}@c>\r\n" + FAILED + "Content-Type: text/plain"
    assert bring(mailbox, raw(mailbox, head.format(1), "Primero.")) == "processed"
    field.fill("mx.tienda.example")
    with page.expect_response(lambda one: one.request.method == "PATCH" and one.ok):
        save.click()
    bring(mailbox, raw(mailbox, head.format(2) + "\r\nIn-Reply-To: <1@c>", "Segundo."))
    [number] = [one["id"] for one in mailbox.conversations()]
    thread = screens.desk(
        team.product, mailbox.bruno, f"accounts/{mailbox.bruno.account_id}/conversations/{number}"
    )
    expect(thread.get_by_text("Segundo.")).to_be_visible()
    expect(thread.get_by_text("Remitente sin confirmar")).to_have_count(1)
    expect(bubble(thread, "Segundo.").get_by_text("Remitente sin confirmar")).to_be_visible()


@pytest.mark.feature("Z-09", "I-03")
def test_an_administrator_finds_what_is_no_message_and_reads_it_as_one(
    screens: Screens, mailbox: Mailbox, assert_accessible: Callable[..., None]
) -> None:
    away = "Subject: Ausente: vuelvo el lunes\r\nMessage-ID: <a@c>\r\nAuto-Submitted: auto-replied\r\n"
    assert bring(mailbox, raw(mailbox, away + "Content-Type: text/plain", "Vuelvo el lunes.")) == "ignored"
    team = mailbox.team
    settings = f"accounts/{team.admin.account_id}/settings/inboxes/{mailbox.inbox_id}"
    page = screens.desk(team.product, team.admin, settings)
    page.get_by_role("tab", name="Servidores").click()
    health = page.get_by_test_id("mail-health")
    expect(health.get_by_text("No hay ninguno.")).to_be_visible()
    health.get_by_role("tab", name="Sin mensaje").click()
    expect(health).to_contain_text("Ausente: vuelvo el lunes")
    expect(health).to_contain_text("Nora Vale <nora@cliente.example>")
    expect(health).to_contain_text("Una respuesta automática")
    looked_at(page, "health-light")
    assert_accessible(page)
    small = {"width": 390, "height": 844}
    dark = screens.desk(team.product, team.admin, settings, color_scheme="dark", viewport=small)
    dark.get_by_role("tab", name="Servidores").click()
    dark.get_by_role("tab", name="Sin mensaje").click()
    expect(dark.get_by_test_id("mail-health")).to_contain_text("Ausente: vuelvo el lunes")
    assert dark.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    looked_at(dark, "health-dark-390")
    health.get_by_role("button", name="Leer como mensaje").click()
    expect(health.get_by_text("No hay ninguno.")).to_be_visible()
    assert [one["meta"]["sender"]["email"] for one in mailbox.conversations()] == ["nora@cliente.example"]
