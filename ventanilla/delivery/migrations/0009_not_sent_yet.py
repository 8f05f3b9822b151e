"""What lies in the out-tray is not sent yet, and no claim from before names its owner."""

from django.db import migrations

_PROGRESS, _SENT = 4, 0


def forwards(apps, schema_editor):
    outgoing = apps.get_model("delivery", "Outgoing")
    message = apps.get_model("conversations", "Message")
    outgoing.objects.filter(state="sending").update(state="queued", claimed_until=None)
    waiting = outgoing.objects.filter(kind="message", state="queued").values("message_id")
    message.objects.filter(pk__in=waiting, status=_SENT, source_id__isnull=True).update(status=_PROGRESS)


class Migration(migrations.Migration):
    dependencies = [("delivery", "0008_claims")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
