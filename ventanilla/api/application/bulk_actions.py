"""One change to many conversations (contract B.1). Done when it is answered: a client may read the result at once.

All of what was asked happens, or the answer names what did not: a number that the caller cannot see, an agent who cannot
open one of the inboxes and the like are refused before the first conversation is touched.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpResponse
from django.utils.translation import gettext as _

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.conversation_access import visibility_of
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.automation import performing, registry
from ventanilla.automation.action import Acting, Step
from ventanilla.automation.errors import NotAll, named
from ventanilla.conversations.models import Conversation
from ventanilla.kit.errors import Invalid, NotFound

router = Router(tags=["Conversations"])

MOST = 1_000  # conversations in one request


class BulkFields(Body):
    """State, agent, team and priority. 0 and null take agent and team away, null the priority.

    `close_reason` beside resolved: "archived" archives, "resolved" takes out of the archive.
    """

    status: str | int | None = None
    close_reason: str | None = None
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


def steps_in(given: BulkIn) -> list[Step]:
    """The change as actions, in the contract's order. Raises Invalid."""
    fields, said = given.fields, given.fields.model_fields_set
    if unknown := sorted(given.labels.keys() - {"add", "remove"}):
        sentence = _("Labels are added or removed; “%(word)s” is neither.")
        raise Invalid(fields={"labels": [sentence % {"word": unknown[0][:100]}]})
    steps = [
        Step(name=name, given={"labels": titles})
        for name, word in (("remove_label", "remove"), ("add_label", "add"))
        if (titles := given.labels.get(word))
    ]
    steps += _state(given)
    if "priority" in said:
        steps.append(Step(name="change_priority", given={"priority": fields.priority}))
    if "team_id" in said:
        steps.append(Step(name="assign_team", given={"team_id": fields.team_id}))
    if "assignee_id" in said:
        steps.append(Step(name="assign_agent", given={"assignee_id": fields.assignee_id}))
    return steps


def _state(given: BulkIn) -> list[Step]:
    """A time alone snoozes; a time beside another state than snoozed is not looked at."""
    status = given.fields.status
    if status in (None, "") and given.snoozed_until in (None, ""):
        return []
    state = {
        "status": status or "snoozed",
        "snoozed_until": given.snoozed_until,
        "close_reason": given.fields.close_reason,
    }
    return [Step(name="change_status", given=state)]


def _visible(request: Request, ids: Iterable[int]) -> list[Conversation]:
    """The conversations of those numbers, all of them. Raises NotFound, naming the ones the caller cannot see."""
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > MOST:
        raise Invalid(fields={"ids": [_("That's too many conversations for one change.")]})
    rows = Conversation.objects.filter(visibility_of(request).q(), display_id__in=wanted)
    found = list(rows.select_related("account").order_by("id"))
    missing = sorted(set(wanted) - {row.display_id for row in found})
    if missing:
        sentence = _("We couldn't find these conversations: %(numbers)s.") % {"numbers": named(missing)}
        raise NotFound(fields={"ids": [sentence]})
    return found


@router.post("", operation_id="change_conversations", response={200: None})
def change(request: Request, account_id: int, given: BulkIn = Given()) -> HttpResponse:
    """Change all of `ids` (numbers of conversations). Refused as a whole when the caller cannot see one of them."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    if given.type != "Conversation":
        return json_reply({"success": False}, status=422)
    acting = Acting(account=request.auth.account, by=request.auth.person, member=request.auth.member)
    plan = registry.plan(steps_in(given), acting=acting)
    conversations = _visible(request, given.ids)
    performing.check(plan, conversations)
    outcomes = performing.until_refused(plan, conversations)
    refused = {one.display_id: refusal for one in outcomes for _action, refusal in one.refused}
    if refused:
        raise NotAll(refused)
    return empty_reply()
