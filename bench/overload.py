"""Memory of the web processes before, during and after a rush: large pictures, files and lists from many clients at once.

python -m bench.overload [SECONDS]
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from bench.start import _memory
from e2e.product import Product

_CLIENTS = 24
_AFTER_SECONDS = 20


def main(seconds: float) -> None:
    """Print megabytes (PSS) of web and worker."""
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder) / "data")
        product.start()
        try:
            _measure(product, seconds)
        finally:
            product.stop()


def _measure(product: Product, seconds: float) -> None:
    agent = product.add_person("Bench", name="Ana", email="ana@bench.example", role="administrator")
    with product.api(agent) as api:
        inbox = (
            api.post("/inboxes", json={"name": "Shop", "channel": {"type": "api"}}).raise_for_status().json()
        )
        number = _conversation(product, inbox["inbox_identifier"])
        api.get("/conversations").raise_for_status()
    time.sleep(5)
    before = _both(product)
    jobs = [_pictures, _files, _lists, _posts]
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(_CLIENTS + 1) as pool:
        running = [pool.submit(jobs[n % len(jobs)], product, agent, number, end) for n in range(_CLIENTS)]
        peak = before
        while not all(one.done() for one in running):
            peak = {kind: max(peak[kind], now) for kind, now in _both(product).items()}
            time.sleep(0.3)
        done = sum(one.result() for one in running)
    time.sleep(_AFTER_SECONDS)
    print(f"requests {done}; MB before {before}, at most {peak}, {_AFTER_SECONDS} s after {_both(product)}")


def _conversation(product: Product, inbox: str) -> int:
    base = f"{product.url}/public/api/v1/inboxes/{inbox}/contacts"
    contact = httpx.post(base, json={"name": "Carla"}).raise_for_status().json()
    made = httpx.post(f"{base}/{contact['source_id']}/conversations", json={}).raise_for_status().json()
    return int(made["id"])


def _both(product: Product) -> dict[str, int]:
    return {kind: round(sum(map(_memory, product.children(kind)))) for kind in ("web", "worker")}


def _again(act: Any, product: Product, agent: Any, end: float) -> int:
    done = 0
    with product.api(agent) as api:
        api.timeout = httpx.Timeout(120)
        while time.monotonic() < end:
            act(api)
            done += 1
    return done


def _pictures(product: Product, agent: Any, number: int, end: float) -> int:
    picture = io.BytesIO()
    Image.new("RGB", (7_000, 7_000), "teal").save(picture, "PNG")
    files = {"attachments[]": ("wall.png", picture.getvalue(), "image/png")}
    return _again(lambda api: api.post(f"/conversations/{number}/messages", files=files), product, agent, end)


def _files(product: Product, agent: Any, number: int, end: float) -> int:
    files = {"attachments[]": ("log.txt", b"line of a log\n" * 800_000, "text/plain")}
    return _again(lambda api: api.post(f"/conversations/{number}/messages", files=files), product, agent, end)


def _lists(product: Product, agent: Any, number: int, end: float) -> int:
    return _again(lambda api: api.get(f"/conversations/{number}/messages"), product, agent, end)


def _posts(product: Product, agent: Any, number: int, end: float) -> int:
    body = {"content": "word " * 25_000, "custom": ["x" * 1000] * 3_000}
    return _again(lambda api: api.post(f"/conversations/{number}/messages", json=body), product, agent, end)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0)
