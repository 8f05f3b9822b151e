"""How long requests and sockets wait beside a search: p50, p95 and p99.

    python -m bench.beside [posts a second]

Agents post at that rate; every tenth of a second somebody asks for their profile; one request after another searches all
messages; a socket hears each message. Times count from when a request was due, not from when it left.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bench.bridge import cpu_seconds
from bench.list_and_post import CONVERSATIONS, LIST, POST, TOKEN

PORT = 4795
ROUNDS = 4
SECONDS = 10.0
CONNECTIONS = 8
WORDS = "nowhere"


def serve(port: int) -> None:
    """The web process, as the supervisor starts it."""
    import uvicorn

    from ventanilla.config.asgi import application

    uvicorn.run(application, port=port, loop="uvloop", http="httptools", log_level="error", access_log=False)


class Caller:
    """One connection that is kept."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: Any = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """The answer's body."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\napi_access_token: {TOKEN}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        size = next(
            int(line.split(b":")[1]) for line in answer.lower().split(b"\r\n") if b"content-length" in line
        )
        found: bytes = await reader.readexactly(size)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(answer + found)
        return found


class Round:
    """Some seconds of all at once."""

    def __init__(self, port: int, rate: int, took: dict[str, list[float]]) -> None:
        self.port, self.rate, self.took = port, rate, took
        self.due: dict[str, float] = {}
        self.until = time.perf_counter() + SECONDS

    async def run(self) -> None:
        """All at once."""
        listener = asyncio.create_task(self._listen())
        await asyncio.sleep(0.5)
        each = [
            self._every(CONNECTIONS / self.rate, "post", self._post(place)) for place in range(CONNECTIONS)
        ]
        await asyncio.gather(*each, self._every(0.1, "other", self._profile), self._search())
        await asyncio.sleep(1)
        listener.cancel()

    async def _every(self, seconds: float, name: str, call: Callable[[Caller, float], Any]) -> None:
        caller, due = Caller(self.port), time.perf_counter()
        while due < self.until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await call(caller, due)
            self.took[name].append(time.perf_counter() - due)
            due += seconds

    def _post(self, place: int) -> Callable[[Caller, float], Any]:
        async def post(caller: Caller, due: float) -> None:
            key = f"{place}-{time.time_ns()}"
            self.due[key] = due
            path = POST.format(1 + time.time_ns() // 1000 % CONVERSATIONS)
            await caller.ask("POST", path, json.dumps({"content": "On its way", "echo_id": key}).encode())

        return post

    async def _profile(self, caller: Caller, _due: float) -> None:
        await caller.ask("GET", "/api/v1/profile")

    async def _search(self) -> None:
        caller = Caller(self.port)
        while (began := time.perf_counter()) < self.until:
            await caller.ask("GET", f"{LIST}&q={WORDS}{time.time_ns()}")
            self.took["search"].append(time.perf_counter() - began)

    async def _listen(self) -> None:
        from websockets.asyncio.client import connect

        profile = json.loads(await Caller(self.port).ask("GET", "/api/v1/profile"))
        identifier = {
            "channel": "RoomChannel",
            "pubsub_token": profile["pubsub_token"],
            "account_id": 1,
            "user_id": profile["id"],
        }
        async with connect(f"ws://127.0.0.1:{self.port}/cable", proxy=None, compression=None) as ear:
            await ear.send(json.dumps({"command": "subscribe", "identifier": json.dumps(identifier)}))
            async for text in ear:
                frame = json.loads(text)
                if "type" in frame or frame["message"].get("event") != "message.created":
                    continue
                due = self.due.pop(frame["message"]["data"].get("echo_id") or "", None)
                if due is not None:
                    self.took["socket"].append(time.perf_counter() - due)


def _wait_for(port: int) -> None:
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)


def main(rate: int) -> None:
    """Some rounds; the first one warms up."""
    took: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "ventanilla.config.settings",
            "VENTANILLA_DATA": folder,
            "VENTANILLA_RATE_LIMITS": "off",
        }
        subprocess.run([sys.executable, "-m", "bench.list_and_post", "data"], env=environment, check=True)
        server = subprocess.Popen([sys.executable, "-m", "bench.beside", "serve", str(PORT)], env=environment)
        try:
            _wait_for(PORT)
            asyncio.run(Round(PORT, rate, defaultdict(list)).run())
            before = cpu_seconds(server.pid)
            for _ in range(ROUNDS):
                asyncio.run(Round(PORT, rate, took).run())
            print(f"{cpu_seconds(server.pid) - before:.1f} s CPU")
        finally:
            server.terminate()
            server.wait()
    for name, values in took.items():
        values.sort()
        shown = ", ".join(f"p{at} {values[int(len(values) * at / 100)] * 1e3:.1f}" for at in (50, 95, 99))
        print(f"{name}: {len(values)}, {shown} ms")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
