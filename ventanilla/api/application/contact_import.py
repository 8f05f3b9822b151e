"""Contacts from a file, by the contract's one call (F.22)."""

from __future__ import annotations

from django.http import HttpResponse

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.desk.contact_imports import ImportFileBody, uploaded
from ventanilla.api.errors import refusal_body
from ventanilla.api.given import Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.contacts.commands.imports import begin_import
from ventanilla.contacts.errors import NotAnImport

router = Router(tags=["Contacts"])


@router.post("/contacts/import", operation_id="import_contacts", response={200: None})
def import_file(request: Request, account_id: int, given: ImportFileBody = Given()) -> HttpResponse:
    """Import a CSV file: known columns become fields, every other one a custom attribute. An email tells the result."""
    request.auth.require(Capability.CONTACTS_EXCHANGE)
    try:
        file = uploaded(given)
        begin_import(
            request.auth.account,
            content=file,
            filename=file.name or "",
            by=request.auth.person,
            at_once=True,
        )
    except NotAnImport as refusal:
        sentence = next(iter(refusal.fields.values()))[0]
        return json_reply({**refusal_body(refusal), "error": sentence}, status=422)
    return empty_reply()
