from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0002_heartbeat"),
    ]

    operations = [
        migrations.AddField(
            model_name="timedjob",
            name="claim",
            field=models.CharField(blank=True, default="", max_length=160),
        ),
    ]
