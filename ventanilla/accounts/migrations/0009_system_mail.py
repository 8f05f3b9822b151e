"""The model of our own mail gets its name; the table keeps the one it has, so no row is touched."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0008_keys_at_rest")]

    operations: ClassVar = [
        migrations.AlterModelTable(name="letter", table="accounts_letter"),
        migrations.RenameModel(old_name="Letter", new_name="SystemMail"),
        migrations.AlterField(
            model_name="systemmail",
            name="user",
            field=models.ForeignKey(
                blank=True,
                help_text="Who it is about.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="system_mails",
                to="accounts.user",
            ),
        ),
    ]
