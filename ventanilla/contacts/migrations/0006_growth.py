import django.db.models.deletion
from django.db import migrations, models

import ventanilla.kit.orders
from ventanilla.kit.dropping import DropOwnIndex


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_keys_at_rest"),
        ("contacts", "0005_keys_at_rest"),
        ("labels", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="contact",
            name="contact_by_activity",
        ),
        migrations.RemoveIndex(
            model_name="contact",
            name="contact_by_name",
        ),
        migrations.RemoveIndex(
            model_name="contact",
            name="contact_by_creation",
        ),
        migrations.AddField(
            model_name="contact",
            name="is_known",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        models.Q(
                            ("email__gt", ""),
                            ("phone_number__gt", ""),
                            ("identifier__gt", ""),
                            _connector="OR",
                        ),
                        then=models.Value(True),
                    ),
                    default=models.Value(False),
                ),
                help_text="By more than a cookie. Only these stand in lists.",
                output_field=models.BooleanField(),
            ),
        ),
        DropOwnIndex(
            model_name="contact",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="contacts",
                to="accounts.account",
            ),
        ),
        DropOwnIndex(
            model_name="contactlabel",
            name="contact",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="contact_labels",
                to="contacts.contact",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                models.F("account"),
                ventanilla.kit.orders.BlanksLast("last_activity_at"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("is_known", True)),
                name="contact_by_activity",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                models.F("account"),
                ventanilla.kit.orders.Folded("name"),
                models.F("id"),
                condition=models.Q(("is_known", True)),
                name="contact_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("is_known", True)),
                fields=["account", "created_at", "id"],
                name="contact_by_creation",
            ),
        ),
    ]
