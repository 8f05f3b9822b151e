"""What an administrator should put right, shown above every page of the desk. One function per kind in WARNINGS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.own import keeps_installation_here
from ventanilla.api.replies import json_reply
from ventanilla.kit.crowding import crowded_address
from ventanilla.plugins.selectors import State, plugins

router = Router(tags=["Desk"])


class WarningShape(Schema):
    """`kind` names the sentence in the desk's catalogue, `values` fill it."""

    kind: str
    values: dict[str, Any]


class WarningsShape(Schema):
    """Nothing is the usual answer."""

    payload: list[WarningShape]


def _crowded_address() -> dict[str, Any] | None:
    found = crowded_address()
    return found._asdict() if found else None


def _failed_plugins() -> dict[str, Any] | None:
    failed = [one.package.name for one in plugins() if one.state == State.FAILED]
    return {"names": ", ".join(failed)} if failed else None


WARNINGS: dict[str, Callable[[], dict[str, Any] | None]] = {
    "crowded_address": _crowded_address,
    "failed_plugins": _failed_plugins,
}


@router.get("/warnings", operation_id="list_warnings", response=WarningsShape)
def index(request: Request, account_id: int) -> HttpResponse:
    """What whoever looks after the installation should see; to other administrators there is nothing to warn of."""
    request.auth.require(Capability.ADMINISTRATION)
    looks = WARNINGS if keeps_installation_here(request, request.auth.person) else {}
    found = ((kind, look()) for kind, look in looks.items())
    return json_reply({"payload": [{"kind": kind, "values": values} for kind, values in found if values]})
