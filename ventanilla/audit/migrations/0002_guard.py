"""The database refuses to change an entry, or to delete one that is younger than thirty days.

What is personal may be blanked: address, device, and what the fact carried of a person.
"""

from django.db import migrations

_FIXED = (
    "id",
    "account_id",
    "event",
    "subject",
    "subject_id",
    "actor_kind",
    "actor_id",
    "way",
    "request",
    "happened_at",
)
_BLANKED = {"address": "''", "device": "''", "subject_name": "''", "data": "'{}'"}
_CHANGED = " OR ".join(
    [f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _FIXED]
    + [f"(NEW.{name} <> OLD.{name} AND NEW.{name} <> {blank})" for name, blank in _BLANKED.items()]
)
_MESSAGE = "entries of the audit log do not change"

SQLITE = (
    "CREATE TRIGGER audit_entries_stand BEFORE UPDATE ON audit_auditentry"
    f" WHEN {_CHANGED.replace('IS DISTINCT FROM', 'IS NOT')} BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
    "CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_auditentry"
    " WHEN julianday(OLD.happened_at) > julianday('now') - 30"
    f" BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
)
POSTGRES = (
    "CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER audit_entries_stand BEFORE UPDATE ON audit_auditentry FOR EACH ROW"
    f" WHEN ({_CHANGED}) EXECUTE FUNCTION audit_entries_refuse()",
    "CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_auditentry FOR EACH ROW"
    " WHEN (OLD.happened_at > now() - interval '30 days') EXECUTE FUNCTION audit_entries_refuse()",
)


def guard(apps, schema_editor):
    for statement in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def leave_open(apps, schema_editor):
    on = " ON audit_auditentry" if schema_editor.connection.vendor == "postgresql" else ""
    for name in ("audit_entries_stand", "audit_entries_stay"):
        schema_editor.execute(f"DROP TRIGGER {name}{on}")
    if on:
        schema_editor.execute("DROP FUNCTION audit_entries_refuse()")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(guard, leave_open)]
