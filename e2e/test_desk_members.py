"""A team without a limit on the members' page, and what the desk offers nobody but administrators."""

from __future__ import annotations

import re
import time

import httpx
import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, make_team
from e2e.product import Product

MANY = 300
# Settings of the account and of the installation, by their address.
CLOSED = [
    "agents",
    "teams",
    "inboxes",
    "inboxes/new",
    "labels",
    "attributes",
    "roles",
    "account",
    "audit",
    "installation",
]


@pytest.mark.feature("V-USR-01")
def test_three_hundred_members_are_listed_searched_and_changed(screens: Screens, product: Product) -> None:
    team = make_team(product)
    addresses = [f"persona{number:03}@{team.prefix}.example" for number in range(MANY)]
    with product.api(team.admin) as api:
        for first in range(0, MANY, 50):
            api.post("/agents/bulk_create", json={"emails": addresses[first : first + 50]}).raise_for_status()
        assert len(api.get("/agents").json()) == MANY + 1

    page = screens.desk(product, team.admin, f"accounts/{team.admin.account_id}/settings/agents")
    rows = page.locator("li.one")
    expect(page.locator(".cnt", has_text=str(MANY + 1))).to_be_visible()
    expect(rows).to_have_count(50)
    page.get_by_role("button", name=re.compile(f"Mostrar más .50 de {MANY + 1}.")).click()
    expect(rows).to_have_count(100)
    began = time.monotonic()
    page.get_by_role("searchbox").fill("persona273@")
    expect(rows).to_have_count(1)
    assert time.monotonic() - began < 3
    rows.get_by_role("button", name=re.compile("^Quitar")).click()
    page.get_by_role("dialog").locator(".btn.danger").click()
    expect(page.get_by_text("No encontramos nada").or_(page.locator("li.one"))).to_have_count(1)
    expect(page.locator(".cnt", has_text=str(MANY))).to_be_visible()
    page.get_by_role("button", name="Invitar").click()
    page.get_by_role("dialog").get_by_label("Nombre").fill("Una Más")
    page.get_by_role("dialog").get_by_label("Correo").fill(f"unamas@{team.prefix}.example")
    page.get_by_role("dialog").get_by_role("button", name="Enviar invitación").click()
    page.get_by_role("searchbox").fill("una más")
    expect(rows).to_have_count(1)


@pytest.mark.feature("A-10")
def test_an_agent_is_offered_no_setting_of_administrators(screens: Screens, product: Product) -> None:
    """Not by the menu, not by an address, not by the palette; and the server says no as well."""
    team = make_team(product)
    agent = team.agent("Berta Base")
    page = screens.desk(product, agent, f"accounts/{agent.account_id}/settings/profile")
    shown = page.locator(".sections").get_by_role("link")
    expect(page.locator(".sections").get_by_role("link", name="Tu perfil")).to_be_visible()
    mine = set(shown.all_inner_texts())

    boss = screens.desk(product, team.admin, f"accounts/{team.admin.account_id}/settings/profile")
    expect(boss.locator(".sections").get_by_role("link", name="Agentes")).to_be_visible()
    closed = {name.strip() for name in boss.locator(".sections").get_by_role("link").all_inner_texts()} - {
        name.strip() for name in mine
    }
    assert {"Agentes", "Equipos"} <= closed

    for path in CLOSED:
        page.goto(f"{product.url}/app/accounts/{agent.account_id}/settings/{path}")
        page.wait_for_url("**/settings/profile")

    for name in sorted(closed):
        assert not offered(page, name), f"the palette offers {name}"
    assert offered(page, "Tu perfil")
    assert offered(boss, "Agentes"), "else nothing was asked"

    with product.api(agent) as api:
        refused = [
            api.post("/agents", json={"email": "x@y.example"}),
            api.patch("", json={"name": "Otra"}),
            api.post("/teams", json={"name": "x"}),
            api.get("/audit_logs"),
        ]
        assert {one.status_code for one in refused} == {401}
        desk = f"{product.url}/api/desk/accounts/{agent.account_id}"
        for path in ("roles", "second_step"):
            answer = httpx.get(f"{desk}/{path}", headers={"api_access_token": agent.token})
            assert answer.status_code == 403, path


def offered(page: Page, name: str) -> bool:
    """Whether the palette has an entry of that name."""
    page.keyboard.press("Control+k")
    field = page.get_by_role("dialog").get_by_role("combobox")
    field.fill(name)
    page.wait_for_timeout(400)
    there = page.get_by_role("option", name=re.compile(rf"^{re.escape(name)}\b")).count() > 0
    page.keyboard.press("Escape")
    return there
