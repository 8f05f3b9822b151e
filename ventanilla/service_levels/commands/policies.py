"""Policies and service levels: made, changed, deleted, restored. Their clocks are reckoned anew afterwards, by a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import Account, Team, User
from ventanilla.conversations.commands.held import By
from ventanilla.conversations.commands.service_levels import set_sla_policy
from ventanilla.conversations.models import Conversation, Status
from ventanilla.conversations.selectors.filters import rule_of
from ventanilla.events.log import record
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.changes import assign, lock
from ventanilla.kit.clock import now
from ventanilla.kit.conditions import InvalidCondition
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.service_levels.commands.clocks import apply_policy
from ventanilla.service_levels.events import (
    ServiceLevelChanged,
    SlaPolicyCreated,
    SlaPolicyDeleted,
    SlaPolicyUpdated,
)
from ventanilla.service_levels.models import PAUSABLE, AppliedSla, ServiceLevel, SlaPolicy, Spread
from ventanilla.service_levels.selectors import accounts_that_promise, get_policy, policies_of

MOST_POLICIES = 100
_LAST_POSITION = 1_000
_LONGEST_SECONDS = 366 * 24 * 3600
_THRESHOLDS = (
    "first_response_time_threshold",
    "next_response_time_threshold",
    "resolution_time_threshold",
)
_SECONDS = ("first_response", "next_response", "resolution")
_PAUSES = frozenset(Status(state).label for state in PAUSABLE)


def _clean(account: Account, fields: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(fields)
    problems: dict[str, list[str]] = {}
    if "name" in values:
        values["name"] = " ".join((values["name"] or "").split())
        if not values["name"] or len(values["name"]) > 255:
            problems["name"] = [_("Enter a policy name of up to 255 characters.")]
    if "description" in values:
        values["description"] = values["description"] or ""
    if values.get("position") is None:
        values.pop("position", None)
    elif not 0 <= values["position"] <= _LAST_POSITION:
        problems["position"] = [_("Enter a place from 0 to 1000.")]
    if values.get("only_during_business_hours", False) is None:
        values.pop("only_during_business_hours")
    if values.get("pauses", ()) is None:
        values.pop("pauses")
    problems |= _problems(values, _THRESHOLDS)
    if "conditions" in values:
        values["conditions"] = values["conditions"] or []
        try:
            rule_of(account, values["conditions"])
        except InvalidCondition as wrong:
            raise Invalid(fields={"conditions": [wrong.message]}) from None
    if problems:
        raise Invalid(fields=problems)
    return values


def _problems(values: dict[str, Any], names: tuple[str, ...]) -> dict[str, list[str]]:
    """What is wrong with times and pauses; a time of zero is none."""
    problems = {}
    for name in names:
        seconds = values.get(name)
        if seconds is not None and not 0 <= seconds <= _LONGEST_SECONDS:
            problems[name] = [_("Enter a time of up to a year, in seconds.")]
        elif name in values:
            values[name] = seconds or None
    pauses = values.get("pauses")
    if pauses is not None and not set(pauses) <= _PAUSES:
        problems["pauses"] = [_("Clocks can pause while a conversation is snoozed or pending.")]
    elif pauses is not None:
        values["pauses"] = list(dict.fromkeys(pauses))
    return problems


def _locked_account(account: Account) -> None:
    # Two at once count one after the other.
    Account.objects.select_for_update().only("pk").get(pk=account.pk)


def _begin(account: Account, *, promised: bool) -> None:
    """Reckon the account's clocks anew; with its first promise its open conversations get some."""
    if not promised:
        Spread.objects.update_or_create(account=account, defaults={"last_id": 0})
    AppliedSla.objects.filter(account=account, state__in=AppliedSla.RUNNING).update(is_stale=True)


@transaction.atomic
def create_policy(account: Account, *, by: User | None, **fields: Any) -> SlaPolicy:
    """Make a policy. Raises Invalid. Records sla_policy.created."""
    values = _clean(account, {"name": "", **fields})
    _locked_account(account)
    promised = bool(accounts_that_promise({account.pk}))
    if policies_of(account).count() >= MOST_POLICIES:
        raise Invalid(_("This account has as many policies as it can have."))
    values.setdefault("position", policies_of(account).count())
    made = SlaPolicy.objects.create(account=account, **values)
    record(SlaPolicyCreated(account_id=account.pk, sla_policy_id=made.pk), actor=actor_of(by))
    _begin(account, promised=promised)
    return made


@transaction.atomic
def update_policy(policy: SlaPolicy, *, by: User | None, **fields: Any) -> SlaPolicy:
    """Change what is given. Raises Invalid. Records sla_policy.updated."""
    lock(policy)
    changes = assign(policy, _clean(policy.account, fields))
    if changes:
        policy.save(update_fields=[*changes, "updated_at"])
        fact = SlaPolicyUpdated(account_id=policy.account_id, sla_policy_id=policy.pk, changes=changes)
        record(fact, actor=actor_of(by))
        _begin(policy.account, promised=True)
    return policy


@transaction.atomic
def delete_policy(policy: SlaPolicy, *, by: User | None) -> None:
    """Its conversations keep the service level of their place; for a day it can be restored. Records sla_policy.deleted."""
    lock(policy)
    if policy.deleted_at is not None:
        raise NotFound
    policy.deleted_at = now()
    policy.save(update_fields=["deleted_at", "updated_at"])
    record(SlaPolicyDeleted(account_id=policy.account_id, sla_policy_id=policy.pk), actor=actor_of(by))
    AppliedSla.objects.filter(policy=policy).update(is_stale=True)


@transaction.atomic
def restore_policy(policy: SlaPolicy, *, by: User | None) -> SlaPolicy:
    """Undo its deletion. Records sla_policy.created."""
    lock(policy)
    policy.deleted_at = None
    policy.save(update_fields=["deleted_at", "updated_at"])
    record(SlaPolicyCreated(account_id=policy.account_id, sla_policy_id=policy.pk), actor=actor_of(by))
    AppliedSla.objects.filter(policy=policy).update(is_stale=True)
    return policy


def add_policy(
    conversation: Conversation, *, policy_id: int, by: By, caused_by: int | None = None
) -> Conversation:
    """Give the conversation a policy; one that has the same keeps it.

    Raises Invalid, naming sla_policy_id: for no policy of the account, and for a conversation that has another (F.23).
    """
    try:
        policy = get_policy(conversation.account, policy_id=policy_id)
    except NotFound:
        raise Invalid(fields={"sla_policy_id": [_("This SLA policy doesn't exist.")]}) from None
    if conversation.sla_policy_id == policy.pk:
        return conversation
    if conversation.sla_policy_id is not None:
        raise Invalid(fields={"sla_policy_id": [_("This conversation already has an SLA policy.")]})
    apply_policy(
        conversation,
        policy.pk,
        lambda: set_sla_policy(
            conversation, policy_id=policy.pk, name=policy.name, by=by, caused_by=caused_by
        ),
    )
    conversation.refresh_from_db()
    return conversation


@transaction.atomic
def set_level(
    account: Account, *, inbox_id: int | None, team_id: int | None, by: User | None, **fields: Any
) -> ServiceLevel | None:
    """Promise other times in a place; values that are null are those of the wider place, and a row of nulls is gone.

    Raises Invalid, NotFound for an inbox or team of another account. Records service_level.changed.
    """
    _check_place(account, inbox_id, team_id)
    values = dict(fields)
    problems = _problems(values, _SECONDS)
    if problems:
        raise Invalid(fields=problems)
    _locked_account(account)
    promised = bool(accounts_that_promise({account.pk}))
    place: dict[str, Any] = {"account": account, "inbox_id": inbox_id, "team_id": team_id}
    found = ServiceLevel.objects.filter(**place).first()
    row = found or ServiceLevel(**place)
    changes = assign(row, values)
    if not changes:
        return found
    is_empty = all(getattr(row, name) is None for name in (*_SECONDS, "in_business_hours", "pauses"))
    if is_empty and row.pk:
        row.delete()
    elif not is_empty:
        row.save()
    fact = ServiceLevelChanged(account_id=account.pk, inbox_id=inbox_id, team_id=team_id, changes=changes)
    record(fact, actor=actor_of(by))
    _begin(account, promised=promised)
    return None if is_empty else row


def _check_place(account: Account, inbox_id: int | None, team_id: int | None) -> None:
    inboxes = Inbox.objects.filter(account=account, deleted_at__isnull=True)
    teams = Team.objects.filter(account=account, deleted_at__isnull=True)
    if inbox_id is not None and not inboxes.filter(pk=inbox_id).exists():
        raise NotFound(fields={"inbox_id": [_("This channel doesn't exist.")]})
    if team_id is not None and not teams.filter(pk=team_id).exists():
        raise NotFound(fields={"team_id": [_("This team doesn't exist.")]})


@transaction.atomic
def purge_policy(policy: SlaPolicy) -> None:
    """Delete it for good; conversations and clocks forget it."""
    policy.delete()


def reckon_inboxes(inbox_ids: set[int]) -> None:
    """The hours of these inboxes changed."""
    AppliedSla.objects.filter(conversation__inbox_id__in=inbox_ids, state__in=AppliedSla.RUNNING).update(
        is_stale=True
    )


def reckon_accounts(account_ids: set[int]) -> None:
    """The hours of these accounts changed."""
    AppliedSla.objects.filter(account_id__in=account_ids, state__in=AppliedSla.RUNNING).update(is_stale=True)
