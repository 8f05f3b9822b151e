"""What is on screen of the contacts, as a table; and what a mailed link asked for."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.core import signing
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.contact_export import SALT, asked_rows, shown_rows
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.contacts.commands.taking import note_export
from ventanilla.contacts.exporting import columns_named, columns_shown, table
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.kit.json_text import read_json

router = Router(tags=["Desk"])

_GOOD_FOR_SECONDS = 7 * 24 * 3600


@router.get("/contacts/export.csv", operation_id="desk_export_contacts", response={200: None})
def download(
    request: Request,
    account_id: int,
    q: str = "",
    label: str = "",
    filter: str = "",
    sort: str = "",
    asked: str = "",
) -> StreamingHttpResponse:
    """What is on screen as a table: conditions (`filter`, JSON), words and a label together, in the order `sort` of the
    lists; or what a mailed link `asked` for."""
    request.auth.require(Capability.CONTACTS_EXCHANGE)
    if asked:
        wanted = _unpacked(asked, account_id)
        label, filtered = wanted["label"], bool(wanted["payload"])
        rows = asked_rows(request, payload=wanted["payload"], label=wanted["label"])
        pieces = table(rows, columns_named(wanted["columns"]))
        name = f"{account_id}_contacts.csv"
    else:
        filtered = bool(filter or q)
        rows = shown_rows(request, payload=_conditions(filter), label=label, words=q)
        pieces = table(rows, columns_shown(request.auth.account), with_addresses=True, sort=sort)
        name = _("contacts.csv")
    note_export(request.auth.account, by_mail=False, label=label, filtered=filtered, by=request.auth.asker)
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _unpacked(asked: str, account_id: int) -> dict[str, Any]:
    try:
        wanted = dict(signing.loads(asked, salt=SALT, max_age=_GOOD_FOR_SECONDS))
    except signing.BadSignature as error:
        raise Invalid(_("This link has expired. Ask for the contacts again.")) from error
    if wanted["account"] != account_id:
        raise NotFound
    return wanted


def _conditions(text: str) -> Any:
    if not text:
        return []
    try:
        return read_json(text.encode())
    except ValueError as error:
        raise Invalid(fields={"filter": [_("This isn't one of the known values.")]}) from error
