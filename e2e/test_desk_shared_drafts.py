"""A reply that one agent begins, shows, and another goes on with (Z-26)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Screens, Team
from e2e.field import expect_written

pytestmark = pytest.mark.feature("Z-26")


def test_a_draft_is_shown_taken_and_given_back(
    screens: Screens, team: Team, assert_accessible: Callable[..., None]
) -> None:
    berta, mario = team.agent("Berta Barra"), team.agent("Mario Coto")
    number = team.program(berta, mario).starts("¿Llega hoy?")
    path = f"accounts/{berta.account_id}/conversations/{number}"
    writing, looking = screens.desk(team.product, berta, path), screens.desk(team.product, mario, path)
    for page in (writing, looking):
        expect(page.get_by_test_id("composer")).to_be_visible()
    expect(writing.get_by_test_id("share-draft")).to_be_hidden()
    writing.get_by_test_id("composer").click()
    writing.keyboard.type("Sale hoy del almacén")
    writing.get_by_role("button", name="Compartir el borrador").click()
    expect(writing.get_by_test_id("share-draft")).to_have_attribute("aria-pressed", "true")
    shown = looking.get_by_test_id("shared-drafts")
    expect(shown).to_contain_text("Borrador de Berta Barra")
    expect(shown).to_contain_text("Sale hoy del almacén")
    writing.get_by_test_id("composer").click()
    writing.keyboard.press("End")
    writing.keyboard.type(" de Getafe")
    expect(shown).to_contain_text("de Getafe")
    assert_accessible(looking)

    shown.get_by_role("button", name="Seguir con este borrador").click()
    expect_written(looking, "Sale hoy del almacén de Getafe")
    expect(shown).to_be_hidden()
    expect(writing.get_by_text("Mario Coto ha seguido con tu borrador")).to_be_visible()
    expect_written(writing, "")
    expect(writing.get_by_test_id("shared-drafts")).to_contain_text("Borrador de Mario Coto")

    looking.get_by_role("button", name="Deshacer").click()
    expect_written(looking, "")
    expect_written(writing, "Sale hoy del almacén de Getafe")
    _send(writing)
    expect(shown).to_be_hidden()


def _send(page: Page) -> None:
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("share-draft")).to_be_hidden()
