"""People at the desk: a file of contacts comes in, and who someone is stands where they are answered."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, Team

# A picture of each screen for whoever works on it.
LOOK = os.environ.get("LOOK_AT_PEOPLE", "")


def look(page: Page, name: str) -> None:
    if LOOK:
        page.screenshot(path=Path(LOOK) / f"{name}.png")


HOSTILE = (
    'Nombre;Correo;Celular;Correo;Vendedor;"Notas"\r\n'
    "Íñigo Muñoz;inigo@example.com;+56 9 7644 2210;otro@example.com;m.ortiz;=HYPERLINK(1)\r\n"
    "Rosa;rosa.inostroza@;;;;\r\n"
    f"Larga;larga@example.com;;;;{'x' * 1_000_000}\r\n"
    '"Sin cerrar;c@example.com;;;;\r\n'
    "Nulo\0;n@example.com;;;;\r\n"
    "Zoë;zoe@example.com;;;l.paz;\r\n"
)


@pytest.mark.feature("P-03")
def test_a_hostile_file_of_contacts_comes_in_and_goes_out_again(
    screens: Screens, team: Team, assert_accessible: Callable[..., None], tmp_path: Path
) -> None:
    base = f"accounts/{team.admin.account_id}/contacts"
    page = screens.desk(team.product, team.admin, base)
    page.get_by_role("link", name="Importar contactos").click()
    expect(page.get_by_role("heading", name="Importar contactos")).to_be_visible()
    look(page, "import-1")
    page.get_by_test_id("import-file").set_input_files(
        {"name": "hoja.xlsx", "mimeType": "text/csv", "buffer": b"PK\x03\x04..."}
    )
    expect(page.get_by_role("alert")).to_contain_text("Guarda la hoja como CSV")

    # UTF-16 with its mark, as a spreadsheet writes it: everything is guessed, and nothing is written yet.
    page.get_by_test_id("import-file").set_input_files(
        {"name": "clientes.csv", "mimeType": "text/csv", "buffer": HOSTILE.encode("utf-16")}
    )
    expect(page.get_by_text("Separado por punto y coma, UTF-16 LE")).to_be_visible()
    go = page.get_by_role("button", name="Importar 2 contactos")
    expect(go).to_be_enabled(timeout=20_000)
    look(page, "import-2")
    assert_accessible(page)
    page.get_by_role("button", name="4 líneas se quedan fuera").click()
    expect(page.get_by_role("row", name="rosa.inostroza@")).to_contain_text("Al correo le falta")
    page.get_by_label("La columna Vendedor va a").select_option("new:Vendedor")
    expect(go).to_be_enabled(timeout=20_000)
    go.click()

    # Four numbers that add up, the bad lines with their reasons, and a file of them.
    result = page.get_by_label("Resultado", exact=True)
    expect(result).to_contain_text("Quedaron fuera", timeout=20_000)
    assert result.locator("dd").all_inner_texts() == ["2", "0", "0", "4"]
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Bajar las 4 para corregir").click()
    kept = waiting.value.path().read_text(encoding="utf-8-sig")
    assert kept.splitlines()[0] == "Nombre,Correo,Celular,Correo (2),Vendedor,Notas,Motivo"
    assert len(kept.splitlines()) == 5
    assert "x" * 1_000_000 in kept
    look(page, "import-4")
    assert_accessible(page)

    # On a phone in the dark it fits; undone, the contacts are gone.
    phone = screens.desk(
        team.product, team.admin, page.url.split("/app/")[1],
        viewport={"width": 390, "height": 844}, color_scheme="dark",
    )  # fmt: skip
    expect(phone.get_by_label("Resultado", exact=True)).to_be_visible()
    assert phone.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    look(phone, "import-phone")
    page.get_by_role("button", name="Deshacer la importación").click()
    expect(page.get_by_text("La importación se deshizo.")).to_be_visible(timeout=20_000)
    with team.product.api(team.admin) as api:
        assert api.get("/contacts").json()["meta"]["count"] == 0
