"""Asking for a set by the short way gives what the ORM gives, whatever its size."""

from __future__ import annotations

import pytest

from ventanilla.accounts.models import Account, Membership, User
from ventanilla.contacts.models import Contact
from ventanilla.kit import statements
from ventanilla.kit.compiled import Compiled

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(acme: Account) -> list[int]:
    return [Contact.objects.create(account=acme, name=f"Contact {number}").pk for number in range(70)]


BY_IDS = Compiled(
    lambda account_id, ids: (
        Contact.objects.filter(account_id=account_id, pk__in=ids).select_related("account").order_by("pk")
    ),
    account_id=int,
    ids=list,
)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 9, 64, 70])
def test_a_compiled_query_takes_sets_of_any_size(
    acme: Account, globex: Account, people: list[int], count: int
) -> None:
    chosen = set(people[:count])

    found = BY_IDS.all(account_id=acme.pk, ids=chosen)

    assert [contact.pk for contact in found] == people[:count]
    assert all(contact.account == acme for contact in found)
    assert BY_IDS.all(account_id=globex.pk, ids=chosen) == []


def test_statements_of_sets_are_few(people: list[int]) -> None:
    assert {len(statements.filled_up(people[:count])) for count in range(1, 65)} == {1, 2, 4, 8, 16, 32, 64}


def test_a_hand_written_statement_takes_more_than_one_statement_may_hold(
    monkeypatch: pytest.MonkeyPatch, acme: Account, people: list[int]
) -> None:
    monkeypatch.setattr(statements, "_MANY", 16)
    rows = statements.fetch_among(
        "SELECT id FROM contacts_contact WHERE id IN ({}) AND account_id = %s", people, [acme.pk]
    )
    assert sorted(row[0] for row in rows) == people


def test_what_an_outer_join_does_not_find_is_absent(acme: Account, ana: User) -> None:
    members = Compiled(
        lambda ids: Membership.objects.filter(user_id__in=ids).select_related("notification_setting"),
        ids=list,
    )
    [member] = members.all(ids=[ana.pk])
    assert getattr(member, "notification_setting", None) is None
