"""What a reply costs: CPU of all processes (web, worker, database server) for each, and how far the worker trails.

    python -m bench.replies                  on SQLite; with VENTANILLA_DATABASE_URL of an empty database, on PostgreSQL
    python -m bench.replies --record         adds the figures to bench/RESULTS.md

20,000 conversations, 200,000 messages (those of bench.list_and_post). An administrator replies in conversations of
others, at 5 a second, at 50 a second and as fast as eight clients can; first with the consumers there are, then with 20
more that each write a row for each message. What is counted ends when the last event is handled, and holds what idle
processes would have used meanwhile. The floor is the same post against a bare ASGI program, from bench.list_and_post.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.bridge import cpu_seconds
from bench.list_and_post import RESULTS, post_message

PORT = 4_830
MORE = 20
LAG_FILE = "lags.txt"
RATES: tuple[tuple[str, float | None, int], ...] = (
    ("5/s", 5.0, 100),
    ("50/s", 50.0, 750),
    ("flat out", None, 1_500),
)
CLIENTS = 8


# ── the worker, with what is measured and what is added ───────────────────────────────────────────────


def work(more: int) -> int:
    """`ventanilla worker` with a consumer that notes how late it is, and `more` that write a row for each message."""
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    from ventanilla.config import consumers as listed
    from ventanilla.config.worker import Worker
    from ventanilla.events.consumer import Consumer
    from ventanilla.events.log import LoggedEvent

    lags = Path(os.environ["VENTANILLA_DATA"], LAG_FILE).open("a", buffering=1)  # noqa: SIM115 - as long as the process

    class Late(Consumer):
        name = "bench.late"
        subscribes = frozenset({"message.created"})

        def handle(self, events: Sequence[LoggedEvent]) -> None:
            moment = timezone.now()
            lags.writelines(f"{(moment - event.occurred_at).total_seconds()}\n" for event in events)

    class Writes(Consumer):
        subscribes = frozenset({"message.created"})

        def __init__(self, number: int) -> None:
            self.name = f"bench.writes_{number}"  # type: ignore[misc]
            self._number = number

        def handle(self, events: Sequence[LoggedEvent]) -> None:
            with connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO bench_row (reader, event) VALUES (%s, %s)",
                    [(self._number, e.id) for e in events],
                )

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_row (reader integer, event bigint)")
    consumers = [*listed.make_consumers(), *(Writes(number) for number in range(more)), Late()]
    return Worker(consumers=consumers).run_until_signal()


def serve() -> None:
    """One web process."""
    import uvicorn

    from ventanilla.config.asgi import application

    uvicorn.run(
        application, port=PORT, loop="uvloop", http="httptools", log_level="error", access_log=False, proxy_headers=False
    )  # fmt: skip


def waiting() -> int:
    """Events that some consumer has still to handle. Run in a process of its own."""
    import django

    django.setup()
    from ventanilla.config.consumers import make_consumers
    from ventanilla.events.consumer import lag_of

    return sum(lag_of(consumer).events for consumer in make_consumers())


# ── the measure ───────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Figure:
    """`cpu`: milliseconds for each reply, by process. `lag`: seconds from the commit to the last consumer, p95."""

    cpu: dict[str, float]
    lag: float

    @property
    def all(self) -> float:
        return sum(self.cpu.values())


class Product:
    """A web process and a worker on the data, and the backends that serve them."""

    def __init__(self, data: Path, *, more: int) -> None:
        self.data = data
        environment = {**os.environ, "VENTANILLA_DATA": str(data), "VENTANILLA_RATE_LIMITS": "off"}
        start = [sys.executable, "-m", "bench.replies"]
        self._processes = {
            "web": subprocess.Popen([*start, "serve"], env=environment),
            "worker": subprocess.Popen([*start, "work", str(more)], env=environment),
        }

    def cpu(self) -> dict[str, float]:
        used = {name: cpu_seconds(process.pid) for name, process in self._processes.items()}
        database = os.environ.get("VENTANILLA_DATABASE_URL", "").rpartition("/")[2]
        if database:
            used["database"] = sum(cpu_seconds(pid) for pid in _backends(database))
        return used

    def measure(self, rate: float | None, count: int, *, first: int) -> Figure:
        """Post that many and wait until all of it is handled."""
        file = self.data / LAG_FILE
        known = len(file.read_text().splitlines()) if file.exists() else 0
        before = self.cpu()
        asyncio.run(_post(rate, count, first))
        deadline = time.monotonic() + 120
        while len(file.read_text().splitlines()) < known + count and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.3)  # what the consumers' own events bring
        after = self.cpu()
        lags = sorted(float(line) for line in file.read_text().splitlines()[known:])
        return Figure(
            cpu={name: (after[name] - before[name]) / count * 1_000 for name in before},
            lag=lags[int(len(lags) * 0.95)],
        )

    def stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait()


def _backends(database: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if line.startswith("postgres:") and f" {database} " in line:
            found.append(int(path.parent.name))
    return found


async def _post(rate: float | None, count: int, first: int) -> None:
    numbers = iter(range(first, first + count))
    began = time.monotonic()

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        for number in numbers:
            if rate is not None:
                await asyncio.sleep(max(0.0, began + (number - first) / rate - time.monotonic()))
            while not await _ask(reader, writer, number):
                await asyncio.sleep(0.5)  # no turn to write: as a client does, once more
        writer.close()

    clients = 1 if rate is not None and rate < 10 else CLIENTS
    await asyncio.gather(*(client() for _ in range(clients)))


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> bool:
    writer.write(post_message(number, b""))
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:] if line)
    await reader.readexactly(int(fields[b"content-length"]))
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 503")):
        raise RuntimeError(head.decode())
    return head.startswith(b"HTTP/1.1 200")


def _ready() -> None:
    for _ in range(600):
        try:
            asyncio.run(_post(None, 40, 0))
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the product does not answer")


def measure(data: Path, *, more: int) -> dict[str, Figure]:
    """The figures by rate."""
    product = Product(data, more=more)
    try:
        _ready()
        time.sleep(3)
        figures, first = {}, 1_000
        for name, rate, count in RATES:
            figures[name] = product.measure(rate, count, first=first)
            first += count
        return figures
    finally:
        product.stop()


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "ventanilla.config.settings"
    vendor = "PostgreSQL" if os.environ.get("VENTANILLA_DATABASE_URL") else "SQLite"
    rows: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VENTANILLA_DATA"] = folder
        subprocess.run([sys.executable, "-m", "bench.list_and_post", "data"], check=True)
        figures: dict[int, dict[str, Figure]] = {}
        for more in (0, MORE):
            figures[more] = measure(Path(folder), more=more)
    for name, _rate, _count in RATES:
        plain, with_more = figures[0][name], figures[MORE][name]
        parts = ", ".join(f"{part} {value:.1f}" for part, value in plain.cpu.items())
        rows.append(
            f"| {datetime.now(UTC):%Y-%m-%d} | `bench.replies`, {vendor}, {name}: CPU of all processes for a reply |"
            f" **{plain.all:.1f} ms** ({parts}), lag p95 {plain.lag * 1_000:.0f} ms; with {MORE} more consumers"
            f" **{with_more.all:.1f} ms**, lag p95 {with_more.lag * 1_000:.0f} ms | {_TARGETS[name]} |\n"
        )
    print("".join(rows))
    if "--record" in sys.argv:
        head, line, rest = RESULTS.read_text().partition("|---|---|---|---|\n")
        RESULTS.write_text(head + line + "".join(rows) + rest)


_TARGETS = {"5/s": "≤ 5 ms, + 2", "50/s": "≤ 4 ms, + 2; lag < 200 ms", "flat out": "≤ 3 ms, + 2"}


def _main(argv: Sequence[str]) -> Any:
    match argv:
        case ["serve"]:
            return serve()
        case ["work", more]:
            raise SystemExit(work(int(more)))
        case ["waiting"]:
            return print(waiting())
        case _:
            return main()


if __name__ == "__main__":
    _main(sys.argv[1:])
