"""Canned responses."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from ventanilla.accounts.models import Account
from ventanilla.conversations.models import CannedResponse
from ventanilla.kit.errors import NotFound


def canned_responses(account: Account, *, search: str = "") -> QuerySet[CannedResponse]:
    """By short code; found ones best first: short code begins so, contains it, the text contains it (contract B.6)."""
    rows = CannedResponse.objects.filter(account=account)
    if not search:
        return rows.order_by("short_code")
    found = rows.filter(Q(short_code__icontains=search) | Q(content__icontains=search))
    rank = Case(
        When(short_code__istartswith=search, then=Value(0)),
        When(short_code__icontains=search, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return found.order_by(rank, "short_code")


def get_canned_response(account: Account, *, response_id: int) -> CannedResponse:
    """One of the account's. Raises NotFound."""
    response = CannedResponse.objects.filter(account=account, pk=response_id).first()
    if response is None:
        raise NotFound
    return response
