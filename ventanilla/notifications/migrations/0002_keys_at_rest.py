"""Where a device takes push messages is sealed in the database: who knows the address may push to it."""

from django.db import migrations

import ventanilla.kit.sealed_keys


def seal(apps, schema_editor):
    model = apps.get_model("notifications", "PushSubscription")
    for column in ("key", "push_token"):
        ventanilla.kit.sealed_keys.seal_column(schema_editor, model, column)


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="pushsubscription",
            name="key",
            field=ventanilla.kit.sealed_keys.SealedKeyField(max_length=2048, unique=True),
        ),
        migrations.AlterField(
            model_name="pushsubscription",
            name="push_token",
            field=ventanilla.kit.sealed_keys.SealedKeyField(blank=True, default="", max_length=2048),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
