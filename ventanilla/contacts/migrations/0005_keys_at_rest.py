"""What a visitor's page listens with is sealed in the database. Pages that are open stay connected."""

from django.db import migrations

import ventanilla.kit.sealed_keys
import ventanilla.kit.tokens


def seal(apps, schema_editor):
    model = apps.get_model("contacts", "ContactInbox")
    ventanilla.kit.sealed_keys.seal_column(schema_editor, model, "pubsub_token")


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0004_what_sessions_said"),
    ]

    operations = [
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="contactinbox",
            name="pubsub_token",
            field=ventanilla.kit.sealed_keys.SealedKeyField(
                default=ventanilla.kit.tokens.random_token, max_length=64, unique=True
            ),
        ),
    ]
