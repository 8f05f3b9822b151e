"""The channels: the last that came in and went out, what became of what came today, and what fails, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import Account
from ventanilla.delivery import traffic
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import epoch
from ventanilla.kit.health import Check, Figure, Found, State, Unit, Whose, Words

_MOST_TROUBLED = 200
OPEN, LOOK_NOW = "open_channel", "look_now"


class Channels(Check):
    """A line for each; of the whole installation only those that fail."""

    name = "channels"
    title = _("Channels")
    place = 0
    group = "channels"
    whose = Whose.ACCOUNT
    mails_itself = True  # delivery.health
    metrics = {"troubled_inboxes": "Inboxes whose channel fails."}

    def look(self, account_id: int | None) -> Sequence[Found]:
        inboxes = Inbox.objects.filter(deleted_at__isnull=True, is_practice=False).order_by("id")
        if account_id is None:
            failing = inboxes.exclude(failure_reason="")[:_MOST_TROUBLED]
            return [_found(inbox, None) for inbox in failing] or [_none()]
        account = Account.objects.get(pk=account_id)
        seen = traffic.of_today(account, list(inboxes.filter(account_id=account_id)))
        return [_found(inbox, one) for inbox, one in seen]


def _none() -> Found:
    return Found(
        state=State.WELL, name=Words(_("Channels")), says=Words(_("Working")), code="channels_well",
        figures=(Figure("troubled_inboxes", 0),),
    )  # fmt: skip


def _found(inbox: Inbox, seen: traffic.Traffic | None) -> Found:
    fails = bool(inbox.failure_reason)
    figures = [Figure("troubled_inboxes", int(fails))]
    about: dict[str, Any] = {"inbox_id": inbox.pk, "kind": inbox.kind, "address": inbox.address}
    if seen is not None:
        figures += _figures(seen)
    return Found(
        state=State.ILL if fails else State.WELL,
        name=Words("%(name)s", name=inbox.name),
        says=Words("%(reason)s", reason=inbox.failure_reason) if fails else Words(_("Works")),
        code="channel_sign_in"
        if inbox.reauthorization_required
        else "channel_fails"
        if fails
        else "channel_well",
        key=f"inbox:{inbox.pk}",
        hint=_comfort(inbox) if fails else None,
        account_id=inbox.account_id,
        since=inbox.failing_since,
        figures=tuple(figures),
        acts=(OPEN, LOOK_NOW) if fails and not inbox.reauthorization_required else (OPEN,),
        about=about,
    )


def _comfort(inbox: Inbox) -> Words:
    if inbox.reauthorization_required:
        return Words(_("Sign in again in the channel's settings. Nothing is lost: messages are waiting."))
    return Words(_("Nothing is lost: messages are waiting. We'll keep trying."))


def _figures(seen: traffic.Traffic) -> list[Figure]:
    moments: dict[str, datetime | None] = {"last_in": seen.last_in, "last_out": seen.last_out}
    counts = defaultdict(int, seen.counts)
    return [
        *(Figure(name, epoch(at), Unit.MOMENT) for name, at in moments.items()),
        *(Figure(name, counts[name]) for name in traffic.NAMES),
    ]
