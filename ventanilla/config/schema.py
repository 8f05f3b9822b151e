"""Whether the database has the shape this program was written for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from django.db import connection

Step = tuple[str, str]  # app label, name of the migration


class Shape(NamedTuple):
    """What sets the database apart: migrations a newer program applied, and migrations it has still to get."""

    newer: list[Step]
    missing: list[Step]


@cache
def _known() -> frozenset[Step]:
    """Every migration of this program, by the names of their files: loading them all would cost a web process megabytes."""
    found: set[Step] = set()
    for config in apps.get_app_configs():
        for path in (Path(config.path) / "migrations").glob("[0-9]*.py"):
            found.add((config.label, path.stem))
    return frozenset(found)


def shape() -> Shape:
    """Compare by one small query. Raises DatabaseError when the database cannot be asked."""
    known = _known()
    ours = {app for app, _name in known}
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return Shape([], sorted(known))
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = {(app, name) for app, name in cursor.fetchall() if app in ours}
    return Shape(sorted(applied - known), sorted(known - applied))
