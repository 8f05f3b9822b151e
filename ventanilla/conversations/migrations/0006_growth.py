import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ventanilla.kit.dropping import DropOwnIndex

# PostgreSQL looks after a table when a fifth of it has changed. Of these, what lists and counts read of an index alone
# must be known long before that.
TENDED = {
    "conversations_conversation": "autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02",
    "conversations_message": "autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05",
}


def tend_often(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table, often in TENDED.items():
            schema_editor.execute(f"ALTER TABLE {table} SET ({often})")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_keys_at_rest"),
        ("contacts", "0006_growth"),
        ("conversations", "0005_foldedtext"),
        ("inboxes", "0003_settings_have_types"),
        ("labels", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="conversation",
            name="conv_by_assignee",
        ),
        migrations.RemoveIndex(
            model_name="conversation",
            name="conv_by_inbox",
        ),
        migrations.RemoveIndex(
            model_name="conversation",
            name="conv_by_contact",
        ),
        DropOwnIndex(
            model_name="conversation",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="conversations",
                to="accounts.account",
            ),
        ),
        DropOwnIndex(
            model_name="conversation",
            name="contact_inbox",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="conversations",
                to="contacts.contactinbox",
            ),
        ),
        DropOwnIndex(
            model_name="conversationlabel",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="conversation_labels",
                to="conversations.conversation",
            ),
        ),
        DropOwnIndex(
            model_name="conversationlabel",
            name="label",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="conversation_labels",
                to="labels.label",
            ),
        ),
        DropOwnIndex(
            model_name="mention",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mentions",
                to="conversations.conversation",
            ),
        ),
        DropOwnIndex(
            model_name="message",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.account",
            ),
        ),
        DropOwnIndex(
            model_name="message",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="messages",
                to="conversations.conversation",
            ),
        ),
        DropOwnIndex(
            model_name="message",
            name="inbox",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="inboxes.inbox",
            ),
        ),
        DropOwnIndex(
            model_name="participant",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="participants",
                to="conversations.conversation",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["account", "assignee", "status", "-last_activity_at", "-id"], name="conv_by_assignee"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["account", "inbox", "status", "-last_activity_at", "-id"], name="conv_by_inbox"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["account", "team", "status", "-last_activity_at", "-id"], name="conv_by_team"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["account", "contact", "-last_activity_at", "-id"], name="conv_by_contact"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["account", "status", "created_at", "id"], name="conv_by_creation"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("waiting_since__isnull", False)),
                fields=["account", "status", "waiting_since", "created_at", "id"],
                name="conv_by_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("priority__isnull", False)),
                fields=["account", "status", "priority", "-last_activity_at", "-id"],
                name="conv_by_priority",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["account", "status", "inbox", "assignee", "team", "id"], name="conv_counts"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["account", "status", "team", "inbox", "assignee", "id"], name="conv_team_counts"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(
                    ("first_reply_created_at__isnull", True),
                    ("waiting_since__isnull", False),
                    _connector="OR",
                ),
                fields=["account", "status", "team", "inbox", "assignee", "id"],
                name="conv_unattended",
            ),
        ),
        migrations.RunPython(tend_often, migrations.RunPython.noop),
    ]
