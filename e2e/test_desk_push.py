"""News on a browser whose desk is closed: subscribed by a switch, shown by a real service worker, opened by a press."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread

import http_ece
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser, Page, Playwright, expect

from e2e.conftest import Screens, Team, launched
from e2e.visits import until
from ventanilla.notifications.web_push import text_of

SECRET = b"0123456789abcdef"
# The browser's own push service lies outside this machine; ours stands in for it, the rest of the browser is real.
SUBSCRIBED = """
([endpoint, p256dh, auth]) => {
  const subscription = {
    endpoint, toJSON: () => ({ endpoint, keys: { p256dh, auth } }), unsubscribe: async () => ((kept = null), true),
  }
  let kept = localStorage.getItem('subscribed') ? subscription : null
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    localStorage.setItem('subscribed', applicationServerKey)
    return (kept = subscription)
  }
  PushManager.prototype.getSubscription = async () => kept
}
"""


@dataclass
class PushService:
    """Takes messages for one browser and reads them as that browser does."""

    url: str = ""
    received: Queue[bytes] = field(default_factory=Queue)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def subscription(self) -> list[str]:
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return [self.url, text_of(point), text_of(SECRET)]

    def next(self) -> str:
        """The next message, decrypted."""
        body = self.received.get(timeout=20)
        return http_ece.decrypt(body, private_key=self.key, auth_secret=SECRET, version="aes128gcm").decode()


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The whole of it: what has no windows shows no notifications."""
    running = launched(playwright, whole=True)
    yield running
    running.close()


@pytest.fixture
def service() -> Iterator[PushService]:
    made = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.received.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}/push"
    yield made
    server.shutdown()
    server.server_close()


def deliver(page: Page, message: str) -> None:
    """What the browser does when its push service has a message: the worker is woken with it."""
    tools = page.context.new_cdp_session(page)
    registrations: list[dict[str, str]] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated", lambda one: registrations.extend(one["registrations"])
    )
    tools.send("ServiceWorker.enable")
    page.wait_for_timeout(300)
    registration = registrations[-1]
    [origin] = re.findall(r"^https?://[^/]+", registration["scopeURL"])
    tools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": registration["registrationId"], "data": message},
    )


SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ title, body, tag, data }) => ({ title, body, tag, url: data.url }))"""


@pytest.mark.feature("T-03", "V-RTM-04", "T-05")
def test_news_reach_a_browser_whose_desk_is_behind_other_windows(
    team: Team, screens: Screens, service: PushService, assert_accessible: Callable[[Page], None]
) -> None:
    nuria = team.agent("Nuria")
    customer = team.program(nuria)
    page = screens.window(permissions=["notifications"], viewport={"width": 1440, "height": 900})
    page.add_init_script(f"({SUBSCRIBED})({json.dumps(service.subscription)})")
    page.goto(f"{team.product.url}/app/")
    page.get_by_label("Correo").fill(nuria.email)
    page.get_by_label("Contraseña", exact=True).fill(nuria.password)
    page.get_by_role("button", name="Iniciar sesión", exact=True).click()
    page.get_by_role("navigation").first.wait_for()
    page.goto(f"{team.product.url}/app/accounts/{nuria.account_id}/settings/profile")
    switch = page.get_by_role("switch", name="Avisos en este navegador")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    assert_accessible(page)
    page.reload()
    expect(switch).to_have_attribute("aria-checked", "true")

    number = customer.starts("¿Dónde está mi pedido?")
    with team.product.api(team.admin) as api:
        api.post(f"/conversations/{number}/assignments", json={"assignee_id": nuria.id}).raise_for_status()
    message = service.next()
    assert f"#{number}" in json.loads(message)["title"]

    # In front, the desk itself tells of it; where no desk is open, the browser does.
    deliver(page, message)
    page.wait_for_timeout(500)
    assert page.evaluate(SHOWN) == []
    other = screens.tab(page)
    page.close()
    deliver(other, message)
    other.wait_for_timeout(500)
    page = screens.tab(other)
    page.add_init_script(f"({SUBSCRIBED})({json.dumps(service.subscription)})")
    page.goto(f"{team.product.url}/app/accounts/{nuria.account_id}/settings/profile")
    [shown] = page.evaluate(SHOWN)
    assert f"#{number}" in shown["title"]
    assert shown["url"].endswith(f"/app/accounts/{nuria.account_id}/conversations/{number}")
    switch = page.get_by_role("switch", name="Avisos en este navegador")
    expect(switch).to_have_attribute("aria-checked", "true")

    # Off is off: the kind by its box, the browser by its switch.
    page.get_by_test_id("notification-settings").locator("[data-flag=push_conversation_assignment]").uncheck()
    with team.product.api(nuria) as api:
        for _try in range(40):
            flags = api.get("/notification_settings").json()["selected_push_flags"]
            if "push_conversation_assignment" not in flags:
                break
            page.wait_for_timeout(100)
        assert "push_conversation_assignment" not in flags
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    assert service.received.empty()


COUNT_TONES = """
window.tones = 0
const start = OscillatorNode.prototype.start
OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when) }
"""


def heard(page: Page, tones: int) -> None:
    """Wait for so many; the page's policy lets no `wait_for_function` look twice."""
    for _ in range(200):
        if page.evaluate("window.tones") == tones:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{page.evaluate('window.tones')} tones instead of {tones}")


@pytest.mark.feature("T-01")
def test_a_sound_tells_of_what_comes_in_elsewhere_and_not_too_often(team: Team, screens: Screens) -> None:
    bruno = team.agent("Bruno Oye")
    customer = team.program(bruno)
    page = screens.desk(team.product, bruno)
    page.add_init_script(COUNT_TONES)
    settings = f"{team.product.url}/app/accounts/{bruno.account_id}/settings/profile"
    page.goto(settings)
    settings_of = page.get_by_test_id("notification-settings")
    settings_of.locator("[data-tone=conversation]").select_option("Gota")
    settings_of.locator("[data-tone=message]").select_option("Campana")
    heard(page, 4)  # each is heard when it is chosen
    page.goto(settings)
    expect(settings_of.locator("[data-tone=message]")).to_have_value("bell")
    page.locator("h1").first.click()  # browsers keep a page silent until it was touched

    first = customer.starts("Hola")
    heard(page, 2)
    customer.writes(first, "¿Hay alguien?")
    second = customer.starts_again("Otra cosa")
    heard(page, 4)
    page.goto(f"{team.product.url}/app/accounts/{bruno.account_id}/conversations/{second}")
    page.get_by_text("Otra cosa").last.wait_for()
    page.evaluate("localStorage.clear()")
    customer.writes(second, "Se ve al llegar")
    page.get_by_text("Se ve al llegar").last.wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate("window.tones") == 0


@pytest.mark.timeout(180)
@pytest.mark.feature("T-05", "Z-26", "V-RTM-04")
def test_every_kind_by_every_way_and_how_much_of_one_conversation(
    team: Team, screens: Screens, assert_accessible: Callable[[Page], None]
) -> None:
    """Switched in the profile and in the panel; what is off does not come, and what comes is counted on the tab."""
    olga = team.agent("Olga Oye")
    customer = team.program(olga)
    page = screens.desk(
        team.product,
        olga,
        f"accounts/{olga.account_id}/settings/profile",
        viewport={"width": 1440, "height": 900},
    )
    page.add_init_script(COUNT_TONES)
    page.reload()
    ways = page.get_by_test_id("notification-settings")
    expect(ways.locator("[data-flag=bell_conversation_mention]")).to_be_checked()
    for flag in ways.locator("[data-flag^=bell_]").all():
        if flag.get_attribute("data-flag") != "bell_conversation_mention":
            flag.uncheck()
    ways.locator("[data-tone=conversation_assignment]").select_option("Madera")
    ways.locator("[data-tone=mention]").select_option("Gota")
    for other in ("conversation", "message"):
        ways.locator(f"[data-tone={other}]").select_option("Sin sonido")
    hours = page.get_by_test_id("notification-hours")
    hours.get_by_label("Correos de aviso").select_option("Juntos, cada 30 minutos")
    hours.get_by_role("switch", name="Horas de silencio").click()
    expect(hours.get_by_label("Desde")).to_have_value("21:00")
    hours.get_by_label("Hasta").fill("21:01")
    hours.get_by_role("switch", name="Horas de silencio").click()
    expect(hours.get_by_label("Desde")).to_have_count(0)
    assert_accessible(page)
    page.reload()
    expect(ways.locator("[data-flag^=bell_]:checked")).to_have_count(1)
    expect(hours.get_by_label("Correos de aviso")).to_have_value("30")
    page.locator("h1").first.click()  # browsers keep a page silent until it was touched

    first, second = customer.starts("Uno"), customer.starts_again("Dos")

    def happens(number: int) -> None:
        note = {"content": f"[@Olga](mention://user/{olga.id}/Olga) mira", "private": True}
        with team.product.api(team.admin) as api:
            api.post(f"/conversations/{number}/messages", json=note).raise_for_status()

    with team.product.api(team.admin) as api:
        api.post(f"/conversations/{first}/assignments", json={"assignee_id": olga.id}).raise_for_status()
    until(lambda: page.evaluate("window.tones") >= 2)  # heard, and not in the bell
    bell = page.get_by_role("button", name="Notificaciones")
    expect(bell).not_to_contain_text("1")
    happens(second)
    expect(bell).to_contain_text("1")
    expect(page).to_have_title(re.compile(r"^\(1\) "))

    page.goto(f"{team.product.url}/app/accounts/{olga.account_id}/conversations/{second}")
    level = page.get_by_role("group", name="Avisarme de")
    level.get_by_role("button", name="Nada").press("Enter")
    expect(page.locator(".th").get_by_text("Silenciada")).to_be_visible()
    expect(page).not_to_have_title(re.compile(r"^\("))  # opened is read
    page.goto(f"{team.product.url}/app/accounts/{olga.account_id}/conversations/{first}")
    level.get_by_role("button", name="Lo mío").press("Enter")
    expect(page.locator(".th").get_by_text("Solo lo mío")).to_be_visible()
    page.goto(f"{team.product.url}/app/accounts/{olga.account_id}/contacts")
    happens(second)
    customer.writes(first, "¿Hola?")
    happens(first)
    expect(bell).to_contain_text("1")
    with team.product.api(olga) as api:
        told = api.get("/notifications").json()["data"]["payload"]
    assert [(one["primary_actor"]["id"], one["notification_type"]) for one in told] == [
        (first, "conversation_mention")
    ]


@pytest.mark.feature("T-05", "Z-26")
def test_the_bell_has_heaps_and_what_it_tells_can_wait(
    team: Team, screens: Screens, assert_accessible: Callable[[Page], None]
) -> None:
    nora = team.agent("Nora")
    customer = team.program(nora)
    number = customer.starts("Hola")
    with team.product.api(team.admin) as api:
        api.post(f"/conversations/{number}/assignments", json={"assignee_id": nora.id}).raise_for_status()
    page = screens.desk(team.product, nora)
    bell = page.get_by_role("button", name="Notificaciones")
    expect(bell).to_contain_text("1")
    bell.click()
    told = page.get_by_role("region", name="Hoy")
    expect(told).to_contain_text("te asignó la conversación")
    assert_accessible(page)
    page.get_by_role("button", name="Menciones", exact=True).click()
    expect(page.get_by_text("Nadie te ha mencionado.")).to_be_visible()
    page.get_by_role("button", name="Sin leer", exact=True).click()
    more = told.get_by_role("button", name="Opciones del aviso")
    more.click()
    page.get_by_role("menuitem", name="Marcar como leído").click()
    expect(page.get_by_text("No te queda nada por leer.")).to_be_visible()
    page.get_by_role("button", name="Todas", exact=True).click()
    more.click()
    page.get_by_role("menuitem", name="Marcar como no leído").click()
    expect(bell).to_contain_text("1")
    more.click()
    page.get_by_role("menuitem", name=re.compile("Posponer · Una hora")).click()
    expect(told).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(bell).to_contain_text("1")
