"""The clocks: what the log says moves them, what is due is told once, what changed is reckoned anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from ventanilla.conversations.commands.service_levels import (
    Shown,
    Told,
    show_service_levels,
    tell_of_promises,
)
from ventanilla.conversations.events import ConversationCreated, ConversationUpdated
from ventanilla.conversations.models import Conversation, Message, MessageType, Status
from ventanilla.events.consumer import position_of
from ventanilla.events.log import START, LoggedEvent, read_after
from ventanilla.events.models import ConsumerCursor
from ventanilla.kit.clock import from_epoch, now
from ventanilla.service_levels.models import AppliedSla, SlaEvent, Spread
from ventanilla.service_levels.reckoning import (
    MISSED,
    NEXT,
    Due,
    Level,
    facts_of,
    most_pressing,
    running,
    untold,
)
from ventanilla.service_levels.rendering import applied_json, clock_json, event_json
from ventanilla.service_levels.selectors import Book, accounts_that_promise, fitting_policies

CLOCKS = "service_levels.clocks"  # the reader of the log that moves them, and what it hears
HEARD = (ConversationCreated, ConversationUpdated)
# What was recorded just now may be about to appear: a reply of this moment must not come too late for its clock.
_MARGIN = timedelta(seconds=2)
_STATES = {Status(state).label: int(state) for state in Status}
_ROW = (
    "states",
    "waiting_since",
    "has_reply",
    "told",
    "next_at",
    "is_stale",
    "state",
    "policy",
    "updated_at",
)


@dataclass
class _Work:
    """Clocks that are worked on together: their conversations, what is promised them, what is to be told of them."""

    clocks: dict[int, AppliedSla]  # by conversation
    conversations: dict[int, Conversation]
    book: Book
    dues: list[tuple[Due, AppliedSla]] = field(default_factory=list)

    @classmethod
    def of(cls, clocks: Iterable[AppliedSla], more: Collection[int] = ()) -> _Work:
        by_conversation = {clock.conversation_id: clock for clock in clocks}
        rows = Conversation.objects.filter(pk__in={*by_conversation, *more}).only(
            "pk", "account_id", "inbox_id", "team_id", "status", "created_at", "waiting_since",
            "first_reply_created_at", "sla_policy_id", "sla_due_at", "service_level",
        )  # fmt: skip
        conversations = {row.pk: row for row in rows}
        book = Book(
            {row.account_id for row in conversations.values()},
            {row.inbox_id for row in conversations.values()},
        )
        return cls(by_conversation, conversations, book)

    def level(self, clock: AppliedSla) -> Level:
        row = self.conversations[clock.conversation_id]
        return self.book.level(
            account_id=row.account_id, inbox_id=row.inbox_id, team_id=row.team_id, policy=clock.policy
        )

    def advance(self, clock: AppliedSla, until: datetime) -> None:
        """Note what is due until that moment, and when to look again."""
        promises = running(facts_of(clock.states, clock.waiting_since, clock.has_reply), self.level(clock))
        while (left := untold(promises, clock.told)) and left[0].at <= until:
            due = left[0]
            clock.told = {**clock.told, due.kind: [due.start.timestamp(), due.what]}
            if due.what == MISSED:
                clock.state = AppliedSla.State.ACTIVE_WITH_MISSES
            self.dues.append((due, clock))
        clock.next_at = left[0].at if left else None

    def finish(self) -> None:
        """Write all of it: rows, misses, events in the order of their moments, and what the lists show."""
        AppliedSla.objects.bulk_update(self.clocks.values(), [name for name in _ROW if name != "updated_at"])
        self.dues.sort(key=lambda pair: (pair[0].at, pair[1].conversation_id, pair[0].order))
        self._keep_misses()
        tell_of_promises(
            [
                Told(
                    account_id=clock.account_id,
                    conversation_id=clock.conversation_id,
                    promise=due.kind,
                    due_at=due.at,
                    is_missed=due.what == MISSED,
                )
                for due, clock in self.dues
            ]
        )
        self._show()

    def _keep_misses(self) -> None:
        missed = [(due, clock) for due, clock in self.dues if due.what == MISSED]
        asked = _last_incoming({clock.conversation_id for due, clock in missed if due.kind == NEXT})
        SlaEvent.objects.bulk_create(
            SlaEvent(
                applied_sla=clock,
                event_type=due.kind,
                created_at=due.at,
                meta={"message_id": asked.get(clock.conversation_id)} if due.kind == NEXT else {},
            )
            for due, clock in missed
        )

    def _show(self) -> None:
        events: dict[int, list[dict[str, Any]]] = {}
        late = [clock.pk for clock in self.clocks.values() if clock.told or clock.state]
        for event in SlaEvent.objects.filter(applied_sla__in=late).order_by("pk"):
            events.setdefault(event.applied_sla_id, []).append(event_json(event))
        shown = []
        for conversation_id, clock in self.clocks.items():
            row = self.conversations[conversation_id]
            facts = facts_of(clock.states, clock.waiting_since, clock.has_reply)
            pressing = most_pressing(running(facts, self.level(clock)))
            alive = clock.policy is not None and clock.policy.deleted_at is None
            said = {
                "clock": clock_json(pressing),
                "applied": applied_json(clock, clock.policy) if alive and clock.policy else None,
                "events": events.get(clock.pk, []),
            }
            due_at = None if pressing is None else pressing.due
            policy_id = clock.policy_id if alive else None
            before = (row.sla_policy_id, row.sla_due_at, _without_time(row.service_level))
            if before != (policy_id, due_at, _without_time(said)):
                shown.append(Shown(row.account_id, conversation_id, policy_id, due_at, said))
        show_service_levels(shown)


def _without_time(said: Mapping[str, Any] | None) -> Any:
    """What it says, but for when its row was written."""
    if said is None:
        return {"clock": None, "applied": None, "events": []}
    applied = said.get("applied")
    return {**said, "applied": applied and {**applied, "updated_at": 0}}


def _last_incoming(conversation_ids: Collection[int]) -> dict[int, int]:
    if not conversation_ids:
        return {}
    rows = Message.objects.filter(
        conversation_id__in=conversation_ids, message_type=MessageType.INCOMING
    ).order_by("pk")
    return dict(rows.values_list("conversation_id", "pk"))


def _locked(rows: QuerySet[AppliedSla], *, skip: bool = False) -> list[AppliedSla]:
    return list(rows.select_for_update(of=("self",), skip_locked=skip).select_related("policy"))


def follow_log(events: Sequence[LoggedEvent]) -> None:
    """Move the clocks by what happened, each event at its own moment. Runs in the reader's transaction."""
    promising = accounts_that_promise({event.account_id for event in events})
    heard = [(_fact_of(event), event.occurred_at) for event in events if event.account_id in promising]
    if not heard:
        return
    ids = {fact.conversation_id for fact, _at in heard}
    work = _Work.of(_locked(AppliedSla.objects.filter(conversation__in=ids).order_by("conversation_id")), ids)
    for fact, at in heard:
        row = work.conversations.get(fact.conversation_id)
        if row is None or row.pk in work.clocks:
            continue
        if isinstance(fact, ConversationCreated):
            # The row says how it is now, which to a reader that was away is the end of the story.
            began = _STATES.get(fact.status, row.status)
            work.clocks[row.pk] = _new_clock(row, state=began, waiting_since=row.created_at, at=at)
    if not work.clocks:
        return
    _give_policies(work)
    for fact, at in heard:
        clock = work.clocks.get(fact.conversation_id)
        if clock is not None and isinstance(fact, ConversationUpdated):
            _mend(clock, fact.changes)
            work.advance(clock, at)
            _take(clock, fact.changes, at)
            work.advance(clock, at)
    for clock in work.clocks.values():
        work.advance(clock, from_epoch(0))
    work.finish()


def _fact_of(event: LoggedEvent) -> ConversationCreated | ConversationUpdated:
    is_created = event.name == ConversationCreated.name
    return event.as_fact(ConversationCreated) if is_created else event.as_fact(ConversationUpdated)


def _new_clock(row: Conversation, *, state: int, waiting_since: datetime | None, at: datetime) -> AppliedSla:
    return AppliedSla.objects.create(
        account_id=row.account_id,
        conversation_id=row.pk,
        states=[[row.created_at.timestamp(), state]],
        waiting_since=waiting_since,
        has_reply=False,
        created_at=min(row.created_at, at),
    )


def _now(row: Conversation) -> AppliedSla:
    """A clock that begins in the middle, with what the row says."""
    return _new_clock(row, state=row.status, waiting_since=row.waiting_since, at=row.created_at)


def _give_policies(work: _Work) -> None:
    """The first policy whose conditions fit is given; one that is there stays."""
    without = [
        clock
        for clock in work.clocks.values()
        if clock.policy_id is None and clock.state in AppliedSla.RUNNING
    ]
    accounts: dict[int, list[AppliedSla]] = {}
    for clock in without:
        accounts.setdefault(clock.account_id, []).append(clock)
    for clocks in accounts.values():
        found = fitting_policies(clocks[0].account, [clock.conversation_id for clock in clocks])
        for clock in clocks:
            clock.policy = found.get(clock.conversation_id)


def _mend(clock: AppliedSla, changes: Mapping[str, Sequence[Any]]) -> None:
    """A change says what was before it: where we took over from the row itself, that is the truth for the time until now."""
    if "status" in changes:
        clock.states = [*clock.states[:-1], [clock.states[-1][0], _STATES[changes["status"][0]]]]
    if "waiting_since" in changes:
        clock.waiting_since = _moment(changes["waiting_since"][0])
    if "first_reply_created_at" in changes:
        clock.has_reply = changes["first_reply_created_at"][0] is not None


def _take(clock: AppliedSla, changes: Mapping[str, Sequence[Any]], at: datetime) -> None:
    if "waiting_since" in changes:
        clock.waiting_since = _moment(changes["waiting_since"][1])
    if "first_reply_created_at" in changes:
        clock.has_reply = changes["first_reply_created_at"][1] is not None
    if "status" in changes:
        _change_state(clock, _STATES[changes["status"][1]], at)


def _change_state(clock: AppliedSla, state: int, at: datetime) -> None:
    was_resolved = clock.states[-1][1] == Status.RESOLVED
    late = clock.state in (AppliedSla.State.MISSED, AppliedSla.State.ACTIVE_WITH_MISSES)
    if state == Status.RESOLVED:
        clock.states = [*clock.states, [at.timestamp(), state]]
        clock.state = AppliedSla.State.MISSED if late else AppliedSla.State.HIT
    elif was_resolved:
        clock.states = [[at.timestamp(), state]]
        clock.state = AppliedSla.State.ACTIVE_WITH_MISSES if late else AppliedSla.State.ACTIVE
    else:
        clock.states = [*clock.states, [at.timestamp(), state]]


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def read_until() -> datetime:
    """Up to when the clocks know what happened: an unread reply may have stopped one before it was due."""
    cursor = ConsumerCursor.objects.filter(pk=CLOCKS).first()
    place = START if cursor is None else position_of(cursor)
    unread = read_after(place, limit=1, names={kind.name for kind in HEARD}, settled=False)
    moment = now() - _MARGIN
    return min(moment, unread[0].occurred_at) if unread else moment


def due_clocks(until: datetime) -> QuerySet[AppliedSla]:
    """Those of which something is due until that moment, the first due first."""
    return AppliedSla.objects.filter(next_at__lte=until).order_by("next_at", "pk")


@transaction.atomic
def tell_due(waiting: QuerySet[AppliedSla], *, until: datetime, at_most: int) -> int:
    """Tell what is due until that moment of the clocks that are due first, in order. How many clocks were looked at."""
    clocks = _locked(waiting[:at_most], skip=True)
    if not clocks:
        return 0
    # Beyond the last of a full batch others may come first.
    last = clocks[-1].next_at if len(clocks) == at_most else None
    _reckon(clocks, last or until)
    return len(clocks)


@transaction.atomic
def reckon_stale(waiting: QuerySet[AppliedSla], *, at_most: int) -> int:
    """Reckon clocks anew whose thresholds or hours changed. How many."""
    clocks = _locked(waiting[:at_most], skip=True)
    for clock in clocks:
        clock.is_stale = False
    _reckon(clocks, from_epoch(0))
    return len(clocks)


def _reckon(clocks: Collection[AppliedSla], until: datetime) -> None:
    if clocks:
        work = _Work.of(clocks)
        for clock in clocks:
            work.advance(clock, until)
        work.finish()


@transaction.atomic
def spread(row: Spread, *, at_most: int) -> int:
    """Give clocks to the next conversations of the account that are not resolved; it is over when none is left. How many."""
    found = list(
        Conversation.objects.filter(account_id=row.account_id, pk__gt=row.last_id)
        .exclude(status=Status.RESOLVED)
        .filter(applied_sla__isnull=True, inbox__deleted_at__isnull=True)
        .order_by("pk")[:at_most]
    )
    if not found:
        row.delete()
        return 0
    made = [_now(one) for one in found]
    for clock, one in zip(made, found, strict=True):
        clock.has_reply = one.first_reply_created_at is not None
    work = _Work.of(made)
    _give_policies(work)
    for clock in made:
        work.advance(clock, from_epoch(0))
    work.finish()
    row.last_id = found[-1].pk
    row.save(update_fields=["last_id"])
    return len(found)


@transaction.atomic
def apply_policy(conversation: Conversation, policy_id: int, give: Callable[[], object]) -> None:
    """Give the conversation's clock a policy; `give` says so in the thread."""
    row = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
    clock = _locked(AppliedSla.objects.filter(conversation=row))
    one = clock[0] if clock else _now(row)
    if not clock:
        one.has_reply = row.first_reply_created_at is not None
    give()
    one.policy_id = policy_id
    one.save(update_fields=["policy", "has_reply"])
    [one] = _locked(AppliedSla.objects.filter(pk=one.pk))
    _reckon([one], from_epoch(0))
