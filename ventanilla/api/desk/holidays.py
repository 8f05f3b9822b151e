"""Public holidays by country, for whoever sets business hours."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.kit.business_hours import holidays_for
from ventanilla.kit.public_holidays import countries

router = Router(tags=["Desk"])


class Holiday(Schema):
    """A day (ISO 8601) and what it is called."""

    date: str
    name: str


class Holidays(Schema):
    """Of this year and the next two."""

    holidays: list[Holiday]
    holidays_until: int


@router.get("", operation_id="holiday_countries", response=list[str])
def index(request: Request, account_id: int) -> HttpResponse:
    """The countries (ISO 3166, two letters) whose holidays are known."""
    request.auth.require(Capability.INBOXES_WRITE)
    return json_reply(list(countries()))


@router.get("/days", operation_id="holidays_of", response=Holidays)
def of_country(request: Request, account_id: int, country: str = "") -> HttpResponse:
    """The holidays of a country, in the caller's language where the country's calendar has it."""
    request.auth.require(Capability.INBOXES_WRITE)
    return json_reply(holidays_for(country.strip().upper()))
