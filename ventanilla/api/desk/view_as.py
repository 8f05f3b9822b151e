"""View as: an administrator sees the desk as a member does, and can change nothing meanwhile."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from ventanilla.accounts.commands import viewing as commands
from ventanilla.accounts.policies import Capability
from ventanilla.accounts.selectors import get_membership
from ventanilla.api import viewing
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply
from ventanilla.kit.errors import Invalid

router = Router(tags=["Desk"])


@router.post("/view_as/{int:user_id}", operation_id="desk_view_as", response={200: None})
def begin(request: Request, account_id: int, user_id: int) -> HttpResponse:
    """Look as that member until it is ended, in this browser alone; the log keeps it."""
    caller = request.auth
    caller.require(Capability.ADMINISTRATION)
    membership = get_membership(caller.account, user_id=user_id)
    if "HTTP_API_ACCESS_TOKEN" in request.META or "HTTP_ACCESS_TOKEN" in request.META:
        raise Invalid(_("Only a browser that's signed in can view as someone else."))
    commands.view_as(membership, by=caller.person)
    viewing.begin(request, membership)
    return empty_reply()


@router.delete("/view_as", operation_id="desk_end_view_as", response={200: None})
def finish(request: Request, account_id: int) -> HttpResponse:
    """Look as oneself again; nothing to do for who does."""
    kept = viewing.end(request)
    if kept is not None and request.auth.viewer is not None:
        commands.end_view(by=request.auth.viewer, **kept)
    return empty_reply()
