"""Exports on screen (D-EXP): asked for with the days and filters of a dialog, written behind, told of and taken away."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens, Team


@pytest.mark.timeout(180)
@pytest.mark.feature(
    "D-ROL-01", "D-EXP-01", "D-EXP-02", "D-EXP-03", "D-EXP-04", "D-EXP-05", "D-EXP-06", "D-EXP-07", "D-EXP-08", "D-EXP-09",
    "D-EXP-10", "D-EXP-11", "D-EXP-12",
)  # fmt: skip
def test_a_table_is_asked_for_written_and_taken_away(
    screens: Screens, team: Team, assert_accessible: Callable[..., None]
) -> None:
    agent, analyst = team.agent("Bruno Bravo"), team.agent("Pilar Prado", role="analyst")
    customer = team.program(agent)
    numbers = [customer.starts(text, name=f"Carla {text}") for text in ("=1+1", "Hola")]
    base = f"accounts/{team.admin.account_id}"
    page = screens.desk(team.product, analyst, f"{base}/exports")

    # an analyst is offered the last seven days of conversations, and sees how many that are
    page.get_by_role("button", name="Nueva exportación").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="7 días")).to_have_attribute("aria-pressed", "true")
    expect(dialog.get_by_role("status")).to_contain_text("2 conversaciones")
    for title in (
        "Canal",
        "Asignada a",
        "Agente",
        "Abierta o cerrada",
        "Respuesta",
        "Importancia",
        "Notas privadas",
    ):
        expect(dialog.get_by_role("button", name=re.compile(f"^{title}.*No considerar"))).to_be_visible()
    assert_accessible(page)

    # more than two months are refused, and shortened by a press
    first = dialog.get_by_label("Desde").input_value()
    dialog.get_by_label("Desde").fill("2026-01-01")
    dialog.get_by_label("Hasta").fill("2026-03-02")
    expect(dialog.get_by_text("Son más de dos meses")).to_be_visible()
    expect(dialog.get_by_role("button", name="Exportar CSV")).to_be_disabled()
    dialog.get_by_role("button", name=re.compile("Acortar")).click()
    expect(dialog.get_by_label("Hasta")).to_have_value("2026-03-01")
    dialog.get_by_role("button", name="7 días").click()
    expect(dialog.get_by_label("Desde")).to_have_value(first)

    # the order of waiting locks the filter of replies
    dialog.get_by_role("button", name="Tiempo de espera").click()
    expect(dialog.get_by_role("button", name=re.compile("Respuesta.*Esperan respuesta"))).to_be_disabled()
    dialog.get_by_role("button", name="Última actualización").click()
    dialog.get_by_role("button", name="Creación").click()
    expect(dialog.get_by_role("button", name="Creación")).to_have_attribute("aria-pressed", "true")

    # messages have filters of their own; what was chosen stands in the line
    dialog.get_by_role("radio", name=re.compile("Mensajes")).click()
    expect(dialog.get_by_role("status")).to_contain_text("2 mensajes")
    for title in ("Mención", "Publicado por", "Asignada a", "Respuesta"):
        expect(
            dialog.get_by_role("button", name=re.compile(f"^{title}.*No considerar")).first
        ).to_be_visible()
    dialog.get_by_role("button", name=re.compile("Privacidad")).click()
    page.get_by_role("option", name="Privado").click()
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Exportar CSV").click()

    # it is written behind the page, and its file can be taken away
    line = page.get_by_role("listitem").filter(has_text="Mensajes").filter(has_text="Privado")
    expect(line.get_by_role("button", name="Descargar")).to_be_visible(timeout=20_000)
    expect(line).to_contain_text("2 filas")
    expect(line.get_by_role("img", name="Nueva")).to_be_visible()
    with page.expect_download() as taken:
        line.get_by_role("button", name="Descargar").click()
    rows = list(csv.DictReader(io.StringIO(taken.value.path().read_text("utf-8-sig"))))
    assert {row["Ticket"] for row in rows} == {str(number) for number in numbers}
    assert {row["Texto"] for row in rows} == {"'=1+1", "Hola"}, "a spreadsheet runs nothing"
    expect(line.get_by_role("img", name="Nueva")).to_have_count(0)
    assert_accessible(page)

    # and an executive has neither the menu nor the page
    theirs = screens.desk(team.product, agent, f"{base}/exports")
    expect(theirs).to_have_url(re.compile("/settings/profile"))
    expect(theirs.get_by_role("link", name="Exportaciones")).to_have_count(0)
