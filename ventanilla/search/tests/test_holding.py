"""Contacts that hold a text anywhere, as the contract asks: what the index narrows is what the rows themselves say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.contacts import create_contact, delete_contact, update_contact
from ventanilla.contacts.models import Contact
from ventanilla.contacts.selectors import matching
from ventanilla.search import commands
from ventanilla.search.selectors import holding
from ventanilla.testing.cast import in_account

pytestmark = [pytest.mark.django_db, pytest.mark.feature("D-SRC-01")]

PEOPLE: tuple[dict[str, Any], ...] = (
    {"name": "José Núñez Villaseñor", "email": "jose.nunez@panaderia-sur.example"},
    {"name": "Zoë O'Higgins", "phone_number": "+56912345678"},
    {"name": "東京 太郎", "identifier": "cliente-AB-77/x"},
    {"name": "A" * 90 + "zeta", "additional_attributes": {"company_name": "Ñandú & Cía. 100%"}},
)
TYPED = (
    "nez", "NÚÑ", "illasen", "ose nu", "ez@", "sur.exam", "@panaderia", "345 67", "9 1234-5678", "'hig", "京", "太郎",
    "ab-77", "b-77/", "77", "x", "aaaa", "a" * 70, "azet", "ndu", "& c", "100%", "%", "ia. 1", "nadie", "zzz 9",
)  # fmt: skip


@pytest.fixture
def people(acme: Account, drain_log: Callable[[], int]) -> list[Contact]:
    made = [create_contact(acme, **known, by=None) for known in PEOPLE]
    drain_log()
    while not commands.build():
        pass
    return made


@pytest.mark.parametrize("typed", TYPED)
def test_the_index_finds_what_the_rows_hold(acme: Account, people: list[Contact], typed: str) -> None:
    rows = Contact.objects.filter(account=acme)
    found = set(holding(rows, typed, account_id=acme.pk).values_list("pk", flat=True))
    assert found == set(matching(rows, typed).values_list("pk", flat=True))


def test_most_of_them_are_found_by_something(acme: Account, people: list[Contact]) -> None:
    rows = Contact.objects.filter(account=acme)
    assert [typed for typed in TYPED if not holding(rows, typed, account_id=acme.pk).exists()] == [
        "nadie",
        "zzz 9",
    ]


def test_who_was_made_a_moment_ago_is_found_before_the_index_hears_of_it(
    acme: Account, ana: User, api: Any, people: list[Contact]
) -> None:
    def found(words: str) -> list[str]:
        answer = api(ana).get(in_account(acme, f"contacts/search?q={words}")).json()
        return [row["name"] for row in answer["payload"]]

    made = create_contact(acme, name="Quetzalcoatl Ruiz", email="q@example.org", by=None)
    assert found("zalcoa") == ["Quetzalcoatl Ruiz"]
    update_contact(made, name="Moctezuma Ruiz", by=None)
    assert found("zalcoa") == []
    assert found("octezu") == ["Moctezuma Ruiz"]
    delete_contact(made, by=None)
    assert found("octezu") == []


def test_the_index_is_asked_and_no_more_statements_for_more_people(
    acme: Account, people: list[Contact], drain_log: Callable[[], int]
) -> None:
    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            list(holding(Contact.objects.filter(account=acme), "illase", account_id=acme.pk))
        return [query["sql"] for query in seen.captured_queries]

    few = asked()
    assert "search_contact" in few[-1]
    for number in range(5):
        create_contact(acme, name=f"Villaseca {number}", by=None)
    drain_log()
    assert len(asked()) == len(few)
