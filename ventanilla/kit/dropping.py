"""For migrations: taking away what a key's column no longer needs, without writing the table anew."""

from __future__ import annotations

from typing import Any

from django.db.migrations import AlterField


class DropOwnIndex(AlterField):
    """A key that keeps no index of its own any more. Django's way copies the whole table on SQLite, here minutes of it."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        column = model._meta.get_field(self.name).column
        for name in schema_editor._constraint_names(model, [column], index=True, unique=False):
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")
