"""How long a visitor's message takes from its POST to the agent's socket, through the whole running product.

python -m bench.latency [messages]
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx
from websockets.sync.client import connect

from e2e.product import Product


def main(count: int) -> None:
    """Start the product, talk, and print the milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder) / "data")
        product.start(port=4483)
        try:
            print({key: round(value, 1) for key, value in _measure(product, count).items()})
        finally:
            product.stop()


def _measure(product: Product, count: int) -> dict[str, float]:
    agent = product.add_person("Bench", name="Ana", email="ana@bench.example", role="administrator")
    with product.api(agent) as api, httpx.Client(base_url=product.url, timeout=20) as client:
        inbox = (
            api.post("/inboxes", json={"name": "Shop", "channel": {"type": "api"}}).raise_for_status().json()
        )
        base = f"/public/api/v1/inboxes/{inbox['inbox_identifier']}/contacts"
        contact = client.post(base, json={"name": "Carla"}).raise_for_status().json()
        own = f"{base}/{contact['source_id']}/conversations"
        conversation = client.post(own, json={}).raise_for_status().json()
        messages = f"{own}/{conversation['id']}/messages"
        profile = httpx.get(f"{product.url}/api/v1/profile", headers={"api_access_token": agent.token}).json()
        identifier = {
            "channel": "RoomChannel",
            "pubsub_token": profile["pubsub_token"],
            "account_id": agent.account_id,
            "user_id": agent.id,
        }
        with connect("ws://127.0.0.1:4483/cable", proxy=None, compression=None, legacy=True) as socket:
            socket.send(json.dumps({"command": "subscribe", "identifier": json.dumps(identifier)}))
            both = [_once(client, messages, socket, f"message {number}") for number in range(count + 5)][5:]
    posts = sorted(post for post, _ in both)
    took = sorted(heard for _, heard in both)
    return {
        "post_median_ms": statistics.median(posts) * 1e3,
        "median_ms": statistics.median(took) * 1e3,
        "p95_ms": took[int(len(took) * 0.95)] * 1e3,
        "worst_ms": took[-1] * 1e3,
    }


def _once(client: httpx.Client, messages: str, socket: object, content: str) -> tuple[float, float]:
    time.sleep(0.35)  # a person types slower, and the conversation takes 200 a minute at most
    began = time.perf_counter()
    client.post(messages, json={"content": content}).raise_for_status()
    posted = time.perf_counter() - began
    while True:
        frame = json.loads(socket.recv(timeout=10))  # type: ignore[attr-defined]
        if "type" not in frame and frame["message"]["data"].get("content") == content:
            return posted, time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
