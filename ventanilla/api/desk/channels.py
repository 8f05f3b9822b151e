"""The channels of this installation as the desk shows them, and the form in which an inbox of each is made or changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.inboxes.channel import Channel, pulling, registry, signing_in
from ventanilla.inboxes.channels import channel_for
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.selectors import get_inbox
from ventanilla.kit.errors import NotFound

router = Router(tags=["Desk"])


class ChannelFace(Schema):
    """A channel as people recognise it, and what the desk goes by instead of its name. Sizes in bytes and characters.

    `icon` and `colour` are names of the desk's own; texts are in the caller's language.
    """

    kind: str
    type: str
    channel_type: str
    name: str
    about: str
    icon: str
    colour: str
    markup: str
    attachments: bool
    max_attachment_bytes: int
    max_text_chars: int
    voice_notes: bool
    can_start_conversation: bool
    email_headers: bool
    visitors: bool
    in_our_widget: bool
    written_by_program: bool
    fetches: bool
    signs_in: bool


class ChannelForm(Schema):
    """JSON Schema of the channel's fields, their values, and what remains to be done for an inbox that is there.

    `secrets_kept`: secret fields that have a value, which stays when none is typed.
    """

    settings_schema: dict[str, Any]
    values: dict[str, Any]
    secrets_kept: list[str]
    next_step: str


def _face(channel: Channel) -> dict[str, Any]:
    can = channel.capabilities
    return {
        "kind": channel.kind,
        "type": channel.create_type,
        "channel_type": channel.contract_type,
        "name": str(channel.face.name),
        "about": str(channel.face.about),
        "icon": channel.face.icon,
        "colour": channel.face.colour,
        "markup": can.markup.value,
        "attachments": can.attachments,
        "max_attachment_bytes": can.max_attachment_bytes,
        "max_text_chars": can.max_text_chars,
        "voice_notes": can.voice_notes,
        "can_start_conversation": can.can_start_conversation,
        "email_headers": can.email_headers,
        "visitors": can.visitors,
        "in_our_widget": can.in_our_widget,
        "written_by_program": can.written_by_program,
        "fetches": pulling(channel.kind) is not None,
        "signs_in": signing_in(channel.kind) is not None,
    }


@router.get("/channels", operation_id="list_channel_faces", response=list[ChannelFace])
def index(request: Request, account_id: int) -> HttpResponse:
    """All installed channels, in their order."""
    return json_reply([_face(channel) for channel in registry().values()])


@router.get("/channels/{str:kind}/form", operation_id="new_channel_form", response=ChannelForm)
def new(request: Request, account_id: int, kind: str) -> HttpResponse:
    """The form of an inbox to be made."""
    request.auth.require(Capability.INBOXES_WRITE)
    channel = registry().get(kind)
    if channel is None:
        raise NotFound
    values = channel.form_values(Inbox(kind=kind))
    return json_reply(
        {
            "settings_schema": channel.settings_schema(),
            "values": values,
            "secrets_kept": [],
            "next_step": "",
        }
    )


@router.get("/inboxes/{int:inbox_id}/channel_form", operation_id="inbox_channel_form", response=ChannelForm)
def kept(request: Request, account_id: int, inbox_id: int) -> HttpResponse:
    """The form of an inbox that is there."""
    request.auth.require(Capability.INBOXES_WRITE)
    inbox = get_inbox(request.auth.account, inbox_id=inbox_id)
    channel = channel_for(inbox.kind)
    schema = channel.settings_schema()
    secret = [name for name, field in schema["properties"].items() if field.get("secret")]
    return json_reply(
        {
            "settings_schema": schema,
            "values": channel.form_values(inbox),
            "secrets_kept": [name for name in secret if (inbox.secrets or {}).get(name)],
            "next_step": channel.next_step(inbox),
        }
    )
