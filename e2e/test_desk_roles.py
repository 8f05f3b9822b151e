"""Roles in words, the desk as somebody else sees it, and a conversation that is taken away while one looks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, Team


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_test_id(f"answer-{question}").click()
    page.get_by_role("menuitemradio", name=re.compile(f"^{answer}")).click()


@pytest.mark.feature("Z-17", "Z-08", "V-USR-02", "D-ROL-03")
def test_a_role_is_made_in_words_given_tried_and_removed(
    screens: Screens, team: Team, assert_accessible: Any
) -> None:
    ana, bruno = team.admin, team.agent("Bruno Bravo")
    customer = team.program(bruno)
    number = customer.starts("¿Llegó mi pago?", name="Camila Vargas")
    with team.product.api(ana) as api:
        api.post(f"/conversations/{number}/assignments", json={"assignee_id": ana.id}).raise_for_status()
    base = f"accounts/{ana.account_id}"
    page = screens.desk(team.product, ana, f"{base}/settings/roles", viewport={"width": 1440, "height": 900})

    # Standard roles are duplicated to be changed.
    page.get_by_role("columnheader").get_by_role("button", name="Agente").click()
    page.get_by_test_id("duplicate").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Nombre")).to_be_focused()
    dialog.get_by_label("Nombre").fill("Ventas externa")
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Ventas externa")).to_be_visible()
    assert_accessible(page)

    # An answer says what it was; what contradicts itself is refused where it stands.
    choose(page, "sight", "Solo las suyas")
    expect(page.get_by_text("antes, Todas las de sus canales")).to_be_visible()
    choose(page, "teams", "Sí")
    expect(page.get_by_role("alert")).to_have_text("Podría abrirse lo que este rol le oculta.")
    expect(page.get_by_test_id("save-role")).to_be_disabled()
    choose(page, "teams", "No")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Guardado")).to_be_visible()
    expect(page.get_by_test_id("save-role")).to_have_count(0)

    # Given to a person, who then sees no more of it.
    page.goto(f"{team.product.url}/app/{base}/settings/agents")
    page.get_by_role("button", name="Editar: Bruno Bravo").click()
    dialog.get_by_label("Rol").select_option("Ventas externa")
    dialog.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Ventas externa")).to_be_visible()

    # Seen as they see it: nothing of it, under a bar, and nothing to write with.
    page.goto(f"{team.product.url}/app/{base}/settings/roles")
    mine = page.get_by_role("columnheader", name="Ventas externa")
    expect(mine).to_contain_text("1 persona · propio")
    expect(page.get_by_text("Afecta a Bruno Bravo")).to_be_visible()
    page.get_by_test_id("view-as").click()
    page.get_by_role("option", name=re.compile("Bruno Bravo")).click()
    expect(page.get_by_test_id("view-bar")).to_contain_text("Bruno Bravo")
    expect(page.get_by_text("Camila Vargas")).to_have_count(0)
    assert_accessible(page)
    page.get_by_role("button", name="Volver a lo mío").click()
    expect(page.get_by_test_id("view-bar")).to_have_count(0)

    # Removed: its people go where one says.
    page.get_by_test_id("remove-role").click()
    expect(dialog).to_contain_text("La persona que lo tiene pasa a otro rol.")
    dialog.get_by_test_id("confirm").click()
    expect(page.get_by_role("columnheader", name="Ventas externa")).to_have_count(0)


@pytest.mark.feature("A-08", "Z-08")
def test_what_is_given_to_another_team_leaves_the_desk_of_who_may_not_see_it(
    screens: Screens, team: Team
) -> None:
    ana, bruno = team.admin, team.agent("Bruno Bravo")
    number = team.program(bruno).starts("¿Llegó mi pago?", name="Camila Vargas")
    with team.product.api(ana) as api:
        teams = {}
        for name, members in (("norte", [bruno.id]), ("sur", [ana.id])):
            made = api.post("/teams", json={"name": name, "sight": "team"}).raise_for_status().json()
            api.post(f"/teams/{made['id']}/team_members", json={"user_ids": members}).raise_for_status()
            teams[name] = made["id"]
        path = f"/conversations/{number}/assignments"
        api.post(path, json={"team_id": teams["norte"]}).raise_for_status()
        page = screens.desk(team.product, bruno, f"accounts/{bruno.account_id}/conversations")
        page.get_by_role("tab", name=re.compile("Todas|Sin asignar")).last.click()
        row = page.locator("main").get_by_text("Camila Vargas").first
        expect(row).to_be_visible()

        api.post(path, json={"team_id": teams["sur"]}).raise_for_status()
        expect(page.get_by_text("Camila Vargas")).to_have_count(0)
        api.post(path, json={"team_id": teams["norte"]}).raise_for_status()
        expect(row).to_be_visible()
