"""Sessions from before: what can only have come from one is its own word, the others had joined a known contact."""

from datetime import timedelta

from django.db import migrations
from django.db.models import Count

_BATCH = 500
_SESSION_KINDS = ("webchat", "api")
_TOLD = ("name", "email", "phone_number", "identifier")
# An identity made by an agent or program follows its contact within one request.
_TOGETHER = timedelta(seconds=5)


def fill(apps, schema_editor):
    rows = apps.get_model("contacts", "ContactInbox").objects
    sessions = rows.filter(inbox__kind__in=_SESSION_KINDS, hmac_verified=False).select_related("contact")
    last = 0
    while batch := list(sessions.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        last = batch[-1].pk
        ids = {row.contact_id for row in batch}
        counted = rows.filter(contact__in=ids).values("contact_id").annotate(many=Count("pk"))
        many = {row["contact_id"]: row["many"] for row in counted.order_by()}
        for row in batch:
            row.has_joined = row.created_at - row.contact.created_at > _TOGETHER
            alone = many[row.contact_id] == 1 and row.created_at == row.contact.created_at
            row.said = _own_words(row.contact) if alone else {}
        rows.bulk_update(batch, ["has_joined", "said"])


def _own_words(contact):
    words = {key: getattr(contact, key) for key in _TOLD if getattr(contact, key)}
    if contact.custom_attributes:
        words["custom_attributes"] = contact.custom_attributes
    return words


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_claims")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
