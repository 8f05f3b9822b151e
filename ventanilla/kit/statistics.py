"""What a database knows of its own tables: how many rows, how many alike. By that it chooses between indexes.

PostgreSQL looks after it by itself (autovacuum). SQLite counts when it is told to, and without numbers takes the first
index that fits: at 100,000 conversations that made lists forty times as dear.
"""

from __future__ import annotations

from django.db import connection

# Rows of each index SQLite looks at: some hundredths of a second, whatever the size of the file.
_ENOUGH = 10_000


def refresh(*, thoroughly: bool = False) -> None:
    """Count anew. `thoroughly`: on PostgreSQL too, after rows came that no one has counted yet."""
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            if thoroughly:
                cursor.execute("VACUUM ANALYZE")
            return
        cursor.execute(f"PRAGMA analysis_limit = {_ENOUGH}")
        cursor.execute("ANALYZE")
        # Connections that are open read the numbers with the list of tables, which they read again when it changes.
        cursor.execute("CREATE VIEW counted_anew AS SELECT 1")
        cursor.execute("DROP VIEW counted_anew")
