"""Fixtures of the journeys. Each test has an account of its own in one running product per worker."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    sync_playwright,
)

from e2e.customer_site import CustomerSite
from e2e.product import ROOT, Person, Product, plain_environment

PICTURES = Path(__file__).resolve().parents[1] / ".state" / "e2e"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


def chromium(*, whole: bool = False) -> str | None:
    """The program that journeys drive: Chromium without windows, which draws the same pages for less CPU, where it is.

    `whole` is Chromium as people have it, with what belongs to its windows: notifications and their permission.
    """
    chosen = os.environ.get("VENTANILLA_CHROMIUM")
    names = [chosen] if chosen else ["chromium"] if whole else ["chromium-headless-shell", "chromium"]
    return next(filter(None, map(shutil.which, names)), None)


def launched(playwright: Playwright, *, whole: bool = False, **options: Any) -> Browser:
    """A browser of its own; the test is skipped on a machine without."""
    program = chromium(whole=whole)
    if program is None:
        pytest.skip("no Chromium on this machine")
    return playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS, **options)


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = launched(playwright)
    yield running
    running.close()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The installation that journeys share. One that kills or restarts uses `own_product`."""
    for made in _running(Product(tmp_path_factory.mktemp("product") / "data")):
        made.command("address", made.url)
        yield made


@pytest.fixture
def own_product(tmp_path: Path) -> Iterator[Product]:
    """An installation of the test's own, to be killed, restarted, or met before anyone set it up."""
    yield from _running(Product(tmp_path / "data"))


def _running(made: Product) -> Iterator[Product]:
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def site() -> Iterator[CustomerSite]:
    made = CustomerSite()
    yield made
    made.close()


@dataclass(frozen=True)
class Team:
    """An account with an administrator, and helpers to fill it."""

    product: Product
    admin: Person
    prefix: str

    def agent(self, name: str, *, role: str = "agent") -> Person:
        """One more member; sees only the inboxes they are added to."""
        address = f"{name.lower().split()[0]}@{self.prefix}.example"
        return self.product.add_person(self.admin.account_id, name=name, email=address, role=role)

    def website(self, *agents: Person, name: str = "Tienda", **fields: Any) -> dict[str, Any]:
        """A website inbox with these members, as the API answers it; `web_widget_script` is what a customer pastes."""
        channel = {"type": "web_widget", "website_url": "https://tienda.example", "widget_color": "#0b5c66"}
        channel |= fields.pop("channel", {})
        with self.product.api(self.admin) as api:
            made = (
                api.post("/inboxes", json={"name": name, "channel": channel, **fields})
                .raise_for_status()
                .json()
            )
            if agents:
                members = {"inbox_id": made["id"], "user_ids": [agent.id for agent in agents]}
                api.post("/inbox_members", json=members).raise_for_status()
            return dict(api.get(f"/inboxes/{made['id']}").raise_for_status().json())

    def program(self, *agents: Person, name: str = "Programa") -> Customer:
        """An API inbox with these members, and a customer who writes through it."""
        with self.product.api(self.admin) as api:
            made = (
                api.post("/inboxes", json={"name": name, "channel": {"type": "api"}})
                .raise_for_status()
                .json()
            )
            members = {"inbox_id": made["id"], "user_ids": [agent.id for agent in agents]}
            api.post("/inbox_members", json=members).raise_for_status()
        return Customer(self.product, made["inbox_identifier"])


@dataclass
class Customer:
    """Someone who writes to an API inbox, through the API that customers' programs use."""

    product: Product
    inbox_identifier: str
    source_id: str = ""

    def starts(self, text: str, *, name: str = "Carla Cliente", **fields: Any) -> int:
        """Begin a conversation; its number."""
        contact = self._post("/contacts", {"name": name, **fields})
        self.source_id = contact["source_id"]
        return self.starts_again(text)

    def starts_again(self, text: str) -> int:
        """Begin one more conversation as the same contact; its number."""
        number = int(self._post(f"/contacts/{self.source_id}/conversations", {})["id"])
        self.writes(number, text)
        return number

    def writes(self, number: int, text: str) -> dict[str, Any]:
        """One more message in the conversation of that number."""
        return self._post(f"/contacts/{self.source_id}/conversations/{number}/messages", {"content": text})

    def reads(self, number: int) -> list[dict[str, Any]]:
        """What the customer sees of the conversation."""
        path = f"{self._base}/contacts/{self.source_id}/conversations/{number}/messages"
        return list(httpx.get(path, timeout=20).raise_for_status().json())

    @property
    def _base(self) -> str:
        return f"{self.product.url}/public/api/v1/inboxes/{self.inbox_identifier}"

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return dict(httpx.post(self._base + path, json=body, timeout=20).raise_for_status().json())


@pytest.fixture
def team(product: Product) -> Team:
    return make_team(product)


def make_team(product: Product) -> Team:
    """A fresh account in `product`."""
    prefix = f"equipo{next(_numbers)}-{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')}"
    admin = product.add_person(
        f"Equipo {prefix}", name="Ana Álvarez", email=f"ana@{prefix}.example", role="administrator"
    )
    with product.api(admin) as api:  # mails go at once: whoever tests that they wait says for how long
        api.patch("", json={"undo_send_mail_seconds": 0}).raise_for_status()
    return Team(product, admin, prefix)


@dataclass
class Screens:
    """Opens browser windows and remembers what went wrong in them."""

    browser: Browser
    troubles: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def window(self, **options: Any) -> Page:
        """A page of a browser of its own: no cookies, nothing stored."""
        settings = {
            "locale": "es-ES",
            "timezone_id": "Europe/Madrid",
            "viewport": {"width": 1360, "height": 860},
        }
        context = self.browser.new_context(**(settings | options))
        self.contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        self._watch(page)
        return page

    def tab(self, page: Page) -> Page:
        """Another tab of the same browser."""
        other = page.context.new_page()
        self._watch(other)
        return other

    def desk(self, product: Product, person: Person, path: str = "", **options: Any) -> Page:
        """The desk with `person` signed in, by a link of single sign-on: the form is test_first_run's, and its check of the
        password takes a fifth of a second of CPU.
        """
        page = self.window(**options)
        come_in(page, product, person)
        page.goto(f"{product.url}/app/{path.lstrip('/')}")
        page.locator("#app > *").first.wait_for()
        return page

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._heard(page, message))

    def _heard(self, page: Page, message: ConsoleMessage) -> None:
        # Requests that fail while a journey kills the server or refuses someone are part of the story.
        if message.type == "error" and not re.search(
            r"Failed to load resource|WebSocket|net::ERR", message.text
        ):
            self.troubles.append(f"{page.url}: console: {message.text}")


def come_in(page: Page, product: Product, person: Person) -> None:
    """Give the window a session of `person`, before any page is loaded."""
    asking = page.context.request
    token = asking.get(f"{product.url}/api/desk/boot").json()["csrf_token"]
    opened = asking.post(
        f"{product.url}/api/desk/session", data=product.way_in(person), headers={"X-CSRFToken": token}
    )
    assert opened.ok, opened.text()


def sign_in(page: Page, person: Person) -> None:
    """Fill the sign-in form and wait until the desk is there."""
    page.locator('input[type="email"]').fill(person.email)
    page.locator('input[type="password"]').fill(person.password)
    page.locator('button[type="submit"]').click()
    page.locator('input[type="password"]').wait_for(state="detached")


@pytest.fixture
def screens(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Screens]:
    """Windows that are closed afterwards; pictures of them are kept when the test failed. Scripts' errors fail the test."""
    made = Screens(browser)
    yield made
    if getattr(request.node, "failed", False):
        PICTURES.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"\W+", "-", request.node.name)
        for number, page in enumerate(page for context in made.contexts for page in context.pages):
            try:
                page.screenshot(path=PICTURES / f"{name}-{number}.png")
            except Error as error:
                print(f"no picture of {page.url}: {error}")
    for context in made.contexts:
        context.close()
    assert not made.troubles, "\n".join(made.troubles)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Tell the fixtures of a test that it failed."""
    report = yield
    if call.when == "call" and report.failed:  # type: ignore[attr-defined]
        item.failed = True  # type: ignore[attr-defined]
    return report


# What fades in has half its contrast: wait for what ends by itself, not for what turns as long as it is shown.
_AT_REST = """() => Promise.all(document.getAnimations()
  .filter((one) => one.playState === 'running' && Number.isFinite(one.effect?.getComputedTiming().endTime))
  .map((one) => one.finished.catch(() => undefined)))"""


@pytest.fixture
def assert_accessible() -> Callable[..., None]:
    """axe finds nothing serious or critical on the page as it stands."""

    def check(page: Page, *, without: tuple[str, ...] = ()) -> None:
        page.evaluate(_AT_REST)
        found = Axe().run(page).response["violations"]
        bad = [
            rule for rule in found if rule["impact"] in {"serious", "critical"} and rule["id"] not in without
        ]
        said = [
            f"{rule['id']}: {rule['help']}\n    " + "\n    ".join(n["html"][:160] for n in rule["nodes"][:4])
            for rule in bad
        ]
        assert not bad, f"{page.url}\n" + "\n".join(said)

    return check


def widget_frame(page: Page) -> Any:
    """The messenger inside its frame on a customer's page."""
    return page.frame_locator("iframe").first


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, as scripts/wheel makes it."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [ROOT / "scripts" / "wheel", folder], env=plain_environment(), check=True, capture_output=True
    )
    return next(folder.glob("ventanilla-*.whl"))
