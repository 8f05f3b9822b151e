"""Macros at the desk: written in the settings, run beside a conversation and from the palette, taken back in one."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens, Team


@pytest.mark.feature("U-06", "U-07", "U-08")
def test_a_macro_is_written_run_and_taken_back(screens: Screens, team: Team, assert_accessible: Any) -> None:
    ana, bruno = team.admin, team.agent("Bruno Bravo")
    customer = team.program(bruno)
    number = customer.starts("¿Llegó mi pago?", name="Camila Vargas")
    with team.product.api(ana) as api:
        api.post("/labels", json={"title": "pagado", "color": "#0b5c66"}).raise_for_status()
        own = {"name": "De Ana", "visibility": "personal", "actions": [{"action_name": "mute_conversation"}]}
        api.post("/macros", json=own).raise_for_status()
    base = f"accounts/{ana.account_id}"
    page = screens.desk(team.product, ana, f"{base}/settings/macros")

    # Written: a label, a file and a message, with the last one moved up by the keyboard.
    page.get_by_test_id("add").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nombre").fill("Pago recibido")
    add = dialog.get_by_test_id("add-action")
    add.select_option("add_label")
    dialog.get_by_label("Etiquetas", exact=True).select_option("pagado")
    add.select_option("send_attachment")
    dialog.get_by_test_id("action-files").set_input_files(
        {"name": "recibo.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 recibo"}
    )
    expect(dialog.get_by_text("recibo.pdf")).to_be_visible()
    add.select_option("resolve_conversation")
    add.select_option("send_message")
    dialog.get_by_label("Mensaje", exact=True).fill("Gracias, {{contact.first_name}}")
    page.keyboard.press("Alt+ArrowUp")
    steps = dialog.locator("ol li .med")
    expect(steps).to_have_text(
        ["1. Añadir etiquetas", "2. Enviar archivos", "3. Enviar un mensaje", "4. Resolver"]
    )
    assert_accessible(page)
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("main li")).to_have_count(2)

    # Deleted and brought back, with its file.
    page.get_by_role("button", name="Borrar macro: Pago recibido").click()
    expect(page.locator("main li")).to_have_count(1)
    page.get_by_role("button", name="Deshacer").last.click()
    page.get_by_role("button", name="Editar: Pago recibido").click()
    expect(dialog.get_by_text("recibo.pdf")).to_be_visible()
    page.keyboard.press("Escape")

    # Run by an agent, who sees everyone's alone: each step is told, and one undo takes back what can be.
    desk = screens.desk(
        team.product, bruno, f"{base}/conversations/{number}", viewport={"width": 1440, "height": 860}
    )
    panel = desk.get_by_role("complementary")
    expect(panel.get_by_role("button", name="Ejecutar De Ana")).to_have_count(0)
    panel.get_by_role("button", name="Ejecutar Pago recibido").click()
    run = desk.get_by_test_id("macro-run")
    expect(run.locator("li.done")).to_have_count(4)
    assert_accessible(desk)
    said = customer.reads(number)
    assert "Gracias, Camila" in [one["content"] for one in said]
    assert any(one.get("attachments") for one in said)
    with team.product.api(bruno) as api:
        assert api.get(f"/conversations/{number}").json()["status"] == "resolved"
        run.get_by_role("button", name="Deshacer").click()
        expect(run.locator("li.undone")).to_have_count(2)
        now = api.get(f"/conversations/{number}").json()
    assert (now["status"], now["labels"]) == ("open", [])

    # The same from the palette.
    desk.keyboard.press("Control+k")
    desk.keyboard.type("Ejecutar macro")
    desk.keyboard.press("Enter")
    desk.get_by_role("option", name="Pago recibido").click()
    expect(run.locator("li.done")).to_have_count(4)

    # Who types its name needs no second step; who types nothing is not shown each of them.
    desk.keyboard.press("Control+k")
    expect(desk.get_by_role("option", name="Ejecutar macro")).to_be_visible()
    expect(desk.get_by_role("option", name="Pago recibido")).to_have_count(0)
    desk.keyboard.type("pago rec")
    desk.get_by_role("option", name="Pago recibido").click()
    expect(run.locator("li.done")).to_have_count(4)
