"""Plug-ins of the installation, for who looks after it: which there are, their versions, on or off (Z-32)."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.actors import actor_of
from ventanilla.api.auth import Request
from ventanilla.api.desk.installation import require_keeper
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.plugins.selectors import plugins
from ventanilla.plugins.switching import switch_plugin

router = Router(tags=["Desk"])


class GivenShape(Schema):
    """One thing that it brings. `group`: channels, actions, metrics, integrations or importers."""

    group: str
    name: str


class PluginShape(Schema):
    """An installed package. `state`: on, off or failed, with the `reason` of a failure."""

    name: str
    version: str
    summary: str
    state: str
    reason: str
    gives: list[GivenShape]


class PluginsShape(Schema):
    """All of them, by name."""

    payload: list[PluginShape]


class PluginBody(Body):
    """Whether it takes part."""

    on: bool


def _reply() -> HttpResponse:
    shown = [
        {
            "name": one.package.name,
            "version": one.package.version,
            "summary": one.package.summary,
            "state": one.state.value,
            "reason": one.reason,
            "gives": [
                {"group": point.group.partition(".")[2], "name": point.name} for point in one.package.gives
            ],
        }
        for one in plugins()
    ]
    return json_reply({"payload": shown})


@router.get("/plugins", operation_id="list_plugins", response=PluginsShape)
def index(request: Request, account_id: int) -> HttpResponse:
    """The packages that announce something."""
    require_keeper(request)
    return _reply()


@router.patch("/plugins/{str:plugin}", operation_id="switch_plugin", response=PluginsShape)
def switch(request: Request, account_id: int, plugin: str, given: PluginBody = Given()) -> HttpResponse:
    """Switch one on or off; one that failed is tried again."""
    require_keeper(request)
    actor = actor_of(request.auth.person)
    switch_plugin(plugin, on=given.on, account_id=account_id, actor=actor)
    return _reply()
