"""Every key of the desk in each state of the desk, and an undo for every act, whatever columns it moved."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens
from e2e.field import expect_written
from e2e.product import ROOT
from e2e.test_desk_conversations import Floor, composer, desk, facts, floor, row, tab, thread
from e2e.test_desk_keys import on_the_page
from e2e.visits import until

__all__ = ["floor"]  # the fixture of that module

# Width of the window, and whether the panel stands open beside the thread; where it does not, it floats when asked for.
STATES = {
    "panel open": (1440, True),
    "panel closed": (1440, False),
    "rail": (1100, False),
    "phone": (390, False),
}
LAYERS = "[role=menu], [role=dialog], [role=listbox] [role=option].mi, aside.panel.floating"


def settle(page: Page) -> None:
    """What lies over the thread closes, one layer each time; the thread stays."""
    for _ in range(5):
        if not page.locator(LAYERS).count():
            break
        page.keyboard.press("Escape")
        page.wait_for_timeout(120)
        on_the_page(page)
    expect(page.locator(LAYERS)).to_have_count(0)
    expect(thread(page)).to_be_visible()
    on_the_page(page)


@pytest.mark.timeout(180)
@pytest.mark.feature("Z-21")
@pytest.mark.parametrize("state", STATES)
def test_each_key_does_the_same_in_each_state(screens: Screens, floor: Floor, state: str) -> None:
    width, docked = STATES[state]
    _, number = floor.writes("Teclas", name=f"Tecla {width} {docked}")
    page = desk(screens, floor, floor.bruno, number)
    page.set_viewport_size({"width": width, "height": 844})
    expect(thread(page).get_by_text("Teclas")).to_be_visible()
    on_the_page(page)
    panel = page.locator("aside.panel")
    page.wait_for_timeout(300)
    if panel.count() != int(docked):
        page.keyboard.press("]")
    expect(panel).to_have_count(int(docked))

    choices = {
        "s": ("menuitem", "Hasta la próxima respuesta"),
        "p": ("menuitem", "Urgente"),
        "a": ("option", "Carla Cano"),
        "t": ("option", "devoluciones"),
        "l": ("option", "garantia"),
        "m": ("menuitem", "Responder a este mensaje"),
    }
    for key, (role, name) in choices.items():
        page.keyboard.press(key)
        expect(page.get_by_role(role, name=name), f"{key}, {state}").to_be_visible()  # type: ignore[arg-type]
        settle(page)
    for key, title in {"?": "Atajos de teclado", "f": "Filtrar conversaciones"}.items():
        page.keyboard.press(key)
        expect(page.get_by_role("dialog", name=title), f"{key}, {state}").to_be_visible()
        # A dialog has the keys while it is open, also where no one types in it.
        page.get_by_role("dialog").get_by_role("button").first.focus()
        for dead in ("e", "i", "u", "x", "j"):
            page.keyboard.press(dead)
        expect(page.get_by_role("dialog", name=title)).to_be_visible()
        expect(page.locator(".toast, .list .banner")).to_have_count(0)
        expect(page).to_have_url(re.compile(f"/conversations/{number}$"))
        settle(page)
    for key, kind in {"n": "Nota privada", "r": "Responder"}.items():
        page.keyboard.press(key)
        expect(composer(page)).to_be_focused()
        expect(thread(page).get_by_role("tab", name=kind)).to_have_attribute("aria-selected", "true")
        page.keyboard.press("e")  # a letter while one writes
        expect_written(page, "e")
        composer(page).fill("")
        on_the_page(page)
    now = facts(floor, number)
    assert (now["status"], now["meta"].get("assignee")) == ("open", None)  # type: ignore[attr-defined]

    page.keyboard.press("]")
    expect(panel).to_have_count(int(not docked))
    page.keyboard.press("]")
    expect(panel).to_have_count(int(docked))
    page.keyboard.press("i")
    expect(page.get_by_text("Asignada a Bruno Bravo")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("Asignada a Bruno Bravo")).to_have_count(0)
    page.keyboard.press("u")
    expect(page.get_by_text("Marcada como no leída")).to_be_visible()
    page.keyboard.press("e")
    expect(page.get_by_text(f"Conversación #{number} resuelta")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text(f"Conversación #{number} resuelta")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/conversations/?$"))


@pytest.mark.timeout(180)
@pytest.mark.feature("Z-21", "V-LST-01")
def test_the_keys_of_the_list_and_of_the_whole_desk_in_each_state(screens: Screens, floor: Floor) -> None:
    for index in range(3):
        floor.writes(f"Fila {index}", name=f"Fila {index}")
    page = desk(screens, floor, floor.carla, floor.writes("Fila 3", name="Fila 3")[1])
    tab(page, "Todas").click()
    rows = page.locator("[data-conversation]")
    expect(rows.nth(3)).to_be_visible()
    first, second, third = (int(str(rows.nth(at).get_attribute("data-conversation"))) for at in range(3))
    chosen, panel = page.locator(".list .banner"), page.locator("aside.panel")
    app, inbox = page.locator(".app"), f"/accounts/{floor.carla.account_id}"

    def at(number: int | None) -> None:
        expect(page).to_have_url(re.compile(rf"/conversations/{number}$" if number else "/conversations/?$"))
        on_the_page(page)

    for state, (width, docked) in STATES.items():
        page.set_viewport_size({"width": width, "height": 844})
        on_the_page(page)
        page.wait_for_timeout(300)
        if panel.count() != int(docked):
            page.keyboard.press("]")
        expect(panel, state).to_have_count(int(docked))
        # J and K go through the rows.
        for key, number in {"j": second, "k": first}.items():
            page.keyboard.press(key)
            at(number)
        # X chooses the open one, ⇧ X all from there on; where the thread covers the list, it is seen again.
        page.keyboard.press("x")
        expect(chosen, state).to_contain_text("1")
        if width > 720:
            for _ in range(2):
                page.keyboard.press("j")
            at(third)
            page.keyboard.press("Shift+X")
        else:
            at(None)
            row(page, third).focus()
            page.keyboard.press("Shift+X")
        expect(chosen, state).to_contain_text("3")
        on_the_page(page)
        page.keyboard.press("Escape")
        expect(chosen, state).to_have_count(0)
        # Enter opens the row that has the focus.
        row(page, second).focus()
        page.keyboard.press("Enter")
        at(second)
        # / searches, Esc leaves the field and then the search.
        page.keyboard.press("/")
        search = page.locator(".list").get_by_role("searchbox")
        expect(search, state).to_be_focused()
        search.press("Escape")
        page.keyboard.press("Escape")
        expect(search, state).to_have_count(0)
        # Ctrl K is heard everywhere, chords lead from screen to screen, and back to the thread.
        page.keyboard.press("Control+k")
        expect(page.get_by_role("dialog").get_by_role("combobox"), state).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog"), state).to_have_count(0)
        on_the_page(page)
        for keys, place in {"gs": "settings/profile", "gc": "conversations", "gp": "contacts"}.items():
            for key in keys:
                page.keyboard.press(key)
            expect(page, f"{keys}, {state}").to_have_url(re.compile(f"{inbox}/{place}/?$"))
            on_the_page(page)
        for key in "gc":
            page.keyboard.press(key)
        at(None)
        row(page, first).click()
        at(first)
        # [ folds the bar, for as long as one wants it so.
        before = app.evaluate("one => one.classList.contains('folded')")
        for folded in (not before, before):
            page.keyboard.press("[")
            expect(page.locator(".app.folded"), state).to_have_count(int(folded))


# Acts of a conversation that have no way back of their own, and why.
UNDOABLE_BY_ANOTHER = {"assignToMe", "toggleLabel"}  # they call the one that has it
NO_WAY_BACK = {
    "explain", "mayWrite", "opened", "markSeen", "forgetUnread", "wasLeft",  # no acts of someone
    "sendTranscript", "retryMessage", "leaveMessage",  # mail leaves, or is said to have left
    "deleteMessage", "deleteConversation",  # are sent once their Undo has gone unused: test_desk_conversations
    "SOURCE_BYTES", "readSource",  # looked at, and how far
}  # fmt: skip
ACTS = [ROOT / "desk" / "src" / "stores" / name for name in ("acts.ts", "messageActs.ts")]
_EXPORTED = re.compile(r"^export (?:async function|function|const) (\w+)", re.MULTILINE)


def columns(floor: Floor, number: int) -> dict[str, Any]:
    now = facts(floor, number)
    meta: Any = now["meta"]
    whose = {name: (meta.get(name) or {}).get("id") for name in ("assignee", "team")}
    kept = ("status", "snoozed_until", "priority", "labels", "muted", "custom_attributes", "unread_count")
    return {column: now[column] for column in kept} | whose


@pytest.mark.timeout(180)
@pytest.mark.feature("C-10", "C-19", "A-04", "Z-21")
def test_every_act_is_taken_back_in_every_column(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("Ida y vuelta", name="Iris Ida")
    with floor.team.product.api(floor.ana) as api:
        api.post(f"/conversations/{number}/assignments", json={"assignee_id": floor.carla.id})
        api.post(f"/conversations/{number}/labels", json={"labels": ["envio"]})
        api.post(f"/conversations/{number}/toggle_priority", json={"priority": "low"})
        gift_field = {"attribute_display_name": "Regalo", "attribute_display_type": "checkbox"}
        gift_field |= {"attribute_key": "regalo", "attribute_model": "conversation_attribute"}
        made = api.post("/custom_attribute_definitions", json={"custom_attribute_definition": gift_field})
        made.raise_for_status()
    page = desk(screens, floor, floor.bruno, number)
    tab(page, "Todas").click()
    until(lambda: not columns(floor, number)["unread_count"])
    before = columns(floor, number)
    panel = page.locator("aside.panel")
    if not panel.count():  # each remembers for themselves whether it stands open
        on_the_page(page)
        page.keyboard.press("]")
    expect(panel).to_be_visible()

    def option(key: str, name: str) -> Callable[[], None]:
        def act() -> None:
            page.keyboard.press(key)
            found = page.get_by_role("option", name=name).or_(page.get_by_role("menuitem", name=name))
            found.click()
            if key == "l":
                page.keyboard.press("Escape")  # the picker of labels stays for more

        return act

    def more(name: str) -> Callable[[], None]:
        def act() -> None:
            page.locator(".th").get_by_role("button", name="Más").click()
            page.get_by_role("menuitem", name=name).click()

        return act

    def state(name: str) -> Callable[[], None]:
        def act() -> None:
            page.locator(".th").get_by_role(
                "button", name=re.compile("^Posponer o marcar como pendiente")
            ).click()
            page.get_by_role("menuitem", name=name, exact=True).click()

        return act

    def gift() -> None:
        panel.get_by_role("checkbox", name="Regalo").click()

    def key(name: str) -> Callable[[], None]:
        return lambda: page.keyboard.press(name)

    acts = {
        "Ahora en el equipo devoluciones": ("assignTeam", option("t", "devoluciones")),
        "Asignada a Bruno Bravo": ("assign", option("a", "Bruno Bravo")),
        "Ahora sin agente": ("assign", option("a", "Sin asignar")),
        "Etiquetada: garantia": ("setLabels", option("l", "garantia")),
        "Etiqueta quitada: envio": ("setLabels", option("l", "envio")),
        "Prioridad: Urgente": ("setPriority", option("p", "Urgente")),
        "Ahora sin prioridad": ("setPriority", option("p", "Sin prioridad")),
        f"Conversación #{number} pospuesta": ("setStatus", option("s", "Hasta mañana")),
        f"Conversación #{number} pendiente": ("setStatus", state("Marcar como pendiente")),
        f"Conversación #{number} resuelta": ("setStatus", key("e")),
        f"Conversación #{number} archivada": ("setStatus", key("y")),
        "Contacto bloqueado": ("setMuted", more("Bloquear contacto")),
        "Guardado": ("setAttributes", gift),
        "Marcada como no leída": ("markUnread", key("u")),
    }

    def is_taken_back(said: str, act: Callable[[], None], before: dict[str, Any]) -> None:
        on_the_page(page)
        act()
        told = page.locator(".toast").filter(has_text=said)
        expect(told, said).to_be_visible()
        assert columns(floor, number) != before, said
        told.get_by_role("button", name="Deshacer").click()
        until(lambda: columns(floor, number) == before, seconds=8)
        settle(page)

    for said, (_name, act) in acts.items():
        is_taken_back(said, act, before)
    # Opened again: from pending, and from resolved.
    for status, act in {"pending": state("Abrir"), "resolved": key("e")}.items():
        with floor.team.product.api(floor.ana) as api:
            api.post(f"/conversations/{number}/toggle_status", json={"status": status}).raise_for_status()
        resolve = "Reabrir" if status == "resolved" else "Abrir"
        expect(page.get_by_test_id("resolve")).to_have_accessible_name(resolve)
        is_taken_back(f"Conversación #{number} abierta", act, columns(floor, number))

    exported = {name for file in ACTS for name in _EXPORTED.findall(file.read_text("utf-8"))}
    proven = {name for name, _act in acts.values()}
    assert exported == proven | UNDOABLE_BY_ANOTHER | NO_WAY_BACK
