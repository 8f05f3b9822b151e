"""One address for the whole installation, instead of one per account that sign-ins had written down.

What stands there came from the Host header of a request, so it is kept as a proposal alone: somebody confirms it
(docs/adr/0010).
"""

import django.db.models.deletion
from django.db import migrations, models


def found_the_installation(apps, schema_editor):
    """The oldest account that no operator's program made looks after the installation; its address is the proposal."""
    account = apps.get_model("accounts", "Account")
    made_by_programs = apps.get_model("accounts", "PlatformPermit").objects.filter(account__isnull=False)
    first = (
        account.objects.exclude(pk__in=made_by_programs.values_list("account_id", flat=True))
        .order_by("pk")
        .first()
    )
    if first is not None:
        apps.get_model("accounts", "Installation").objects.create(
            pk=1, account=first, proposed_base_url=first.base_url
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_base_url"),
    ]

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                (
                    "base_url",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Where people reach it, e.g. https://help.example.com; every link that lasts is made of it.",
                        max_length=255,
                    ),
                ),
                (
                    "proposed_base_url",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="What an older version had taken from a request; of no effect until somebody confirms it.",
                        max_length=255,
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        help_text="Its administrators look after the installation: the account of the first run.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_installation")
                ],
            },
        ),
        migrations.RunPython(found_the_installation, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="account",
            name="base_url",
        ),
    ]
