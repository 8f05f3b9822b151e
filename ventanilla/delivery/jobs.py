"""By the clock: what inboxes rest on outside of here is looked at again."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import translation

from ventanilla.delivery.health import write_to_administrators
from ventanilla.events.timed import timed_job
from ventanilla.inboxes.channel import watchful_channels
from ventanilla.inboxes.commands.inboxes import note_channel_state
from ventanilla.inboxes.models import Inbox

log = structlog.get_logger("delivery")


@timed_job(name="delivery.look_after_inboxes", every=timedelta(hours=24), at_most=timedelta(hours=2))
def look_after_inboxes() -> None:
    """Keep what channels find out about themselves, and tell administrators what they must know, once."""
    channels = watchful_channels()
    inboxes = Inbox.objects.filter(
        kind__in=list(channels), deleted_at__isnull=True, account__status="active"
    ).select_related("account")
    for inbox in inboxes.iterator(chunk_size=100):
        try:
            with translation.override(inbox.account.locale):
                noticed = channels[inbox.kind].look_again(inbox)
        except Exception:  # one inbox must not keep the others from being looked at
            log.exception("jobs.could_not_look", inbox=inbox.pk)
            continue
        if noticed is None:
            continue
        with transaction.atomic():
            note_channel_state(inbox, changes=noticed.changes, by=None)
            if noticed.subject:
                write_to_administrators(inbox, subject=noticed.subject, paragraphs=[noticed.text])
