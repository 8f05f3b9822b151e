"""A customer's visit to a page with the widget, and what the team finds of it through the API."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from e2e.conftest import Screens, Team
from e2e.customer_site import CustomerSite
from e2e.product import Person

PAGES = Path(__file__).with_name("pages")
BUBBLE = ".woot-widget-bubble"
FRAME = "#chatwoot_live_chat_widget"

Settings = dict[str, Any]


class Visit:
    """A browser of a customer on a page with the widget."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(address)
        self.bubble = page.locator(BUBBLE)
        self.frame: FrameLocator = page.frame_locator(FRAME)
        # Where the visitor writes, in the first view and in a conversation.
        self.box = self.frame.locator(".write textarea, .composer textarea")

    def open(self) -> Visit:
        self.bubble.click()
        return self

    def say(self, text: str) -> None:
        # The frame is of another origin: what is typed before the browser moved the focus there would go to the page.
        self.box.focus()
        expect(self.box).to_be_focused()
        self.box.fill(text)
        self.box.press("Enter")
        expect(self.box).to_have_value("")
        expect(self.frame.locator(".composer")).to_be_visible()

    def mine(self, text: str) -> Any:
        return self.frame.locator(".x.me", has_text=text)

    def go_home(self) -> None:
        """Back to the first view."""
        self.frame.get_by_role("button", name="Volver al inicio").click()

    def row(self, text: str) -> Any:
        """A conversation in the list of the first view."""
        return self.frame.locator(".cvr", has_text=text)

    def theirs(self, text: str) -> Any:
        return self.frame.locator(".x:not(.me)", has_text=text)


@pytest.fixture
def visit(screens: Screens, site: CustomerSite) -> Callable[..., Visit]:
    def go(
        inbox: dict[str, Any], *, settings: Settings | None = None, page: Page | None = None, **options: Any
    ) -> Visit:
        before = f"<script>window.chatwootSettings = {json.dumps(settings)};</script>" if settings else ""
        address = site.page(f"/tienda-{inbox['id']}", before + inbox["web_widget_script"])
        return Visit(page or screens.window(**options), address)

    return go


def conversations(team: Team, inbox: dict[str, Any]) -> list[dict[str, Any]]:
    with team.product.api(team.admin) as api:
        answer = api.get(
            "/conversations", params={"inbox_id": inbox["id"], "status": "all"}
        ).raise_for_status()
    return list(answer.json()["data"]["payload"])


def messages(team: Team, conversation_id: int) -> list[dict[str, Any]]:
    with team.product.api(team.admin) as api:
        return list(
            api.get(f"/conversations/{conversation_id}/messages").raise_for_status().json()["payload"]
        )


def incoming(team: Team, conversation_id: int) -> list[str]:
    return [row["content"] for row in messages(team, conversation_id) if row["message_type"] == 0]


def until(look: Callable[[], Any], *, seconds: float = 10) -> Any:
    """What `look` answers as soon as it is something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.1)
    return found


def the_conversation(team: Team, inbox: dict[str, Any], *, seconds: float = 10) -> int:
    found = until(lambda: conversations(team, inbox), seconds=seconds)
    assert len(found) == 1
    return int(found[0]["id"])


def reply(team: Team, person: Person, conversation_id: int, content: str, **more: Any) -> None:
    with team.product.api(person) as api:
        body = {"content": content, "message_type": "outgoing", **more}
        api.post(f"/conversations/{conversation_id}/messages", json=body).raise_for_status()


def resolve(team: Team, conversation_id: int) -> None:
    with team.product.api(team.admin) as api:
        api.post(
            f"/conversations/{conversation_id}/toggle_status", json={"status": "resolved"}
        ).raise_for_status()
