"""How large the database and the attachments are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from ventanilla.conversations.models import Attachment
from ventanilla.kit.health import Check, Figure, Found, State, Unit, Words, seldom


class Storage(Check):
    """One line, figures only: what is left is the disk's to say."""

    name = "storage"
    title = _("Data")
    place = 10
    group = "storage"
    metrics = {"database_bytes": "Size of the database.", "files_bytes": "Size of all attachments."}

    def look(self, account_id: int | None) -> Sequence[Found]:
        return [
            Found(
                state=State.WELL,
                name=Words(self.title),
                says=Words(
                    "%(database)s", database="PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
                ),
                code="storage",
                figures=(
                    Figure("database_bytes", _database_bytes(), Unit.BYTES),
                    Figure("files_bytes", _files_bytes(), Unit.BYTES),
                ),
            )
        ]


@seldom(300)
def _files_bytes() -> int:
    """Of all attachments: the whole table is walked."""
    return Attachment.objects.aggregate(total=Sum("size"))["total"] or 0


@seldom(60)
def _database_bytes() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    main = Path(settings.DATABASES["default"]["NAME"])
    files = (main, main.with_name(main.name + "-wal"))
    return sum(path.stat().st_size for path in files if path.exists())
