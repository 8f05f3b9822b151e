"""No limit on users: a team of hundreds is added, listed in as many queries as a small one, and works like any other."""

from __future__ import annotations

import pytest

from ventanilla.accounts.commands.accounts import update_account
from ventanilla.accounts.models import Membership
from ventanilla.testing.cast import in_account

pytestmark = [pytest.mark.django_db, pytest.mark.feature("V-USR-01")]
MANY = 300


def add(api, admin, acme, addresses):
    answer = api(admin).post(in_account(acme, "agents/bulk_create"), {"emails": addresses})
    assert answer.status_code == 200, answer.content


def test_three_hundred_members_are_added_and_listed_with_the_queries_of_a_few(
    acme, admin, ana, api, count_queries
):
    path = in_account(acme, "agents")
    caller = api(admin)
    caller.get(path)
    few = count_queries(lambda: caller.get(path))
    addresses = [f"persona{number:03}@acme.example" for number in range(MANY)]
    for first in range(0, MANY, 50):
        add(api, admin, acme, addresses[first : first + 50])
    assert Membership.objects.filter(account=acme).count() == MANY + 2
    listed = caller.get(path).json()
    assert len({one["id"] for one in listed}) == MANY + 2
    assert count_queries(lambda: caller.get(path)) == few
    rule = f"/api/desk/accounts/{acme.pk}/second_step"
    assert count_queries(lambda: caller.get(rule)) < 12


def test_only_an_operators_own_limit_stops_it(acme, admin, api):
    update_account(acme, by=None, limits={"agents": 2})
    add(api, admin, acme, ["uno@acme.example"])
    refused = api(admin).post(in_account(acme, "agents"), {"email": "dos@acme.example", "name": "Dos"})
    assert refused.status_code == 402
    update_account(acme, by=None, limits={})
    assert (
        api(admin).post(in_account(acme, "agents"), {"email": "dos@acme.example", "name": "Dos"}).status_code
        == 200
    )
