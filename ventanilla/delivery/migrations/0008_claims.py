from django.db import migrations, models

import ventanilla.kit.clock


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_base_url"),
        ("conversations", "0004_unknown"),
        ("delivery", "0007_invitations"),
        ("inboxes", "0002_csat_config"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="outgoing",
            name="outgoing_due",
        ),
        migrations.AddField(
            model_name="incoming",
            name="claim",
            field=models.CharField(blank=True, default="", help_text="Who reads it now.", max_length=160),
        ),
        migrations.AddField(
            model_name="incoming",
            name="claimed_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="incoming",
            name="planned_at",
            field=models.DateTimeField(
                default=ventanilla.kit.clock.now,
                help_text="When next_attempt_at was set: in the future, the clock was wrong.",
            ),
        ),
        migrations.AddField(
            model_name="incoming",
            name="postponements",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Times that something we depend on did not work: storage, database."
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="claim",
            field=models.CharField(blank=True, default="", help_text="Who sends it now.", max_length=160),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="crashes",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Times that a worker ended in the middle of it."
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="postponements",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Times that something we depend on did not work: storage, database."
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="planned_at",
            field=models.DateTimeField(
                default=ventanilla.kit.clock.now,
                help_text="When next_attempt_at was set: in the future, the clock was wrong.",
            ),
        ),
        migrations.AlterField(
            model_name="incoming",
            name="attempts",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Readings that began and did not end: what ends the worker is not read for ever.",
            ),
        ),
        migrations.AlterField(
            model_name="outgoing",
            name="claimed_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="outgoing",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("sending", "Sending"),
                    ("handing", "Handing"),
                    ("sent", "Sent"),
                    ("unknown", "Unknown"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="incoming",
            index=models.Index(
                condition=models.Q(("claim", ""), _negated=True), fields=["claim"], name="incoming_claimed"
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(("state", "queued")),
                fields=["next_attempt_at", "id"],
                name="outgoing_queued",
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(("state__in", ["sending", "handing"])),
                fields=["claim"],
                name="outgoing_claimed",
            ),
        ),
    ]
