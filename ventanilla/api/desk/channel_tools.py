"""The tools of a channel: whatever helps to set it up or look after it. Which there are, each channel says (I-03, I-04)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import HttpResponse

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.delivery import health, renewing
from ventanilla.inboxes.channel import SignInRefused, Unreachable, channel_of, read_settings
from ventanilla.inboxes.channel_doors import Found, Tool, ToolUse, tool_of
from ventanilla.inboxes.commands.inboxes import note_channel_state
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import rate_limits
from ventanilla.kit.errors import NotFound
from ventanilla.kit.shapes import read

router = Router(tags=["Desk"])


class ToolBody(Body):
    """`input`: what the tool asks for. `channel`: the channel's settings as they stand in the form.

    `inbox_id`: the inbox it is about; secrets that the form does not give are this inbox's.
    """

    input: dict[str, Any] = {}
    channel: dict[str, Any] = {}
    inbox_id: int | None = None


@router.post(
    "/channels/{str:kind}/tools/{str:tool}", operation_id="use_channel_tool", response=dict[str, Any]
)
def use(request: Request, account_id: int, kind: str, tool: str, given: ToolBody = Given()) -> HttpResponse:
    """What the tool says; its answer has the tool's own keys. May take seconds."""
    request.auth.require(Capability.INBOXES_WRITE)
    asked = tool_of(kind, tool)
    if asked is None:
        raise NotFound
    inbox = _inbox(request, kind, given.inbox_id)
    if asked.needs_inbox and inbox is None:
        raise NotFound
    if asked.is_probe:
        rate_limits.check("mail_probes_per_account", request.auth.account.pk)
    found = asked.use(_use(asked, kind, inbox, given))
    if inbox is not None:
        _note(request, inbox, found)
    return json_reply(dict(found.answer))


def _inbox(request: Request, kind: str, inbox_id: int | None) -> Inbox | None:
    """The inbox it is about, if it is about one. Raises NotFound."""
    if inbox_id is None:
        return None
    inbox = Inbox.objects.filter(
        pk=inbox_id, account=request.auth.account, kind=kind, deleted_at__isnull=True
    ).first()
    if inbox is None:
        raise NotFound
    return inbox


def _use(tool: Tool, kind: str, inbox: Inbox | None, given: ToolBody) -> ToolUse:
    """What it works on; a form is checked as it would be before it is kept."""
    said = read(tool.shape, given.input)
    if not tool.reads_form:
        return ToolUse(said, inbox)
    if inbox is not None:
        with suppress(SignInRefused, Unreachable):  # then the tool says what is wrong
            renewing.renew_if_due(inbox)
    current = inbox.channel_settings if inbox is not None else {}
    kept = (inbox.secrets or {}) if inbox is not None else {}
    channel = channel_of(kind)
    settings, secrets, _address = channel.clean_settings(read_settings(channel, given.channel), current, kept)
    return ToolUse(said, inbox, settings, secrets)


def _note(request: Request, inbox: Inbox, found: Found) -> None:
    if found.changes:
        note_channel_state(inbox, changes=found.changes, by=request.auth.user)
    if found.works:  # whoever waits for its provider to come back waits no longer
        health.ask_now(inbox)
