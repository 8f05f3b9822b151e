from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_keys_at_rest"),
        ("contacts", "0006_growth"),
        ("conversations", "0006_growth"),
        ("inboxes", "0003_settings_have_types"),
        ("labels", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["account", "status"], name="conv_by_status"),
        ),
    ]
