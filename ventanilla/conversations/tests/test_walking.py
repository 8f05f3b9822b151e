"""Lists by walking along indexes say what one plain statement says, for whoever asks and in every order."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from ventanilla.conversations.models import Conversation, Status
from ventanilla.conversations.policies import Visibility
from ventanilla.conversations.selectors import ListQuestion, counts_of, desk_counts, listed, page_keys
from ventanilla.conversations.selectors import lists as lists_module
from ventanilla.conversations.selectors.orders import _ORDERS
from ventanilla.testing import grown

EVERYTHING = Visibility(account_id=1, user_id=1, everything=True)
AGENT = Visibility(account_id=1, user_id=2, inbox_ids=(1, 2, 3, 5))


@pytest.fixture
def desk(db):
    grown.fill(400, each=1)
    # Every state has enough for several pages, and some rows have the same moment.
    Conversation.objects.filter(pk__lte=150).update(status=Status.OPEN)
    Conversation.objects.filter(pk__in=range(1, 400, 7)).update(last_activity_at="2026-01-01T00:00:00Z")


def readers() -> list[Visibility]:
    limits = product((None, (), (1,), (1, 4)), (False, True), (False, True))
    return [
        EVERYTHING,
        replace(AGENT, inbox_ids=()),
        *(
            replace(AGENT, team_ids=teams, hides_others=others, hides_unassigned=unassigned)
            for teams, others, unassigned in limits
        ),
    ]


def test_the_parts_of_what_a_reader_sees_are_the_whole_and_share_nothing(desk):
    for reader in readers():
        whole = set(Conversation.objects.filter(reader.q()).values_list("pk", flat=True))
        parts = [
            pk
            for part in reader.parts()
            for pk in Conversation.objects.filter(part).values_list("pk", flat=True)
        ]
        assert len(parts) == len(set(parts)), reader
        assert set(parts) == whole, reader


def test_pages_are_those_of_one_plain_statement(desk):
    for reader in (EVERYTHING, AGENT, replace(AGENT, team_ids=(1, 4)), replace(AGENT, hides_others=True)):
        for order, tab, status in product(_ORDERS, ("all", "unassigned", "me"), ("open", "all")):
            question = ListQuestion(status=status, assignee_type=tab, sort_by=order)
            whole = list(listed(reader, question).values_list("pk", flat=True))
            paged: list[int] = []
            for page in range(1, len(whole) // 25 + 3):
                paged += [key[0] for key in page_keys(reader, question, page=page)]
            assert paged == whole, (reader, question)


def test_counts_are_those_of_the_rows(desk):
    for reader in readers():
        for question in (
            ListQuestion(),
            ListQuestion(inbox_id=1),
            ListQuestion(team_id=1),
            ListQuestion(labels=("label-1",)),
        ):
            rows = listed(reader, question)
            counts = counts_of(reader, question)
            assert counts.all == rows.count()
            assert counts.mine == rows.filter(assignee_id=reader.user_id).count()
            assert counts.unassigned == rows.filter(assignee_id=None).count()
        shown, opened = desk_counts(reader), Conversation.objects.filter(reader.q(), status=Status.OPEN)
        assert shown.all == opened.count()
        assert shown.mine == opened.filter(assignee_id=reader.user_id).count()
        assert shown.unassigned == opened.filter(assignee_id=None).count()
        assert shown.snoozed == Conversation.objects.filter(reader.q(), status=Status.SNOOZED).count()
        assert shown.mentions == opened.filter(mentions__user_id=reader.user_id).distinct().count()
        assert sum(shown.by_inbox.values()) == shown.all
        assert sum(shown.by_label.values()) == opened.filter(labels__isnull=False).count()


def test_large_counts_are_kept_for_a_moment(desk, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(lists_module, "_LARGE", 10)
    monkeypatch.setattr(lists_module, "_large", lists_module.ForAMoment(seconds=60))
    before = counts_of(EVERYTHING, ListQuestion())
    Conversation.objects.filter(pk=1).update(status=Status.RESOLVED)
    with django_assert_num_queries(0):
        assert counts_of(EVERYTHING, ListQuestion()) == before
    assert counts_of(EVERYTHING, ListQuestion(inbox_id=15)).all < 10  # small ones are counted each time
