"""Runs the command line as an operator does: as its own process, with a data folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from ventanilla.config.cli.main import FIRST
from ventanilla.testing import template

ROOT = Path(__file__).parents[4]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        return json.loads(self.err)["error"]


def environment(data: Path, **more: str) -> dict[str, str]:
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("VENTANILLA_", "LC_", "LANG", "DJANGO"))
    }
    return {
        **kept,
        "LANG": "en_GB.UTF-8",
        "VENTANILLA_DATA": str(data),
        "VENTANILLA_LEAKED_PASSWORDS": "off",
        "VENTANILLA_LOG_LEVEL": "warning",
        **more,
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def ventanilla(data: Path) -> Callable[..., Done]:
    """`ventanilla("doctor", "--json")`; keyword arguments are environment variables.

    What makes the installation in `data` finds its database migrated already; `--data` elsewhere begins with nothing.
    """

    def run(*words: str | Path, **more: str) -> Done:
        if words[0] in FIRST and not data.exists() and not {"--help", "--data"} & set(words) and not more:
            template.place(data)
        command = [sys.executable, "-m", "ventanilla", *(str(word) for word in words)]
        done = subprocess.run(
            command, cwd=ROOT, env=environment(data, **more), capture_output=True, text=True, timeout=50
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def postgres_databases() -> Iterator[tuple[str, str]]:
    """The addresses of two empty databases on the server that the tests run on."""
    server = os.environ["VENTANILLA_DATABASE_URL"]
    names = [f"ventanilla_backup_{side}_{os.getpid()}" for side in ("one", "two")]
    with psycopg.connect(server, autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield tuple(f"{server.rsplit('/', 1)[0]}/{name}" for name in names)
        for name in names:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
