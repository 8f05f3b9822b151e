"""Invitations wait for a yes, and addresses are proven."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def trust_who_came_by_mail(apps, schema_editor):
    """Who signs in already had a mailed link or was made by the operator. Users of operators' programs did not, nor,
    where anybody may sign up, those whom nobody had invited: they prove their address with their next mailed link.
    """
    user, permit = apps.get_model("accounts", "User"), apps.get_model("accounts", "PlatformPermit")
    known = user.objects.filter(confirmed_at__isnull=False)
    known = known.exclude(pk__in=permit.objects.filter(user__isnull=False).values_list("user_id", flat=True))
    if settings.SIGN_UP:
        known = known.filter(memberships__inviter__isnull=False)
    user.objects.filter(pk__in=known.values_list("pk", flat=True)).update(email_proven_at=F("confirmed_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_mail_server_and_letters"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="email_proven_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When a mailed link or the operator showed that the address is theirs; invitations wait for that.",
                null=True,
            ),
        ),
        migrations.RunPython(trust_who_came_by_mail, migrations.RunPython.noop),
        migrations.AddField(
            model_name="membership",
            name="invited_email",
            field=models.EmailField(
                blank=True,
                default="",
                help_text='Who is invited, lower case; "" once they have accepted.',
                max_length=254,
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="declined_at",
            field=models.DateTimeField(blank=True, help_text="When the invited person said no.", null=True),
        ),
        migrations.AddField(
            model_name="onetimetoken",
            name="account",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose administrator was shown the link to copy; null: it was mailed, so who has it reads that mail.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.account",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("invited_email", ""), _negated=True),
                fields=("account", "invited_email"),
                name="membership_invitation_once",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("invited_email", ""), _negated=True),
                fields=["invited_email"],
                name="invitations_of_an_address",
            ),
        ),
    ]
