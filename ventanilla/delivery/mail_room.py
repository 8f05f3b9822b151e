"""Mail that reaches us by itself: our own SMTP listener, a file, a pipe. Whose it is, and the tray.

An address is an inbox's own, its forward-to address, or a conversation's reply address; what follows a plus is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from ventanilla.conversations.models import Conversation
from ventanilla.delivery import in_tray
from ventanilla.delivery.models import Incoming
from ventanilla.inboxes.channels import capabilities_of, kinds_where
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.errors import NotFound
from ventanilla.kit.reply_addresses import conversation_in

MAX_ADDRESS_CHARS = 320  # RFC 5321 §4.5.3.1: 64 + @ + 255


class NobodyHere(NotFound):
    """No inbox takes mail at this address."""

    code = "nobody_here"
    default_message = _("No channel receives email at this address.")


def inbox_of(address: str) -> Inbox | None:
    """The inbox that takes mail for the address; None when no one does."""
    address = address.strip().strip("<>").lower()
    if "\0" in address or len(address) > MAX_ADDRESS_CHARS:  # no database can be asked for it
        return None
    kinds = kinds_where(email_headers=True)
    mail = Inbox.objects.filter(
        kind__in=kinds, deleted_at__isnull=True, account__status="active"
    ).select_related("account")
    if (uuid := conversation_in(address)) is not None:
        found = (
            Conversation.objects.filter(uuid=uuid, inbox__kind__in=kinds)
            .values_list("inbox_id", flat=True)
            .first()
        )
        return mail.filter(pk=found).first() if found else None
    local, _at, domain = address.rpartition("@")
    bare = f"{local.partition('+')[0]}@{domain}"
    by_address = mail.filter(address__in={address, bare}).first()
    if by_address is not None:
        return by_address
    return mail.filter(channel_settings__forward_key=local.partition("+")[0]).first()


def accept(
    raw: IO[bytes] | bytes, *, recipients: Iterable[str], meta: Mapping[str, Any] | None = None
) -> list[Incoming]:
    """Keep the mail for every inbox among the recipients. When this returns, it may be acknowledged.

    Raises NobodyHere when none of them is ours.
    """
    given = [recipient.strip() for recipient in recipients if recipient.strip()]
    inboxes = {inbox.pk: inbox for recipient in given if (inbox := inbox_of(recipient)) is not None}
    if not inboxes:
        raise NobodyHere
    return [
        in_tray.keep(raw, channel=inbox.kind, inbox=inbox, meta={"recipients": given, **(meta or {})})
        for inbox in inboxes.values()
    ]


def find_home(row: Incoming) -> None:
    """Give a payload that no one took to the inbox that takes its address by now, if there is one in its account."""
    if row.inbox_id is not None or not capabilities_of(row.channel).email_headers:
        return
    for address in row.meta.get("recipients", ()):
        inbox = inbox_of(str(address))
        if inbox is None or (row.account_id is not None and inbox.account_id != row.account_id):
            continue
        if Incoming.objects.filter(channel=row.channel, inbox=inbox, provider_key=row.provider_key).exists():
            continue  # it came again meanwhile, and was read
        row.inbox, row.account_id = inbox, inbox.account_id
        row.save(update_fields=["inbox", "account"])
        return
