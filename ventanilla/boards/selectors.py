"""Questions about saved filters: one's own, and those that others share with one's teams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Q, QuerySet

from ventanilla.accounts.models import Account, Membership, TeamMember, User
from ventanilla.boards.models import CustomFilter
from ventanilla.contacts import selectors as contacts
from ventanilla.conversations import selectors as conversations
from ventanilla.conversations.policies import Visibility
from ventanilla.kit import statements
from ventanilla.kit.errors import NotFound

COUNTED = 1_000  # a number beyond is not read to its last digit, and costs the more the larger it is


def custom_filters_of(account: Account, *, user: User) -> QuerySet[CustomFilter]:
    """The user's filters in the account, in the order they were made."""
    return CustomFilter.objects.filter(account=account, user=user).order_by("pk")


def get_custom_filter(account: Account, *, user: User, filter_id: int) -> CustomFilter:
    """One of the user's filters. Raises NotFound."""
    found = custom_filters_of(account, user=user).filter(pk=filter_id).first()
    if found is None:
        raise NotFound
    return found


def folders_for(account: Account, *, user: User) -> QuerySet[CustomFilter]:
    """What the user finds beside the lists: their own filters, and those shared with a team they are in."""
    teams = TeamMember.objects.filter(team__account=account, team__deleted_at__isnull=True, user=user)
    shared = Q(team__in=teams.values("team_id"))
    rows = CustomFilter.objects.filter(Q(user=user) | shared, account=account)
    return rows.exclude(filter_type=CustomFilter.Type.REPORT).select_related("user").order_by("pk")


def folder_counts(membership: Membership, visibility: Visibility) -> dict[int, int | None]:
    """How many each folder of the reader holds now, of what they may see: at most COUNTED; None where its conditions mean
    nothing any more. Two statements, however many folders.
    """
    account, user = membership.account, membership.user
    by_type: dict[str, list[CustomFilter]] = {
        CustomFilter.Type.CONVERSATION: [],
        CustomFilter.Type.CONTACT: [],
    }
    for folder in folders_for(account, user=user):
        by_type[folder.filter_type].append(folder)
    talks, people = by_type[CustomFilter.Type.CONVERSATION], by_type[CustomFilter.Type.CONTACT]
    found = conversations.filtered_each(visibility, account, map(_conditions, talks))
    known = contacts.listed_contacts_for(membership)
    segments = contacts.filtered_each(known, account=account, many=map(_conditions, people))
    return _counted(talks, found) | _counted(people, segments)


def _conditions(folder: CustomFilter) -> object:
    return folder.query.get("payload", [])


def _counted(folders: Sequence[CustomFilter], rows: Sequence[QuerySet[Any] | None]) -> dict[int, int | None]:
    counts: dict[int, int | None] = {folder.pk: None for folder in folders}
    columns: list[str] = []
    given: list[Any] = []
    asked: list[int] = []
    for folder, meant in zip(folders, rows, strict=True):
        if meant is None:
            continue
        counts[folder.pk] = 0
        try:
            sql, parameters = meant.values("pk")[:COUNTED].query.sql_with_params()
        except EmptyResultSet:
            continue
        asked.append(folder.pk)
        columns.append(f"(SELECT COUNT(*) FROM ({sql}) AS f{folder.pk})")
        given += parameters
    if columns:
        [row] = statements.fetch_all(f"SELECT {', '.join(columns)}", given)
        counts |= dict(zip(asked, row, strict=True))
    return counts
