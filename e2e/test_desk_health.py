"""The health page: a stopped worker is red within 15 seconds and well again after; what was ignored is read again."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Screens, make_team
from e2e.product import Product

RED_WITHIN_SECONDS = 15.0


def line(page: Page, check: str) -> Locator:
    return page.locator(f"[data-check='{check}']").first


@pytest.mark.feature("Z-28")
def test_a_stopped_worker_is_red_within_fifteen_seconds_and_well_again_after(
    screens: Screens, own_product: Product, assert_accessible: Callable[..., None]
) -> None:
    # given the administrator of the first account, which looks after the installation, on the page
    lucia = make_team(own_product).admin
    page = screens.desk(own_product, lucia, f"accounts/{lucia.account_id}/settings/health")
    expect(line(page, "processes")).to_have_attribute("data-state", "well", timeout=20_000)
    assert_accessible(page)

    # when the worker stops without a word
    (worker,) = own_product.children("worker")
    os.kill(worker, signal.SIGSTOP)
    began = time.monotonic()

    # then it is red in time, on top and in its line
    expect(line(page, "processes")).to_have_attribute("data-state", "ill", timeout=RED_WITHIN_SECONDS * 1000)
    took = time.monotonic() - began
    expect(page.get_by_test_id("verdict")).to_contain_text("Trabajo en segundo plano")
    assert took <= RED_WITHIN_SECONDS, took

    # and well again by itself when it goes on
    os.kill(worker, signal.SIGCONT)
    expect(line(page, "processes")).to_have_attribute("data-state", "well", timeout=20_000)


@pytest.mark.feature("Z-28", "Z-09")
def test_what_was_ignored_is_read_again_and_the_row_says_so(screens: Screens, product: Product) -> None:
    make_team(product)  # the first account of the installation, which looks after it, is another one
    team = make_team(product)
    base = f"{product.url}/api/desk/accounts/{team.admin.account_id}"
    with product.api(team.admin) as api:
        channel = {"type": "email", "email": f"hola@{team.prefix}.example"}
        inbox = api.post("/inboxes", json={"name": "Correo", "channel": channel}).raise_for_status().json()
        reply = (
            f"From: Carla <carla@example.com>\r\nTo: hola@{team.prefix}.example\r\nSubject: Fuera de la oficina\r\n"
            "Message-ID: <fuera@example.com>\r\nAuto-Submitted: auto-replied\r\n\r\nVuelvo el lunes.\r\n"
        )
        api.post(
            f"{base}/inboxes/{inbox['id']}/mail", files={"file": ("a.eml", reply.encode(), "message/rfc822")}
        ).raise_for_status()
    page = screens.desk(product, team.admin, f"accounts/{team.admin.account_id}/settings/health")

    # the channel's row adds up, and the mail is listed with the reason
    row = page.locator(f"[data-channel='{inbox['id']}']")
    expect(row).to_contain_text(re.compile(r"Correo"))
    expect(page.get_by_test_id("unopened")).to_contain_text("Ignorado: Una respuesta automática")

    # read again from the keyboard it opens a conversation and leaves the list
    mail = page.get_by_test_id("unopened").get_by_role("listitem").first
    mail.focus()
    mail.press("r")
    expect(page.get_by_text("Ya está leído")).to_be_visible()
    expect(page.get_by_test_id("unopened")).to_contain_text("No hay ninguno")
    with product.api(team.admin) as api:
        talks = api.get("/conversations").json()["data"]["payload"]
        assert [one["meta"]["sender"]["name"] for one in talks] == ["Carla"]

    # this account does not look after the installation: its part is all there is
    expect(line(page, "processes")).to_have_count(0)
    expect(page.get_by_text("Ves lo de tu cuenta")).to_be_visible()
