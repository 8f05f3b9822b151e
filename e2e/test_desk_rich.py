"""The rich field: what an agent sees while typing is what the customer gets."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens
from e2e.field import expect_written, rich, written
from e2e.test_desk_conversations import Floor, composer, desk, floor, thread

__all__ = ["floor"]

FIXTURES = Path(__file__).parent / "clipboards"
PASTE = """([html, text]) => {
  const clipboardData = new DataTransfer()
  if (html) clipboardData.setData('text/html', html)
  clipboardData.setData('text/plain', text)
  document.querySelector('[data-testid="composer"]')
    .dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
}"""


# By how many milliseconds the rich field was asked for after the first paint.
AFTER_PAINT = """() => {
  const painted = performance.getEntriesByName('first-contentful-paint')[0].startTime
  const fields = performance.getEntriesByType('resource').filter((one) => /RichField-.*js$/.test(one.name))
  return Math.min(...fields.map((one) => one.startTime)) - painted
}"""
_HANDS = """(box, [kind, name, size]) => {
  const data = new DataTransfer()
  const type = name.endsWith('png') ? 'image/png' : 'text/plain'
  data.items.add(new File([new Uint8Array(size)], name, { type }))
  const more = { bubbles: true, cancelable: true }
  box.dispatchEvent(kind === 'paste'
    ? new ClipboardEvent('paste', { clipboardData: data, ...more })
    : new DragEvent('drop', { dataTransfer: data, ...more }))
}"""


def said(floor: Floor, number: int) -> str:
    with floor.team.product.api(floor.ana) as api:
        messages = api.get(f"/conversations/{number}/messages").raise_for_status().json()["payload"]
    return str(messages[-1]["content"])


def send(page: Page) -> None:
    page.get_by_test_id("send").click()
    expect_written(page, "")
    expect(page.locator("[data-sending]")).to_have_count(0)


@pytest.mark.feature("Z-33", "R-06", "N-06")
def test_what_is_seen_while_writing_is_what_arrives(screens: Screens, floor: Floor) -> None:
    customer, number = floor.writes("Hola")
    page = desk(screens, floor, floor.bruno, number)
    rich(page)
    box = composer(page)
    box.click()
    page.keyboard.type("# Hola *Camila* y 10*20*30, mi_archivo [nota]: ")
    page.keyboard.press("Control+b")
    page.keyboard.type("hoy mismo")
    page.keyboard.press("Control+b")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("sale a las 13:00")
    page.get_by_role("button", name="Más herramientas").click()
    page.get_by_role("menuitem", name="Lista", exact=True).click()
    expect(box.locator("strong")).to_have_text("hoy mismo")
    expect(box.locator("ul > li")).to_have_text("sale a las 13:00")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("llega el ")
    page.get_by_role("button", name="Cursiva").click()
    expect(page.get_by_role("button", name="Cursiva")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("jueves")
    expect(box.locator("li em")).to_have_text("jueves")
    shown = written(page)
    # It is kept while nobody looks, and stands there as it stood.
    page.wait_for_timeout(900)
    page.reload()
    rich(page)
    expect_written(page, shown)
    expect(box.locator("li em")).to_have_text("jueves")
    send(page)
    assert customer.reads(number)[-1]["content"] == (
        "# Hola \\*Camila\\* y 10\\*20\\*30, mi_archivo \\[nota]: **hoy mismo**\n\n"
        "- sale a las 13:00\n- llega el *jueves*"
    ).replace("# Hola", "\\# Hola")
    bubble = thread(page).locator("[data-message]").last
    expect(bubble.locator("strong")).to_have_text("hoy mismo")
    expect(bubble).to_contain_text("# Hola *Camila* y 10*20*30, mi_archivo [nota]:")
    expect(bubble.locator("li em")).to_have_text("jueves")


@pytest.mark.feature("Z-33")
def test_keys_undo_suggestions_and_blanks_in_the_rich_field(screens: Screens, floor: Floor) -> None:
    with floor.team.product.api(floor.ana) as api:
        text = "Llega el [[día de llegada]] a {{inbox.name}}."
        api.post("/canned_responses", json={"short_code": "llegada", "content": text}).raise_for_status()
    _, number = floor.writes("¿Cuándo llega?")
    page = desk(screens, floor, floor.carla, number)
    rich(page)
    box = composer(page)
    box.click()
    page.keyboard.type("Hola ")
    page.keyboard.type("/lleg")
    expect(page.get_by_role("option").first).to_contain_text("/llegada")
    page.keyboard.press("Enter")
    expect(box.locator(".gap")).to_have_text("día de llegada")
    expect(box.locator(".val1")).to_have_text("Programa")
    expect(box.locator(".val1")).to_have_attribute("title", "{{inbox.name}}")
    expect(page.get_by_test_id("gaps")).to_contain_text("Falta 1 hueco")
    expect(page.get_by_test_id("send")).to_be_disabled()
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    page.keyboard.type("jueves")
    expect(box.locator(".gap")).to_have_count(0)
    expect(page.get_by_test_id("send")).to_be_enabled()
    page.keyboard.press("Control+z")
    expect(box.locator(".gap")).to_have_count(1)
    page.keyboard.press("Control+y")
    expect_written(page, "Hola Llega el jueves a Programa.")
    page.get_by_role("tab", name="Nota privada").click()
    page.keyboard.type("Mira, @brun")
    page.keyboard.press("Enter")
    expect(box.locator(".ment")).to_have_text("@Bruno Bravo")
    page.keyboard.type("y *esto*")
    page.keyboard.press("Enter")
    expect(thread(page).locator("[data-message] .ment")).to_have_text("@Bruno Bravo")
    assert said(floor, number).endswith(
        f"[@Bruno Bravo](mention://user/{floor.bruno.id}/Bruno%20Bravo) y \\*esto\\*"
    )
    # The reply waited meanwhile.
    page.get_by_role("tab", name="Responder").click()
    expect_written(page, "Hola Llega el jueves a Programa.")
    send(page)
    assert said(floor, number) == "Hola Llega el jueves a Programa."


@pytest.mark.feature("Z-33")
def test_what_is_pasted_comes_out_clean(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("Hola")
    page = desk(screens, floor, floor.bruno, number)
    rich(page)
    for name, shown in {
        "word.html": "Estimada Camila:\nEstos son los pasos:\n- Abrir la caja\n- Leer la guía\nGracias",
        "gmail.html": "Hola, Lucía:\nEl pedido llegó roto.\nSaludos",
        "sheets.html": "Producto | Precio\nTaza | 4.990",
    }.items():
        box = composer(page)
        box.click()
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        page.evaluate(PASTE, [(FIXTURES / name).read_text(), "texto"])
        expect_written(page, shown, name)
    page.keyboard.press("Control+a")
    page.evaluate(PASTE, ["", "uno *dos*\ntres\n\n- cuatro"])
    expect_written(page, "uno *dos*\ntres\n- cuatro")
    expect(composer(page).locator("p")).to_have_count(2)


@pytest.mark.feature("V-CNV-05", "R-09", "R-16")
def test_the_toolbar_its_files_signature_and_a_voice_note(
    screens: Screens, floor: Floor, assert_accessible: Callable[..., None]
) -> None:
    with floor.team.product.api(floor.carla) as api:
        signed = {"profile": {"message_signature": "Carla *Cano*\nTienda"}}
        api.put(f"{floor.team.product.url}/api/v1/profile", json=signed).raise_for_status()
    customer, number = floor.writes("Hola")
    page = desk(screens, floor, floor.carla, number)
    rich(page)
    bar = page.locator(".cbar")
    names = bar.get_by_role("button").evaluate_all(
        "(all) => all.filter((one) => one.offsetParent).map((one) => one.ariaLabel || one.innerText.trim())"
    )
    assert [re.sub(r" \(.*", "", name) for name in names] == [
        "Emoji", "Adjuntar archivos", "Negrita", "Cursiva", "Enlace", "Más herramientas", "Respuestas predefinidas", "Firma",
        "Enviar", "Otras formas de enviar",
    ]  # fmt: skip
    # The heaviest part of it is asked for when the first screen is painted.
    assert page.evaluate(AFTER_PAINT) > 0
    # How much may go with it is said before anything is chosen, and the words are checked in the writer's language.
    attach = bar.get_by_role("button", name=re.compile("^Adjuntar archivos"))
    expect(attach).to_have_attribute("title", "Adjuntar archivos (hasta 15, de 40 MB cada uno)")
    expect(composer(page)).to_have_attribute("lang", "es")
    expect(composer(page)).to_have_attribute("spellcheck", "true")
    # Files are pasted into the field and dropped on it; a picture is seen, one too large is named.
    box = composer(page)
    box.evaluate(_HANDS, ["paste", "pegado.png", 12])
    box.evaluate(_HANDS, ["drop", "soltado.txt", 12])
    box.evaluate(_HANDS, ["drop", "enorme.bin", 41 * 1024 * 1024])
    expect(page.get_by_text("enorme.bin supera el máximo de 40 MB")).to_be_visible()
    expect(page.locator(".comp .files .chip")).to_have_text([re.compile("pegado"), re.compile("soltado")])
    expect(page.get_by_test_id("thumbnail")).to_have_count(1)
    page.get_by_role("button", name="Quitar pegado.png").click()
    # This channel signs nothing by itself: the button does, once.
    box.click()
    page.keyboard.type("Aquí va.")
    for _ in range(2):
        bar.get_by_role("button", name="Firma").click()
    expect_written(page, "Aquí va.\nCarla Cano\nTienda")
    expect(box.locator("em")).to_have_text("Cano")
    # A voice note is recorded, discarded, recorded again, listened to and sent.
    for attempt in range(2):
        bar.get_by_role("button", name="Más herramientas").click()
        page.get_by_role("menuitem", name="Grabar nota de voz").click()
        voice = page.get_by_test_id("voice")
        expect(voice.get_by_role("timer")).to_have_text("0:01", timeout=8000)
        if attempt == 0:
            voice.get_by_role("button", name="Descartar").click()
            expect(voice).to_have_count(0)
    assert_accessible(page)
    voice.get_by_role("button", name="Terminar").click()
    expect(voice.locator("audio")).to_be_visible()
    voice.get_by_role("button", name="Adjuntar", exact=True).click()
    send(page)
    sent = customer.reads(number)[-1]
    assert sent["content"].split() == "Aquí va. Carla *Cano* Tienda".split()
    assert [one["file_type"] for one in sent["attachments"]] == ["file", "audio"]
    expect(thread(page).locator("[data-message] audio")).to_be_visible()
