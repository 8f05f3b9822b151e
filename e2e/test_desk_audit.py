"""The audit log on screen: what an administrator did stands there, is found and opened; an agent finds no way to it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens, Team


@pytest.mark.feature("Z-16")
def test_what_was_administered_stands_in_the_audit_log_with_before_and_after(
    screens: Screens, team: Team, assert_accessible: Callable[..., None]
) -> None:
    agent = team.agent("Bruno Bravo")
    base = f"accounts/{team.admin.account_id}"
    with team.product.api(team.admin) as api:
        made = api.post("/labels", json={"title": "envios"}).raise_for_status().json()
        api.patch(f"/labels/{made['id']}", json={"title": "entregas"}).raise_for_status()
        api.post("/teams", json={"name": "Ventas"}).raise_for_status()
    page = screens.desk(team.product, team.admin, f"{base}/settings/audit")

    # when the administrator opens it, the newest act is on top, in words
    entry = page.locator("[data-event='label.updated']")
    expect(entry).to_contain_text("cambió la etiqueta entregas")
    expect(page.locator("[data-event='team.created']")).to_contain_text("creó el equipo")
    entry.get_by_role("button", name="Ver detalle").click()
    expect(entry.get_by_role("row", name=re.compile("title.*envios.*entregas"))).to_be_visible()
    assert_accessible(page)

    # then it is found by word and by kind, and what is looked for stands in the address
    page.get_by_label("Sobre").select_option(label="Equipos")
    expect(entry).to_be_hidden()
    expect(page).to_have_url(re.compile("subject=accounts.Team"))
    page.get_by_label("Buscar").fill("nadie se llama así")
    expect(page.get_by_text("Ningún acto cumple estos filtros")).to_be_visible()
    page.get_by_role("button", name="Quitar filtros").click()
    expect(entry).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Descargar CSV").click()
    assert "envios" in taken.value.path().read_text("utf-8-sig")

    # and an agent has neither the section nor the page
    theirs = screens.desk(team.product, agent, f"{base}/settings/audit")
    expect(theirs).to_have_url(re.compile("/settings/profile"))
    expect(theirs.get_by_role("link", name="Auditoría")).to_have_count(0)
