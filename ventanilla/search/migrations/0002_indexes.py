"""The tables of the indexes, which only their engines know."""

from django.db import migrations

from ventanilla.search.engines import engine


def make(apps, schema_editor):
    for table in ("search_message", "search_contact"):
        for statement in engine().make(table):
            schema_editor.execute(statement)


def drop(apps, schema_editor):
    for table in ("search_message", "search_contact"):
        schema_editor.execute(f"DROP TABLE {table}")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
