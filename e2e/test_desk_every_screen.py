"""Every screen of the desk, light and wide, dark and on a phone: read aloud, seen, and written in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, Team
from e2e.product import ROOT

# Where one only passes through, or is not yet in: the screens of the doors have tests of their own.
PASSED_THROUGH = {"home", "login"}
# Fields that a phone would zoom into: its smallest is 16 px.
_SMALL = """() => [...document.querySelectorAll('input, textarea, select, [contenteditable=true]')]
  .filter((one) => one.checkVisibility() && !['checkbox', 'radio', 'range', 'color', 'file'].includes(one.type))
  .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 16).map((one) => one.outerHTML.slice(0, 120))"""
_ASIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

# Nothing loads, and nothing has changed for a quarter of a second: the screen, not its beginning.
_AT_REST = """() => new Promise((rest) => {
  const observer = new MutationObserver(() => wait())
  let timer
  const look = () => {
    if (document.querySelector('[aria-busy=true]')) return wait()
    observer.disconnect()
    rest()
  }
  const wait = () => {
    clearTimeout(timer)
    timer = setTimeout(look, 250)
  }
  observer.observe(document, { subtree: true, childList: true, attributes: true })
  wait()
})"""


def names_in_router() -> set[str]:
    """The name of every route."""
    text = (ROOT / "desk" / "src" / "router.ts").read_text(encoding="utf-8")
    return set(re.findall(r"name: '([\w-]+)',", text))


def screens_of(team: Team) -> dict[str, str]:
    """The path of each screen below the account, with something on it to look at."""
    number = team.program(team.agent("Vera Vista")).starts(
        "Hola, ¿tenéis tallas grandes?", email="carla@example.com"
    )
    with team.product.api(team.admin) as api:

        def made(path: str, **fields: Any) -> int:
            return int(api.post(path, json=fields).raise_for_status().json()["id"])

        inbox = api.get("/inboxes").json()["payload"][0]["id"]
        team_id = made("/teams", name="Ventas")
        made("/labels", title="tallas", color="#0b5c66")
        contact = api.get(f"/conversations/{number}").json()["meta"]["sender"]["id"]
        conditions = {"payload": [
            {"attribute_key": "status", "filter_operator": "equal_to", "values": ["open"], "query_operator": None}
        ]}  # fmt: skip
        folder = made("/custom_filters", name="Abiertas", filter_type="conversation", query=conditions)
        people = {"payload": [
            {"attribute_key": "email", "filter_operator": "is_present", "values": [], "query_operator": None}
        ]}  # fmt: skip
        segment = made("/custom_filters", name="Con correo", filter_type="contact", query=people)
        made("/canned_responses", short_code="hola", content="Hola, ¿en qué ayudo?")
        actions = [{"action_name": "resolve_conversation", "action_params": []}]
        macro = {"name": "Cerrar", "visibility": "global", "actions": actions}
        api.post("/macros", json=macro).raise_for_status()
    return {
        "conversations": f"conversations/{number}",
        "mentions": "mentions",
        "unattended": "unattended",
        "snoozed": "snoozed",
        "inbox": f"inbox/{inbox}",
        "team": f"team/{team_id}",
        "label": "label/tallas",
        "first-steps": "first-steps",
        "board": "board",
        "participating": "participating",
        "folder": f"folder/{folder}",
        "segment": f"segment/{segment}",
        "contacts": "contacts",
        "contact": f"contacts/{contact}",
        "contact-import": "contacts/import",
        "exports": "exports",
        "search": "search?q=tallas",
        "settings": "settings",
        "profile": "settings/profile",
        "security": "settings/security",
        "canned": "settings/canned",
        "macros": "settings/macros",
        "dashboard-apps": "settings/apps",
        "inboxes": "settings/inboxes",
        "new-inbox": "settings/inboxes/new",
        "inbox-settings": f"settings/inboxes/{inbox}",
        "agents": "settings/agents",
        "teams": "settings/teams",
        "roles": "settings/roles",
        "labels": "settings/labels",
        "attributes": "settings/attributes",
        "account-settings": "settings/account",
        "single-sign-on": "settings/single-sign-on",
        "audit": "settings/audit",
        "limits": "settings/limits",
        "health": "settings/health",
        "installation": "settings/installation",
    }


@pytest.mark.timeout(420)
@pytest.mark.feature("Z-21", "Z-33", "V-USR-01", "A-10")
def test_every_screen_can_be_read_aloud_and_fits(
    screens: Screens, team: Team, assert_accessible: Callable[..., None]
) -> None:
    paths = screens_of(team)
    assert set(paths) == names_in_router() - PASSED_THROUGH, "a screen that this walk does not know"
    base = f"accounts/{team.admin.account_id}"
    wide = screens.desk(team.product, team.admin, f"{base}/conversations", color_scheme="light")
    phone = screens.desk(
        team.product,
        team.admin,
        f"{base}/conversations",
        color_scheme="dark",
        viewport={"width": 390, "height": 844},
        has_touch=True,
    )
    wrong: list[str] = []
    titles = set()
    for name, path in paths.items():
        for page in (wide, phone):
            _go(page, f"/app/{base}/{path}")
            try:
                assert_accessible(page)
            except AssertionError as complaint:
                wrong.append(f"{name}: {complaint}")
        titles.add(phone.title())
        aside, small = phone.evaluate(_ASIDE), phone.evaluate(_SMALL)
        if aside > 0:
            wrong.append(f"{name}: {aside} px wider than a phone")
        if small:
            wrong.append(f"{name}: fields under 16 px: {small}")
    assert len(titles) > 20, f"the desk did not go everywhere: {titles}"
    assert not wrong, "\n".join(wrong)


def _go(page: Page, path: str) -> None:
    """As a link does: the desk stays."""
    page.evaluate(
        "(path) => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate', {state: {}})) }",
        path,
    )
    page.evaluate(_AT_REST)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
