"""The inboxes of the desk's bar, lists and threads: what every screen says of them, and nothing that only settings ask for.

Without keys, so that the answer may leave compressed (api.middleware): the desk waits for it before it shows anything.
"""

from __future__ import annotations

from django.http import HttpResponse

from ventanilla.api.application.inboxes import InboxNameShape
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.inboxes import selectors
from ventanilla.inboxes.rendering import inbox_json

router = Router(tags=["Desk"])


class ListedInboxShape(InboxNameShape):
    """An inbox as the desk lists it; `GET inboxes/{id}` has the whole of it. Addresses are a mailbox's."""

    reauthorization_required: bool
    csat_response_visible: bool
    allow_agent_to_delete_message: bool
    email: str | None
    forward_to_email: str | None


@router.get("/inboxes", operation_id="desk_inboxes", response=list[ListedInboxShape])
def inboxes(request: Request, account_id: int) -> HttpResponse:
    """The inboxes the caller may open, by name."""
    rows = (inbox_json(one, for_administrator=False) for one in selectors.inboxes_for(request.auth.member))
    return json_reply([{key: row.get(key) for key in ListedInboxShape.model_fields} for row in rows])
