"""Contacts as a table: by the contract's call, whose link is mailed, and at the desk for what is on screen."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.accounts.commands.system_mail import write_mail
from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply
from ventanilla.contacts import selectors
from ventanilla.contacts.commands.taking import note_export
from ventanilla.contacts.models import Contact
from ventanilla.kit import rate_limits
from ventanilla.search.selectors import holding

router = Router(tags=["Contacts"])

SALT = "ventanilla.contacts.export"


class ExportBody(Body):
    """Which columns and which contacts: conditions, else a label, else all that are known."""

    column_names: list[str] = []
    payload: list[dict[str, Any]] = []
    label: str = ""


@router.post("/contacts/export", operation_id="export_contacts", response={200: None})
def export(request: Request, account_id: int, given: ExportBody = Given()) -> HttpResponse:
    """Mail the caller a link to the table."""
    request.auth.require(Capability.CONTACTS_EXCHANGE)
    rate_limits.check("invitations_per_account", account_id)
    asked = {
        "account": account_id,
        "columns": given.column_names,
        "payload": given.payload,
        "label": given.label,
    }
    # Conditions that no one can read are refused now.
    asked_rows(request, payload=given.payload, label=given.label)
    person, account = request.auth.person, request.auth.account
    note_export(account, by_mail=True, label=given.label, filtered=bool(given.payload), by=person)
    with translation.override(account.locale):
        write_mail(
            person.email,
            subject=_("Your contacts to download"),
            heading=_("Your contacts are ready"),
            paragraphs=[_("The table is made when you download it. The link is good for seven days.")],
            locale=account.locale,
            button_label=_("Download the contacts"),
            button_path=f"/app/accounts/{account_id}/contacts?download={signing.dumps(asked, salt=SALT, compress=True)}",
        )
    return empty_reply()


def asked_rows(request: Request, *, payload: Any, label: str) -> QuerySet[Contact]:
    """Whom the contract's call means: by conditions, else by the label, else all that are known."""
    return shown_rows(request, payload=payload, label="" if payload else label)


def shown_rows(request: Request, *, payload: Any, label: str, words: str = "") -> QuerySet[Contact]:
    """Whom a list at the desk shows: by conditions, else all that are known; a label and words narrow either."""
    rows = selectors.listed_contacts_for(request.auth.member)
    if payload:
        rows = selectors.filtered(rows, account=request.auth.account, conditions=payload)
    else:
        rows = selectors.resolved(rows)
    rows = selectors.labelled(rows, [label] if label else [])
    return holding(rows, words.strip(), account_id=request.auth.account.pk) if words.strip() else rows
