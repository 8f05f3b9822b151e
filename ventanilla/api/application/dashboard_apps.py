"""Pages of the company beside a conversation (B.6). Whoever may change shared settings keeps them (F.25)."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.integrations import commands
from ventanilla.integrations.models import DashboardApp
from ventanilla.integrations.rendering import dashboard_app_json
from ventanilla.integrations.selectors import dashboard_apps_of, get_dashboard_app

router = Router(tags=["Dashboard apps"])


class DashboardPageShape(Schema):
    """A page to frame."""

    type: Literal["frame"]
    url: str


class DashboardAppShape(Schema):
    """Pages of the company beside a conversation."""

    id: int
    title: str
    content: list[DashboardPageShape]
    created_at: str


class DashboardAppBody(Body):
    """An app. `content` is a list of `{"type": "frame", "url": address}`."""

    wrapper = "dashboard_app"
    title: str | None = None
    content: Any = None


def _writable(request: Request, app_id: int) -> DashboardApp:
    request.auth.require(Capability.SHARED_SETTINGS_WRITE)
    return get_dashboard_app(request.auth.account, app_id=app_id)


@router.get("", operation_id="list_dashboard_apps", response=list[DashboardAppShape])
def index(request: Request, account_id: int) -> HttpResponse:
    """All of the account."""
    return json_reply([dashboard_app_json(app) for app in dashboard_apps_of(request.auth.account)])


@router.post("", operation_id="create_dashboard_app", response=DashboardAppShape)
def create(request: Request, account_id: int, given: DashboardAppBody = Given()) -> HttpResponse:
    """Add one; a hundred at most."""
    request.auth.require(Capability.SHARED_SETTINGS_WRITE)
    app = commands.create_dashboard_app(
        request.auth.account, title=given.title or "", content=given.content, by=request.auth.person
    )
    return json_reply(dashboard_app_json(app))


@router.get("/{int:app_id}", operation_id="show_dashboard_app", response=DashboardAppShape)
def show(request: Request, account_id: int, app_id: int) -> HttpResponse:
    """One of them."""
    return json_reply(dashboard_app_json(get_dashboard_app(request.auth.account, app_id=app_id)))


@router.patch("/{int:app_id}", operation_id="update_dashboard_app", response=DashboardAppShape)
def change(request: Request, account_id: int, app_id: int, given: DashboardAppBody = Given()) -> HttpResponse:
    """Change what is given."""
    app = commands.update_dashboard_app(
        _writable(request, app_id), title=given.title, content=given.content, by=request.auth.person
    )
    return json_reply(dashboard_app_json(app))


@router.delete("/{int:app_id}", operation_id="delete_dashboard_app", response={204: None})
def destroy(request: Request, account_id: int, app_id: int) -> HttpResponse:
    """Take it away."""
    commands.delete_dashboard_app(_writable(request, app_id), by=request.auth.person)
    return empty_reply(status=204)
