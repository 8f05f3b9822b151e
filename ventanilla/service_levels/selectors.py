"""Questions about service levels, policies and clocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from ventanilla.accounts.models import Account
from ventanilla.conversations.models import Conversation, Status
from ventanilla.conversations.selectors.filters import rule_of
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.working_hours import business_time
from ventanilla.kit.business_hours import business_time_of
from ventanilla.kit.business_time import BusinessTime
from ventanilla.kit.clock import now, zone
from ventanilla.kit.conditions import InvalidCondition
from ventanilla.kit.errors import NotFound
from ventanilla.service_levels.models import AppliedSla, ServiceLevel, SlaPolicy
from ventanilla.service_levels.reckoning import FIRST, NEXT, RESOLUTION, Level

_STATES = {Status(state).label: int(state) for state in Status}
_FIELDS = {FIRST: "first_response", NEXT: "next_response", RESOLUTION: "resolution"}
_MONTH = timedelta(days=30)


def policies_of(account: Account) -> QuerySet[SlaPolicy]:
    """The account's policies, in the order in which their conditions are tried."""
    return SlaPolicy.objects.filter(account=account, deleted_at__isnull=True).order_by("position", "pk")


def get_policy(account: Account, *, policy_id: int) -> SlaPolicy:
    """One of them. Raises NotFound."""
    found = policies_of(account).filter(pk=policy_id).first()
    if found is None:
        raise NotFound
    return found


def get_deleted_policy(account: Account, *, policy_id: int) -> SlaPolicy:
    """One that was deleted and can still be restored. Raises NotFound."""
    found = SlaPolicy.objects.filter(account=account, deleted_at__isnull=False, pk=policy_id).first()
    if found is None:
        raise NotFound
    return found


def levels_of(account: Account) -> QuerySet[ServiceLevel]:
    """The account's service levels, the account's own first."""
    return ServiceLevel.objects.filter(account=account).order_by("inbox_id", "team_id", "pk")


def accounts_that_promise(account_ids: Collection[int]) -> set[int]:
    """Those of the accounts that have a service level or a policy. Two queries."""
    levels = ServiceLevel.objects.filter(account_id__in=account_ids).values_list("account_id", flat=True)
    policies = SlaPolicy.objects.filter(account_id__in=account_ids).values_list("account_id", flat=True)
    return {*levels.distinct(), *policies.distinct()}


class Book:
    """The levels and policies of some accounts, read once for many conversations."""

    def __init__(self, account_ids: Collection[int], inbox_ids: Collection[int]) -> None:
        self._levels: dict[tuple[int, int | None, int | None], ServiceLevel] = {
            (row.account_id, row.inbox_id, row.team_id): row
            for row in ServiceLevel.objects.filter(account_id__in=account_ids)
        }
        self._inboxes = {
            row.pk: row for row in Inbox.objects.filter(pk__in=inbox_ids).select_related("account")
        }
        self._made: dict[tuple[Any, ...], Level] = {}

    def level(
        self, *, account_id: int, inbox_id: int, team_id: int | None, policy: SlaPolicy | None
    ) -> Level:
        """What is promised there: the policy's, else of each value the most specific one."""
        key = (account_id, inbox_id, team_id, policy and policy.pk)
        if key not in self._made:
            alive = policy is not None and policy.deleted_at is None
            self._made[key] = (
                self._of_policy(policy, inbox_id)
                if alive and policy is not None
                else self._of_place(account_id, inbox_id, team_id)
            )
        return self._made[key]

    def _of_policy(self, policy: SlaPolicy, inbox_id: int) -> Level:
        seconds = {
            FIRST: policy.first_response_time_threshold,
            NEXT: policy.next_response_time_threshold,
            RESOLUTION: policy.resolution_time_threshold,
        }
        return Level(
            seconds={kind: value for kind, value in seconds.items() if value},
            hours=self._hours(inbox_id) if policy.only_during_business_hours else None,
            pauses=states_named(policy.pauses),
        )

    def _of_place(self, account_id: int, inbox_id: int, team_id: int | None) -> Level:
        places = [(inbox_id, team_id), (None, team_id)] if team_id is not None else []
        rows = [
            row
            for place in (*places, (inbox_id, None), (None, None))
            if (row := self._levels.get((account_id, *place))) is not None
        ]
        first = {kind: _first(rows, name) for kind, name in _FIELDS.items()}
        pauses = _first(rows, "pauses")
        return Level(
            seconds={kind: value for kind, value in first.items() if value},
            hours=self._hours(inbox_id) if _first(rows, "in_business_hours") else None,
            pauses=Level().pauses if pauses is None else states_named(pauses),
        )

    def _hours(self, inbox_id: int) -> BusinessTime | None:
        """The inbox's hours, else the account's; None where neither has any: then every hour counts."""
        inbox = self._inboxes[inbox_id]
        if inbox.working_hours_enabled:
            return business_time(inbox)
        hours = inbox.account.business_hours
        return None if hours is None else business_time_of(hours, zone(inbox.account.timezone))


def _first(rows: Iterable[ServiceLevel], name: str) -> Any:
    return next((value for row in rows if (value := getattr(row, name)) is not None), None)


def states_named(names: Iterable[str]) -> frozenset[int]:
    """The states of those names."""
    return frozenset(_STATES[name] for name in names)


def fitting_policies(account: Account, conversation_ids: Collection[int]) -> dict[int, SlaPolicy]:
    """By conversation the first policy whose conditions mean it. One query for each policy that has conditions."""
    found: dict[int, SlaPolicy] = {}
    left = set(conversation_ids)
    for policy in policies_of(account):
        if not policy.conditions or not left:
            continue
        try:
            rule = rule_of(account, policy.conditions)
        except InvalidCondition:  # an attribute it names was deleted
            continue
        meant = set(
            Conversation.objects.filter(pk__in=left).filter(rule).order_by().values_list("pk", flat=True)
        )
        found |= dict.fromkeys(meant, policy)
        left -= meant
    return found


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which applied SLAs a report is about (contract B.6)."""

    account: Account
    seen: Q | None = None
    since: datetime | None = None
    until: datetime | None = None
    inbox_id: int | None = None
    team_id: int | None = None
    sla_policy_id: int | None = None
    assigned_agent_id: int | None = None
    labels: Sequence[str] = ()


def applied(question: Question) -> QuerySet[AppliedSla]:
    """Those with a policy, newest first."""
    rows = AppliedSla.objects.filter(account=question.account, policy__isnull=False)
    given: dict[str, Any] = {
        "created_at__gte": question.since,
        "created_at__lte": question.until,
        "conversation__inbox_id": question.inbox_id,
        "conversation__team_id": question.team_id,
        "policy_id": question.sla_policy_id,
        "conversation__assignee_id": question.assigned_agent_id,
    }
    rows = rows.filter(**{name: value for name, value in given.items() if value is not None})
    if question.labels:
        labelled = Conversation.objects.filter(
            account=question.account, labels__title__in=list(question.labels)
        )
        rows = rows.filter(conversation__in=labelled.values("pk"))
    if question.seen is not None:
        rows = rows.filter(conversation__in=Conversation.objects.filter(question.seen).values("pk"))
    return rows.order_by("-created_at", "-pk")


def missed(question: Question) -> QuerySet[AppliedSla]:
    """Those of them that a promise was missed in, with what a report says of each."""
    late = (AppliedSla.State.MISSED, AppliedSla.State.ACTIVE_WITH_MISSES)
    return (
        applied(question)
        .filter(state__in=late)
        .select_related("policy", "conversation__contact", "conversation__assignee")
        .prefetch_related("events")
    )


def metrics(question: Question) -> dict[str, Any]:
    """How many there are, how many were missed, and the share that was not."""
    rows = applied(question).order_by()
    late = Q(state__in=(AppliedSla.State.MISSED, AppliedSla.State.ACTIVE_WITH_MISSES))
    counts = rows.aggregate(all=Count("pk"), late=Count("pk", filter=late))
    kept = 100.0 if not counts["all"] else round(100 * (1 - counts["late"] / counts["all"]), 2)
    return {
        "total_applied_slas": counts["all"],
        "number_of_sla_misses": counts["late"],
        "hit_rate": f"{kept:g}%",
    }


def kept_shares(account: Account) -> Mapping[tuple[int | None, int | None], int]:
    """Of the last 30 days, how many percent of the conversations kept every promise: by inbox and team, None for any."""
    late = Q(state__in=(AppliedSla.State.MISSED, AppliedSla.State.ACTIVE_WITH_MISSES))
    rows = (
        AppliedSla.objects.filter(account=account, created_at__gte=now() - _MONTH)
        .values_list("conversation__inbox_id", "conversation__team_id")
        .annotate(all=Count("pk"), late=Count("pk", filter=late))
        .order_by()
    )
    sums: dict[tuple[int | None, int | None], list[int]] = defaultdict(lambda: [0, 0])
    for inbox_id, team_id, every, missed_ones in rows:
        for place in {(inbox_id, team_id), (inbox_id, None), (None, team_id), (None, None)}:
            sums[place][0] += every
            sums[place][1] += missed_ones
    return {place: round(100 * (1 - bad / every)) for place, (every, bad) in sums.items()}
