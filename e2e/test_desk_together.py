"""Two people at one conversation: each sees that the other is there, and that they write."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens
from e2e.test_desk_conversations import LIVE_MS, Floor, composer, desk, floor

__all__ = ["floor"]

SOON_MS = LIVE_MS + 6000


@pytest.mark.feature("Z-04")
def test_who_looks_and_who_writes_is_seen_by_the_other(screens: Screens, floor: Floor) -> None:
    _, number = floor.writes("¿Quién me atiende?", name="Dos Manos")
    mine = desk(screens, floor, floor.bruno, number)
    theirs = desk(screens, floor, floor.carla, number)
    seen = mine.get_by_title("Carla Cano también mira")
    expect(seen).to_be_visible(timeout=SOON_MS)
    composer(theirs).click()
    theirs.keyboard.type("Ya te ")
    expect(mine.get_by_text("Carla Cano está escribiendo")).to_be_visible(timeout=SOON_MS)
    theirs.close()
    expect(seen).to_have_count(0, timeout=SOON_MS)
