"""Put off until another day, be reminded, muted for oneself, archived: what becomes of a conversation for now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens
from e2e.test_desk_conversations import Floor, choose_status, desk, facts, floor, row, tab, thread
from e2e.test_desk_keys import on_the_page
from e2e.visits import until

__all__ = ["floor"]

SLOW_MS = 45_000  # the clock looks every half minute
CHILE = ZoneInfo("America/Santiago")


@pytest.mark.timeout(180)
@pytest.mark.feature("C-06", "C-07", "C-08")
def test_until_tomorrow_is_tomorrow_where_the_agent_is_at_the_accounts_hour(
    screens: Screens, floor: Floor
) -> None:
    """Ana sets hour and days; Bruno, who says he is in Chile, snoozes by the key S; then he is only reminded."""
    page = screens.desk(floor.team.product, floor.ana, f"accounts/{floor.ana.account_id}/settings/account")
    page.get_by_label("Comienzo del día").select_option("08:30")
    days = page.get_by_role("group", name="Días laborables")
    days.get_by_label("Lunes").uncheck()
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Guardado")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Comienzo del día")).to_have_value("08:30")
    expect(days.get_by_label("Lunes")).not_to_be_checked()

    page = screens.desk(
        floor.team.product, floor.bruno, f"accounts/{floor.bruno.account_id}/settings/profile"
    )
    page.get_by_label("Zona horaria").select_option("America/Santiago")
    page.get_by_role("button", name="Guardar").first.click()
    expect(page.get_by_text("Guardado")).to_be_visible()

    today = datetime.now(CHILE).date()
    tuesday = today + timedelta(days=(1 - today.weekday()) % 7 or 7)  # the first of the days that are worked
    month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    month += timedelta(days=(1 - month.weekday()) % 7)
    for name, day in (
        ("Hasta mañana", today + timedelta(days=1)),
        ("Hasta la próxima semana", tuesday),
        ("Hasta el próximo mes", month),
    ):
        _, number = floor.writes(name)
        page = desk(screens, floor, floor.bruno, number)
        on_the_page(page)
        page.keyboard.press("s")
        page.get_by_role("menuitem", name=name).click()
        expect(page.get_by_text(f"Conversación #{number} pospuesta")).to_be_visible()
        found = until(lambda number=number: facts(floor, number)["snoozed_until"])
        at = datetime(day.year, day.month, day.day, 8, 30, tzinfo=CHILE).astimezone(UTC)
        assert str(found).startswith(at.strftime("%Y-%m-%dT%H:%M"))

    # In an hour, and at a moment of his own choice.
    for name, wanted in (
        ("Una hora", datetime.now(UTC) + timedelta(hours=1)),
        ("Elegir fecha y hora", (datetime.now(CHILE) + timedelta(days=9)).replace(hour=16, minute=45)),
    ):
        _, number = floor.writes(name)
        page = desk(screens, floor, floor.bruno, number)
        on_the_page(page)
        page.keyboard.press("s")
        page.get_by_role("menuitem", name=name).click()
        if name.startswith("Elegir"):
            page.get_by_test_id("snooze-at").fill(wanted.strftime("%Y-%m-%dT%H:%M"))
            page.get_by_role("dialog").get_by_role("button", name="Posponer", exact=True).click()
        expect(page.get_by_text(f"Conversación #{number} pospuesta")).to_be_visible()
        found = until(lambda number=number: facts(floor, number)["snoozed_until"])
        off = datetime.fromisoformat(str(found)) - wanted
        assert abs(off) < timedelta(minutes=2)

    _, number = floor.writes("Llámame más tarde")
    page = desk(screens, floor, floor.bruno, number)
    on_the_page(page)
    page.keyboard.press("s")
    page.get_by_role("menuitem", name="Recordármela sin posponer…").click()
    dialog = page.get_by_role("dialog", name="Recordarme esta conversación")
    expect(dialog.get_by_role("radio", name=re.compile("^Solo recordarme"))).to_be_checked()
    soon = (datetime.now(CHILE) + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M")
    dialog.get_by_test_id("snooze-at").fill("2020-01-01T09:00")
    dialog.get_by_role("button", name="Solo recordarme").click()
    expect(dialog.get_by_role("alert")).to_have_text("Elige una fecha y hora futuras.")
    dialog.get_by_test_id("snooze-at").fill(soon)
    dialog.get_by_role("button", name="Solo recordarme").click()
    expect(page.get_by_test_id("reminder")).to_be_visible()
    assert facts(floor, number)["status"] == "open"
    page.keyboard.press("z")
    expect(page.get_by_test_id("reminder")).to_have_count(0)
    with floor.team.product.api(floor.bruno) as api:
        path = f"{floor.team.product.url}/api/desk/accounts/{floor.bruno.account_id}/conversations/{number}/reminder"
        at_once = int(datetime.now(UTC).timestamp()) + 2
        api.patch(path, json={"remind_at": at_once}).raise_for_status()
    expect(page.get_by_test_id("reminder")).to_be_visible()  # told to every desk of his
    expect(page.get_by_test_id("reminder")).to_have_count(0, timeout=SLOW_MS)
    page.get_by_role("button", name=re.compile("^Avisos|^Notificaciones")).click()
    expect(page.get_by_text(f"Recordatorio: conversación #{number}")).to_be_visible()


@pytest.mark.timeout(120)
@pytest.mark.feature("C-18", "V-LST-03")
def test_muted_for_oneself_and_archived_by_one_click(screens: Screens, floor: Floor) -> None:
    customer, number = floor.writes("Hola", name="Carmen Callada")
    page = desk(screens, floor, floor.bruno, number)
    page.locator(".th").get_by_role("button", name="Más").click()
    page.get_by_role("menuitem", name="Silenciar", exact=True).click()
    head = page.locator(".th")
    expect(head.get_by_text("Silenciada")).to_be_visible()
    with floor.team.product.api(floor.ana) as api:
        api.post(
            f"/conversations/{number}/assignments", json={"assignee_id": floor.bruno.id}
        ).raise_for_status()
        customer.writes(number, "¿Siguen ahí?")
        api.post(
            f"/conversations/{number}/messages",
            json={"content": f"[@Bruno](mention://user/{floor.bruno.id}/Bruno) mira", "private": True},
        ).raise_for_status()
    expect(thread(page).get_by_text("mira")).to_be_visible()
    with floor.team.product.api(floor.bruno) as api:
        told = api.get("/notifications?includes[]=read").json()["data"]["payload"]
        assert not [one for one in told if one["primary_actor"]["id"] == number]
    assert facts(floor, number)["muted"] is False  # the contact is heard by everyone else

    page.get_by_test_id("archive").click()
    expect(page.get_by_text(f"Conversación #{number} archivada")).to_be_visible()
    expect(head.get_by_text("Archivada").first).to_be_visible()
    tab(page, "Todas").click()
    choose_status(page, "Archivadas")
    expect(row(page, number)).to_be_visible()
    page.get_by_role("button", name="Deshacer").last.click()
    expect(row(page, number)).to_have_count(0)
    until(lambda: facts(floor, number)["status"] == "open")
    on_the_page(page)
    page.keyboard.press("y")
    expect(row(page, number)).to_be_visible()
    page.get_by_test_id("resolve").click()  # one click opens it again
    until(lambda: (facts(floor, number)["status"], facts(floor, number)["close_reason"]) == ("open", None))

    # Closed without a word to the customer it counts as ignored, and stands there.
    page.get_by_test_id("resolve").click()
    until(lambda: facts(floor, number)["close_reason"] == "ignored")
    choose_status(page, "Ignoradas")
    expect(row(page, number)).to_be_visible()
