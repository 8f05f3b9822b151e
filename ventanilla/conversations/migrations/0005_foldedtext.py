from django.db import migrations, models

BATCH = 500
PARTS = ("history", "signature", "footer")


def write_down_what_is_folded(apps, schema_editor):
    """Of the mails that are here already: their parts stand in their attributes, where search does not look."""
    database = schema_editor.connection.alias
    messages = apps.get_model("conversations", "Message").objects.using(database)
    folded_texts = apps.get_model("conversations", "FoldedText")
    mails = messages.filter(content_type="incoming_email", deleted_at__isnull=True)
    last = 0
    while True:
        # Only these of the attributes: one mail's can be megabytes.
        batch = list(
            mails.filter(pk__gt=last)
            .order_by("pk")
            .annotate(**{name: models.F(f"content_attributes__email__{name}") for name in PARTS})
            .values_list("pk", "account_id", *PARTS)[:BATCH]
        )
        if not batch:
            return
        last = batch[-1][0]
        rows = []
        for pk, account_id, *parts in batch:
            if texts := [part for part in parts if isinstance(part, str) and part]:
                rows.append(folded_texts(message_id=pk, account_id=account_id, text="\n\n".join(texts)))
        folded_texts.objects.using(database).bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("conversations", "0004_unknown"),
    ]

    operations = [
        migrations.CreateModel(
            name="FoldedText",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=models.deletion.CASCADE,
                        primary_key=True,
                        related_name="folded_text",
                        serialize=False,
                        to="conversations.message",
                    ),
                ),
                ("text", models.TextField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE, related_name="+", to="accounts.account"
                    ),
                ),
            ],
        ),
        migrations.RunPython(write_down_what_is_folded, migrations.RunPython.noop),
    ]
