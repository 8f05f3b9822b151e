"""Takes the pictures of docs/images from the demo: `python -m e2e.pictures`, or `scripts/screenshots`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from e2e.conftest import CHROMIUM_ARGUMENTS, sign_in
from e2e.product import ROOT, Person, Product

IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 300_000
SCREEN = {"width": 1440, "height": 900}


def main() -> int:
    """Start a demo of its own and photograph it."""
    program = shutil.which("chromium")
    if program is None:
        print("There is no Chromium on this machine (Debian: apt install chromium).", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        product = Product(Path(folder) / "data")
        demo = product.command("demo")
        product.start()
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        try:
            _take_all(browser, product, demo)
        finally:
            browser.close()
            product.stop()
    return 0


def _take_all(browser: Browser, product: Product, demo: dict[str, str]) -> None:
    lucia = Person(1, 1, demo["email"], "administrator", _token(product, demo), "Lucía", demo["password"])
    number = _a_lively_conversation(product, lucia)
    for name, scheme in (("desk", "light"), ("desk-dark", "dark")):
        page = browser.new_context(
            viewport=SCREEN,
            locale="es-ES",
            timezone_id="Europe/Madrid",
            color_scheme=scheme,
            device_scale_factor=1.5,
        ).new_page()
        page.goto(f"{product.url}/app/")
        sign_in(page, lucia)
        page.locator(f'[data-conversation="{number}"]').click()
        page.wait_for_timeout(3000)
        _keep(page, name)
        page.context.close()
    _take_widget(browser, product)


def _token(product: Product, demo: dict[str, str]) -> str:
    given = {"email": demo["email"], "password": demo["password"]}
    answer = httpx.post(f"{product.url}/auth/sign_in", json=given, timeout=20).raise_for_status()
    return str(answer.json()["data"]["access_token"])


def _a_lively_conversation(product: Product, person: Person) -> int:
    """Of the newest that are theirs, the one with most to show: a picture, a note, several messages."""

    def liveliness(number: int) -> tuple[bool, bool, int]:
        messages = api.get(f"/conversations/{number}/messages").json()["payload"]
        pictures = [
            a for message in messages for a in message.get("attachments", []) if a["file_type"] == "image"
        ]
        return bool(pictures), any(message["private"] for message in messages), len(messages)

    with product.api(person) as api:
        rows = api.get("/conversations", params={"assignee_type": "me", "status": "open"}).json()["data"][
            "payload"
        ]
        return max((int(row["id"]) for row in rows[:8]), key=liveliness)


def _take_widget(browser: Browser, product: Product) -> None:
    page = browser.new_context(
        viewport=SCREEN, locale="es-ES", timezone_id="Europe/Madrid", device_scale_factor=1.5
    ).new_page()
    page.goto(f"{product.url}/demo/shop")
    page.wait_for_function("window.$chatwoot && window.$chatwoot.hasLoaded")
    page.evaluate("window.$chatwoot.toggle('open')")
    frame = page.frame_locator("iframe").first
    box = frame.locator("textarea")
    box.wait_for()
    box.fill("Hola, ¿me pueden decir si la cafetera Alba viene en verde?")
    box.press("Enter")
    frame.get_by_text("gracias por escribir").wait_for()
    page.wait_for_timeout(1500)
    _keep(page, "widget")
    page.context.close()


def _keep(page: Page, name: str) -> None:
    """Write the picture with at most 256 colours, which is plenty for a screen and a third of the bytes."""
    path = IMAGES / f"{name}.png"
    IMAGES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    with Image.open(path) as picture:
        flat = picture.convert("RGB")
    for width in (SCREEN["width"] * 3 // 2, SCREEN["width"], 1100):
        smaller = flat.resize((width, width * flat.height // flat.width), Image.Resampling.LANCZOS)
        smaller.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= MOST_BYTES:
            break
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1000} KB")


if __name__ == "__main__":
    sys.exit(main())
