"""What the bridge to Django costs: server CPU per 1,000 requests, against the bare ASGI floor of the same run.

    python -m bench.bridge

The same small answer is given by a bare ASGI function, by a bare WSGI function behind the bridge, and by Django behind
the bridge. The difference of the first two is the bridge.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

REQUESTS = 20_000
CONNECTIONS = 16
PORT = 4481
BODY = b'{"ok":true}'
REQUEST = (
    b"GET /bench?page=1 HTTP/1.1\r\nHost: localhost\r\napi_access_token: abcdefghijkl\r\nAccept: */*\r\n\r\n"
)


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """The floor: nothing but the server."""
    if scope["type"] == "http":
        headers = [(b"content-type", b"application/json"), (b"content-length", b"11")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": BODY})


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The smallest WSGI application."""
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "11")])
    return [BODY]


def serve(kind: str) -> None:
    """Run one of the servers; called in a process of its own."""
    import uvicorn

    application: Any = bare
    if kind != "bare":
        os.environ["DJANGO_SETTINGS_MODULE"] = "ventanilla.config.settings"
        import django

        django.setup()
        from django.core.handlers.wsgi import WSGIHandler
        from django.http import HttpResponse
        from django.urls import path

        from ventanilla.config.bridge import Bridge

        if kind == "django":
            from django.conf import settings

            urls = type(sys)("bench_urls")
            urls.urlpatterns = [
                path("bench", lambda request: HttpResponse(BODY, content_type="application/json"))
            ]  # type: ignore[attr-defined]
            sys.modules["bench_urls"] = urls
            settings.ROOT_URLCONF = "bench_urls"
            settings.MIDDLEWARE = []
            application = Bridge(WSGIHandler())
        else:
            application = Bridge(wsgi)
    uvicorn.run(
        application,
        port=PORT,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        log_level="error",
        access_log=False,
        proxy_headers=False,
    )


async def _client(count: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    for _ in range(count):
        writer.write(REQUEST)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        await reader.readexactly(11)
    writer.close()


async def _load(count: int) -> None:
    await asyncio.gather(*(_client(count // CONNECTIONS) for _ in range(CONNECTIONS)))


def cpu_seconds(pid: int) -> float:
    """User and system time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(kind: str) -> float:
    """CPU seconds per 1,000 requests."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "VENTANILLA_DATA": folder}
        process = subprocess.Popen([sys.executable, "-m", "bench.bridge", kind], env=environment)
        try:
            for _ in range(200):
                try:
                    asyncio.run(_load(CONNECTIONS * 20))  # warm
                    break
                except OSError:
                    time.sleep(0.05)
            before = cpu_seconds(process.pid)
            asyncio.run(_load(REQUESTS))
            return (cpu_seconds(process.pid) - before) / REQUESTS * 1_000
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(sys.argv[1])
    else:
        figures = {kind: measure(kind) for kind in ("bare", "wsgi", "django")}
        print({kind: round(value, 3) for kind, value in figures.items()})
        print(f"the bridge costs {figures['wsgi'] - figures['bare']:.3f} CPU-s per 1,000 requests")
