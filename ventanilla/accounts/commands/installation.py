"""The installation: where it is reached, and whose administrators look after it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts import installation
from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.events import InstallationUpdated
from ventanilla.accounts.models import Account, Installation, User
from ventanilla.events.log import record
from ventanilla.kit import hosts
from ventanilla.kit.changes import assign
from ventanilla.kit.errors import Invalid

MAX_ADDRESS_CHARS = 255


def clean_base_url(text: str, *, field: str = "base_url") -> str:
    """The address as it is kept. Raises Invalid with an example."""
    reasons = {
        "scheme": _("Write the whole address with https:// or http://, e.g. https://help.example.com."),
        "host": _("This is not the name of a server. Example: https://help.example.com."),
        "path": _("Write the address without a path: https://help.example.com."),
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
    return cleaned


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
    transaction.on_commit(installation.forget)
    if row.account_id is not None:  # the log knows accounts only
        record(InstallationUpdated(account_id=row.account_id, changes=changes), actor=actor_of(by))
