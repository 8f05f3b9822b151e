"""A day at the desk: what an agent writes with, finds, sets up and reads beside a conversation."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Screens
from e2e.field import expect_written, plainly
from e2e.test_desk_conversations import LIVE_MS, Floor, composer, desk, facts, floor, row, tab, thread

__all__ = ["floor"]  # the fixture of that module

UNDO_MS = 8_000  # as long as Undo is shown

# What a hand over the window does: a file pasted from the clipboard, or let go above the editor.
_HANDS = """(field, [kind, name]) => {
  const files = new DataTransfer()
  files.items.add(new File(['hola'], name, { type: 'text/plain' }))
  const bubbles = { bubbles: true, cancelable: true }
  field.dispatchEvent(
    kind === 'paste'
      ? new ClipboardEvent('paste', { ...bubbles, clipboardData: files })
      : new DragEvent(kind, { ...bubbles, dataTransfer: files }),
  )
}"""
TOO_LARGE_BYTES = 40 * 1024 * 1024 + 1


def settings(page: Page, floor: Floor, path: str) -> None:
    page.goto(f"{floor.team.product.url}/app/accounts/{floor.ana.account_id}/settings/{path}")


def select(field: Locator, start: int, end: int) -> None:
    field.evaluate("(field, [start, end]) => field.setSelectionRange(start, end)", [start, end])


def send(page: Page) -> None:
    page.get_by_test_id("send").click()
    expect(page.locator("[data-sending]")).to_have_count(0)


@pytest.mark.feature("R-06", "R-09", "R-16", "N-06", "C-21")
def test_text_is_marked_by_keys_signed_by_hand_given_files_and_copied(screens: Screens, floor: Floor) -> None:
    customer, number = floor.writes("Hola", name="Teresa Texto")
    with floor.team.product.api(floor.bruno) as api:
        profile = f"{floor.team.product.url}/api/v1/profile"
        signed = {"profile": {"message_signature": "Bruno, de la tienda"}}
        api.put(profile, json=signed).raise_for_status()
    with plainly(floor.team.product, floor.bruno):
        page = screens.desk(
            floor.team.product, floor.bruno, f"accounts/{floor.bruno.account_id}/conversations/{number}",
            viewport={"width": 1440, "height": 860}, permissions=["clipboard-read", "clipboard-write"],
        )  # fmt: skip
        field = composer(page)

        # Bold and italic by key and by button; each is put on and taken off.
        field.fill("uno dos")
        select(field, 0, 3)
        field.press("Control+b")
        expect(field).to_have_value("**uno** dos")
        field.press("Control+b")
        expect(field).to_have_value("uno dos")
        select(field, 4, 7)
        field.press("Control+i")
        expect(field).to_have_value("uno *dos*")
        field.press("Control+i")
        page.get_by_role("button", name="Cursiva").click()
        expect(field).to_have_value("uno *dos*")

        # This channel signs nothing by itself: the button does, once.
        for _ in range(2):
            page.get_by_role("button", name="Firma", exact=True).click()
            expect(field).to_have_value("uno *dos*\n\nBruno, de la tienda")

        # A file is pasted, dropped and chosen; one that is too large is said by name and not taken.
        field.evaluate(_HANDS, ["paste", "pegado.txt"])
        field.evaluate(_HANDS, ["dragover", "soltado.txt"])
        expect(page.locator(".comp")).to_have_class(re.compile("dragging"))
        field.evaluate(_HANDS, ["drop", "soltado.txt"])
        expect(page.locator(".comp")).not_to_have_class(re.compile("dragging"))
        page.get_by_test_id("files").evaluate(
            """(picker, size) => {
              const files = new DataTransfer()
              files.items.add(new File([new Uint8Array(size)], 'enorme.bin'))
              picker.files = files.files
              picker.dispatchEvent(new Event('change'))
            }""",
            TOO_LARGE_BYTES,
        )
        expect(page.get_by_text("enorme.bin supera el máximo de 40 MB")).to_be_visible()
        expect(page.locator(".comp .files .chip")).to_have_text([re.compile("pegado"), re.compile("soltado")])
        send(page)
        expect(thread(page).locator(".m em", has_text="dos")).to_be_visible()
        [said] = [one for one in customer.reads(number) if "uno" in (one["content"] or "")]
        assert said["content"].count("Bruno, de la tienda") == 1
        assert {one["data_url"].rpartition("/")[2] for one in said["attachments"]} == {
            "pegado.txt",
            "soltado.txt",
        }

        # A note takes the same: marks, emoji and a file; and its words are copied from its menu.
        page.get_by_role("tab", name="Nota privada").click()
        field.fill("ojo: ")
        field.press("End")
        field.press("Control+b")
        field.press_sequentially("no devolver")
        field.press("End")
        page.get_by_role("button", name="Emoji").click()
        page.get_by_role("option", name="gracias please thanks").click()
        page.get_by_test_id("files").set_input_files(
            {"name": "acta.txt", "mimeType": "text/plain", "buffer": b"acta"}
        )
        send(page)
        note = thread(page).locator("[data-message]", has_text="no devolver")
        expect(note.locator("strong")).to_have_text(re.compile("no devolver"))
        expect(note).to_contain_text("🙏")
        expect(note.locator("a", has_text="acta.txt")).to_be_visible()
        assert "no devolver" not in str(customer.reads(number))
        note.hover()
        note.get_by_role("button", name=re.compile("Opciones del mensaje")).click()
        page.get_by_role("menuitem", name="Copiar", exact=True).click()
        expect(page.get_by_text("Copiado")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()").startswith("ojo: **no devolver")


@pytest.mark.feature(
    "D-SRC-01", "D-SRC-04", "D-SRC-05", "D-NEW-08",
    "V-LST-01", "V-LST-02", "V-DET-01", "V-DET-04", "V-CNV-02", "C-15",
)  # fmt: skip
def test_a_conversation_is_found_by_number_person_and_view(screens: Screens, floor: Floor) -> None:
    product = floor.team.product
    with product.api(floor.ana) as api:
        inbox = next(
            one
            for one in api.get("/inboxes").json()["payload"]
            if one.get("inbox_identifier") == floor.identifier
        )
        person = {"name": "Berta Buscada", "email": "berta@correo.example", "phone_number": "+56911111111"}
        made = api.post("/contacts", json=person | {"inbox_id": inbox["id"]}).raise_for_status().json()
        contact = made["payload"]["contact"]["id"]
        start = {"contact_id": contact, "inbox_id": inbox["id"]}
        former = api.post("/conversations", json=start | {"message": {"content": "Caso de marzo"}}).json()[
            "id"
        ]
        api.post(f"/conversations/{former}/toggle_status", json={"status": "resolved"}).raise_for_status()
        # Her former case is closed: a new one is begun for her all the same.
        number = api.post("/conversations", json=start | {"assignee_id": floor.carla.id}).json()["id"]
    page = desk(screens, floor, floor.bruno)
    expect(tab(page, "Todas")).to_be_visible()

    def found_by(words: str) -> Locator:
        page.keyboard.press("Control+k")
        page.get_by_role("combobox").fill(words)
        return page.locator("#palette-list").get_by_role("option")

    first = found_by(f"#{number}").first
    expect(first).to_contain_text(f"#{number}")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{number}")
    expect(thread(page).get_by_role("heading", name="Berta Buscada")).to_be_visible()
    for words in ("56911111111", "berta@correo.example"):
        expect(found_by(words).filter(has_text="berta@correo.example").first).to_be_visible()
        page.keyboard.press("Escape")

    # Beside it: who is responsible, and the earlier ones of the same person, with their state.
    panel = page.locator("aside.panel")
    expect(panel.get_by_test_id("assignee")).to_contain_text("Carla Cano")
    earlier = panel.get_by_role("button", name=re.compile("Caso de marzo"))
    expect(earlier).to_contain_text("Resuelta")

    # Mine, no one's, and those of one colleague.
    _, free = floor.writes("Sin dueño", name="Nadie Suya")
    _, mine = floor.writes("Para Bruno", name="Bruna Suya")
    with product.api(floor.ana) as api:
        given = {"assignee_id": floor.bruno.id}
        api.post(f"/conversations/{mine}/assignments", json=given).raise_for_status()
    page.mouse.move(5, 5)
    tab(page, "Mías").click()
    expect(row(page, mine)).to_be_visible()
    expect(row(page, number)).to_have_count(0)
    expect(row(page, free)).to_have_count(0)
    tab(page, "Sin asignar").click()
    expect(row(page, free)).to_be_visible()
    expect(row(page, mine)).to_have_count(0)
    tab(page, "Todas").click()
    expect(row(page, number)).to_be_visible()
    expect(row(page, number)).to_contain_text("Carla Cano")
    # The list's own field finds people by their name, whoever wrote what.
    page.locator("section.list").get_by_role("button", name="Buscar en esta lista").click()
    page.get_by_role("searchbox").fill("buscada")
    expect(row(page, number)).to_be_visible()
    expect(row(page, free)).to_have_count(0)
    page.get_by_role("searchbox").press("Escape")
    page.keyboard.press("Escape")
    expect(row(page, free)).to_be_visible()

    page.get_by_role("button", name="Filtrar").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Añadir condición").click()
    dialog.get_by_label("Atributo").nth(1).select_option("assignee_id")
    dialog.get_by_label("Valor").nth(1).click()
    page.get_by_role("option", name="Carla Cano").click()
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Aplicar filtro").click()
    expect(row(page, number)).to_be_visible()
    expect(row(page, mine)).to_have_count(0)

    # The same in two presses, over the whole list.
    page.get_by_role("button", name=re.compile("^Con filtro")).click()
    expect(row(page, mine)).to_be_visible()
    page.get_by_role("button", name="Ver las de un agente").click()
    page.get_by_role("option", name="Carla Cano").click()
    expect(row(page, number)).to_be_visible()
    expect(row(page, mine)).to_have_count(0)

    # Unattended: no one answered yet, assigned or not; an answer takes it out.
    page.goto(f"{product.url}/app/accounts/{floor.bruno.account_id}/unattended")
    tab(page, "Todas").click()
    for one in (free, mine):
        expect(row(page, one)).to_be_visible()
    row(page, mine).click()
    composer(page).fill("Ahora mismo")
    send(page)
    page.mouse.move(5, 5)
    expect(row(page, mine)).to_have_count(0)
    expect(row(page, free)).to_be_visible()


@pytest.mark.feature("R-11", "V-CFG-02", "I-11", "D-CFG-02", "D-CFG-03")
def test_templates_hours_and_looks_are_set_and_stay(
    screens: Screens, floor: Floor, assert_accessible: Callable[..., None]
) -> None:
    customer, number = floor.writes("¿Precios?", name="Paca Precio")
    page = desk(screens, floor, floor.ana)

    # Dark and folded, and so after a reload.
    settings(page, floor, "profile")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/profile") and answer.ok):
        page.get_by_role("button", name="Oscuro").click()
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/profile") and answer.ok):
        page.get_by_role("button", name="Contraer el menú").click()
    page.reload()
    expect(page.get_by_role("button", name="Expandir el menú")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    assert_accessible(page)
    page.get_by_role("button", name="Expandir el menú").click()
    expect(page.get_by_role("button", name="Contraer el menú")).to_be_visible()

    # A template: made, its code taken by no second one, changed, inserted, deleted.
    settings(page, floor, "canned")
    for code, text in (("precios", "Todo a diez."), ("envios", "Salen los lunes.")):
        page.get_by_test_id("add").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Código").fill(code)
        dialog.get_by_label("Texto").fill(text)
        dialog.get_by_role("button", name="Guardar").click()
        expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Editar: envios").click()
    dialog.get_by_label("Código").fill("precios")
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Código").fill("envios")
    dialog.get_by_label("Texto").fill("Salen los martes.")
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name=re.compile("Borrar.*: precios")).click()
    expect(page.get_by_text("/precios", exact=True)).to_have_count(0)
    page.goto(f"{floor.team.product.url}/app/accounts/{floor.ana.account_id}/conversations/{number}")
    composer(page).press_sequentially("/")
    expect(page.get_by_role("option", name="/precios")).to_have_count(0)
    composer(page).press_sequentially("env")
    composer(page).press("Enter")
    expect_written(page, "Salen los martes.")
    send(page)
    assert customer.reads(number)[-1]["content"] == "Salen los martes."

    # Hours of an inbox: on, in its own time zone, with the words for when no one is there.
    inbox = floor.team.website(floor.ana, name="Tienda con horario")
    settings(page, floor, f"inboxes/{inbox['id']}")
    page.get_by_role("tab", name="Horario").click()
    page.get_by_role("switch", name=re.compile("Usar horario de atención")).click()
    page.get_by_label("Zona horaria").select_option("America/Santiago")
    page.get_by_label("Texto fuera de horario").fill("Volvemos mañana a las nueve.")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Guardado")).to_be_visible()
    page.reload()
    page.get_by_role("tab", name="Horario").click()
    expect(page.get_by_label("Texto fuera de horario")).to_have_value("Volvemos mañana a las nueve.")
    with floor.team.product.api(floor.ana) as api:
        kept = api.get(f"/inboxes/{inbox['id']}").json()
    assert (kept["working_hours_enabled"], kept["timezone"]) == (True, "America/Santiago")


@pytest.mark.feature("P-06", "P-07", "R-19", "V-CNV-03")
def test_values_are_kept_beside_a_conversation_which_only_an_administrator_deletes(
    screens: Screens, floor: Floor
) -> None:
    kinds = {"Nota": "text", "Web": "link", "Socio": "checkbox", "Puntos": "number", "Plan": "list"}
    with floor.team.product.api(floor.ana) as api:
        for name, kind in kinds.items():
            for model in ("contact_attribute", "conversation_attribute"):
                fields = {
                    "attribute_display_name": f"{name} {'C' if model == 'contact_attribute' else 'V'}",
                    "attribute_key": f"{name.lower()}_{model[:4]}",
                    "attribute_display_type": kind, "attribute_model": model,
                    "attribute_values": ["oro", "plata"] if kind == "list" else [],
                }  # fmt: skip
                made = {"custom_attribute_definition": fields}
                api.post("/custom_attribute_definitions", json=made).raise_for_status()
    _, number = floor.writes("Datos", name="Dolores Datos")
    page = desk(screens, floor, floor.bruno, number)
    panel = page.locator("aside.panel")

    def put(name: str, value: str) -> None:
        panel.get_by_role("button", name=re.compile(f"^{name}: .*Editar")).click()
        panel.get_by_label(name, exact=True).fill(value)
        with page.expect_response(lambda answer: answer.request.method != "GET" and answer.ok):
            panel.get_by_label(name, exact=True).press("Enter")

    for side in ("C", "V"):
        put(f"Nota {side}", "llama por la tarde")
        put(f"Web {side}", "https://uno.example/a")
        expect(panel.get_by_role("link", name="https://uno.example/a").first).to_be_visible()
        put(f"Web {side}", f"https://dos.example/{side}")
        put(f"Puntos {side}", "7")
        with page.expect_response(lambda answer: answer.request.method != "GET" and answer.ok):
            panel.get_by_label(f"Socio {side}", exact=True).check()
        with page.expect_response(lambda answer: answer.request.method != "GET" and answer.ok):
            panel.get_by_label(f"Plan {side}", exact=True).select_option("oro")
    page.reload()
    for side in ("C", "V"):
        expect(panel.get_by_role("link", name=f"https://dos.example/{side}")).to_be_visible()
        expect(
            panel.get_by_role("button", name=re.compile(f"^Nota {side}: llama por la tarde"))
        ).to_be_visible()
        expect(panel.get_by_label(f"Socio {side}", exact=True)).to_be_checked()
    found = facts(floor, number)
    beside = {"nota": "llama por la tarde", "puntos": 7, "socio": True, "plan": "oro"}
    for values, model, side in (
        (found["custom_attributes"], "conv", "V"),
        (found["meta"]["sender"]["custom_attributes"], "cont", "C"),  # type: ignore[index]
    ):
        kept = beside | {"web": f"https://dos.example/{side}"}
        assert values == {f"{key}_{model}": value for key, value in kept.items()}

    # A copy: at the top right, and to the customer only where there is an address.
    more = page.locator(".th").get_by_role("button", name="Más")
    head = more.bounding_box()
    window = page.locator("section.thread").bounding_box()
    assert head and window and head["x"] > window["x"] + window["width"] / 2
    assert head["y"] < window["y"] + 60
    more.click()
    expect(page.get_by_role("menuitem", name="Borrar conversación")).to_have_count(0)
    page.get_by_role("menuitem", name=re.compile("[Tt]ranscripción")).click()
    to_customer = page.get_by_role("dialog").get_by_role("radio", name=re.compile("^Al cliente"))
    expect(to_customer).to_be_disabled()
    page.keyboard.press("Escape")
    with floor.team.product.api(floor.ana) as api:
        contact = found["meta"]["sender"]["id"]  # type: ignore[index]
        api.patch(f"/contacts/{contact}", json={"email": "dolores@correo.example"}).raise_for_status()
    expect(panel.get_by_test_id("contact-email")).to_have_text("dolores@correo.example")
    more.click()
    page.get_by_role("menuitem", name=re.compile("[Tt]ranscripción")).click()
    expect(to_customer).to_be_enabled()
    page.keyboard.press("Escape")

    # Deleted by an administrator, who is asked first; it leaves every screen.
    other = desk(screens, floor, floor.ana, number)
    other.locator(".th").get_by_role("button", name="Más").click()
    other.get_by_role("menuitem", name="Borrar conversación").click()
    asked = other.get_by_role("dialog")
    expect(asked).to_contain_text(f"#{number}")
    asked.get_by_role("button", name="Cancelar").click()
    expect(composer(other)).to_be_visible()
    other.locator(".th").get_by_role("button", name="Más").click()
    other.get_by_role("menuitem", name="Borrar conversación").click()
    asked.locator(".btn.danger").click()
    # Until its Undo has gone unused it is hidden from whoever deleted it, and from nobody else.
    expect(other.locator(".toast").filter(has_text=f"#{number}")).to_be_visible()
    expect(row(other, number)).to_have_count(0)
    expect(composer(other)).to_have_count(0)
    assert facts(floor, number)["id"] == number
    for screen in (page, other):
        expect(composer(screen)).to_have_count(0, timeout=UNDO_MS + LIVE_MS + 5_000)
        expect(row(screen, number)).to_have_count(0)
