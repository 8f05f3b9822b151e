"""The composer's field, rich or plain: what stands in it, as a person reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from e2e.product import Person, Product

# Lines as they stand; an item of a list begins with its sign. A trailing <br> holds an empty line open.
_TEXT = """(field) => {
  if (field.tagName === 'TEXTAREA') return field.value
  const line = (block) => [...block.childNodes].map((node) =>
    node.nodeName === 'BR' ? (node.className ? '' : '\\n')
    : node.nodeName === 'IMG' ? '' : node.textContent).join('')
  const lines = (parent, sign) => [...parent.children].flatMap((block, at) =>
    block.nodeName === 'UL' ? lines(block, () => '- ')
    : block.nodeName === 'OL' ? lines(block, (n) => `${n + 1}. `)
    : block.nodeName === 'BLOCKQUOTE' ? lines(block, () => '> ')
    : block.nodeName === 'LI' ? [sign(at) + line(block.firstElementChild), ...lines(block, sign).slice(1)]
    : [(block.parentElement.nodeName === 'BLOCKQUOTE' ? '> ' : '') + line(block)])
  return lines(field, () => '').join('\\n')
}"""


def written(page: Page) -> str:
    """What the field says now."""
    return str(page.get_by_test_id("composer").evaluate(_TEXT))


def expect_written(page: Page, text: str | re.Pattern[str], what: str = "") -> None:
    """Wait until the field says it."""
    said = re.compile(re.escape(text) + r"\Z") if isinstance(text, str) else text
    _until(page, lambda: said.match(written(page)) is not None, f"{what}: {written(page)!r} is not {text!r}")


def _until(page: Page, is_so: Callable[[], bool], complaint: str) -> None:
    for _ in range(100):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{complaint}; at last it says {written(page)!r}")


def rich(page: Page) -> None:
    """Wait until the rich field, which comes after the first paint, stands there."""
    expect(page.locator('[data-testid="composer"][contenteditable="true"]')).to_be_visible()


@contextmanager
def plainly(product: Product, person: Person) -> Iterator[None]:
    """They choose to write Markdown in the plain field, and choose the other one again afterwards."""
    address = f"{product.url}/api/v1/profile"
    with product.api(person) as api:
        chosen = api.get(address).raise_for_status().json()["ui_settings"]

        def choose(settings: dict[str, object]) -> None:
            api.put(address, json={"profile": {"ui_settings": settings}}).raise_for_status()

        choose({**chosen, "plain_field": True})
        yield
        choose({**chosen, "plain_field": False})
