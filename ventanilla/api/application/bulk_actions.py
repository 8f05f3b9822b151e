"""One change to many conversations (contract B.1). Done when it is answered: a client may read the result at once.

All of what was asked happens, or the answer names what did not: a number that the caller cannot see, an agent who cannot
open one of the inboxes and the like are refused before the first conversation is touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.conversation_access import agent_given, team_given, visibility_of
from ventanilla.api.application.conversation_input import (
    moment_given,
    priority_given,
    status_given,
)
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.conversations import commands
from ventanilla.conversations.errors import AlreadyMerged
from ventanilla.conversations.models import Conversation, Status
from ventanilla.kit.errors import Invalid, NotFound, Refusal

router = Router(tags=["Conversations"])

MOST = 1_000  # conversations in one request
_NAMED = 10  # in a sentence


class BulkFields(Body):
    """State, agent, team and priority. 0 and null take agent and team away, null the priority."""

    status: str | int | None = None
    assignee_id: int | str | None = None
    team_id: int | str | None = None
    priority: str | int | None = None


class BulkIn(Body):
    """What to change, in this order: labels removed, labels added, snooze, fields. A null status is ignored."""

    type: str | None = None
    ids: list[int] = []
    fields: BulkFields = BulkFields()
    labels: dict[str, list[str] | None] = {}
    snoozed_until: int | float | str | None = None


class _Wanted:
    """The change, checked before the first conversation is touched."""

    def __init__(self, request: Request, given: BulkIn) -> None:
        fields = given.fields
        self.by = request.auth.person
        if unknown := sorted(given.labels.keys() - {"add", "remove"}):
            sentence = _("Labels are added or removed; “%(word)s” is neither.")
            raise Invalid(fields={"labels": [sentence % {"word": unknown[0][:100]}]})
        self.add = given.labels.get("add") or []
        self.remove = given.labels.get("remove") or []
        self.until = moment_given(given.snoozed_until, field="snoozed_until")
        self.status = None if fields.status in (None, "") else status_given(fields.status)
        self.sets_assignee = "assignee_id" in fields.model_fields_set
        self.assignee = agent_given(request, _id(fields.assignee_id, field="assignee_id"))
        self.sets_team = "team_id" in fields.model_fields_set
        self.team = team_given(request, _id(fields.team_id, field="team_id"))
        self.sets_priority = "priority" in fields.model_fields_set
        self.priority = priority_given(fields.priority)

    def check(self, conversations: Iterable[Conversation]) -> None:
        """Raises what the commands would, for the first of them."""
        for inbox_id, account_id in {(row.inbox_id, row.account_id) for row in conversations}:
            commands.check_assignable(self.assignee, account_id=account_id, inbox_id=inbox_id)
        if self.until is not None or self.status is not None:
            merged = [row.display_id for row in conversations if row.merged_into_id]
            if merged:
                raise _not_all(dict.fromkeys(merged, AlreadyMerged()))

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
        if self.sets_priority:
            commands.set_priority(conversation, priority=self.priority, by=self.by)
        if self.sets_team:
            commands.assign_team(conversation, team=self.team, by=self.by)
        if self.sets_assignee:
            commands.assign_agent(conversation, assignee=self.assignee, by=self.by)


def _id(given: int | str | None, *, field: str) -> int | None:
    if given in (None, "", 0, "0", "nil"):
        return None
    if not str(given).isdecimal():
        raise Invalid(fields={field: [_("Give an id, or 0 for nobody.")]})
    return int(str(given))


def _visible(request: Request, ids: Iterable[int]) -> list[Conversation]:
    """The conversations of those numbers, all of them. Raises NotFound, naming the ones the caller cannot see."""
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > MOST:
        raise Invalid(fields={"ids": [_("These are too many conversations for one change.")]})
    rows = Conversation.objects.filter(visibility_of(request).q(), display_id__in=wanted)
    found = list(rows.select_related("account").order_by("id"))
    missing = sorted(set(wanted) - {row.display_id for row in found})
    if missing:
        sentence = _("We could not find these conversations: %(numbers)s.") % {"numbers": _named(missing)}
        raise NotFound(fields={"ids": [sentence]})
    return found


def _named(numbers: list[int]) -> str:
    shown = ", ".join(f"#{number}" for number in numbers[:_NAMED])
    return f"{shown}, …" if len(numbers) > _NAMED else shown


@router.post("", operation_id="change_conversations", response={200: None})
def change(request: Request, account_id: int, given: BulkIn = Given()) -> HttpResponse:
    """Change all of `ids` (numbers of conversations). Refused as a whole when the caller cannot see one of them."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    if given.type != "Conversation":
        return json_reply({"success": False}, status=422)
    wanted = _Wanted(request, given)
    conversations = _visible(request, given.ids)
    wanted.check(conversations)
    refused: dict[int, Refusal] = {}
    for conversation in conversations:
        try:
            wanted.apply(conversation)
        except Refusal as refusal:  # somebody changed it a moment ago, or it would have too many labels
            refused[conversation.display_id] = refusal
    if refused:
        raise _not_all(refused)
    return empty_reply()


def _not_all(refused: Mapping[int, Refusal]) -> Invalid:
    numbers = sorted(refused)
    sentence = _("These conversations were not changed: %(numbers)s. %(reason)s") % {
        "numbers": _named(numbers),
        "reason": refused[numbers[0]].message,
    }
    return Invalid(fields={"ids": [sentence]})
