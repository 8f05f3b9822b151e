"""A PostgreSQL cluster of a test's own, which it stops, starts and makes read-only while everything runs."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from ventanilla.testing.mailbox import free_port


@dataclass
class Cluster:
    """`pg_ctl` in a folder. PostgreSQL refuses to run as root, so root lends it to `postgres`."""

    programs: Path
    folder: Path
    port: int
    account: dict[str, Any]

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Until it answers."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
        self._run("pg_ctl", "-D", self._data, "-l", self.folder / "log", "-o", options, "-w", "start")

    def stop(self) -> None:
        """At once, as a machine that loses its power: connections break, no one is told."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def set_read_only(self, value: bool) -> None:
        """What a failover leaves behind, or an operator who saves the disk."""
        word = "on" if value else "off"
        with psycopg.connect(
            self.url, autocommit=True, options="-c default_transaction_read_only=off"
        ) as session:
            session.execute(f"ALTER SYSTEM SET default_transaction_read_only = {word}")  # type: ignore[arg-type]
            session.execute("SELECT pg_reload_conf()")

    def break_connections(self) -> int:
        """Every connection but ours ends; how many there were."""
        with psycopg.connect(self.url, autocommit=True) as session:
            others = "pid <> pg_backend_pid() AND backend_type = 'client backend'"
            row = session.execute(
                f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {others}"
            ).fetchone()  # type: ignore[arg-type]
            return int(row[0]) if row else 0

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, program: str, *words: object) -> None:
        command = [str(self.programs / program), *map(str, words)]
        with (self.folder / "said").open("ab") as said:
            subprocess.run(
                command, check=True, stdout=said, stderr=said, cwd=self.folder, timeout=60, **self.account
            )


def why_not() -> str:
    """Why no cluster can be made here; "" when it can."""
    if _programs() is None:
        return "the programs of a PostgreSQL server are not installed: its outages are not tested here"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return "root has no `postgres` to lend PostgreSQL to: its outages are not tested here"
    return ""


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    here = shutil.which("initdb")
    return found[-1].parent if found else Path(here).parent if here else None


@contextmanager
def cluster() -> Iterator[Cluster]:
    """One that runs; gone afterwards."""
    programs = _programs()
    assert programs is not None, why_not()
    folder = Path(tempfile.mkdtemp(prefix="ventanilla-pg-"))
    account: dict[str, Any] = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam("postgres")
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        account = {"user": entry.pw_uid, "group": entry.pw_gid}
    made = Cluster(programs, folder, free_port(), account)
    try:
        made._run("initdb", "-D", made._data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-sync")
        made.start()
        yield made
    finally:
        subprocess.run(
            [programs / "pg_ctl", "-D", made._data, "-m", "immediate", "-w", "stop"],
            check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **account,
        )  # fmt: skip
        time.sleep(0.1)
        shutil.rmtree(folder, ignore_errors=True)
