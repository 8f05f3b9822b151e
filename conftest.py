"""Hooks for every test of the house: ledger rows are recorded, and rules of one database are skipped on the other."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Where Python is kept from writing bytecode (a habit of containers), each of some hundred processes that tests start would
# compile the whole product anew: twice the CPU of a start, and eleven seconds for each process that collects tests.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

pytest_plugins = [
    "ventanilla.testing.cast",
    "ventanilla.testing.mailbox",
    "ventanilla.testing.slow_smtp",
    "ventanilla.testing.names",
    "ventanilla.testing.provider",
]

STATE = Path(__file__).parent / ".state"
_recorded: dict[str, dict[str, Any]] = {}


_DATABASE = frozenset({"db", "transactional_db", "django_db_serialized_rollback", "live_server"})


def _asks_a_database(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or not _DATABASE.isdisjoint(names)


def _is_postgres() -> bool:
    return os.environ.get("VENTANILLA_DATABASE_URL", "").startswith("postgres") or bool(
        os.environ.get("VENTANILLA_TEST_DATABASE_URLS")
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    """Migrate what the tests' databases are copied from before a test's own time begins to run."""
    if not _is_postgres() and any(map(_asks_a_database, session.items)):
        from ventanilla.testing import template

        template.prepare()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Write each test's ledger ids into its report, and leave out rules of the other database.

    What asks no database says on PostgreSQL what it said on SQLite, so it runs there once only.
    """
    postgres = _is_postgres()
    if postgres:
        alike = [i for i in items if not _asks_a_database(i) and i.get_closest_marker("postgres") is None]
        config.hook.pytest_deselected(items=alike)
        left = set(items) - set(alike)
        items[:] = [item for item in items if item in left]
    for item in items:
        ids = [str(row) for mark in item.iter_markers("feature") for row in mark.args]
        if ids:
            item.user_properties.append(("feature", " ".join(dict.fromkeys(ids))))
        if postgres and item.get_closest_marker("sqlite"):
            item.add_marker(pytest.mark.skip(reason="a rule of SQLite"))
        if not postgres and item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason="a rule of PostgreSQL"))


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool, django_db_modify_db_settings: None) -> bool:
    """On SQLite start from a copy of the migrated database, so that no one applies every migration again."""
    from django.db import connection

    from ventanilla.testing import flush, template

    flush.be_quick()
    if connection.vendor != "sqlite":
        return django_db_keepdb
    template.copy(Path(connection.creation._get_test_db_name()))
    return True


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember how every test that names a ledger row ended. With several workers this runs in the one that collects."""
    ids = dict(report.user_properties).get("feature")
    if not isinstance(ids, str) or (report.when != "call" and report.passed):
        return
    before = _recorded.get(report.nodeid, {}).get("outcome", "passed")
    outcome = report.outcome if before == "passed" else before
    _recorded[report.nodeid] = {"features": ids.split(), "outcome": outcome}


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Merge what was recorded into `.state/features-<run>.json`, which scripts/features reads."""
    yield
    if hasattr(session.config, "workerinput") or not _recorded:
        return
    path = STATE / f"features-{os.environ.get('VENTANILLA_TEST_RUN', 'adhoc')}.json"
    known: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    STATE.mkdir(exist_ok=True)
    path.write_text(json.dumps(known | _recorded, indent=1, sort_keys=True))
