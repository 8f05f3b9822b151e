"""An inbox's sender domain as DNS has it now, and what follows for the inbox (V-CFG-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings as installation
from django.utils.translation import gettext as _

from ventanilla.channels.email import domains
from ventanilla.channels.email.settings import mail_domain, sender_domain_state
from ventanilla.inboxes.channel import Noticed

if TYPE_CHECKING:
    from ventanilla.inboxes.models import Inbox


def look(inbox: Inbox) -> tuple[list[domains.Record], dict[str, Any]]:
    """(records with their state, what to change in the channel's settings). Silent name servers change nothing."""
    domain = str(inbox.channel_settings.get("sender_domain", ""))
    if not domain:
        return [], {}
    key = str(inbox.channel_settings.get("sender_domain_key", ""))
    records = domains.check(
        domain, public_key=key, mail_domain=mail_domain(), bounce_domain=installation.MAIL_BOUNCE_DOMAIN
    )
    if any(record.state == domains.State.UNKNOWN for record in records):
        return records, {}
    return records, sender_domain_state(
        inbox.channel_settings,
        proven=domains.is_proven(records),
        return_path=domains.return_path_of(records),
    )


def look_again(inbox: Inbox) -> Noticed | None:
    """For a domain that mail leaves from, or that was lost: whether it still is, or is again. None: nothing to do."""
    settings = inbox.channel_settings
    if not settings.get("sender_domain_verified") and not settings.get("sender_domain_lost_at"):
        return None
    records, changes = look(inbox)
    if not changes:
        return None
    if changes["sender_domain_verified"] or settings.get("sender_domain_lost_told"):
        return Noticed(changes)
    needed = [record for record in records if record.purpose in ("spf", "dkim")]
    wrong = [record.purpose.upper() for record in needed if record.state != domains.State.OK]
    about = {"domain": settings["sender_domain"], "records": ", ".join(wrong), "generic": mail_domain()}
    return Noticed(
        {**changes, "sender_domain_lost_told": True},
        subject=_("Email is no longer sent from %(domain)s") % about,
        text=_(
            "The records for %(domain)s are no longer correct (%(records)s), so for now email is"
            " sent from %(generic)s. Publish them again. We check every day, and whenever you ask."
        )
        % about,
    )
