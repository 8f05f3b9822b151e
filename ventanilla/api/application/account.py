"""The account itself and its cache keys (B.5)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.commands.accounts import set_active_account, update_account
from ventanilla.accounts.policies import Capability
from ventanilla.accounts.rendering import account_json
from ventanilla.accounts.selectors import cache_keys as keys_of
from ventanilla.accounts.settings import SETTINGS
from ventanilla.api.auth import Request
from ventanilla.api.declared import declared
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.kit.business_hours import ask_for_holidays

router = Router(tags=["Account"])


class CacheKeysShape(Schema):
    """When labels, inboxes and teams last changed, epoch seconds as text."""

    label: str
    inbox: str
    team: str


class CacheKeysAnswer(Schema):
    """The keys in their envelope."""

    cache_keys: CacheKeysShape


@declared(SETTINGS.wire_fields())
class AccountShape(Schema):
    """The account."""

    created_at: str
    custom_attributes: dict[str, Any]
    features: dict[str, bool]
    id: int
    settings: dict[str, Any]
    status: str
    cache_keys: CacheKeysShape
    latest_chatwoot_version: str


@declared(SETTINGS.body_fields())
class AccountBody(Body):
    """What an administrator may change."""

    wrapper = "account"
    industry: str | None = None
    company_size: str | None = None


@router.get("", operation_id="show_account", response=AccountShape)
def show(request: Request, account_id: int) -> HttpResponse:
    """The account."""
    return json_reply(account_json(request.auth.account, version=settings.CONTRACT_VERSION))


@router.patch("", operation_id="update_account", response=AccountShape)
def change(request: Request, account_id: int, given: AccountBody = Given()) -> HttpResponse:
    """Change what is given; `auto_resolve_duration` null switches it off."""
    request.auth.require(Capability.ACCOUNT_WRITE)
    attributes = {
        name: given.given[name] for name in ("industry", "company_size") if given.given.get(name) is not None
    }
    values = attributes | SETTINGS.said(given.given)
    ask_for_holidays(values.get("business_hours"))
    account = update_account(request.auth.account, by=request.auth.person, **values)
    return json_reply(account_json(account, version=settings.CONTRACT_VERSION))


@router.post("/update_active_at", operation_id="update_active_at", response={200: None})
def update_active_at(request: Request, account_id: int) -> HttpResponse:
    """The caller looks at this account now."""
    set_active_account(request.auth.person, account_id=account_id)
    return empty_reply()


@router.get("/cache_keys", operation_id="cache_keys", response=CacheKeysAnswer)
def cache_keys(request: Request, account_id: int) -> HttpResponse:
    """When labels, inboxes and teams last changed."""
    response = json_reply({"cache_keys": keys_of(request.auth.account)})
    response["Cache-Control"] = "max-age=10, stale-while-revalidate=300"
    return response
