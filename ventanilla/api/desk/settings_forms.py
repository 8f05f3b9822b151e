"""The forms of what an administrator sets, which the desk draws as they are told here (kit.setting_fields)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts import settings as account_settings
from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.inboxes import settings as inbox_settings
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.inboxes.selectors import get_inbox

router = Router(tags=["Desk"])


class SettingsForm(Schema):
    """JSON Schema of a form: each property with its words, and which switch it depends on."""

    type: str
    properties: dict[str, dict[str, Any]]


@router.get("/settings_form", operation_id="account_settings_form", response=SettingsForm)
def of_account(request: Request, account_id: int) -> HttpResponse:
    """The account's own."""
    request.auth.require(Capability.ACCOUNT_WRITE)
    return json_reply(account_settings.SETTINGS.form())


@router.get(
    "/inboxes/{int:inbox_id}/settings_form", operation_id="inbox_settings_form", response=SettingsForm
)
def of_inbox(request: Request, account_id: int, inbox_id: int) -> HttpResponse:
    """What every inbox has, as far as it makes sense for this one's channel."""
    request.auth.require(Capability.INBOXES_WRITE)
    inbox = get_inbox(request.auth.account, inbox_id=inbox_id)
    return json_reply(inbox_settings.SETTINGS.form(capabilities_of(inbox.kind)))
