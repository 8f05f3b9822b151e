"""Both ends at once: a customer's page on another origin, and the desk on the other side."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens, Team
from e2e.field import rich
from e2e.visits import Visit
from e2e.visits import visit as visit


@pytest.mark.feature("W-01", "W-11", "W-13", "V-RTM-01", "V-RTM-02")
def test_a_visitors_first_words_reach_the_desk_and_the_answer_comes_back(
    screens: Screens, team: Team, visit: Callable[..., Visit]
) -> None:
    bruno = team.agent("Bruno Bravo")
    inbox = team.website(bruno, enable_email_collect=False)
    desk = screens.desk(team.product, bruno)
    desk.get_by_role("tab", name="Todas").click()
    customer = visit(inbox).open()
    customer.say("Hola, ¿hacen envíos a Canarias?")
    row = desk.locator("[data-conversation]").first
    expect(row).to_contain_text("¿hacen envíos a Canarias?", timeout=5000)
    row.click()
    thread = desk.locator("section.thread")
    expect(thread.get_by_text("Hola, ¿hacen envíos a Canarias?")).to_be_visible()
    rich(desk)
    desk.get_by_test_id("composer").click()
    for key in ("Sí, en ", "Control+b", "cuatro", "Control+b", " días *hábiles*."):
        (desk.keyboard.press if key.startswith("Control") else desk.keyboard.type)(key)
    desk.get_by_test_id("send").click()
    expect(customer.frame.get_by_text("Sí, en cuatro días *hábiles*.")).to_be_visible(timeout=5000)
    customer.say("Perfecto")
    expect(thread.get_by_text("Perfecto")).to_be_visible(timeout=5000)
