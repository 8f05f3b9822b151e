"""What an administrator sets for a website's chat at the desk, as visitors then see it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from e2e.conftest import Screens, Team
from e2e.visits import BUBBLE, Visit, visit

__all__ = ["visit"]


def picture(red: int, green: int, blue: int, *, side: int = 64) -> bytes:
    """A PNG of one colour."""
    rows = (b"\0" + bytes([red, green, blue]) * side) * side

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def save(desk: Page) -> None:
    with desk.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        desk.get_by_role("button", name="Guardar", exact=True).click()


@pytest.mark.feature("W-03", "W-08")
def test_logo_side_language_and_domains_take_effect(
    team: Team, screens: Screens, visit: Callable[..., Visit]
) -> None:
    inbox = team.website(name="Cerería Luz")
    path = f"accounts/{team.admin.account_id}/settings/inboxes/{inbox['id']}"
    desk = screens.desk(team.product, team.admin, path)
    logo = FilePayload(name="logo.png", mimeType="image/png", buffer=picture(200, 30, 30))
    with desk.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        desk.locator('input[type="file"]').first.set_input_files(logo)
    desk.get_by_label("Lado de la página").select_option("left")
    desk.get_by_label("Idioma").select_option("de")
    desk.get_by_label("Dominios permitidos").fill("127.0.0.1")
    save(desk)

    customer = visit(inbox)
    expect(customer.bubble).to_have_attribute("aria-label", "Chat öffnen")
    box = customer.bubble.bounding_box()
    assert box
    assert box["x"] == 20
    customer.open()
    frame = customer.frame
    expect(frame.locator("html")).to_have_attribute("lang", "de")
    expect(frame.get_by_label("Nachricht")).to_be_visible()
    mark = frame.locator("header .mark img")
    expect(mark).to_be_visible()
    assert mark.evaluate("(img) => img.decode().then(() => img.naturalWidth > 0)")

    desk.get_by_label("Dominios permitidos").fill("tienda.example")
    save(desk)
    # The launcher's answer is kept for five minutes; a browser that comes now has none.
    stranger = visit(inbox)
    expect(stranger.page.locator(BUBBLE)).to_have_count(0)
    kept = screens.window()
    refused: list[str] = []
    kept.on("requestfailed", lambda request: refused.append(request.url))
    kept.goto(stranger.page.url)
    kept.evaluate(
        "(url) => { const f = document.createElement('iframe'); f.src = url; document.body.append(f) }",
        f"{team.product.url}/widget?website_token={inbox['website_token']}",
    )
    expect(kept.locator("iframe").last).to_be_attached()
    kept.wait_for_function("frames.length > 0")
    inner = kept.frames[-1]
    expect(inner.locator("#app")).to_have_count(0)
    screens.troubles[:] = [one for one in screens.troubles if "frame-ancestors" not in one]
