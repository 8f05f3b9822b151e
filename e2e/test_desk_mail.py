"""Mail at the desk: one that we begin, an answer to all, another subject, forwarding, paper and the source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from typing import cast

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Screens, Team
from e2e.listeners import Letter, MailServer
from e2e.product import Person

LIVE_MS = 20_000
# Long ids stay whole, as mail programs write them.
WHOLE = default.clone(max_line_length=900)
PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00\x0cIDATx"
    b"\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer()
    yield made
    made.close()


@pytest.fixture
def mailbox(team: Team, server: MailServer) -> Mailbox:
    bruno = team.agent("Bruno Bravo")
    address = f"soporte@{team.prefix}.example"
    with team.product.api(team.admin) as api:
        fields = {"name": "Soporte", "channel": server.channel(address), "enable_auto_assignment": False}
        made = api.post("/inboxes", json=fields).raise_for_status().json()
        api.post("/inbox_members", json={"inbox_id": made["id"], "user_ids": [bruno.id]}).raise_for_status()
        # Bruno does not see this one, and still it is ours.
        ventas = {"type": "email", "email": f"ventas@{team.prefix}.example"}
        api.post("/inboxes", json={"name": "Ventas", "channel": ventas}).raise_for_status()
    return Mailbox(team, bruno, address, int(made["id"]))


class Mailbox:
    """An inbox that Bruno answers, and what comes into it."""

    def __init__(self, team: Team, bruno: Person, address: str, inbox_id: int) -> None:
        self.team, self.bruno, self.address, self.inbox_id = team, bruno, address, inbox_id
        self.other = address.replace("soporte", "ventas")

    def receives(self, mail: EmailMessage) -> None:
        """A mail comes."""
        account = f"{self.team.product.url}/api/desk/accounts/{self.team.admin.account_id}"
        with self.team.product.api(self.team.admin) as api:
            file = {"file": ("mail.eml", mail.as_bytes(), "message/rfc822")}
            kept = api.post(f"{account}/inboxes/{self.inbox_id}/mail", files=file).raise_for_status().json()
        assert kept["state"] == "processed", kept

    def conversations(self) -> list[dict[str, object]]:
        with self.team.product.api(self.team.admin) as api:
            return list(api.get("/conversations?status=all").raise_for_status().json()["data"]["payload"])


def a_mail(mailbox: Mailbox, text: str, **headers: str) -> EmailMessage:
    mail = EmailMessage(policy=WHOLE)
    fields = {"From": "Carmen Cliente <carmen@cliente.example>", "To": mailbox.address, "Subject": "Pedido"}
    for name, value in (fields | headers).items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def addresses(letter: Letter, name: str) -> list[str]:
    return sorted(address for _name, address in getaddresses(letter.mail.get_all(name, [])))


def subject(letter: Letter) -> str:
    return str(make_header(decode_header(letter.mail["Subject"])))


def bubble(page: Page, text: str) -> Locator:
    return page.locator("section.thread [data-message]", has_text=text)


def choose(page: Page, message: Locator, name: str) -> None:
    """An entry of a message's menu, with the keys."""
    message.get_by_role("button", name=re.compile("Opciones del mensaje")).focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name=name, exact=True).press("Enter")


def chips(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name).get_by_role("listitem")


@pytest.mark.feature("Z-25", "D-NEW-01", "D-NEW-02", "D-NEW-03", "V-LST-04", "I-04", "V-CNV-01")
def test_a_mail_we_begin_is_answered_and_answered_to_all(
    screens: Screens, mailbox: Mailbox, server: MailServer, assert_accessible: Callable[..., None]
) -> None:
    page = screens.desk(
        mailbox.team.product, mailbox.bruno, f"accounts/{mailbox.bruno.account_id}/conversations"
    )

    # Making the ticket sends nothing; it is its maker's.
    page.get_by_test_id("begin").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("¿Con quién?").fill("carmen@cliente.example")
    dialog.get_by_role("button", name="Crear contacto carmen@cliente.example").click()
    expect(dialog.get_by_label("Canal")).to_be_visible()
    make = dialog.get_by_role("button", name="Crear conversación")
    expect(make).to_be_disabled()
    assert_accessible(page)
    dialog.get_by_label("Asunto").fill("Tu visita")
    make.click()
    expect(page.get_by_test_id("composer")).to_be_visible()
    expect(chips(page, "to")).to_have_text(["carmen@cliente.example"])
    expect(page.get_by_test_id("subject")).to_have_value("Tu visita")
    [begun] = mailbox.conversations()
    assert begun["meta"]["assignee"]["id"] == mailbox.bruno.id  # type: ignore[index]
    assert server.letters == []

    # It leaves on Send, under another subject, and the conversation is called so.
    page.get_by_test_id("subject").fill("Tu visita del martes ☕")
    page.get_by_test_id("composer").fill("Hola, Carmen. ¿Te va bien el martes?")
    page.get_by_test_id("send").click()
    first = server.letter(1)
    assert (first.recipients, subject(first)) == (["carmen@cliente.example"], "Tu visita del martes ☕")
    expect(page.get_by_test_id("subject")).to_have_value("Re: Tu visita del martes ☕")

    # She answers, with copies to others and to another inbox of ours.
    answer = {
        "Subject": "RE: Tu visita del martes ☕",
        "In_Reply_To": first.mail["Message-ID"].strip(),
        "Message_ID": "<vale@cliente.example>",
        "To": f"{mailbox.address}, Jefa <jefa@cliente.example>",
        "Cc": f"{mailbox.other}, archivo@cliente.example, Carmen@cliente.example",
    }
    mailbox.receives(a_mail(mailbox, "Vale, el martes.", **answer))
    expect(bubble(page, "Vale, el martes.")).to_be_visible(timeout=LIVE_MS)
    assert len(mailbox.conversations()) == 1

    # The switch takes everyone in and out again; chips are put in and away with the keys alone.
    everybody = page.get_by_test_id("reply-all")
    expect(everybody).to_have_attribute("aria-checked", "false")
    everybody.click()
    expect(chips(page, "cc")).to_have_text(["jefa@cliente.example", "archivo@cliente.example"])
    everybody.click()
    expect(chips(page, "cc")).to_have_count(0)
    everybody.click()
    field = page.get_by_test_id("cc-input")
    field.focus()
    page.keyboard.insert_text("nadie")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="«nadie» no es un correo válido")).to_be_visible()
    page.get_by_test_id("composer").fill("A todos: os esperamos.")
    expect(page.get_by_test_id("send")).to_be_disabled()
    assert_accessible(page)
    field.focus()
    page.keyboard.press("Backspace")
    expect(chips(page, "cc")).to_have_count(2)
    page.evaluate(
        """(text) => {
        const clipboardData = new DataTransfer()
        clipboardData.setData('text', text)
        const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
        document.activeElement.dispatchEvent(paste)
    }""",
        '"Luna, Eva" <eva@cliente.example>; JEFA@cliente.example, leo@cliente.example',
    )
    expect(chips(page, "cc")).to_have_count(4)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("button", name="Quitar leo@cliente.example")).to_be_focused()
    page.keyboard.press("Delete")
    expect(chips(page, "cc")).to_have_count(3)
    page.get_by_test_id("send").click()
    second = server.letter(2)
    assert addresses(second, "To") == ["carmen@cliente.example"]
    assert addresses(second, "Cc") == [
        "archivo@cliente.example",
        "eva@cliente.example",
        "jefa@cliente.example",
    ]
    assert second.recipients == sorted(addresses(second, "To") + addresses(second, "Cc"))
    assert second.mail["In-Reply-To"].strip() == "<vale@cliente.example>"
    assert first.mail["Message-ID"].strip() in second.mail["References"]
    assert subject(second) == "Re: Tu visita del martes ☕"
    assert "Vale, el martes." in second.text()
    expect(bubble(page, "A todos: os esperamos.").get_by_test_id("sent-to")).to_contain_text(
        "Cc: jefa@cliente.example"
    )
    expect(chips(page, "cc")).to_have_count(0)

    # From a message's menu; then the whole thread on paper.
    choose(page, bubble(page, "Vale, el martes."), "Responder a todos")
    expect(chips(page, "cc")).to_have_text(["jefa@cliente.example", "archivo@cliente.example"])
    expect(page.get_by_test_id("composer")).to_be_focused()
    page.evaluate("window.print = () => document.documentElement.setAttribute('data-asked', 'yes')")
    page.locator("section.thread header").get_by_role("button", name="Más").click()
    page.get_by_role("menuitem", name="Imprimir la conversación").click()
    expect(page.locator("html[data-asked]")).to_have_count(1)
    page.emulate_media(media="print")
    sheet = page.locator(".print-sheet")
    expect(sheet.locator("article")).to_have_count(3)
    expect(sheet).to_contain_text("Para:")
    expect(sheet).to_contain_text("Tu visita del martes ☕")
    expect(page.get_by_test_id("composer")).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(sheet).to_have_count(0)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")  # as Ctrl P does
    expect(sheet.locator("article")).to_have_count(3)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")


@pytest.mark.feature("Z-25")
def test_one_message_is_answered_also_to_whom_wrote_it_when_a_third_person_wrote_last(
    screens: Screens, mailbox: Mailbox, server: MailServer
) -> None:
    mailbox.receives(a_mail(mailbox, "¿Cuánto cuesta?", Message_ID="<precio@cliente.example>"))
    joined = {
        "From": "Jefa <jefa@cliente.example>",
        "Subject": "Re: Pedido",
        "Message_ID": "<jefa@cliente.example>",
    }
    joined |= {"In_Reply_To": "<precio@cliente.example>", "References": "<precio@cliente.example>"}
    mailbox.receives(a_mail(mailbox, "Y que sea pronto.", **joined))
    [conversation] = mailbox.conversations()
    path = f"accounts/{mailbox.bruno.account_id}/conversations/{conversation['id']}"
    page = screens.desk(mailbox.team.product, mailbox.bruno, path)
    third = bubble(page, "Y que sea pronto.")
    expect(third).to_be_visible()
    # By itself an answer goes to the customer, whoever wrote last.
    expect(chips(page, "to")).to_have_text(["carmen@cliente.example"])

    choose(page, third, "Responder a este mensaje")
    expect(page.get_by_test_id("composer")).to_be_focused()
    expect(chips(page, "to")).to_have_text(["jefa@cliente.example"])
    page.get_by_test_id("composer").fill("Mañana mismo.")
    page.get_by_test_id("send").click()
    first = server.letter(1)
    assert first.recipients == ["jefa@cliente.example"]
    assert first.mail["In-Reply-To"].strip() == "<jefa@cliente.example>"

    # The first message, though another came since: to its writer, below it in every mail program.
    expect(bubble(page, "Mañana mismo.")).to_be_visible()
    choose(page, bubble(page, "¿Cuánto cuesta?").first, "Responder a este mensaje")
    expect(chips(page, "to")).to_have_text(["carmen@cliente.example"])
    page.get_by_test_id("composer").fill("Doce euros.")
    page.get_by_test_id("send").click()
    second = server.letter(2)
    assert second.recipients == ["carmen@cliente.example"]
    assert second.mail["In-Reply-To"].strip() == "<precio@cliente.example>"
    # What was answered is named in the thread.
    expect(bubble(page, "Doce euros.")).to_contain_text("¿Cuánto cuesta?")


@pytest.mark.feature("Z-25", "I-04")
def test_a_mail_is_forwarded_with_a_comment_and_its_source_is_read(
    screens: Screens, mailbox: Mailbox, server: MailServer, assert_accessible: Callable[..., None]
) -> None:
    mail = a_mail(mailbox, "La caja llegó rota.", Message_ID="<rota@cliente.example>", X_Marca="así llegó")
    mail.add_alternative(
        '<p>La <b>caja</b> llegó rota: <img src="cid:foto@x" alt="foto"></p>', subtype="html"
    )
    shown = cast("list[EmailMessage]", mail.get_payload())[1]
    shown.add_related(PICTURE, "image", "png", cid="<foto@x>", filename="caja.png")
    mail.add_attachment(b"%PDF-1.4 factura", maintype="application", subtype="pdf", filename="factura.pdf")
    mail.add_attachment(b"%PDF-1.4 dni", maintype="application", subtype="pdf", filename="dni.pdf")
    mailbox.receives(mail)
    [came] = mailbox.conversations()
    path = f"accounts/{mailbox.bruno.account_id}/conversations/{came['id']}"
    page = screens.desk(mailbox.team.product, mailbox.bruno, path)
    message = bubble(page, "La caja llegó rota.")
    expect(message).to_be_visible()

    # The source, as it came.
    choose(page, message, "Ver el original")
    expect(page.get_by_test_id("source")).to_contain_text("Message-ID: <rota@cliente.example>")
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("link", name="Descargar .eml").click()
    assert download.value.suggested_filename.endswith(".eml")
    page.keyboard.press("Escape")

    # One message on paper has its HTML, with the picture that came inside it.
    page.evaluate("""() => {
        window.print = () => {
            const said = document.querySelector('.print-sheet .said').shadowRoot
            document.documentElement.dataset.width = said.querySelector('img').naturalWidth
        }
    }""")
    choose(page, message, "Imprimir este mensaje")
    expect(page.locator("html[data-width='1']")).to_have_count(1)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")

    # It goes on to others, without one of its files.
    choose(page, message, "Reenviar")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_test_id("subject")).to_have_value("Fwd: Pedido")
    expect(dialog.get_by_test_id("forward")).to_be_disabled()
    dialog.get_by_label("Comentario (opcional)").press("Control+Enter")
    expect(dialog.get_by_role("alert").filter(has_text="Añade al menos un destinatario")).to_be_visible()
    dialog.get_by_test_id("to-input").fill("taller")
    dialog.get_by_test_id("to-input").press("Enter")
    expect(dialog.get_by_role("alert").filter(has_text="«taller» no es un correo válido")).to_be_visible()
    expect(dialog.get_by_test_id("forward")).to_be_disabled()
    dialog.get_by_test_id("to-input").press("Backspace")
    dialog.get_by_test_id("to-input").fill("taller@proveedor.example")
    dialog.get_by_test_id("to-input").press("Enter")
    dialog.get_by_label("Comentario (opcional)").fill("¿La **cambiáis**?")
    dialog.get_by_role("checkbox", name=re.compile("dni.pdf")).uncheck()
    assert_accessible(page)
    page.keyboard.press("Escape")  # a slip of the hand loses nothing
    expect(dialog).to_have_count(0)
    choose(page, message, "Reenviar")
    expect(chips(page, "to").filter(has_text="taller@proveedor.example")).to_be_visible()
    dialog.get_by_test_id("forward").click()
    letter = server.letter(1)
    assert (letter.recipients, subject(letter)) == (["taller@proveedor.example"], "Fwd: Pedido")
    assert letter.mail["In-Reply-To"] is None
    assert "¿La cambiáis?" in letter.text()
    assert "De: Carmen Cliente <carmen@cliente.example>" in letter.text()
    html = letter.text("text/html")
    assert "<b>caja</b>" in html
    assert re.search(r'src="cid:\w+"', html)
    names = {part.get_filename() for part in letter.mail.walk()} - {None}
    assert names == {"caja.png", "factura.pdf"}
    forwarded = page.get_by_test_id("forwarded")
    expect(forwarded).to_contain_text("Reenviado a taller@proveedor.example")

    # What they answer comes back here, flagged; the customer has got nothing of it.
    back = {
        "From": "Taller <taller@proveedor.example>",
        "Subject": "RE: Fwd: Pedido",
        "In_Reply_To": letter.mail["Message-ID"].strip(),
        "Message_ID": "<taller@proveedor.example>",
    }
    mailbox.receives(a_mail(mailbox, "Sí, mandadla.", **back))
    expect(bubble(page, "Sí, mandadla.")).to_contain_text("Escribe otra persona", timeout=LIVE_MS)
    expect(chips(page, "to")).to_have_text(["carmen@cliente.example"])
    page.get_by_test_id("composer").fill("Te la cambiamos.")
    page.get_by_test_id("send").click()
    answer = server.letter(2)
    assert answer.recipients == ["carmen@cliente.example"]
    assert answer.mail["In-Reply-To"].strip() == "<rota@cliente.example>"
    assert "mandadla" not in answer.text() + answer.text("text/html")
