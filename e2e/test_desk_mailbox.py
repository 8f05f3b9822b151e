"""An administrator connects a mailbox: the address finds the servers, a test proves them, a domain is proven."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Screens, make_team
from e2e.product import Product
from ventanilla.kit.smtp import SmtpServer
from ventanilla.testing.mailbox import PASSWORD, USER, Dovecot, Receiver
from ventanilla.testing.names import NameServer
from ventanilla.testing.provider import CLIENT_ID, CLIENT_SECRET, running_provider

WIDE = {"width": 1440, "height": 900}
DOMAIN = "tienda.example"
ADDRESS = f"ventas@{DOMAIN}"
LONG = 60_000  # a server of a busy machine may be slow to answer


@pytest.fixture
def names() -> Iterator[NameServer]:
    running = NameServer()
    yield running
    running.close()


@pytest.fixture
def mailing_product(tmp_path: Path, names: NameServer) -> Iterator[Product]:
    """An installation that asks the test's name server."""
    extra = {
        "VENTANILLA_NAME_SERVERS": names.address,
        "VENTANILLA_MAIL_FROM": "Mesa <no-reply@in.mesa.example>",
    }
    running = Product(tmp_path / "data", extra)
    running.start()
    yield running
    running.stop()


def group(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name)


def look(page: Page, assert_accessible: Callable[..., None]) -> None:
    """With axe, once no colour fades any more."""
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
    assert_accessible(page)


def steps(page: Page) -> dict[str, str]:
    found = page.get_by_test_id("mail-test").locator("li")
    return {
        str(item.get_attribute("data-step")): str(item.get_attribute("data-state")) for item in found.all()
    }


@pytest.mark.timeout(300)
@pytest.mark.feature("I-03", "I-04", "V-CFG-03", "V-CFG-04", "V-CFG-05")
def test_a_mailbox_is_found_tried_and_connected_and_its_domain_proven(
    screens: Screens,
    mailing_product: Product,
    names: NameServer,
    dovecot: Dovecot,
    receiver: Receiver,
    smtp_server: SmtpServer,
    assert_accessible: Callable[..., None],
) -> None:
    # given a domain that publishes where its mail is
    names.zone[DOMAIN, "MX"] = [f"10 mx.{DOMAIN}."]
    names.zone[f"_imap._tcp.{DOMAIN}", "SRV"] = [f"0 1 {dovecot.port} localhost."]
    names.zone[f"_submission._tcp.{DOMAIN}", "SRV"] = [f"0 1 {smtp_server.port} localhost."]
    team = make_team(mailing_product)
    base = f"accounts/{team.admin.account_id}"
    page = screens.desk(mailing_product, team.admin, f"{base}/settings/inboxes/new", viewport=WIDE)

    # when an administrator types the address, the servers are there, and where they were found
    page.locator('[data-kind="email"]').click()
    page.get_by_label("Nombre del canal").fill("Ventas")
    page.get_by_label("Dirección").fill(ADDRESS)
    expect(page.get_by_text("Los publica el dominio en sus registros DNS")).to_be_visible(timeout=LONG)
    reading, sending = group(page, "Leer el buzón por IMAP"), group(page, "Enviar por tu servidor SMTP")
    for side, port in ((reading, dovecot.port), (sending, smtp_server.port)):
        expect(side.get_by_label("Servidor")).to_have_value("localhost")
        expect(side.get_by_label("Puerto")).to_have_value(str(port))
        expect(side.get_by_label("Cifrado")).to_have_value("starttls")
        side.get_by_label("Usuario").fill(USER)
    reading.get_by_label("Contraseña").press_sequentially("Otra")
    expect(sending.get_by_label("Contraseña")).to_have_value("Otra")

    # then the test stops where something is wrong and says what
    test = page.get_by_role("button", name="Enviar y recibir una prueba")
    test.click()
    expect(page.get_by_text(re.compile("localhost no ofrece STARTTLS"))).to_be_visible(timeout=LONG)
    for side in (reading, sending):
        side.get_by_label("Cifrado").select_option("none")
    expect(page.get_by_text(re.compile("localhost no ofrece STARTTLS"))).to_have_count(0)
    test.click()
    expect(page.get_by_text(re.compile("No se aceptó el usuario o la contraseña"))).to_be_visible(
        timeout=LONG
    )
    assert steps(page)["smtp_connect"] == "ok"
    assert steps(page)["smtp_sign_in"] == "failed"
    for theme in ("dark", "light"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        look(page, assert_accessible)

    # and with the right password a mail goes out and comes back
    reading.get_by_label("Contraseña").fill(PASSWORD)
    sending.get_by_label("Contraseña").fill(PASSWORD)
    test.click()
    expect(page.get_by_text("Todo funciona")).to_be_visible(timeout=LONG)
    assert set(steps(page).values()) == {"ok"}
    assert len(steps(page)) == 6
    assert len(receiver.taken) == 1
    with mailing_product.api(team.admin) as api:
        assert api.get("/inboxes").json()["payload"] == []  # nothing was saved by testing
    page.get_by_role("button", name="Crear canal").click()
    expect(
        page.get_by_text("Los correos que lleguen a esta dirección aparecerán como conversaciones.")
    ).to_be_visible()

    # and what customers write arrives, the test's mail does not
    dovecot.deliver(
        f"From: Carla <carla@example.com>\r\nTo: {ADDRESS}\r\nSubject: Pedido\r\nMessage-ID: <1@x>\r\n\r\nHola".encode()
    )
    page.get_by_role("button", name="Seguir configurando").click()
    page.wait_for_url(re.compile(r"/settings/inboxes/\d+$"))
    settings = page.url
    page.goto(f"{mailing_product.url}/app/{base}/conversations")
    expect(page.get_by_text("Carla").first).to_be_visible(timeout=LONG)
    with mailing_product.api(team.admin) as api:
        counts = api.get("/conversations", params={"status": "all"}).json()["data"]["meta"]
        assert counts["all_count"] == 1

    # and the domain is proven before mail leaves in its name
    page.goto(settings)
    page.get_by_role("tab", name="Servidores").click()
    card = page.locator("form", has=page.get_by_role("heading", name="Dominio remitente"))
    expect(card.get_by_text(re.compile("sale desde in.mesa.example"))).to_be_visible()
    field = card.get_by_label("Tu dominio")
    field.fill("gmail.com")
    card.get_by_role("button", name="Usar este dominio").click()
    expect(card.get_by_text(re.compile("gmail.com es de un proveedor de correo gratuito"))).to_be_visible()
    field.fill(DOMAIN)
    card.get_by_role("button", name="Usar este dominio").click()
    expect(card.get_by_text("Falta publicarlo")).to_have_count(3, timeout=LONG)
    spf, dkim, _dmarc = (row.inner_text() for row in card.locator("dd.row code").all())
    assert spf == "v=spf1 include:in.mesa.example ~all"
    names.zone[DOMAIN, "TXT"] = [f'"{spf}"']
    names.zone[f"ventanilla._domainkey.{DOMAIN}", "TXT"] = [f'"{dkim[:200]}" "{dkim[200:]}"']
    card.get_by_role("button", name="Comprobar ahora").click()
    expect(card.get_by_text("Correcto")).to_have_count(2, timeout=LONG)
    expect(card.get_by_text(f"El correo sale firmado con el dominio {DOMAIN}")).to_be_visible()
    look(page, assert_accessible)

    # and a record that is gone ends it, in sight
    del names.zone[f"ventanilla._domainkey.{DOMAIN}", "TXT"]
    card.get_by_role("button", name="Comprobar ahora").click()
    expect(card.get_by_text(re.compile("no son correctos"))).to_be_visible(timeout=LONG)

    # and all of it fits a phone
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390


@pytest.mark.timeout(300)
@pytest.mark.feature("I-03")
def test_a_mailbox_is_signed_in_at_microsoft_and_asks_for_its_person_when_that_ends(
    screens: Screens, tmp_path: Path, names: NameServer, assert_accessible: Callable[..., None]
) -> None:
    names.zone[DOMAIN, "MX"] = ["0 tienda-example.mail.protection.outlook.com."]
    with running_provider() as microsoft:
        # Its tokens end at once and are not renewed, so that no one goes on to the mail servers of the real one.
        microsoft.address, microsoft.expires_in, microsoft.fault = ADDRESS, 60, "no_renewals"
        extra = {
            "VENTANILLA_NAME_SERVERS": names.address,
            "VENTANILLA_MICROSOFT_LOGIN_URL": f"http://127.0.0.1:{microsoft.port}",
            "VENTANILLA_MICROSOFT_APP_ID": CLIENT_ID,
            "VENTANILLA_MICROSOFT_APP_SECRET": CLIENT_SECRET,
        }
        product = Product(tmp_path / "data", extra)
        product.start()
        product.command("address", product.url)  # the provider leads back to it
        try:
            sign_in_and_again(screens, product, assert_accessible)
        finally:
            product.stop()


def sign_in_and_again(screens: Screens, product: Product, assert_accessible: Callable[..., None]) -> None:
    team = make_team(product)
    page = screens.desk(
        product, team.admin, f"accounts/{team.admin.account_id}/settings/inboxes/new", viewport=WIDE
    )
    page.locator('[data-kind="email"]').click()
    page.get_by_label("Nombre del canal").fill("Ventas")
    page.get_by_label("Dirección").fill(ADDRESS)
    expect(page.get_by_text(re.compile("Outlook, Microsoft 365 gestiona"))).to_be_visible(timeout=LONG)

    # a no leads back with its reason
    page.get_by_role("button", name="Iniciar sesión con Microsoft").click()
    expect(page.get_by_role("heading", name=ADDRESS)).to_be_visible(timeout=LONG)
    page.get_by_role("link", name="Cancelar").click()
    expect(page.get_by_text(re.compile("No se dio el permiso"))).to_be_visible(timeout=LONG)

    # a yes makes the inbox
    page.get_by_label("Nombre del canal").fill("Ventas")
    page.get_by_label("Dirección").fill(ADDRESS)
    page.get_by_role("button", name="Iniciar sesión con Microsoft").click()
    page.get_by_role("link", name="Permitir").click()
    page.wait_for_url(re.compile(r"/settings/inboxes/\d+\?signed_in=microsoft$"), timeout=LONG)
    expect(page.get_by_role("heading", name="Ventas", level=1)).to_be_visible(timeout=LONG)
    inbox = int(page.url.partition("?")[0].rsplit("/", 1)[-1])
    with product.api(team.admin) as api:
        made = api.get(f"/inboxes/{inbox}").json()
        assert (made["email"], made["signed_in_with"], made["imap_enabled"]) == (ADDRESS, "microsoft", True)
        deadline = time.monotonic() + 60
        while not api.get(f"/inboxes/{inbox}").json()["reauthorization_required"]:
            assert time.monotonic() < deadline, "nobody noticed that the sign-in ended"
            time.sleep(0.3)

    # and when the provider takes it back, the inbox says so and leads there again
    page.reload()
    expect(page.get_by_text(re.compile("retiró el acceso. Vuelve a autorizar el canal"))).to_be_visible(
        timeout=LONG
    )
    look(page, assert_accessible)
    page.get_by_role("button", name="Iniciar sesión con Microsoft").click()
    expect(page.get_by_role("heading", name=ADDRESS)).to_be_visible(timeout=LONG)
