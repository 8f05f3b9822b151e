"""Canned responses: who sees which, and which fits best."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from ventanilla.accounts.models import Membership, TeamMember
from ventanilla.conversations.models import CannedResponse
from ventanilla.kit.errors import NotFound

_Shared = CannedResponse.Visibility


def all_canned_responses(member: Membership) -> QuerySet[CannedResponse]:
    """What the member may see, also what was deleted a moment ago.

    Everyone's, those of their teams (an administrator sees every team's) and their own: no one sees another's.
    """
    team = Q(visibility=_Shared.TEAM)
    if not member.is_administrator:
        team &= Q(team__in=TeamMember.objects.filter(user=member.user_id).values("team_id"))
    seen = Q(visibility=_Shared.ACCOUNT) | team | Q(visibility=_Shared.PERSONAL, owner=member.user_id)
    return CannedResponse.objects.filter(seen, account=member.account_id)


def canned_responses(member: Membership, *, search: str = "") -> QuerySet[CannedResponse]:
    """By short code; found ones best first: short code begins so, contains it, the title, the text does (contract B.6)."""
    rows = all_canned_responses(member).filter(deleted_at__isnull=True)
    if not search:
        return rows.order_by("short_code", "pk")
    title, content = Q(title__icontains=search), Q(content__icontains=search)
    rank = Case(
        When(short_code__istartswith=search, then=Value(0)),
        When(short_code__icontains=search, then=Value(1)),
        When(title, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    found = rows.filter(Q(short_code__icontains=search) | title | content)
    return found.order_by(rank, "short_code", "pk")


def get_canned_response(member: Membership, *, response_id: int) -> CannedResponse:
    """One of those the member may see. Raises NotFound."""
    response = canned_responses(member).filter(pk=response_id).select_related("team").first()
    if response is None:
        raise NotFound
    return response


def deleted_canned_responses(*, before: datetime) -> QuerySet[CannedResponse]:
    """Those that were deleted before then."""
    return CannedResponse.objects.filter(deleted_at__lt=before).order_by("deleted_at")
