"""One change to many conversations (contract B.1). Done when it is answered: a client may read the result at once."""

from __future__ import annotations

from typing import Any

import structlog
from django.http import HttpResponse
from ninja import Router

from ventanilla.accounts.models import Team, User
from ventanilla.accounts.policies import Capability
from ventanilla.api.application.conversation_access import visibility_of
from ventanilla.api.application.conversation_input import moment_given, status_given
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.conversations import commands
from ventanilla.conversations.models import Conversation, Status
from ventanilla.kit.errors import NotFound, Refusal

router = Router(tags=["Conversations"])
log = structlog.get_logger("api")

MOST = 1_000  # conversations in one request


class BulkIn(Body):
    """What to change, in this order: labels removed, labels added, snooze, fields. A null status is ignored."""

    type: str | None = None
    ids: list[int] = []
    fields: dict[str, Any] = {}
    labels: dict[str, list[str] | None] = {}
    snoozed_until: int | float | str | None = None


class _Wanted:
    """The change, checked before the first conversation is touched."""

    def __init__(self, request: Request, given: BulkIn) -> None:
        account, fields = request.auth.account, given.fields
        self.by = request.auth.person
        self.add = given.labels.get("add") or []
        self.remove = given.labels.get("remove") or []
        self.until = moment_given(given.snoozed_until, field="snoozed_until")
        status = fields.get("status")
        self.status = None if status in (None, "") else status_given(status)
        self.sets_assignee = "assignee_id" in fields
        self.assignee = _one(User.objects.filter(memberships__account=account), fields.get("assignee_id"))
        self.sets_team = "team_id" in fields
        self.team = _one(Team.objects.filter(account=account, deleted_at__isnull=True), fields.get("team_id"))

    def apply(self, conversation: Conversation) -> None:
        """All of it to one conversation; each step is its own command."""
        if self.remove:
            commands.remove_labels(conversation, titles=self.remove, by=self.by)
        if self.add:
            commands.add_labels(conversation, titles=self.add, by=self.by)
        if self.until is not None and self.status in (None, Status.SNOOZED):
            commands.change_status(conversation, status=Status.SNOOZED, snoozed_until=self.until, by=self.by)
        elif self.status is not None:
            commands.change_status(conversation, status=self.status, by=self.by)
        if self.sets_team:
            commands.assign_team(conversation, team=self.team, by=self.by)
        if self.sets_assignee:
            commands.assign_agent(conversation, assignee=self.assignee, by=self.by)


def _one(rows: Any, given: Any) -> Any:
    if given in (None, "", 0, "0", "nil"):
        return None
    found = rows.filter(pk=int(given)).first() if str(given).isdecimal() else None
    if found is None:
        raise NotFound
    return found


@router.post("", operation_id="change_conversations", response={200: None})
def change(request: Request, account_id: int, given: BulkIn = Given()) -> HttpResponse:
    """Change all of `ids` (numbers of conversations) that the caller may see; others are left alone."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    if given.type != "Conversation":
        return json_reply({"success": False}, status=422)
    wanted = _Wanted(request, given)
    visible = Conversation.objects.filter(visibility_of(request).q(), display_id__in=given.ids[:MOST])
    for conversation in visible.select_related("account").order_by("id"):
        try:
            wanted.apply(conversation)
        except Refusal as refusal:
            log.info("bulk.refused", conversation=conversation.pk, reason=refusal.code)
    return empty_reply()
