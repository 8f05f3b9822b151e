"""A visitor over a limit is told in plain words when to continue and loses nothing; who looks after it all is warned."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens, Team, make_team
from e2e.product import Product
from e2e.visits import Visit, conversations, messages, resolve, until, visit

__all__ = ["visit"]

CROWD = 20
BY_VISITOR = "VENTANILLA_LIMIT_WIDGET_CONVERSATIONS_PER_VISITOR"
PUBLIC = "http://ayuda.example.com"


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Team]:
    """An installation at a public address with low limits, behind a proxy it does not know."""
    product = Product(
        tmp_path / "data",
        {
            "VENTANILLA_RATE_LIMITS": "on",
            BY_VISITOR: "1/24h",
            "VENTANILLA_LIMIT_WIDGET_VISITORS_PER_IP": f"{CROWD}/10m",
            "VENTANILLA_BASE_URL": PUBLIC,
        },
    )
    product.start()
    yield make_team(product)
    product.stop()


def said(team: Team, inbox: dict[str, Any]) -> list[str]:
    return [row["content"] for one in conversations(team, inbox) for row in messages(team, one["id"])]


@pytest.mark.timeout(180)
@pytest.mark.feature("Z-29", "W-11")
def test_over_the_limit_nothing_is_lost_and_the_administrator_is_warned(
    limited: Team, screens: Screens, visit: Callable[..., Visit]
) -> None:
    with limited.product.api(limited.admin) as api:
        api.patch("", json={"support_email": "ayuda@acme.example"}).raise_for_status()
    inbox = limited.website(enable_email_collect=False, allow_messages_after_resolved=False)
    inbox["web_widget_script"] = inbox["web_widget_script"].replace(PUBLIC, limited.product.url)
    page = screens.window(viewport={"width": 390, "height": 780})
    page.clock.install()
    customer = visit(inbox, page=page).open()
    for number, text in enumerate(["Primera consulta", "Segunda consulta"], start=1):
        customer.say(text)
        expect(customer.frame.locator(".xf.me")).to_contain_text("Enviado")
        resolve(limited, number)
        expect(customer.frame.locator(".act")).to_contain_text("Conversación resuelta")
        customer.go_home()
    customer.say("Tercera consulta")
    held = customer.frame.locator(".held")
    expect(held).to_contain_text(
        re.compile(r"El tuyo está guardado y saldrá por sí solo (hoy|mañana|en menos)")
    )
    expect(held.get_by_role("link", name="ayuda@acme.example")).to_be_visible()
    expect(customer.mine("Tercera consulta")).to_be_visible()
    customer.page.reload()
    customer.open()
    expect(customer.frame.get_by_text("Tercera consulta").first).to_be_visible()
    assert said(limited, inbox).count("Tercera consulta") == 0

    # When the time has come it goes out by itself, once.
    limited.product.stop()
    limited.product.extra[BY_VISITOR] = "100/1h"
    limited.product.start()
    page.clock.fast_forward("24:00:01")
    until(lambda: "Tercera consulta" in said(limited, inbox), seconds=30)
    assert said(limited, inbox).count("Tercera consulta") == 1

    # All visitors share one address: the next are asked to wait, and can close what says so.
    url = f"{limited.product.url}/api/v1/widget/config?website_token={inbox['website_token']}"
    codes = [httpx.post(url).status_code for _ in range(CROWD)]
    assert codes[0] == 200
    assert codes[-1] == 429
    late = visit(inbox, viewport={"width": 390, "height": 780}).open()
    busy = late.frame.get_by_role("status")
    expect(busy).to_contain_text(re.compile(r"Se abrirá por sí solo en (un|\d+) minutos?"))
    late.frame.get_by_role("button", name="Cerrar chat").click()
    expect(late.bubble).to_be_visible()

    desk = screens.desk(limited.product, limited.admin)
    expect(desk.get_by_test_id("crowded_address")).to_contain_text("VENTANILLA_TRUSTED_PROXIES")
