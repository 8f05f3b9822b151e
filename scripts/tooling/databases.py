"""PostgreSQL and Redis for the tests: the ones that run, else private ones started from installed programs."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_SYSTEM = "postgres://postgres@127.0.0.1:5432/postgres"


def free_port() -> int:
    """A port that no one listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def postgres(python: Path, *, workers: int) -> Iterator[list[str]]:
    """The addresses of up to `workers` PostgreSQL servers where databases may be made; none when there is none.

    Each test worker has a server of its own where programs are installed: readers of the log wait for the oldest
    transaction of the whole server, and a test is one long transaction. A server that only answers is shared by one.
    """
    programs = _postgres_programs()
    with contextlib.ExitStack() as stack:
        urls = [stack.enter_context(_private_postgres(programs)) for _ in range(workers)] if programs else []
        mine = [url for url in urls if url and _answers(python, url)]
        others = (os.environ.get("VENTANILLA_TEST_POSTGRES_URL"), _SYSTEM)
        yield mine or [url for url in others if url and _answers(python, url)][:1]


@contextlib.contextmanager
def redis() -> Iterator[str | None]:
    """The address of a Redis or Valkey, or None."""
    if url := os.environ.get("VENTANILLA_TEST_REDIS_URL"):
        yield url
        return
    if _listens(6379):
        yield "redis://127.0.0.1:6379/9"
        return
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if not program:
        yield None
        return
    port = free_port()
    with subprocess.Popen(
        [program, "--port", str(port), "--save", "", "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL
    ) as server:
        _wait(port)
        try:
            yield f"redis://127.0.0.1:{port}/9"
        finally:
            server.terminate()


def _answers(python: Path, url: str) -> bool:
    code = "import sys, psycopg; psycopg.connect(sys.argv[1], connect_timeout=4).close()"
    return subprocess.run([python, "-c", code, url], stderr=subprocess.DEVNULL, check=False).returncode == 0


def _postgres_programs() -> Path | None:
    """The folder of the newest installed server's programs; Debian keeps them off PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    here = shutil.which("initdb")
    return found[-1].parent if found else Path(here).parent if here else None


@contextlib.contextmanager
def _private_postgres(programs: Path) -> Iterator[str | None]:
    """A cluster of our own in a temporary folder. PostgreSQL refuses to run as root, so root lends it to `postgres`."""
    folder = Path(tempfile.mkdtemp(prefix="ventanilla-pg-"))
    port = free_port()
    account: dict[str, int | str] = {}
    try:
        if os.geteuid() == 0:
            entry = pwd.getpwnam("postgres")
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            account = {"user": entry.pw_uid, "group": entry.pw_gid}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **account}
        init = [
            programs / "initdb",
            "-D",
            folder / "data",
            "-U",
            "postgres",
            "--auth=trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        if subprocess.run(init, check=False, **quiet).returncode:  # type: ignore[call-overload]
            yield None
            return
        options = ["-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        with subprocess.Popen([programs / "postgres", "-D", folder / "data", *options], **quiet) as server:  # type: ignore[call-overload]
            _wait(port)
            try:
                yield f"postgres://postgres@127.0.0.1:{port}/postgres"
            finally:
                server.terminate()
    except KeyError:  # no `postgres` account on this machine
        yield None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(port: int, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not _listens(port):
        time.sleep(0.1)
