import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


def end_for_those_who_work_already(apps, schema_editor):
    """Accounts from before this page are past their first hour."""
    accounts = apps.get_model("accounts", "Account").objects.values_list("pk", flat=True)
    apps.get_model("onboarding", "FirstSteps").objects.bulk_create(
        [
            apps.get_model("onboarding", "FirstSteps")(account_id=account_id, ended_at=Now())
            for account_id in accounts
        ]
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0009_system_mail"),
        ("conversations", "0007_count_by_status"),
    ]

    operations = [
        migrations.CreateModel(
            name="FirstSteps",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="first_steps",
                        serialize=False,
                        to="accounts.account",
                    ),
                ),
                (
                    "ended_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the page went: all was done, or someone took it away.",
                        null=True,
                    ),
                ),
                (
                    "sample",
                    models.ForeignKey(
                        blank=True,
                        help_text="The conversation to practise in.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="conversations.conversation",
                    ),
                ),
            ],
        ),
        migrations.RunPython(end_for_those_who_work_already, migrations.RunPython.noop),
    ]
