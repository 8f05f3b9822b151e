"""What each screen costs as the desk grows: CPU for one request, with 20,000 conversations and with 100,000.

    python -m bench.growth                   on SQLite; with VENTANILLA_DATABASE_URL, on that PostgreSQL server
    python -m bench.growth --record          adds the figures to bench/RESULTS.md

200,000 and 2,000,000 messages, 12,000 and 60,000 contacts (see ventanilla.testing.grown). Each request is answered in
this process, without a server, and counted with the CPU of the database's process; no answer of a query is kept from
one request to the next, as it is on a desk where someone always writes. Beside it stands the CPU of the same
statements by themselves, in the same run: what the machine does meanwhile slows both alike. The statistics are those
that production keeps (ventanilla.kit.statistics). On PostgreSQL databases of their own are made and dropped.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.list_and_post import RESULTS

SIZES = ((20_000, 10), (100_000, 20))  # conversations, messages of each
REPEATS = 15
MOST = 15.0  # milliseconds
_ACCOUNT = "/api/v1/accounts/1"
_LIST = f"{_ACCOUNT}/conversations?assignee_type=all&status="
_SORTS = (
    "created_at_asc",
    "created_at_desc",
    "priority_asc",
    "priority_desc",
    "waiting_since_asc",
    "waiting_since_desc",
)

# name: address, and whether the agent asks who sees their own team alone
SCREENS: dict[str, tuple[str, bool]] = {
    "list, open": (f"{_LIST}open", False),
    "list, open, mine": (f"{_ACCOUNT}/conversations?assignee_type=me&status=open", False),
    "list, open, unassigned": (f"{_ACCOUNT}/conversations?assignee_type=unassigned&status=open", False),
    "list, open, unattended": (f"{_LIST}open&conversation_type=unattended", False),
    "list, open, one team": (f"{_LIST}open&team_id=3", False),
    "list, open, one label": (f"{_LIST}open&labels[]=label-3", False),
    "list, open, one inbox": (f"{_LIST}open&inbox_id=1", False),
    "list, open, page 40": (f"{_LIST}open&page=40", False),
    "list, resolved": (f"{_LIST}resolved", False),
    "list, resolved, unassigned": (
        f"{_ACCOUNT}/conversations?assignee_type=unassigned&status=resolved",
        False,
    ),
    "list, resolved, one inbox": (f"{_LIST}resolved&inbox_id=1", False),
    "list, resolved, one team": (f"{_LIST}resolved&team_id=3", False),
    "list, resolved, one label": (f"{_LIST}resolved&labels[]=label-3", False),
    "list, resolved, page 40": (f"{_LIST}resolved&page=40", False),
    "list, all": (f"{_LIST}all", False),
    "list, mentions": (f"{_LIST}all&conversation_type=mention", False),
    **{f"list, open, {sort}": (f"{_LIST}open&sort_by={sort}", False) for sort in _SORTS},
    **{f"list, resolved, {sort}": (f"{_LIST}resolved&sort_by={sort}", False) for sort in _SORTS},
    "list, open, of the limited agent": (f"{_LIST}open", True),
    "list, resolved, of the limited agent": (f"{_LIST}resolved", True),
    "counts of the desk": ("/api/desk/accounts/1/counts", False),
    "counts of the desk, of the limited agent": ("/api/desk/accounts/1/counts", True),
    "one conversation": (f"{_ACCOUNT}/conversations/777", False),
    "its messages": (f"{_ACCOUNT}/conversations/777/messages", False),
    "messages of a long one": (f"{_ACCOUNT}/conversations/2/messages", False),
    "opening of one": ("/api/desk/accounts/1/conversations/777/opening", False),
    "contacts": (f"{_ACCOUNT}/contacts?sort=-last_activity_at", False),
    "contacts by name": (f"{_ACCOUNT}/contacts?sort=name", False),
    "contacts, the newest": (f"{_ACCOUNT}/contacts?sort=-created_at", False),
    "conversations of a contact": (f"{_ACCOUNT}/contacts/777/conversations", False),
}


def fill(conversations: int, each: int) -> None:
    """Migrate the database and write the rows."""
    from django.core.management import call_command

    from ventanilla.kit import statistics
    from ventanilla.testing import grown

    call_command("migrate", verbosity=0)
    grown.fill(conversations, each=each)
    statistics.refresh(thoroughly=True)


def measure() -> dict[str, tuple[float, float]]:
    """By screen: CPU milliseconds of a request, and of its statements alone."""
    from django.test import Client

    from ventanilla.testing import grown

    clients = [Client(HTTP_API_ACCESS_TOKEN=token) for token in (grown.TOKEN, grown.LIMITED_TOKEN)]
    figures = {}
    for name, (path, limited) in SCREENS.items():
        client = clients[limited]

        def ask(client: Client = client, path: str = path) -> None:
            forget_answers()
            reply = client.get(path)
            if reply.status_code != 200:
                raise RuntimeError(f"{path}: {reply.status_code}")

        ask()  # what is rendered is kept from here on
        with noted() as statements:
            ask()
        figures[name] = (_cpu_of(ask), _cpu_of(partial(run_again, statements)))
    return figures


def forget_answers() -> None:
    from ventanilla.conversations.selectors import lists

    lists._answers._threads = threading.local()
    lists._large.clear()


@contextmanager
def noted() -> Iterator[list[tuple[str, Any]]]:
    """The statements that are asked meanwhile, with their parameters."""
    from django.db import connection

    found: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def run_again(noted: list[tuple[str, Any]]) -> None:
    from ventanilla.kit import statements

    for sql, parameters in noted:
        if sql.startswith("SELECT"):
            statements.fetch_all(sql, parameters or ())


def _cpu_of(act: Callable[[], Any]) -> float:
    """The median in milliseconds, this process and its database connection together."""
    act()
    spent = []
    for _ in range(REPEATS):
        before = time.process_time() + of_backend()
        act()
        spent.append(time.process_time() + of_backend() - before)
    return sorted(spent)[len(spent) // 2] * 1_000


def of_backend() -> float:
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    nanoseconds = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]
    return int(nanoseconds) / 1e9


# ── both sizes ────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _place(conversations: int) -> Iterator[dict[str, str]]:
    """An environment with a database of its own."""
    url = os.environ.get("VENTANILLA_DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as folder:
        kept = {**os.environ, "VENTANILLA_DATA": folder, "VENTANILLA_RATE_LIMITS": "off"}
        kept["DJANGO_SETTINGS_MODULE"] = "ventanilla.config.settings"
        if not url:
            yield kept
            return
        import psycopg

        name = f"{urlsplit(url).path.lstrip('/')}_{conversations}"
        with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}"')
            server.execute(f'CREATE DATABASE "{name}"')
            try:
                yield {**kept, "VENTANILLA_DATABASE_URL": f"{url.rpartition('/')[0]}/{name}"}
            finally:
                server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def main() -> None:
    figures: list[dict[str, tuple[float, float]]] = []
    for conversations, each in SIZES:
        with _place(conversations) as environment:
            asked = [sys.executable, "-m", "bench.growth", "one", str(conversations), str(each)]
            answer = subprocess.run(asked, env=environment, check=True, stdout=subprocess.PIPE, text=True)
            figures.append(json.loads(answer.stdout.splitlines()[-1]))
    vendor = "PostgreSQL" if os.environ.get("VENTANILLA_DATABASE_URL") else "SQLite"
    rows = [
        f"| {datetime.now(UTC):%Y-%m-%d} | `bench.growth`, {vendor}: CPU of a request in ms, 20,000 conversations →"
        " 100,000; in brackets its statements alone | other work on the machine | ≤ 15 ms |\n"
    ]
    for name in SCREENS:
        (small, small_sql), (big, big_sql) = figures[0][name], figures[1][name]
        mark = "**" if big > MOST else ""
        rows.append(
            f"| the same | {name} | {small:.1f} ({small_sql:.1f}) → {mark}{big:.1f}{mark} ({big_sql:.1f}) | |\n"
        )
    print("".join(rows))
    if "--record" in sys.argv:
        head, line, rest = RESULTS.read_text().partition("|---|---|---|---|\n")
        RESULTS.write_text(head + line + "".join(rows) + rest)


def _one(conversations: int, each: int) -> None:
    import django

    django.setup()
    if conversations:
        fill(conversations, each)
    figures = measure()
    for name, (whole, sql) in figures.items():
        print(f"{whole:8.1f} {sql:8.1f}  {name}", file=sys.stderr)
    print(json.dumps(figures))


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        _one(int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
