"""Backups by the clock, as the one who looks after the installation sees them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, sign_in
from e2e.product import ROOT, Person, Product


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder


@pytest.fixture
def kept(tmp_path: Path, copies: Path) -> Iterator[tuple[Product, Person]]:
    """An installation that makes backups by the clock, and its administrator."""
    made = Product(tmp_path / "data", {"VENTANILLA_BACKUP_TO": str(copies)})
    ana = made.add_person("Sol", name="Ana", email="ana@sol.example", role="administrator")
    made.start()
    yield made, ana
    made.stop()


@pytest.mark.timeout(240)
@pytest.mark.feature("Z-28")
def test_backups_are_made_by_the_clock_and_seen_and_restored(
    kept: tuple[Product, Person],
    copies: Path,
    screens: Screens,
    assert_accessible: Callable[[Page], None],
) -> None:
    product, ana = kept
    page = screens.window()
    page.goto(f"{product.url}/app/")
    sign_in(page, ana)
    expect(page.get_by_role("navigation").first).to_be_visible()

    # The first one is made at once, by itself: nobody waits for the night to know whether it works.
    for _ in range(60):
        if product.command("backup", "--list")["backups"]:
            break
        page.wait_for_timeout(1000)
    (first,) = product.command("backup", "--list")["backups"]

    page.goto(f"{product.url}/app/accounts/1/settings/installation")
    card = page.get_by_test_id("backups")
    expect(card.get_by_text(str(copies)).first).to_be_visible()
    expect(card.get_by_text("Se restauró aparte y se contó: está todo.")).to_be_visible()
    expect(card.get_by_text("La más reciente de cada periodo: 7 días, 4 semanas, 12 meses")).to_be_visible()
    assert_accessible(page)

    # The folder is gone: the next try fails, and the screen says so in words and keeps what it knows of the last one.
    copies.rename(copies.with_name("elsewhere"))
    failed = subprocess.run(
        [sys.executable, "-m", "ventanilla", "backup"], cwd=ROOT, env=product.environment(), check=False
    )
    assert failed.returncode == 1
    page.reload()
    expect(card.get_by_text("La última copia falló. La carpeta no existe.")).to_be_visible()
    expect(card.get_by_text("Se restauró aparte y se contó: está todo.")).to_be_visible()
    copies.with_name("elsewhere").rename(copies)

    # Put back: what came after it is gone, what was in it is there.
    product.add_person(1, name="Eva", email="eva@sol.example")
    product.stop()
    product.command("restore", first["name"], "--yes")
    product.start()
    page.goto(f"{product.url}/app/")
    sign_in(page, ana)  # the session is younger than the backup
    page.goto(f"{product.url}/app/accounts/1/settings/agents")
    expect(page.get_by_text("ana@sol.example")).to_be_visible()
    expect(page.get_by_text("eva@sol.example")).to_have_count(0)
