"""What a provider's call brought is kept before the call is answered, for the inboxes it is for."""

from __future__ import annotations

from collections.abc import Iterable

from ventanilla.accounts.models import Account
from ventanilla.delivery import in_tray, mail_room
from ventanilla.delivery.models import Incoming
from ventanilla.inboxes.channel_doors import Payload
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.inboxes.models import Inbox


def keep_payloads(kind: str, payloads: Iterable[Payload], *, inbox: Inbox | None) -> list[Incoming]:
    """Keep each for the inbox that the call names, else for every inbox among its recipients; brought again, kept once.

    What is for no one here is kept all the same and goes to quarantine: a provider that is answered with a refusal tells
    no one, and the address may only be missing.
    """
    kept: list[Incoming] = []
    for payload in payloads:
        given = list(dict.fromkeys(payload.recipients))
        about = {**payload.meta, "recipients": given} if inbox is None else dict(payload.meta)
        inboxes: list[Inbox | None] = [inbox] if inbox is not None else [*_inboxes_of(kind, given)]
        for one in inboxes or [None]:
            kept.append(
                in_tray.keep(
                    payload.body,
                    channel=kind,
                    inbox=one,
                    provider_key=payload.key,
                    meta=about,
                    account_id=None if one is not None else _only_account(),
                )
            )
    return kept


def _inboxes_of(kind: str, addresses: Iterable[str]) -> list[Inbox]:
    takes_mail = capabilities_of(kind).email_headers
    found = (mail_room.inbox_of(address) if takes_mail else _inbox_at(kind, address) for address in addresses)
    return list({inbox.pk: inbox for inbox in found if inbox is not None}.values())


def _inbox_at(kind: str, address: str) -> Inbox | None:
    return (
        Inbox.objects.select_related("account")
        .filter(kind=kind, address=address, deleted_at__isnull=True, account__status="active")
        .first()
    )


def _only_account() -> int | None:
    """Whose a payload for no one is, where there is but one account; among several, no one may look at it."""
    ids = list(Account.objects.filter(status="active").values_list("pk", flat=True)[:2])
    return ids[0] if len(ids) == 1 else None
