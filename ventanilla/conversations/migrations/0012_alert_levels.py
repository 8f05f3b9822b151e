"""A conversation can be muted but for what is addressed to the user."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0011_undoable_messages")]
    operations = [
        migrations.AddField(
            model_name="mute",
            name="level",
            field=models.CharField(
                choices=[("mine", "Mine"), ("nothing", "Nothing")], default="nothing", max_length=8
            ),
        ),
    ]
