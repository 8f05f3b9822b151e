"""Below the floor of browsers, and where the messenger cannot start, a text can still be sent and answered."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, Team
from e2e.product import ROOT
from e2e.visits import Visit, incoming, reply, the_conversation, visit

__all__ = ["visit"]

FLOOR = ROOT / "scripts" / "tooling" / "floor.mjs"


def is_old(page: Page) -> None:
    """Chrome before 97: the word is unknown to it."""
    page.add_init_script("delete Array.prototype.findLast")


def cannot_read(page: Page) -> None:
    """A sign of tomorrow in the messenger's script."""
    page.route(
        re.compile(r"/assets/main-"),
        lambda route: route.fulfill(content_type="text/javascript", body="let a = b ?|> c"),
    )


def cannot_load(page: Page) -> None:
    page.route(re.compile(r"/assets/main-"), lambda route: route.abort())


@pytest.mark.feature("W-08", "Z-31")
@pytest.mark.parametrize("trouble", [is_old, cannot_read, cannot_load], ids=lambda one: one.__name__)
def test_a_plain_form_takes_over(
    trouble: Callable[[Page], None], team: Team, screens: Screens, visit: Callable[..., Visit]
) -> None:
    page = screens.window()
    trouble(page)
    inbox = team.website(enable_email_collect=False)
    customer = visit(inbox, page=page).open()
    field = customer.frame.get_by_label("Mensaje")
    expect(field).to_be_focused()
    page.keyboard.type("¿Me leen?")
    page.keyboard.press("Enter")
    expect(customer.frame.get_by_role("log")).to_contain_text("Tú ¿Me leen?")
    expect(field).to_have_value("")
    conversation = the_conversation(team, inbox)
    assert incoming(team, conversation) == ["¿Me leen?"]
    reply(team, team.admin, conversation, "Sí, aquí estamos")
    expect(customer.frame.get_by_role("log")).to_contain_text("Sí, aquí estamos", timeout=10_000)

    # What could not be sent stays written, and the same text is never written twice.
    page.route(re.compile(r"/widget/messages"), lambda route: route.abort())
    field.fill("¿Y ahora?")
    customer.frame.get_by_role("button", name="Enviar").click()
    expect(customer.frame.get_by_role("status")).to_have_text("No pudimos hacerlo. Inténtalo de nuevo.")
    expect(field).to_have_value("¿Y ahora?")
    page.unroute(re.compile(r"/widget/messages"))
    customer.frame.get_by_role("button", name="Enviar").click()
    expect(field).to_have_value("")
    assert incoming(team, conversation) == ["¿Me leen?", "¿Y ahora?"]

    page.keyboard.press("Escape")
    expect(customer.bubble).to_have_attribute("aria-expanded", "false")
    page.reload()
    customer.open()
    expect(customer.frame.get_by_role("log")).to_contain_text("¿Y ahora?")
    # The script that could not be read is part of the story.
    screens.troubles[:] = [one for one in screens.troubles if "Unexpected token" not in one]


@pytest.mark.feature("W-08")
@pytest.mark.skipif(shutil.which("node") is None, reason="no Node on the path")
def test_what_is_above_the_floor_is_named(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    told = {
        "young.js": ("const a = Object.groupBy(b, c)", "young.js: groupBy"),
        "regexp.js": (r"export const a = (b) => b.split(/(?<=x)y/)", "regexp.js: look-behind"),
        "text.js": ("export const a = (b) => new RegExp(`(?<!${b})c`)", "text.js: look-behind"),
        "syntax.js": ("using a = b()", "syntax.js: Unexpected token"),
        "js/sdk.js": ("class A { static { b() } }", "js/sdk.js: Unexpected token"),
        "js/bridge.js": ("export const a = [].at(1)", "js/bridge.js: at"),
        "good.js": ("class A { static { b() } #c = [].at(1) }", ""),
    }
    for name, (source, _) in told.items():
        (tmp_path / name).write_text(source)
    done = subprocess.run(
        ["node", FLOOR, tmp_path], cwd=ROOT / "widget", text=True, capture_output=True, check=False
    )
    assert done.returncode == 1, done.stderr
    for _, sentence in told.values():
        assert sentence in done.stdout
    assert "good.js" not in done.stdout
    for name in set(told) - {"good.js"}:
        (tmp_path / name).unlink()
    subprocess.run(["node", FLOOR, tmp_path], cwd=ROOT / "widget", check=True, capture_output=True)
