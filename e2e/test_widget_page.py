"""What the widget promises the page around it: the contract's methods and events, and to look right anywhere."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect

from e2e.conftest import Screens, Team
from e2e.customer_site import CustomerSite
from e2e.visits import (
    FRAME,
    PAGES,
    Visit,
    conversations,
    incoming,
    reply,
    resolve,
    the_conversation,
    until,
    visit,
)

__all__ = ["visit"]

HEARD = """
window.heard = [];
for (const maker of ['chatwoot', 'ventanilla'])
  for (const name of ['ready', 'opened', 'closed', 'on-message', 'on-start-conversation', 'error'])
    window.addEventListener(`${maker}:${name}`, ({ detail }) => {
      window.heard.push([`${maker}:${name}`, detail && (detail.content || detail)]);
    });
"""


def pasted(name: str, team: Team, inbox: dict[str, Any]) -> str:
    """A page of `pages/` with this inbox's lines in it."""
    html = (PAGES / f"{name}.html").read_text(encoding="utf-8")
    return html.replace("__BASE_URL__", team.product.url).replace("__TOKEN__", inbox["website_token"])


@pytest.mark.feature("W-08")
@pytest.mark.parametrize("name", ["plain", "wordpress", "shopify"])
def test_the_same_lines_work_on_pages_of_every_kind(
    name: str, team: Team, site: CustomerSite, screens: Screens
) -> None:
    inbox = team.website()
    site.pages[f"/{name}"] = pasted(name, team, inbox)
    customer = Visit(screens.window(), f"{site.url}/{name}")
    box = customer.bubble.bounding_box()
    assert box
    assert (round(box["width"]), round(box["height"])) == (56, 56)
    assert box["x"] + box["width"] > 1360 - 60
    customer.open()
    customer.say("Hola desde esta página")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    assert incoming(team, the_conversation(team, inbox)) == ["Hola desde esta página"]
    assert conversations(team, inbox)[0]["additional_attributes"]["referer"] == f"{site.url}/{name}"


def test_the_launcher_has_the_companys_colour_and_begins_no_visit(
    team: Team, visit: Callable[..., Visit]
) -> None:
    inbox = team.website(channel={"widget_color": "#ffd54a"})
    customer = visit(inbox)
    expect(customer.bubble).to_have_css("background-color", "rgb(255, 213, 74)")
    expect(customer.bubble).to_have_css("color", "rgb(28, 23, 18)")
    assert "cw_conversation" not in {cookie["name"] for cookie in customer.page.context.cookies()}
    customer.open()
    expect(customer.frame.locator("header")).to_have_css("background-color", "rgb(255, 213, 74)")
    expect(customer.frame.locator("header h1")).to_have_css("color", "rgb(20, 17, 12)")
    cookie = next(one for one in customer.page.context.cookies() if one["name"] == "cw_conversation")
    assert cookie["sameSite"] == "Lax"
    assert cookie["expires"] > 0


def test_keys_alone_open_write_and_close(team: Team, visit: Callable[..., Visit]) -> None:
    customer = visit(team.website())
    customer.bubble.focus()
    customer.page.keyboard.press("Enter")
    expect(customer.box).to_be_focused()
    customer.page.keyboard.type("Sin ratón")
    customer.page.keyboard.press("Enter")
    expect(customer.mine("Sin ratón")).to_be_visible()
    customer.page.keyboard.press("Escape")
    expect(customer.bubble).to_have_attribute("aria-expanded", "false")
    expect(customer.bubble).to_be_focused()
    expect(customer.page.locator(FRAME)).to_be_hidden()


@pytest.mark.feature("W-03")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_view_fits_a_phone_and_axe_finds_nothing_serious(
    scheme: str, team: Team, visit: Callable[..., Visit], assert_accessible: Callable[..., None]
) -> None:
    inbox = team.website(team.agent("Bruno Bravo"), team.agent("Marta Ferrer"), enable_email_collect=False)
    phone = {"viewport": {"width": 390, "height": 780}, "has_touch": True}
    customer = visit(inbox, settings={"darkMode": scheme}, **phone).open()
    customer.say("¿Tienen la cafetera Alba en verde, y cuánto tarda en llegar a Las Palmas de Gran Canaria?")
    reply(team, team.admin, the_conversation(team, inbox), "Sí, Camila: en cuatro días está allí.")
    expect(customer.theirs("en cuatro días")).to_be_visible()
    customer.go_home()
    expect(customer.row("en cuatro días")).to_be_visible()
    expect(customer.frame.locator("html")).to_have_attribute("data-theme", scheme)
    # What is cut by an ellipsis may be longer; nothing stands beyond the edge.
    beyond = "() => [...document.querySelectorAll('*')].some((one) => one.getBoundingClientRect().right > innerWidth)"
    assert not customer.page.frames[-1].evaluate(beyond)
    assert_accessible(customer.page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    scheme: str, team: Team, visit: Callable[..., Visit], assert_accessible: Callable[..., None]
) -> None:
    inbox = team.website(
        team.agent("Bruno Bravo"),
        working_hours_enabled=True,
        working_hours=[{"day_of_week": day, "closed_all_day": True} for day in range(7)],
        out_of_office_message="Déjanos tu mensaje.",
    )
    customer = visit(inbox, settings={"darkMode": scheme}).open()
    expect(customer.box).to_be_focused()
    expect(customer.frame.locator("html")).to_have_attribute("data-theme", scheme)
    assert_accessible(customer.page)
    customer.say("Hola")
    expect(customer.frame.get_by_label("Tu correo")).to_be_visible()
    reply(team, team.admin, the_conversation(team, inbox), "Hola, **Camila**. Mira https://example.com")
    expect(customer.theirs("Camila")).to_be_visible()
    customer.frame.get_by_role("button", name="Emoji").click()
    expect(customer.frame.get_by_label("Buscar emoji")).to_be_focused()
    expect(customer.frame.locator(".emoji button").first).to_be_visible()
    assert_accessible(customer.page)


def test_on_a_phone_the_chat_fills_the_screen_and_its_buttons_are_large(
    team: Team, site: CustomerSite, screens: Screens
) -> None:
    site.pages["/phone"] = pasted("plain", team, team.website())
    phone = screens.window(viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    customer = Visit(phone, f"{site.url}/phone").open()
    expect(customer.box).to_be_visible()
    box = customer.page.locator(FRAME).bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 780}
    expect(customer.bubble).to_be_hidden()
    for button in customer.frame.get_by_role("button").all():
        size = button.bounding_box()
        assert size
        assert min(size["width"], size["height"]) >= 44
    customer.frame.get_by_role("button", name="Cerrar chat").click()
    expect(customer.bubble).to_be_visible()


def test_pages_written_from_right_to_left_have_the_launcher_on_the_left(
    team: Team, site: CustomerSite, screens: Screens
) -> None:
    inbox = team.website()
    settings = "<script>document.documentElement.dir='rtl';window.chatwootSettings={locale:'ar'}</script>"
    customer = Visit(screens.window(), site.page("/rtl", settings + inbox["web_widget_script"]))
    box = customer.bubble.bounding_box()
    assert box
    assert box["x"] == 20
    customer.open()
    expect(customer.frame.locator("html")).to_have_attribute("dir", "rtl")
    customer.say("مرحبا")
    expect(customer.frame.locator(".xf.me")).to_contain_text("أُرسلت")
    mine = customer.mine("مرحبا").bounding_box()
    frame = customer.page.locator(FRAME).bounding_box()
    assert mine
    assert frame
    assert mine["x"] - frame["x"] < 40


def test_the_page_hears_what_happens_and_steers_the_chat(
    team: Team, site: CustomerSite, screens: Screens
) -> None:
    inbox = team.website(enable_email_collect=False)
    wishes = {"position": "left", "locale": "en", "type": "expanded_bubble", "launcherTitle": "Ask us"}
    settings = f"<script>window.ventanillaSettings={json.dumps(wishes)};{HEARD}</script>"
    page = screens.window()
    customer = Visit(page, site.page("/steer", settings + inbox["web_widget_script"]))
    expect(customer.bubble).to_have_text("Ask us")
    box = customer.bubble.bounding_box()
    assert box
    assert box["x"] == 20
    assert page.evaluate("$chatwoot === $ventanilla && $chatwoot.hasLoaded && !$chatwoot.isOpen")
    page.evaluate("chatwootSDK.run({websiteToken: 'other', baseUrl: 'https://other.example'})")
    page.evaluate("$chatwoot.toggle('open')")
    expect(customer.box).to_have_attribute("placeholder", "Tell us what happened or what you need")
    page.evaluate("$chatwoot.setLocale('es')")
    expect(customer.box).to_have_attribute("placeholder", "Cuéntanos qué pasó o qué buscas")
    page.evaluate("$chatwoot.setColorScheme('dark')")
    expect(customer.frame.locator("html")).to_have_attribute("data-theme", "dark")
    customer.say("Hola")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    page.evaluate("$chatwoot.toggle()")
    page.wait_for_function("window.heard.some(([name]) => name === 'ventanilla:closed')")
    heard = page.evaluate("window.heard")
    names = [name for name, _content in heard]
    assert names.count("chatwoot:ready") == names.count("ventanilla:ready") == 1
    assert names.index("chatwoot:ready") < names.index("chatwoot:opened") < names.index("chatwoot:closed")
    assert heard.count(["chatwoot:on-message", "Hola"]) == 1
    assert "chatwoot:on-start-conversation" in names
    page.evaluate("$chatwoot.toggleBubbleVisibility('hide')")
    expect(customer.bubble).to_be_hidden()
    assert page.evaluate("document.querySelectorAll('#cw-widget-holder.woot-widget-holder').length") == 1


@pytest.mark.feature("Z-34")
def test_the_launcher_speaks_the_language_the_page_sets_open_or_closed(
    team: Team, visit: Callable[..., Visit]
) -> None:
    customer = visit(team.website(enable_email_collect=False), settings={"locale": "en"})
    expect(customer.bubble).to_have_attribute("aria-label", "Open chat")
    customer.page.evaluate("$chatwoot.setLocale('es')")  # nothing of the chat is loaded yet
    expect(customer.bubble).to_have_attribute("aria-label", "Abrir chat")
    customer.open()
    expect(customer.box).to_be_visible()
    expect(customer.bubble).to_have_attribute("aria-label", "Cerrar chat")
    customer.page.evaluate("$chatwoot.setLocale('en')")
    expect(customer.bubble).to_have_attribute("aria-label", "Close chat")
    customer.bubble.click()
    expect(customer.bubble).to_have_attribute("aria-label", "Open chat")
    customer.page.evaluate("$chatwoot.setLocale('ar')")
    expect(customer.bubble).not_to_have_attribute("aria-label", "Open chat")


def test_a_user_the_page_vouches_for_is_known_to_the_team(team: Team, visit: Callable[..., Visit]) -> None:
    inbox = team.website()
    customer = visit(inbox)
    page = customer.page
    signature = hmac.new(inbox["hmac_token"].encode(), b"c-7", hashlib.sha256).hexdigest()
    user = {"name": "Camila Villaseñor", "email": "camila@correo.example", "identifier_hash": signature}
    assert "needs" in page.evaluate(
        "(() => { try { $chatwoot.setUser({}, {name: 'x'}) } catch (error) { return 'needs ' + error.message } })()"
    )
    page.evaluate("(user) => $chatwoot.setUser('c-7', user)", user)
    page.evaluate("$chatwoot.setCustomAttributes({plan: 'oro'})")
    page.evaluate("$chatwoot.setConversationCustomAttributes({pedido: '10356'})")
    customer.open()
    customer.say("Hola")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    expect(customer.frame.get_by_label("Tu correo")).to_have_count(0)
    number = the_conversation(team, inbox)
    with team.product.api(team.admin) as api:
        kept = until(lambda: api.get(f"/conversations/{number}").json()["custom_attributes"])
        conversation = api.get(f"/conversations/{number}").json()
    sender = conversation["meta"]["sender"]
    known = (sender["name"], sender["email"], sender["identifier"])
    assert known == ("Camila Villaseñor", "camila@correo.example", "c-7")
    assert conversation["meta"]["hmac_verified"] is True
    assert kept == {"pedido": "10356"}
    assert sender["custom_attributes"] == {"plan": "oro"}

    page.evaluate("$chatwoot.reset()")
    expect(customer.bubble).to_have_attribute("aria-expanded", "false")
    page.wait_for_function(
        "document.cookie.includes('cw_conversation=') && !document.cookie.includes('cw_user_')"
    )
    customer.open()
    expect(customer.frame.locator(".hi")).to_be_visible()
    expect(customer.mine("Hola")).to_have_count(0)


def test_a_wrong_signature_is_told_to_the_page(team: Team, site: CustomerSite, screens: Screens) -> None:
    inbox = team.website()
    page = screens.window()
    Visit(page, site.page("/wrong", f"<script>{HEARD}</script>{inbox['web_widget_script']}"))
    page.wait_for_function("window.$chatwoot && $chatwoot.hasLoaded")
    page.evaluate("$chatwoot.setUser('c-7', {name: 'Mallory', identifier_hash: 'x'})")
    page.wait_for_function("window.heard.some(([name]) => name === 'chatwoot:error')")
    [detail] = [said for name, said in page.evaluate("window.heard") if name == "chatwoot:error"]
    assert detail.keys() == {"errorType", "data"}
    assert detail["errorType"] == "SET_USER_ERROR"
    assert "cw_user_" not in page.evaluate("document.cookie")


def test_a_body_that_is_swapped_keeps_the_chat(team: Team, visit: Callable[..., Visit]) -> None:
    customer = visit(team.website()).open()
    customer.say("Antes del cambio")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    customer.page.evaluate(
        "document.documentElement.replaceChild(document.createElement('body'), document.body).remove()"
    )
    expect(customer.bubble).to_have_attribute("aria-expanded", "true")
    expect(customer.mine("Antes del cambio")).to_be_visible()
    customer.say("Después del cambio")
    expect(customer.frame.locator(".xf.me").last).to_contain_text("Enviado")


def test_a_message_shows_above_the_closed_launcher_and_opens_with_a_click(
    team: Team, visit: Callable[..., Visit], assert_accessible: Callable[..., None]
) -> None:
    inbox = team.website(enable_email_collect=False)
    customer = visit(inbox).open()
    customer.say("Hola")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    customer.frame.get_by_role("button", name="Cerrar chat").click()
    reply(team, team.admin, the_conversation(team, inbox), "¿Te ayudo con la talla?")
    preview = customer.frame.get_by_role("button", name=re.compile("¿Te ayudo con la talla"))
    preview.click(trial=True)
    holder, launcher = (
        customer.page.locator(".woot-widget-holder").bounding_box(),
        customer.bubble.bounding_box(),
    )
    assert holder
    assert launcher
    assert holder["height"] < 200
    assert holder["y"] + holder["height"] <= launcher["y"]
    assert_accessible(customer.page)
    preview.click()
    expect(customer.bubble).to_have_attribute("aria-expanded", "true")
    expect(customer.theirs("¿Te ayudo con la talla?")).to_be_visible()
    with team.product.api(team.admin) as api:
        row = api.get(f"/conversations/{the_conversation(team, inbox)}").json()
    assert row["contact_last_seen_at"] > 0


def test_words_of_strangers_do_not_move_the_chat(team: Team, visit: Callable[..., Visit]) -> None:
    customer = visit(team.website()).open()
    expect(customer.box).to_be_visible()
    customer.page.evaluate(
        """async () => {
          const stranger = document.createElement('iframe');
          stranger.srcdoc = '<script>parent.postMessage(\\'chatwoot-widget:{"event":"closeWindow"}\\', "*")</script>';
          document.body.append(stranger);
          window.postMessage('chatwoot-widget:{"event":"closeWindow"}', '*');
          await new Promise((done) => setTimeout(done, 500));
        }"""
    )
    assert customer.page.evaluate("$chatwoot.isOpen") is True


def test_a_file_is_sent_and_shown_and_one_of_a_forbidden_kind_is_refused_with_a_reason(
    team: Team, visit: Callable[..., Visit]
) -> None:
    inbox = team.website(enable_email_collect=False)
    customer = visit(inbox).open()
    files = customer.frame.locator("input[type=file]")
    files.set_input_files(FilePayload(name="guía.txt", mimeType="text/plain", buffer=b"hola"))
    expect(customer.frame.locator(".x.me a.file")).to_contain_text("guía.txt")
    number = the_conversation(team, inbox)
    files.set_input_files(
        FilePayload(name="malo.exe", mimeType="application/x-msdownload", buffer=b"MZ\x90\x00")
    )
    expect(customer.frame.locator(".xf.bad").get_by_role("button")).to_have_text(["Descartar"])
    customer.frame.get_by_role("button", name="Descartar").click()
    expect(customer.frame.locator(".xf.bad")).to_have_count(0)
    with team.product.api(team.admin) as api:
        rows = api.get(f"/conversations/{number}/messages").json()["payload"]
    assert [len(row.get("attachments", [])) for row in rows if row["message_type"] == 0] == [1]


def test_the_picker_puts_an_emoji_where_the_caret_is(team: Team, visit: Callable[..., Visit]) -> None:
    customer = visit(team.website()).open()
    customer.box.fill("ab")
    customer.box.press("ArrowLeft")
    customer.frame.get_by_role("button", name="Emoji").click()
    search = customer.frame.get_by_label("Buscar emoji")
    expect(search).to_be_focused()
    search.fill("corazón roj")
    expect(customer.frame.locator(".emoji button")).to_have_count(1)
    customer.page.keyboard.press("Enter")
    expect(customer.box).to_have_value("a❤️b")
    expect(customer.box).to_be_focused()
    customer.frame.get_by_role("button", name="Emoji").click()
    expect(customer.frame.locator(".emoji button").first).to_be_visible()
    customer.page.keyboard.press("ArrowDown")
    customer.page.keyboard.press("ArrowRight")
    customer.page.keyboard.press("Enter")
    expect(customer.box).to_have_value(re.compile("^a❤️.+b$"))


def test_each_side_sees_the_other_type(team: Team, visit: Callable[..., Visit]) -> None:
    inbox = team.website(enable_email_collect=False)
    customer = visit(inbox).open()
    customer.say("Hola")
    number = the_conversation(team, inbox)
    with team.product.api(team.admin) as api:
        api.post(
            f"/conversations/{number}/toggle_typing_status", params={"typing_status": "on"}
        ).raise_for_status()
        expect(customer.frame.get_by_role("img", name="Ana Álvarez está escribiendo")).to_be_visible()
        api.post(f"/conversations/{number}/toggle_typing_status", params={"typing_status": "off"})
        expect(customer.frame.locator(".typing")).to_have_count(0)
    with customer.page.expect_request(re.compile("toggle_typing")) as typing:
        customer.box.press_sequentially("Es")
    assert typing.value.post_data_json == {"typing_status": "on"}


@pytest.mark.feature("W-06")
def test_only_a_resolved_conversation_offers_its_copy(team: Team, visit: Callable[..., Visit]) -> None:
    inbox = team.website()
    customer = visit(inbox).open()
    customer.say("Hola")
    expect(customer.frame.get_by_label("Tu correo")).to_be_visible()
    offer = customer.frame.get_by_role("button", name="Recibir la conversación por correo")
    expect(offer).to_have_count(0)
    resolve(team, the_conversation(team, inbox))
    offer.click()
    email = customer.frame.locator(".done").get_by_label("Tu correo")
    email.fill("camila@correo.example")
    email.press("Enter")
    expect(customer.frame.get_by_text("Te enviaremos la conversación por correo.")).to_be_visible()


def test_a_conversation_that_is_closed_for_good_makes_room_for_a_new_one(
    team: Team, visit: Callable[..., Visit]
) -> None:
    inbox = team.website(allow_messages_after_resolved=False, enable_email_collect=False)
    customer = visit(inbox).open()
    customer.say("La primera")
    expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
    the_conversation(team, inbox)
    customer.frame.get_by_role("button", name="Más opciones").click()
    customer.frame.get_by_role("menuitem", name="Terminar la conversación").click()
    again = customer.frame.get_by_role("button", name="Nueva conversación")
    again.click()
    expect(customer.mine("La primera")).to_have_count(0)
    customer.say("La segunda")
    customer.say("Y la tercera")
    expect(customer.mine("Y la tercera")).to_be_visible()
    expect(customer.frame.locator(".ic-clock")).to_have_count(0)
    found = sorted(conversations(team, inbox), key=lambda row: row["id"])
    assert [incoming(team, row["id"]) for row in found] == [["La primera"], ["La segunda", "Y la tercera"]]


@pytest.mark.feature("W-09")
def test_outside_office_hours_the_visitor_reads_when_the_team_is_back(
    team: Team, visit: Callable[..., Visit]
) -> None:
    inbox = team.website(
        working_hours_enabled=True,
        working_hours=[{"day_of_week": day, "closed_all_day": True} for day in range(7)],
        out_of_office_message="Déjanos tu mensaje y te respondemos el lunes.",
    )
    customer = visit(inbox).open()
    off = customer.frame.locator(".calm")
    expect(off).to_contain_text("Ahora no hay nadie. Escribe igual.")
    expect(off).to_contain_text("Déjanos tu mensaje y te respondemos el lunes.")
    expect(off.locator("tr")).to_have_count(1)
    expect(off.locator("td")).to_have_text("Cerrado")
    customer.say("Lo dejo escrito")
    expect(off).to_contain_text("Déjanos tu mensaje y te respondemos el lunes.")
    off.get_by_role("button", name="Dejar tu correo").click()
    off.get_by_label("Tu correo").fill("camila@correo.example")
    off.get_by_label("Tu correo").press("Enter")
    expect(off.get_by_role("button", name="Dejar tu correo")).to_have_count(0)
    with team.product.api(team.admin) as api:
        contact = api.get(f"/conversations/{the_conversation(team, inbox)}").json()["meta"]["sender"]
    assert contact["email"] == "camila@correo.example"


def test_a_choice_of_the_team_is_answered_with_a_button(team: Team, visit: Callable[..., Visit]) -> None:
    inbox = team.website(enable_email_collect=False)
    customer = visit(inbox).open()
    customer.say("Hola")
    number = the_conversation(team, inbox)
    items: list[dict[str, Any]] = [
        {"title": "Pedidos", "value": "orders"},
        {"title": "Tallas", "value": "sizes"},
    ]
    more = {"content_type": "input_select", "content_attributes": {"items": items}}
    reply(team, team.admin, number, "¿Sobre qué es?", **more)
    customer.frame.get_by_role("button", name="Tallas").click()
    # A press is the visitor's word, and the chosen option keeps its tick.
    expect(customer.mine("Tallas")).to_be_visible()
    expect(customer.frame.get_by_role("button", name="Tallas")).to_have_attribute("aria-pressed", "true")
    expect(customer.frame.get_by_role("button", name="Pedidos")).to_be_disabled()
    with team.product.api(team.admin) as api:
        rows = api.get(f"/conversations/{number}/messages").json()["payload"]
    assert rows[-1]["content_attributes"]["submitted_values"] == [{"title": "Tallas", "value": "sizes"}]
