"""The limits on screen: their values, who met them lately, and the numbers that the installation's owner sets (Z-29)."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.installation import known
from ventanilla.accounts.models import User
from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.desk.installation import require_keeper
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.contacts.models import Contact
from ventanilla.kit.clock import epoch
from ventanilla.kit.errors import Invalid
from ventanilla.limits.commands import set_limit
from ventanilla.limits.models import Crossing
from ventanilla.limits.selectors import crossings, limits

router = Router(tags=["Desk"])


class CrossingShape(Schema):
    """Who met it, how often and when last. `kind`: user, contact, bot, address or "" for no one we know."""

    kind: str
    who: str
    count: int
    last_at: int


class LimitShape(Schema):
    """A limit. `value` counts now (0 is none); `own`: the owner's number; the operator's `ceiling` is 0 where there is none.

    `unit`: chars, mb, days or count. `window_seconds` is 0 for what is no rate.
    """

    name: str
    group: str
    unit: str
    value: int
    own: int | None
    ceiling: int
    least: int
    window_seconds: int
    may_be_set: bool
    crossed: list[CrossingShape]


class LimitListShape(Schema):
    """All of them. `may_change`: the caller looks after the installation."""

    may_change: bool
    payload: list[LimitShape]


class LimitBody(Body):
    """The number, in the limit's unit; null is the operator's again. It has to be said, and the right to is asked first."""

    value: int | None = None


def _reply(request: Request) -> HttpResponse:
    account = request.auth.account
    is_keeper = account.pk == known().account_id
    met = crossings(account.pk, and_nobodys=is_keeper)
    names = _names([row for rows in met.values() for row in rows], account.pk)
    shown = [
        msgspec.to_builtins(one) | {"crossed": [_crossing(row, names) for row in met.get(one.name, ())]}
        for one in limits()
    ]
    return json_reply({"may_change": is_keeper, "payload": shown})


def _names(rows: list[Crossing], account_id: int) -> dict[tuple[str, str], str]:
    """What people are called now: a name is copied nowhere, so who is erased is gone from here too."""
    ids = {
        kind: {int(row.who) for row in rows if row.kind == kind and row.who.isdigit()}
        for kind in ("user", "contact")
    }
    users = User.objects.filter(memberships__account_id=account_id, pk__in=ids["user"])
    contacts = Contact.objects.filter(account_id=account_id, pk__in=ids["contact"])
    return {("user", str(one.pk)): one.name for one in users} | {
        ("contact", str(one.pk)): one.name for one in contacts
    }


def _crossing(row: Crossing, names: dict[tuple[str, str], str]) -> dict[str, Any]:
    who = row.who if row.kind == "address" else names.get((row.kind, row.who), "")
    return {"kind": row.kind, "who": who, "count": row.count, "last_at": epoch(row.last_at)}


@router.get("/limits", operation_id="list_limits", response=LimitListShape)
def index(request: Request, account_id: int) -> HttpResponse:
    """Every limit, and who of the account met it lately."""
    request.auth.require(Capability.ADMINISTRATION)
    return _reply(request)


@router.patch("/limits/{str:limit}", operation_id="set_limit", response=LimitListShape)
def change(request: Request, account_id: int, limit: str, given: LimitBody = Given()) -> HttpResponse:
    """Let another number count, in every process within seconds. Only below what the operator allows."""
    require_keeper(request)
    if "value" not in given.model_fields_set:
        raise Invalid(fields={"value": [_("This is required.")]})
    set_limit(limit, given.value, account_id=account_id, actor=actor_of(request.auth.person))
    return _reply(request)
