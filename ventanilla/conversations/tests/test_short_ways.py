"""The short ways to the database that hot questions take: they answer what the long ways answer."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from ventanilla.accounts.models import Account, Membership
from ventanilla.conversations.commands import assign_agent
from ventanilla.conversations.models import Conversation
from ventanilla.conversations.tests.scenes import talk
from ventanilla.kit import statements
from ventanilla.kit.compiled import Compiled
from ventanilla.kit.unchanged import WhileUnchanged

MEMBER = Compiled(
    lambda user_id, email: (
        Membership.objects.select_related("account", "user")
        .defer("user__password")
        .filter(user_id=user_id, user__email=email)
    ),
    user_id=int,
    email=str,
)


@pytest.mark.django_db
def test_a_compiled_query_gives_what_the_query_gives(ana, bruno):
    Account.objects.update(features={"a": True})
    for user in (ana, bruno, ana):
        found = MEMBER.first(user_id=user.pk, email=user.email)
        long_way = Membership.objects.select_related("account", "user").get(user=user)

        assert found == long_way
        assert found.user == user
        assert found.account.features == {"a": True}
        assert found.created_at == long_way.created_at
        assert found.user.password == long_way.user.password  # deferred, and loaded when asked for


@pytest.mark.django_db
def test_what_an_outer_join_does_not_find_is_none(acme, ana, carla, web_inbox):
    mine = Compiled(
        lambda pk: Conversation.objects.select_related("assignee", "contact").filter(pk=pk), pk=int
    )
    conversation = talk(carla, web_inbox)
    found = mine.first(pk=conversation.pk)
    assert (found.assignee, found.contact) == (None, carla)
    assert not found._state.adding
    assign_agent(conversation, assignee=ana, by=None)
    assert mine.first(pk=conversation.pk).assignee == ana


@pytest.mark.django_db
def test_a_compiled_query_is_one_statement_and_finds_nothing_where_there_is_nothing(ana):
    MEMBER.first(user_id=ana.pk, email=ana.email)
    with CaptureQueriesContext(connection) as asked:
        found = MEMBER.first(user_id=ana.pk, email=ana.email)
        assert found is not None
        assert found.account.name == "Acme"
    assert len(asked) == 1
    assert MEMBER.first(user_id=ana.pk, email="' OR 1=1 --") is None


def test_a_parameter_that_the_query_changes_is_refused():
    changed = Compiled(lambda name: Account.objects.filter(name__icontains=name), name=str)
    with pytest.raises(TypeError):
        changed.first(name="x")


@pytest.mark.django_db
def test_a_query_that_can_have_no_answer_has_none():
    assert Compiled(lambda pk: Account.objects.none().filter(pk=pk), pk=int).first(pk=1) is None


@pytest.mark.django_db
def test_statements_run_and_fail_like_djangos_own(acme):
    assert statements.fetch_one("SELECT name FROM accounts_account WHERE id = %s", [acme.pk]) == ("Acme",)
    assert statements.fetch_one("SELECT name FROM accounts_account WHERE id = %s", [-1]) is None
    assert (
        statements.execute("UPDATE accounts_account SET name = %s WHERE id = %s", ["100% '?", acme.pk]) == 1
    )
    assert statements.fetch_all("SELECT name FROM accounts_account") == [("100% '?",)]
    with pytest.raises(IntegrityError), transaction.atomic():
        statements.execute("UPDATE accounts_account SET name = NULL")


@pytest.mark.django_db
def test_statements_respect_a_broken_transaction(acme):
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            statements.fetch_all("SELECT 1")


class Counted:
    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return Conversation.objects.count()


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_an_answer_is_kept_until_anybody_writes(carla, api_inbox):
    memory: WhileUnchanged[int] = WhileUnchanged()
    question = Counted()
    assert [memory.get("n", question) for _ in range(3)] == [0, 0, 0]
    assert question.asked == 1

    talk(carla, api_inbox)  # on this connection
    assert [memory.get("n", question) for _ in range(3)] == [1, 1, 1]
    assert question.asked == 2

    def elsewhere() -> None:
        talk(carla, api_inbox)
        connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert [memory.get("n", question) for _ in range(3)] == [2, 2, 2]


@pytest.mark.django_db
def test_inside_a_transaction_every_question_is_asked():
    memory: WhileUnchanged[int] = WhileUnchanged()
    question = Counted()

    assert [memory.get("n", question) for _ in range(3)] == [0, 0, 0]
    assert question.asked == 3
