"""Emails at the desk: the signature that stands once, and messages that wait for their moment."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import httpx
import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Screens, Team
from e2e.field import expect_written

SLOW_MS = 45_000  # the clock looks every ten seconds, and the machine may be busy


class Postbox:
    """The mail server of the company: keeps the text of what it is given."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        mail = message_from_bytes(envelope.content, policy=default)  # type: ignore[attr-defined]
        body = mail.get_body(("plain",))
        self.texts.append("" if body is None else str(body.get_content()))
        return "250 2.0.0 Taken"

    def wait_for(self, text: str) -> str:
        """The one email with that text."""
        end = time.monotonic() + SLOW_MS / 1000
        while time.monotonic() < end:
            if found := [one for one in self.texts if text in one]:
                assert len(found) == 1
                return found[0]
            time.sleep(0.1)
        raise AssertionError(f"no letter says {text!r}: {self.texts}")


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    box = Postbox()
    running = Controller(box, hostname="127.0.0.1", port=port)
    running.start()
    yield box, port
    running.stop()


def a_letter_came(team: Team, port: int, *members: int) -> int:
    """A mailbox that these people answer, with an email in it; the number of its conversation."""
    channel = {
        "type": "email", "email": f"soporte@{team.prefix}.example", "smtp_enabled": True,
        "smtp_address": "127.0.0.1", "smtp_port": port, "smtp_login": "", "smtp_enable_starttls_auto": False,
    }  # fmt: skip
    letter = EmailMessage()
    letter["From"], letter["To"] = "Carmen Cliente <carmen@example.com>", str(channel["email"])
    letter["Subject"], letter["Message-ID"] = "Pedido 10356", f"<uno@{team.prefix}.example>"
    letter.set_content("¿Cuándo sale mi pedido?")
    with team.product.api(team.admin) as api:
        made = (
            api.post(
                "/inboxes", json={"name": "Soporte", "channel": channel, "enable_auto_assignment": False}
            )
            .raise_for_status()
            .json()
        )
        api.post("/inbox_members", json={"inbox_id": made["id"], "user_ids": members}).raise_for_status()
        desk = f"{team.product.url}/api/desk/accounts/{team.admin.account_id}/inboxes/{made['id']}/mail"
        api.post(desk, files={"file": ("uno.eml", bytes(letter), "message/rfc822")}).raise_for_status()
        [conversation] = api.get("/conversations").raise_for_status().json()["data"]["payload"]
        return int(conversation["id"])


def desk(screens: Screens, team: Team, person: object, number: int, **options: object) -> Page:
    path = f"accounts/{team.admin.account_id}/conversations/{number}"
    page = screens.desk(team.product, person, path, **options)  # type: ignore[arg-type]
    expect(composer(page)).to_be_visible()
    return page


def composer(page: Page) -> Locator:
    return page.get_by_test_id("composer")


def waiting(page: Page) -> Locator:
    return page.locator("[data-scheduled]")


@pytest.mark.feature("R-12", "R-14", "R-15", "Z-25", "Z-06")
def test_a_letter_is_signed_once_and_another_waits_for_its_moment(
    screens: Screens, team: Team, postbox: tuple[Postbox, int], assert_accessible: Callable[..., None]
) -> None:
    box, port = postbox
    bruno = team.agent("Bruno Bravo")
    number = a_letter_came(team, port, team.admin.id, bruno.id)

    # The signature is set in the profile and goes with emails by itself.
    page = screens.desk(team.product, team.admin, f"accounts/{team.admin.account_id}/settings/profile")
    page.get_by_label("Firma", exact=True).fill("**Ana Álvarez**\nSoporte de la tienda")
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/profile") and answer.ok):
        page.get_by_role("button", name="Guardar").first.click()
    page.goto(f"{team.product.url}/app/accounts/{team.admin.account_id}/conversations/{number}")
    expect(page.get_by_test_id("signature")).to_have_text("Ana Álvarez Soporte de la tienda")
    with page.expect_response(lambda answer: "/drafts/reply" in answer.url and answer.ok):
        composer(page).fill("Su pedido sale hoy.")
    page.reload()
    expect_written(page, "Su pedido sale hoy.")
    composer(page).press("Enter")
    said = page.locator("[data-message]", has_text="Su pedido sale hoy.")
    expect(said.get_by_text("Soporte de la tienda")).to_have_count(1)
    letter = box.wait_for("Su pedido sale hoy.")
    assert letter.count("Soporte de la tienda") == 1

    # Left out by the switch beside the text, for as long as it is off.
    switch = page.get_by_test_id("signs")
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/profile") and answer.ok):
        switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    composer(page).fill("Sale a las cinco.")
    composer(page).press("Enter")
    assert "Soporte de la tienda" not in box.wait_for("Sale a las cinco.").split("Carmen Cliente")[0]
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/profile") and answer.ok):
        switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")

    # Later, by the keyboard alone; a colleague sees it at once, the contract's clients do not.
    small = {"width": 390, "height": 780}
    other = desk(screens, team, bruno, number, viewport=small, color_scheme="dark")
    page.get_by_test_id("files").set_input_files(
        {"name": "guia.txt", "mimeType": "text/plain", "buffer": b"Paso 1"}
    )
    composer(page).fill("Le escribo con calma.")
    composer(page).press("Control+Shift+Enter")
    tomorrow = page.get_by_role("menuitem", name=re.compile("^Mañana"))
    expect(tomorrow).to_contain_text("9:00")
    tomorrow.press("Enter")
    for desk_page in (page, other):
        expect(waiting(desk_page)).to_contain_text("Le escribo con calma.")
        expect(waiting(desk_page)).to_contain_text("09:00")
        expect(waiting(desk_page)).to_contain_text("guia.txt")
    expect_written(page, "")
    for desk_page in (page, other):
        assert_accessible(desk_page)
        assert desk_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert desk_page.locator(".msgs").evaluate("log => log.scrollWidth <= log.clientWidth")
    with team.product.api(bruno) as api:
        contents = [one["content"] for one in api.get(f"/conversations/{number}/messages").json()["payload"]]
    assert not any("calma" in (content or "") for content in contents)

    # “Send now” can be taken back: it waits for its first moment again.
    with team.product.api(team.admin) as api:
        api.patch("", json={"undo_send_mail_seconds": 20}).raise_for_status()
        waiting(page).get_by_role("button", name="Opciones del mensaje programado").click()
        page.get_by_role("menuitem", name="Enviar ahora").click()
        expect(waiting(page)).to_contain_text("Se envía en")
        page.get_by_test_id("undo-send").get_by_role("button", name="Deshacer").click()
        expect(waiting(page)).to_contain_text("09:00")
        api.patch("", json={"undo_send_mail_seconds": 0}).raise_for_status()

    # Cancelled, text and file are in the editor again, unsigned; undone, it waits as before.
    waiting(page).get_by_role("button", name="Opciones del mensaje programado").click()
    page.get_by_role("menuitem", name="Cancelar y editar").click()
    expect_written(page, "Le escribo con calma.")
    page.get_by_role("button", name="Deshacer").last.click()
    expect(waiting(page)).to_contain_text("09:00")
    expect(waiting(page)).to_contain_text("guia.txt")
    expect_written(page, "")
    expect(page.locator(".comp")).not_to_contain_text("guia.txt")
    waiting(page).get_by_role("button", name="Opciones del mensaje programado").click()
    page.get_by_role("menuitem", name="Cancelar y editar").click()
    expect_written(page, "Le escribo con calma.")
    expect(page.locator(".comp")).to_contain_text("guia.txt")
    expect(waiting(other)).to_have_count(0)

    # A moment of one's own: one that has passed is refused beside the field.
    page.get_by_test_id("later").click()
    page.get_by_role("menuitem", name="Elegir fecha y hora").click()
    moment = page.get_by_test_id("moment")
    assert_accessible(page)
    moment.evaluate("field => field.removeAttribute('min')")
    moment.fill("2020-01-01T09:00")
    page.get_by_role("button", name="Programar").click()
    expect(page.get_by_role("alert")).to_contain_text("fecha y hora futuras")
    moment.fill(time.strftime("%Y-%m-%dT12:30", time.localtime(time.time() + 3 * 86_400)))
    page.get_by_role("button", name="Programar").click()
    expect(waiting(other)).to_contain_text("12:30")

    # Its moment comes, and it leaves once, signed once.
    scheduled = (
        f"{team.product.url}/api/desk/accounts/{team.admin.account_id}/conversations/{number}/scheduled"
    )
    with httpx.Client(headers={"api_access_token": bruno.token}, timeout=20) as api:
        [row] = api.get(scheduled).raise_for_status().json()
        api.patch(f"{scheduled}/{row['id']}", json={"send_at": int(time.time()) + 2}).raise_for_status()
    for desk_page in (page, other):
        expect(waiting(desk_page)).to_have_count(0, timeout=SLOW_MS)
        expect(desk_page.locator("[data-message]", has_text="Le escribo con calma.")).to_have_count(1)
    letter = box.wait_for("Le escribo con calma.")
    assert letter.split("Carmen Cliente")[0].count("Soporte de la tienda") == 1

    # A fourth email in an hour that allows three waits in sight, and goes when the limit is lifted.
    set_limit(team, 3)
    composer(page).fill("Gracias por su paciencia.")
    composer(page).press("Enter")
    last = page.locator("[data-message]", has_text="Gracias por su paciencia.")
    expect(last).to_contain_text("En espera: el canal llegó a su máximo de correos por hora", timeout=SLOW_MS)
    assert_accessible(page)
    set_limit(team, 0)
    box.wait_for("Gracias por su paciencia.")
    expect(last).not_to_contain_text("En espera: el canal llegó", timeout=SLOW_MS)


def set_limit(team: Team, limit: int) -> None:
    """How many emails the only inbox may send in an hour."""
    with team.product.api(team.admin) as api:
        [inbox] = api.get("/inboxes").json()["payload"]
        channel = {"sending_limit_per_hour": limit}
        api.patch(f"/inboxes/{inbox['id']}", json={"channel": channel}).raise_for_status()
