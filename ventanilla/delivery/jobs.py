"""By the clock: what inboxes rest on outside of here is looked at again."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import translation

from ventanilla.delivery.health import write_to_administrators
from ventanilla.events.timed import timed_job
from ventanilla.inboxes.channel import watchful_channels
from ventanilla.inboxes.commands.inboxes import note_channel_state
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import row_by_row


@timed_job(name="delivery.look_after_inboxes", every=timedelta(hours=24), at_most=timedelta(hours=2))
def look_after_inboxes() -> None:
    """Keep what channels find out about themselves, and tell administrators what they must know, once."""
    inboxes = Inbox.objects.filter(
        kind__in=list(watchful_channels()), deleted_at__isnull=True, account__status="active"
    ).select_related("account")
    row_by_row.each(list(inboxes), _look_after, where="delivery.look_after_inboxes")


def _look_after(inbox: Inbox) -> None:
    with translation.override(inbox.account.locale):
        noticed = watchful_channels()[inbox.kind].look_again(inbox)
    if noticed is None:
        return
    with transaction.atomic():
        note_channel_state(inbox, changes=noticed.changes, by=None)
        if noticed.subject:
            write_to_administrators(inbox, subject=noticed.subject, paragraphs=[noticed.text])
