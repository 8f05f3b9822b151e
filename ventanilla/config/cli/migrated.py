"""Whether the database has this program's shape, asked without Django: most starts have nothing to migrate.

Knows no more than SQLite and the names of files. Whatever it is not sure of (a database that is not there, another server's,
one that a newer program changed, a file that cannot be read) is the `migrate` command's to look at.
"""

from __future__ import annotations

import importlib.util
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from ventanilla.config.cli.startup import DATABASE, SECRET_KEY

_OURS = Path(__file__).resolve().parents[2]
_PATIENCE_SECONDS = 1.0


def is_current(folder: Path, given: Mapping[str, Any]) -> bool:
    """Whether `migrate` would find nothing to do in this data folder. `given`: the settings of the environment."""
    if given["DATABASE_URL"] or not (given["SECRET_KEY"] or (folder / SECRET_KEY).exists()):
        return False
    return _applied(folder / DATABASE) == known()


def known() -> set[tuple[str, str]]:
    """Every migration of this program, by the names of files; an app's label is the name of its folder."""
    return {
        (path.parents[1].name, path.stem)
        for apps in (_OURS, _django() / "contrib")
        for path in apps.glob("*/migrations/[0-9]*.py")
        if apps == _OURS or path.parents[1].name in {"auth", "contenttypes", "sessions"}
    }


def _django() -> Path:
    found = importlib.util.find_spec("django")  # finds it without importing it
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def _applied(database: Path) -> set[tuple[str, str]]:
    if not database.exists():
        return set()
    try:
        # Not read-only: a log that a killed process left behind may have to be taken in first.
        with closing(
            sqlite3.connect(f"{database.as_uri()}?mode=rw", uri=True, timeout=_PATIENCE_SECONDS)
        ) as asked:
            return {(app, name) for app, name in asked.execute("SELECT app, name FROM django_migrations")}
    except sqlite3.Error:
        return set()
