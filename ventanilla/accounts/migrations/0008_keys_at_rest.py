"""What signs somebody in stands in the database as a digest or sealed. Sign-ins that are open stay open."""

from django.db import migrations

import ventanilla.kit.sealed_keys
import ventanilla.kit.tokens
from ventanilla.accounts.browser_sessions import stored_key


def digest_cookies(apps, schema_editor):
    session = apps.get_model("sessions", "Session")
    for key in session.objects.values_list("pk", flat=True):
        session.objects.filter(pk=key).update(session_key=stored_key(key))


def seal(apps, schema_editor):
    ventanilla.kit.sealed_keys.seal_column(schema_editor, apps.get_model("accounts", "User"), "pubsub_token")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_invitations"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(digest_cookies, migrations.RunPython.noop),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="user",
            name="pubsub_token",
            field=ventanilla.kit.sealed_keys.SealedKeyField(
                default=ventanilla.kit.tokens.random_token, max_length=64, unique=True
            ),
        ),
    ]
