"""Saved filters: made, changed, deleted by their owner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import Account, TeamMember, User
from ventanilla.boards.events import CustomFilterCreated, CustomFilterDeleted, CustomFilterUpdated
from ventanilla.boards.models import ICONS, CustomFilter
from ventanilla.boards.selectors import custom_filters_of
from ventanilla.events.log import record
from ventanilla.kit.changes import assign, lock
from ventanilla.kit.errors import Invalid, NotFound

MAX_FILTERS = 50  # per user (F.14)
_MAX_QUERY_CHARS = 100_000


def _clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    values = {key: value for key, value in fields.items() if value is not None}
    if "name" in values:
        values["name"] = values["name"].strip()
        if not values["name"] or len(values["name"]) > 255:
            raise Invalid(fields={"name": [_("Enter a filter name of up to 255 characters.")]})
    if "filter_type" in values and values["filter_type"] not in CustomFilter.Type.values:
        raise Invalid(fields={"filter_type": [_("The type must be conversation, contact or report.")]})
    if "query" in values and (
        not isinstance(values["query"].get("payload", []), list)
        or len(json.dumps(values["query"])) > _MAX_QUERY_CHARS
    ):
        raise Invalid(fields={"query": [_("The filter conditions aren't valid.")]})
    if "icon" in values and values["icon"] not in ICONS:
        raise Invalid(fields={"icon": [_("This icon doesn't exist.")]})
    return values


def _check_team(account: Account, team_id: int | None, *, by: User) -> None:
    """Whom one shares with, one is among."""
    if team_id is None:
        return
    mine = TeamMember.objects.filter(team__account=account, team__deleted_at__isnull=True, user=by)
    if not mine.filter(team_id=team_id).exists():
        raise NotFound(fields={"team_id": [_("You can share with the teams you're in.")]})


@transaction.atomic
def create_custom_filter(
    account: Account,
    *,
    name: str,
    query: Mapping[str, Any],
    by: User,
    filter_type: str | None = None,
    icon: str | None = None,
    team_id: int | None = None,
) -> CustomFilter:
    """Save a filter. Raises Invalid, also past fifty, NotFound for a team they are not in. Records custom_filter.created."""
    values = _clean({"name": name, "query": dict(query), "filter_type": filter_type, "icon": icon})
    _check_team(account, team_id, by=by)
    values["team_id"] = team_id
    User.objects.select_for_update().only("pk").get(pk=by.pk)  # two at once count one after the other
    if custom_filters_of(account, user=by).count() >= MAX_FILTERS:
        raise Invalid(_("You can save up to fifty filters."))
    made = CustomFilter.objects.create(account=account, user=by, **values)
    fact = CustomFilterCreated(account_id=account.pk, custom_filter_id=made.pk, user_id=by.pk)
    record(fact, actor=actor_of(by))
    return made


@transaction.atomic
def update_custom_filter(custom_filter: CustomFilter, *, by: User, **fields: Any) -> CustomFilter:
    """Change name, type, conditions, icon or team (null: shared no more). Raises Invalid, NotFound.

    Records custom_filter.updated.
    """
    lock(custom_filter)
    known = {key: value for key, value in fields.items() if key in {"name", "filter_type", "query", "icon"}}
    values = _clean(known)
    if "team_id" in fields:
        _check_team(custom_filter.account, fields["team_id"], by=by)
        values["team_id"] = fields["team_id"]
    changes = assign(custom_filter, values)
    if changes:
        custom_filter.save(update_fields=[*changes, "updated_at"])
        fact = CustomFilterUpdated(
            account_id=custom_filter.account_id,
            custom_filter_id=custom_filter.pk,
            user_id=custom_filter.user_id,
            changes={key: change for key, change in changes.items() if key != "query"},
        )
        record(fact, actor=actor_of(by))
    return custom_filter


@transaction.atomic
def delete_custom_filter(custom_filter: CustomFilter, *, by: User) -> None:
    """Delete the filter. Records custom_filter.deleted."""
    fact = CustomFilterDeleted(
        account_id=custom_filter.account_id,
        custom_filter_id=custom_filter.pk,
        user_id=custom_filter.user_id,
    )
    custom_filter.delete()
    record(fact, actor=actor_of(by))
