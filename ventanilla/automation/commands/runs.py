"""Running a macro, and taking a run back: one step after the other, each with its row in one transaction.

A worker that dies leaves the step it was at undone and unmarked, and the next one takes it; a step that is marked is
never done again. Two workers at one run take turns, because each looks for the next step with the run locked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import Membership, User
from ventanilla.automation import registry
from ventanilla.automation.action import Acting, Action, Step
from ventanilla.automation.errors import reason_of
from ventanilla.automation.events import MacroRunChanged
from ventanilla.automation.models import Macro, MacroRun, MacroStep
from ventanilla.conversations.models import Conversation
from ventanilla.conversations.policies import visibility_for
from ventanilla.events import wakeup
from ventanilla.events.log import record
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Forbidden, NotFound, Refusal

BELL = "automation.macros"
_RELATED = ("account", "inbox", "contact", "contact_inbox")
_State, _Run = MacroStep.State, MacroRun.State
log = structlog.get_logger("automation")


@transaction.atomic
def run_macro(macro: Macro, conversations: Sequence[Conversation], *, by: User) -> MacroRun:
    """Lay out a run over these, in this order; a worker does it. Records macro_run.changed."""
    run = MacroRun.objects.create(
        account_id=macro.account_id, macro=macro, user=by, name=macro.name, actions=macro.actions
    )
    MacroStep.objects.bulk_create(
        (
            MacroStep(run=run, conversation=conversation, position=position)
            for conversation in conversations
            for position in range(len(macro.actions))
        ),
        batch_size=500,
    )
    _record(run)
    wakeup.ring(BELL)
    return run


@transaction.atomic
def undo_run(run: MacroRun) -> None:
    """Begin to take back what can be taken back. Nothing happens while it runs or when that was done."""
    locked = MacroRun.objects.select_for_update().get(pk=run.pk)
    if locked.state != _Run.DONE:
        return
    _turn(locked, _Run.UNDOING)
    wakeup.ring(BELL)


def advance(run_id: int) -> bool:
    """Do the next step of the run, or end it. Whether there was one."""
    with transaction.atomic():
        run = MacroRun.objects.select_for_update().filter(pk=run_id).first()
        if run is None or run.state not in (_Run.RUNNING, _Run.UNDOING):
            return False
        step = _next(run)
        if step is None:
            _turn(run, _Run.DONE if run.state == _Run.RUNNING else _Run.UNDONE)
            return False
        with translation.override(_language_of(run)):
            _do(run, step) if run.state == _Run.RUNNING else _take_back(run, step)
        _record(run)
        return True


def _next(run: MacroRun) -> MacroStep | None:
    """Forwards what waits; backwards what was done and can be undone."""
    steps = MacroStep.objects.filter(run=run).select_related(
        "conversation", *(f"conversation__{name}" for name in _RELATED)
    )
    if run.state == _Run.RUNNING:
        return steps.filter(state=_State.WAITING).order_by("pk").first()
    return steps.filter(state=_State.DONE).exclude(undo=[]).order_by("-pk").first()


def _turn(run: MacroRun, state: str) -> None:
    run.state = state
    run.finished_at = now() if state in (_Run.DONE, _Run.UNDONE) else None
    run.save(update_fields=["state", "finished_at"])
    _record(run)


def _record(run: MacroRun) -> None:
    fact = MacroRunChanged(
        account_id=run.account_id, macro_run_id=run.pk, user_id=run.user_id, state=run.state
    )
    record(fact, actor=actor_of(run.user))


def _language_of(run: MacroRun) -> str:
    return str(run.user.ui_settings.get("locale") or run.account.locale)


def _acting(run: MacroRun, step: MacroStep) -> Acting:
    """As whoever runs it. Raises Forbidden when they left."""
    member = (
        Membership.objects.select_related("account", "user")
        .filter(account=run.account_id, user=run.user_id)
        .first()
    )
    if member is None:
        raise Forbidden(_("You're no longer in this account."))
    return Acting(
        account=member.account,
        by=member.user,
        member=member,
        event=f"macro_event.{run.name}",
        run=f"macro:{step.pk}",
    )


def _do(run: MacroRun, step: MacroStep) -> None:
    try:
        with transaction.atomic():
            acting = _acting(run, step)
            if step.position == 0:  # once: what the macro itself does may take it out of sight
                _check_visible(acting, step.conversation)
            action = _action(run.actions[step.position], acting)
            undo = _perform(action, step.conversation)
    except _OutOfSight:
        rest = MacroStep.objects.filter(run=run, conversation=step.conversation_id, state=_State.WAITING)
        rest.update(state=_State.FAILED, reason=_("You can't see this conversation."))
    except Refusal as refusal:
        _fail(step, reason_of(refusal))
    except DatabaseError:
        raise  # whoever calls tries again
    except Exception:
        log.exception("macro.step_failed", run=run.pk, step=step.pk)
        _fail(step, _("Something went wrong on our side."))
    else:
        step.state, step.undo = _State.DONE, undo
        step.save(update_fields=["state", "undo"])


def _action(wire: dict[str, Any], acting: Acting) -> Action:
    """The action, permitted to whoever runs it. Raises what it refuses."""
    (step,) = registry.steps_from([wire])
    return registry.action_called(step.name)(step.given, acting=acting)


def _perform(action: Action, conversation: Conversation) -> list[dict[str, Any]]:
    action.check([conversation])
    back = action.undoing(conversation) if action.can_be_undone else []
    action.apply(conversation)
    return [{"name": one.name, "given": dict(one.given)} for one in back]


def _check_visible(acting: Acting, conversation: Conversation) -> None:
    assert acting.by is not None
    visibility = visibility_for(acting.by, acting.account, membership=acting.member)
    if not Conversation.objects.filter(visibility.q(), pk=conversation.pk).exists():
        raise _OutOfSight


def _check_within(acting: Acting, conversation: Conversation) -> None:
    """What the macro took out of sight can be taken back, but not in a channel that is theirs no more."""
    assert acting.by is not None
    sees = visibility_for(acting.by, acting.account, membership=acting.member)
    if not (sees.everything or conversation.inbox_id in sees.inbox_ids):
        raise _OutOfSight(_("You can't see this conversation."))


class _OutOfSight(NotFound):
    """Whoever runs it cannot see the conversation: none of its steps is theirs to do."""


def _fail(step: MacroStep, reason: str) -> None:
    step.state, step.reason = _State.FAILED, reason
    step.save(update_fields=["state", "reason"])


def _take_back(run: MacroRun, step: MacroStep) -> None:
    try:
        with transaction.atomic():
            acting = replace(_acting(run, step), run=f"macro:{step.pk}:undo")
            _check_within(acting, step.conversation)
            for one in step.undo:
                back = Step(name=one["name"], given=one["given"])
                (action,) = registry.plan([back], acting=acting)
                action.apply(step.conversation)
    except Refusal as refusal:
        # What stays is done and says why; without its way back it is not tried again.
        step.reason = _("Not undone: %(reason)s") % {"reason": reason_of(refusal)}
    else:
        step.state = _State.UNDONE
    step.undo = []
    step.save(update_fields=["state", "reason", "undo"])
