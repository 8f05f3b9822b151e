"""Keeping the tokens of providers fresh, with several workers about: one renews, the others wait for what it got.

A renewal that is refused means that a person must sign in again: the inbox says so, and its administrators get one email.
"""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from django.db.models import Q
from django.utils.translation import gettext as _

from ventanilla.delivery.health import note_failure
from ventanilla.delivery.models import Watch
from ventanilla.inboxes.channel import SigningInChannel, SignInRefused, Unreachable, signing_in
from ventanilla.inboxes.commands.inboxes import keep_renewed_secrets
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now, over

log = structlog.get_logger("delivery.renewing")

CLAIM = timedelta(seconds=40)  # longer than a provider may take to answer
WAIT_SECONDS = 45.0
_LOOK_SECONDS = 0.3
KEY = "oauth_refresh_token"


def renew_if_due(inbox: Inbox) -> None:
    """See to it that the inbox's token holds for some minutes. Changes `inbox` in place.

    Nothing happens for an inbox without tokens. Raises SignInRefused or Unreachable.
    """
    channel = signing_in(inbox.kind)
    if channel is not None and channel.must_renew(inbox, refused=""):
        _renew(inbox, channel, refused="")


def renew_refused(inbox: Inbox) -> bool:
    """The provider refused the inbox's token: get another one, whether or not it should have held.

    False when it has no tokens, so that there is nothing to try again with. Raises SignInRefused or Unreachable.
    """
    channel = signing_in(inbox.kind)
    if channel is None or not (refused := channel.token_of(inbox)) or not (inbox.secrets or {}).get(KEY):
        return False
    _renew(inbox, channel, refused=refused)
    return True


def _renew(inbox: Inbox, channel: SigningInChannel, *, refused: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not _claim(inbox):
        if time.monotonic() > deadline:
            raise Unreachable(_("The sign-in is being renewed right now."))
        time.sleep(_LOOK_SECONDS)
    try:
        # Whoever held the claim before may have done it.
        inbox.refresh_from_db(fields=["secrets", "channel_settings"])
        if not channel.must_renew(inbox, refused=refused):
            return
        before = str((inbox.secrets or {}).get(KEY, ""))
        try:
            changes = channel.renew(inbox)
        except SignInRefused as error:
            inbox.refresh_from_db(fields=["secrets"])
            if (inbox.secrets or {}).get(KEY, "") == before:  # no one signed in anew in this very moment
                log.warning("renewing.refused", inbox=inbox.pk)
                note_failure(inbox, str(error), needs_sign_in=True)
            raise
        keep_renewed_secrets(inbox, changes=changes, replacing=before, key=KEY)
    finally:
        Watch.objects.filter(inbox=inbox).update(renewing_until=None)


def _claim(inbox: Inbox) -> bool:
    Watch.objects.get_or_create(inbox=inbox)
    free = Q(renewing_until__isnull=True) | over("renewing_until", longest=CLAIM)
    return Watch.objects.filter(free, inbox=inbox).update(renewing_until=now() + CLAIM) == 1
