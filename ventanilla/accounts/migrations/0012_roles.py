import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import ventanilla.kit.clock

SIGHTS = [
    ("inboxes", "Inboxes"),
    ("team", "Team"),
    ("unassigned", "Unassigned"),
    ("own", "Own"),
    ("none", "None"),
]
TEAM_SIGHTS = [("inboxes", "Inboxes"), ("team", "Team"), ("own", "Own")]


def keep_limits(apps, schema_editor):
    apps.get_model("accounts", "Team").objects.filter(sees_only_own=True).update(sight="team")


def keep_limits_before(apps, schema_editor):
    apps.get_model("accounts", "Team").objects.exclude(sight="inboxes").update(sees_only_own=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_undo_send_seconds")]

    operations = [
        migrations.CreateModel(
            name="CustomRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(help_text="Unique in the account.", max_length=64)),
                ("description", models.TextField(blank=True, default="")),
                ("sight", models.CharField(choices=SIGHTS, default="inboxes", max_length=12)),
                (
                    "inbox_ids",
                    models.JSONField(
                        blank=True,
                        default=None,
                        help_text="Of the inboxes they belong to only these; null: all. Ids, because inboxes live above.",
                        null=True,
                    ),
                ),
                ("capabilities", models.JSONField(default=list, help_text="Values of policies.Capability.")),
                ("created_at", models.DateTimeField(default=ventanilla.kit.clock.now)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="custom_roles",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("account"),
                        django.db.models.functions.text.Lower("name"),
                        name="custom_role_name_once",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="membership",
            name="custom_role",
            field=models.ForeignKey(
                blank=True,
                help_text="Only beside the role agent.",
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="memberships",
                to="accounts.customrole",
            ),
        ),
        migrations.AddField(
            model_name="team",
            name="sight",
            field=models.CharField(
                choices=TEAM_SIGHTS,
                default="inboxes",
                help_text="How far its members see; whoever is in several teams has the widest of them.",
                max_length=12,
            ),
        ),
        migrations.RunPython(keep_limits, keep_limits_before),
        migrations.RemoveField(model_name="team", name="sees_only_own"),
    ]
