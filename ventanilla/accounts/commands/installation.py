"""The installation: where it is reached, and whose administrators look after it."""

from __future__ import annotations

from dataclasses import asdict, replace
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts import installation
from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.commands.system_mail import hurry_mail
from ventanilla.accounts.events import InstallationUpdated
from ventanilla.accounts.models import Account, Installation, User
from ventanilla.events.log import record
from ventanilla.kit import hosts
from ventanilla.kit.changes import Changes, assign
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import is_email
from ventanilla.kit.mail_server import SECURITIES, MailServer

MAX_ADDRESS_CHARS = 255


def clean_base_url(text: str, *, field: str = "base_url") -> str:
    """The address as it is kept. Raises Invalid with an example."""
    reasons = {
        "scheme": _(
            "Enter the whole address with https:// or http://, for example https://help.example.com."
        ),
        "host": _("This isn't a server name. Example: https://help.example.com."),
        "path": _("Enter the address without a path: https://help.example.com."),
    }
    try:
        address = hosts.clean_address(text)
    except ValueError as error:
        raise Invalid(fields={field: [reasons.get(str(error), reasons["host"])]}) from error
    if len(address) > MAX_ADDRESS_CHARS:
        raise Invalid(fields={field: [reasons["host"]]})
    return address


@transaction.atomic
def set_address(address: str, *, by: User | None) -> str:
    """Keep where people reach the installation; the address as it is kept.

    Raises Invalid, also while VENTANILLA_BASE_URL says it. Records installation.updated.
    """
    if settings.BASE_URL:
        reason = _("VENTANILLA_BASE_URL sets the address; change it there.")
        raise Invalid(fields={"base_url": [reason]})
    cleaned = clean_base_url(address)
    _change(by=by, base_url=cleaned, proposed_base_url="")
    hurry_mail()
    return cleaned


@transaction.atomic
def set_mail_server(server: MailServer | None, *, by: User | None) -> None:
    """Keep the server that sends our own mail, or none any more; what waits is tried at once.

    Raises Invalid, also while VENTANILLA_MAIL_URL says it. Records installation.updated, without the server's name.
    """
    if settings.MAIL_SERVER:
        raise Invalid(_("VENTANILLA_MAIL_URL sets the mail server; change it there."))
    kept = asdict(check_mail_server(server)) if server is not None else {}
    row = the_installation()
    if row.mail_server == kept:
        return
    row.mail_server = kept
    row.save(update_fields=["mail_server", "updated_at"])
    _told(row, {"mail_server": [None, None]}, by=by)
    hurry_mail()


def check_mail_server(server: MailServer) -> MailServer:
    """The same, trimmed. Raises Invalid, naming each field that cannot be right."""
    server = replace(server, host=server.host.strip(), sender=server.sender.strip(), folder="")
    problems: dict[str, list[Any]] = {}
    if hosts.host_name(server.host) is None or ":" in server.host:
        problems["host"] = [_("Enter the server name, for example mail.example.com.")]
    if not 0 < server.port < 65_536:
        problems["port"] = [_("Enter a port from 1 to 65535.")]
    if server.security not in SECURITIES:
        problems["security"] = [_("Choose starttls, tls or none.")]
    for name in ("user", "password"):
        if not getattr(server, name).isprintable() or len(getattr(server, name)) > 500:
            problems[name] = [_("This text isn't valid.")]
    if not is_email(parseaddr(server.sender)[1]) or not server.sender.isprintable():
        problems["sender"] = [_("Enter the address that our email comes from, for example help@example.com.")]
    if problems:
        raise Invalid(fields=problems)
    return server


@transaction.atomic
def adopt_first_account(account: Account, *, by: User | None) -> None:
    """Give the installation into the hands of the account's administrators, unless another account has it."""
    row = the_installation()
    if row.account_id is None and not Account.objects.exclude(pk=account.pk).exists():
        _change(by=by, account_id=account.pk)


def the_installation() -> Installation:
    """The row, made when it is missing, and locked until the transaction ends."""
    Installation.objects.get_or_create(pk=1)
    return Installation.objects.select_for_update().get(pk=1)


def _change(*, by: User | None, **values: Any) -> None:
    row = the_installation()
    changes = assign(row, values)
    if not changes:
        return
    row.save(update_fields=[*changes, "updated_at"])
    _told(row, changes, by=by)


def _told(row: Installation, changes: Changes, *, by: User | None) -> None:
    transaction.on_commit(installation.forget)
    if row.account_id is not None:  # the log knows accounts only
        record(InstallationUpdated(account_id=row.account_id, changes=changes), actor=actor_of(by))
