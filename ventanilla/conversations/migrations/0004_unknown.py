from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0003_merges"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="status",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (0, "sent"),
                    (1, "delivered"),
                    (2, "read"),
                    (3, "failed"),
                    (4, "progress"),
                    (5, "unknown"),
                ],
                default=0,
            ),
        ),
    ]
