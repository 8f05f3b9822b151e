"""Between writing and leaving: the send guard, and what is taken back."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens
from e2e.field import expect_written, rich
from e2e.test_desk_conversations import Floor, composer, desk, floor, thread

__all__ = ["floor"]


@pytest.fixture
def undo(floor: Floor) -> Iterator[None]:
    """Replies of this account can be taken back for some seconds."""
    with floor.team.product.api(floor.ana) as api:
        api.patch("", json={"undo_send_seconds": 6}).raise_for_status()
        yield
        api.patch("", json={"undo_send_seconds": 0}).raise_for_status()


def says(customer: object, number: int) -> list[str]:
    return [str(one["content"]) for one in customer.reads(number)]  # type: ignore[attr-defined]


@pytest.mark.feature("Z-03")
def test_a_reply_to_what_was_not_on_the_screen_is_held(screens: Screens, floor: Floor) -> None:
    customer, number = floor.writes("¿Alcanza a llegar otro antes del viernes?")
    mine, theirs = (desk(screens, floor, one, number) for one in (floor.bruno, floor.carla))
    rich(mine)
    composer(mine).click()
    mine.keyboard.type("Te mando otro hoy.")
    # What stood on the screen for a moment is seen.
    composer(theirs).fill("Lo reviso.")
    theirs.get_by_test_id("send").click()
    expect(thread(mine).get_by_text("Lo reviso.")).to_be_visible()
    mine.wait_for_timeout(1800)
    mine.keyboard.press("Enter")
    expect(thread(mine).locator("[data-message]").last).to_contain_text("Te mando otro hoy.")
    expect(mine.get_by_test_id("guard")).to_have_count(0)
    expect(theirs.locator("[data-sending]")).to_have_count(0)

    # What came while the line was down is not: the server holds the reply, and its text comes back.
    mine.wait_for_timeout(1800)
    mine.context.set_offline(True)
    composer(mine).click()
    mine.keyboard.type("Ya salió.")
    composer(theirs).fill("Ya pedí el reenvío.")
    theirs.get_by_test_id("send").click()
    expect(theirs.locator("[data-sending]")).to_have_count(0)
    mine.keyboard.press("Enter")
    mine.context.set_offline(False)
    guard = mine.get_by_test_id("guard")
    expect(guard).to_contain_text("Carla Cano acaba de responder", timeout=15_000)
    expect(guard).to_contain_text("Ya pedí el reenvío.")
    expect_written(mine, "Ya salió.")
    assert "Ya salió." not in says(customer, number)
    guard.get_by_role("button", name="Volver a mi texto").click()
    expect(guard).to_have_count(0)
    expect(composer(mine)).to_be_focused()
    mine.keyboard.type(" De verdad.")
    # Just now, and not yet noticed: held here already.
    customer.writes(number, "¿Y de qué color?")
    expect(thread(mine).get_by_text("¿Y de qué color?")).to_be_visible()
    mine.keyboard.press("Enter")
    expect(guard).to_contain_text("acaba de escribir")
    guard.get_by_role("button", name="Enviar de todos modos").click()
    expect(guard).to_have_count(0)
    expect(mine.locator("[data-sending]")).to_have_count(0)
    assert says(customer, number)[-1] == "Ya salió. De verdad."

    # Or it becomes a note to colleagues: the customer hears nothing of it.
    mine.wait_for_timeout(1800)
    composer(mine).click()
    mine.keyboard.type("Pero ya no hay azules.")
    customer.writes(number, "Azul, por favor.")
    expect(thread(mine).get_by_text("Azul, por favor.")).to_be_visible()
    mine.keyboard.press("Enter")
    guard.get_by_role("button", name="Pasarlo a nota").click()
    expect_written(mine, "Pero ya no hay azules.")
    expect(mine.get_by_role("tab", name="Nota privada")).to_have_attribute("aria-selected", "true")
    mine.keyboard.press("Control+Enter")
    expect(mine.locator("[data-sending]")).to_have_count(0)
    expect(thread(mine).locator("[data-message] .pn").last).to_contain_text("Pero ya no hay azules.")
    assert says(customer, number)[-1] == "Azul, por favor."


@pytest.mark.feature("Z-07")
def test_a_sent_reply_is_taken_back_before_it_leaves(screens: Screens, floor: Floor, undo: None) -> None:
    customer, number = floor.writes("¿Cuándo llega?")
    page = desk(screens, floor, floor.bruno, number)
    rich(page)
    toast = page.get_by_test_id("undo-send")
    composer(page).click()
    page.keyboard.press("Control+b")
    page.keyboard.type("Mañana")
    page.keyboard.press("Enter")
    expect(toast).to_contain_text("Enviando")
    expect(thread(page).locator("[data-scheduled]")).to_contain_text("Se envía en")
    assert says(customer, number) == ["¿Cuándo llega?"]
    page.keyboard.press("Control+z")
    expect(composer(page).locator("strong")).to_have_text("Mañana")
    expect(toast).to_have_count(0)
    expect(thread(page).locator("[data-scheduled]")).to_have_count(0)
    # Once more, by the key Z outside of the field, and then it leaves at its time.
    page.get_by_test_id("send").click()
    expect(toast).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(composer(page).locator("strong")).to_have_text("Mañana")
    started = time.monotonic()
    page.get_by_test_id("send").click()
    expect(toast).to_be_visible()
    expect(toast).to_have_count(0, timeout=8000)
    assert time.monotonic() - started > 5.5
    expect(thread(page).locator("[data-message] strong")).to_have_text("Mañana")
    assert says(customer, number) == ["¿Cuándo llega?", "**Mañana**"]
    # A browser that is closed meanwhile and a worker that is killed take nothing along.
    composer(page).fill("Y el viernes, otro.")
    page.get_by_test_id("send").click()
    expect(toast).to_be_visible()
    page.close()
    floor.team.product.kill("worker")
    deadline = time.monotonic() + 40
    while says(customer, number)[-1] != "Y el viernes, otro." and time.monotonic() < deadline:
        time.sleep(0.5)
    assert says(customer, number) == ["¿Cuándo llega?", "**Mañana**", "Y el viernes, otro."]
