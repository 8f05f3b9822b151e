"""Telling administrators what stopped working and what works again: by mail, and by a webhook of the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ventanilla.accounts.commands.system_mail import write_mail
from ventanilla.accounts.models import Account, Membership, Role
from ventanilla.delivery import out_tray
from ventanilla.delivery.out_tray import Parcel
from ventanilla.events.log import record
from ventanilla.health.commands import alert_key
from ventanilla.health.events import HealthChanged
from ventanilla.kit import links
from ventanilla.kit.caller import Caller
from ventanilla.kit.clock import iso
from ventanilla.kit.health import Check, Found, State, Words

EVENT = HealthChanged.name


@dataclass(frozen=True)
class Change:
    """One thing that is told. `found` is what was found now, None for what is there no more."""

    check: Check
    key: str
    state: State
    since: datetime
    found: Found | None = None

    @property
    def code(self) -> str:
        """What was found, for programs."""
        return self.found.code if self.found is not None else "well"

    def line(self) -> str:
        """What people read, in the language active now."""
        name = self.found.name if self.found is not None else Words(self.check.title)
        if self.state is State.WELL:
            return _("%(name)s works again.") % {"name": name}
        hint = f" {self.found.hint}" if self.found is not None and self.found.hint else ""
        return f"{name}: {self.found.says if self.found is not None else ''}{hint}"


def tell(account: Account, changes: Sequence[Change]) -> None:
    """In the caller's transaction. Records health.changed for each."""
    with translation.override(account.locale.replace("_", "-")):
        for change in changes:
            fact = HealthChanged(
                account_id=account.pk,
                check=change.check.name,
                key=change.key,
                state=change.state,
                code=change.code,
            )
            event_id = record(fact)
            if account.health_webhook_url:
                _call(account, change, event_id)
        if account.health_mails:
            for state in (State.ILL, State.WELL):
                some = [one for one in changes if one.state is state and not one.check.mails_itself]
                if some:
                    _write(account, state, some)


def _write(account: Account, state: State, changes: Sequence[Change]) -> None:
    people = Membership.objects.filter(account=account, role=Role.ADMINISTRATOR, invited_email="")
    subject = _subject(state, changes)
    for membership in people.select_related("user"):
        write_mail(
            membership.user.email,
            locale=account.locale,
            subject=subject,
            heading=subject,
            paragraphs=[change.line() for change in changes],
            button_label=_("Open health"),
            button_path=f"/app/accounts/{account.pk}/settings/health",
            footnote=_("You get this as an administrator. It can be switched off in the account's settings."),
        )


def _subject(state: State, changes: Sequence[Change]) -> str:
    if len(changes) > 1:
        number = {"count": len(changes)}
        if state is State.WELL:
            return (
                ngettext("%(count)s thing works again", "%(count)s things work again", len(changes)) % number
            )
        return (
            ngettext("%(count)s thing isn't working", "%(count)s things aren't working", len(changes))
            % number
        )
    name = changes[0].found.name if changes[0].found is not None else changes[0].check.title
    if state is State.WELL:
        return _("It works again: %(name)s") % {"name": name}
    return _("It isn't working: %(name)s") % {"name": name}


def _call(account: Account, change: Change, event_id: int) -> None:
    payload = {
        "event": EVENT,
        "account_id": account.pk,
        "check": change.check.name,
        "key": change.key,
        "state": str(change.state),
        "code": change.code,
        "since": iso(change.since),
        "text": change.line(),
        "path": f"/app/accounts/{account.pk}/settings/health",
    }
    out_tray.put(
        [
            Parcel(
                kind="webhook",
                key=f"event:{event_id}:health",
                account_id=account.pk,
                destination=account.health_webhook_url,
                payload=payload,
            )
        ]
    )


def body_of(payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is posted; nothing when the account wants no such webhook any more."""
    account = Account.objects.filter(pk=payload["account_id"]).first()
    if account is None or not account.health_webhook_url:
        return None
    said = {name: payload[name] for name in ("check", "key", "state", "code", "since", "text")}
    address = links.base_url()
    return {
        "type": EVENT,
        "timestamp": payload["since"],
        "data": {**said, "account": {"id": account.pk, "name": account.name},
                 "url": f"{address}{payload['path']}" if address else None},
    }  # fmt: skip


CALLER = Caller(body_of, key=lambda payload: alert_key(payload["account_id"]))
