from django.db import migrations, models


def keep_what_was_chosen(apps, schema_editor):
    """One number counted for every channel: where it was chosen, mails go on to wait as long."""
    accounts = apps.get_model("accounts", "Account")
    accounts.objects.filter(undo_send_seconds__gt=0).update(
        undo_send_mail_seconds=models.F("undo_send_seconds")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_business_hours"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="undo_send_mail_seconds",
            field=models.PositiveSmallIntegerField(
                default=10,
                help_text="The same where the reply is a mail, which nobody waits for on the spot.",
            ),
        ),
        migrations.RunPython(keep_what_was_chosen, migrations.RunPython.noop),
    ]
