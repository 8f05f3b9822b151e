"""The installation on screen: where it is reached. Only for administrators of the account that looks after it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from ninja import Router, Schema

from ventanilla.accounts.commands.installation import set_address
from ventanilla.accounts.installation import known
from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.replies import json_reply
from ventanilla.kit import links
from ventanilla.kit.errors import NotFound

router = Router(tags=["Desk"])


class InstallationShape(Schema):
    """`base_url`: where people reach it, "" while nobody has said; `is_fixed`: by VENTANILLA_BASE_URL.

    `proposal`: what to set, if it is not known: an older version's, else the address this request came by.
    """

    base_url: str
    is_fixed: bool
    proposal: str


class InstallationBody(Body):
    """The address to keep."""

    base_url: str = ""


def require_keeper(request: Request) -> None:
    """Raises Unauthorised for who is no administrator, NotFound for other accounts: they do not see such a page."""
    request.auth.require(Capability.ADMINISTRATION)
    if request.auth.account.pk != known().account_id:
        raise NotFound


def _shown() -> dict[str, Any]:
    address = links.base_url()
    return {
        "base_url": address,
        "is_fixed": bool(settings.BASE_URL),
        "proposal": "" if address else known().proposed_base_url or links.here(),
    }


@router.get("/installation", operation_id="show_installation", response=InstallationShape)
def show(request: Request, account_id: int) -> HttpResponse:
    """Where this installation is reached."""
    require_keeper(request)
    return json_reply(_shown())


@router.patch("/installation", operation_id="update_installation", response=InstallationShape)
def change(request: Request, account_id: int, given: InstallationBody = Given()) -> HttpResponse:
    """Set the address; links that are made from now on lead there."""
    require_keeper(request)
    set_address(given.base_url, by=request.auth.person)
    return json_reply(_shown())
