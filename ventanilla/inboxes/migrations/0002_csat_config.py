from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inboxes", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="inbox",
            name="csat_config",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="How satisfaction is asked for; see inboxes.survey_config.",
            ),
        )
    ]
