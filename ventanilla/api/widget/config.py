"""POST config, and what the widget shows before anyone writes."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.avatars import avatar_url
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.api.sign_in_limits import address_of
from ventanilla.api.uploads.direct import BlobIn, DirectUploadOut, announce
from ventanilla.api.visitors import contact_row
from ventanilla.api.widget.access import InboxRequest, VisitorRequest, inbox_auth, throttle
from ventanilla.api.widget.browser import browser_of
from ventanilla.contacts.commands.visits import record_widget_event
from ventanilla.contacts.visitors import new_visitor, visitor_token
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.selectors import inbox_members
from ventanilla.inboxes.widget import global_config, website_channel_config
from ventanilla.kit.crowding import welcome_visitor

router = Router(tags=["widget"])


class WidgetConfigOut(Schema):
    """Everything the widget needs to begin."""

    website_channel_config: dict[str, Any]
    contact: dict[str, Any]
    global_config: dict[str, Any]


@router.post(
    "/config", response=WidgetConfigOut, auth=inbox_auth, summary="Begin or resume a visitor's session"
)
def config(request: InboxRequest) -> HttpResponse:
    """The inbox's settings and the visitor. Without a good X-Auth-Token a new visitor is made."""
    visitor = request.auth.visitor
    if visitor is None:
        welcome_visitor(address_of(request))
        visitor = new_visitor(request.auth.inbox)
    settings = website_channel_config(request.auth.inbox)
    return json_reply(
        {
            "website_channel_config": {**settings, "auth_token": visitor_token(visitor)},
            "contact": {**contact_row(visitor), "pubsub_token": visitor.pubsub_token},
            "global_config": global_config(),
        }
    )


class WidgetMemberOut(Schema):
    """An agent as visitors see them."""

    id: int
    name: str
    avatar_url: str
    availability_status: str


class WidgetMembersOut(Schema):
    """The inbox's agents."""

    payload: list[WidgetMemberOut]


@router.get("/inbox_members", response=WidgetMembersOut, auth=inbox_auth, summary="Who answers here")
def members(request: InboxRequest) -> HttpResponse:
    """The agents of the inbox under the names customers know."""
    return json_reply({"payload": member_rows(request.auth.inbox)})


def member_rows(inbox: Inbox) -> list[dict[str, Any]]:
    """The agents of the inbox as visitors see them."""
    return [
        {
            "id": agent.user.pk,
            "name": agent.user.available_name,
            "avatar_url": avatar_url(agent.user.avatar.name or ""),
            "availability_status": agent.availability_status,
        }
        for agent in inbox_members(inbox)
        if not agent.membership.is_pending
    ]


@router.get("/campaigns", auth=inbox_auth, summary="Campaigns of this inbox")
def campaigns(request: InboxRequest) -> HttpResponse:
    """The enabled campaigns: none while no room keeps any."""
    return json_reply([])


class WidgetEventIn(Body):
    """Something happened in the visitor's browser."""

    name: str
    event_info: dict[str, Any] | None = None


@router.post("/events", summary="Report an event of the widget")
def events(request: VisitorRequest, given: WidgetEventIn = Given()) -> HttpResponse:
    """`webwidget.triggered`: the visitor opened the widget. Other names are taken and not kept."""
    record_widget_event(
        request.auth, name=given.name, event_info={**(given.event_info or {}), **browser_of(request)}
    )
    return empty_reply(status=204)


@router.post("/direct_uploads", response=DirectUploadOut, summary="Prepare a direct upload")
def direct_upload(request: VisitorRequest, given: BlobIn = Given()) -> HttpResponse:
    """Answer with the address that the bytes go to."""
    throttle(request, "widget_uploads")
    return announce(given, for_visitor=True)
