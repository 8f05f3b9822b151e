"""Set the state of the conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Action, Parameter, Step
from ventanilla.automation.errors import NotAll
from ventanilla.conversations import commands
from ventanilla.conversations.errors import AlreadyMerged
from ventanilla.conversations.given import status_given, until_given
from ventanilla.conversations.models import CloseReason, Conversation, Status
from ventanilla.conversations.policies import needed_for_status
from ventanilla.kit.clock import epoch

if TYPE_CHECKING:
    from ventanilla.kit.errors import Text

UNTIL = Parameter(
    name="snoozed_until",
    title=_("Until"),
    kind="integer",
    shape="moment",
    hint=_("Without a time, until the next reply."),
    required=False,
)


class StatusAction(Action):
    """What all of them share; `read` says which state, and until when it is snoozed."""

    can_be_undone = True
    status: int
    until: datetime | None = None
    close_reason: str | None = None  # of resolved: "archived" archives, another takes out of the archive

    def until_of(self, given: Mapping[str, Any]) -> datetime | None:
        """Until when, for whoever acts: "tomorrow" is theirs, counted when the action runs."""
        return until_given(given.get("snoozed_until"), by=self.acting.by, account=self.acting.account)

    def check(self, conversations: Sequence[Conversation]) -> None:
        for row in conversations:
            self.require(*needed_for_status(row, self.status))
        merged = [row.display_id for row in conversations if row.merged_into_id]
        if merged:
            raise NotAll(dict.fromkeys(merged, AlreadyMerged()))

    def apply(self, conversation: Conversation) -> None:
        by, caused_by = self.acting.by, self.acting.caused_by
        if self.status == Status.RESOLVED and self.close_reason == CloseReason.ARCHIVED:
            commands.archive(conversation, by=by, caused_by=caused_by)
            return
        commands.change_status(
            conversation,
            status=self.status,
            snoozed_until=self.until,
            by=by,
            caused_by=caused_by,
        )
        if self.status == Status.RESOLVED and self.close_reason:
            commands.unarchive(conversation, by=by, caused_by=caused_by)

    def undoing(self, conversation: Conversation) -> list[Step]:
        # An agent who opens a conversation takes it over: now, or when they undo this.
        assignee = Step(name="assign_agent", given={"assignee_id": conversation.assignee_id})
        return [state_of(conversation), assignee]


def state_of(conversation: Conversation) -> Step:
    """The step that gives a conversation the state it has now."""
    until, reason = conversation.snoozed_until, conversation.close_reason
    state = {
        "status": Status(conversation.status).label,
        "snoozed_until": epoch(until) if until else None,
        "close_reason": reason or None,
    }
    return Step(name="change_status", given=state)


def _states() -> list[tuple[str, Text]]:
    return [
        ("open", _("Open")),
        ("pending", _("Pending")),
        ("snoozed", _("Snoozed")),
        ("resolved", _("Resolved")),
    ]


class ChangeStatus(StatusAction):
    """`snoozed_until`: seconds since 1970, for snoozed alone."""

    name = "change_status"
    title = _("Change the state")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="status", title=_("State"), choices=_states),
        UNTIL,
    )

    def read(self, given: Mapping[str, Any]) -> None:
        self.status = status_given(given.get("status"))
        self.until = self.until_of(given)
        self.close_reason = given.get("close_reason")

    def shown(self) -> list[str]:
        return [str(dict(_states())[Status(self.status).label])]
