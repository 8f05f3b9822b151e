"""The index is fed once, whatever stops in between, and built anew by one command."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction

from ventanilla.accounts.models import User
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands import delete_message
from ventanilla.conversations.models import Message
from ventanilla.conversations.tests.scenes import talk
from ventanilla.events.consumer import drain_log, run_once
from ventanilla.events.log import START, read_after
from ventanilla.events.tests.facts import settle
from ventanilla.inboxes.models import Inbox
from ventanilla.search import commands
from ventanilla.search.commands import building
from ventanilla.search.consumers import Index
from ventanilla.search.documents import documents, messages, table_of
from ventanilla.search.engines import EVERY, engine
from ventanilla.search.models import Build

pytestmark = pytest.mark.django_db


def indexed() -> list[int]:
    return sorted(engine().ids(table_of(messages.DOCUMENT), EVERY))


def written() -> list[int]:
    return sorted(Message.objects.filter(message_type__in=messages.SPOKEN).values_list("pk", flat=True))


class Killed(Exception):
    pass


@pytest.mark.feature("Z-18")
@pytest.mark.django_db(transaction=True)  # on PostgreSQL only what is committed settles
def test_a_consumer_that_dies_between_batches_loses_and_doubles_nothing(
    carla: Contact, web_inbox: Inbox
) -> None:
    talk(carla, web_inbox, *(f"mensaje {number}" for number in range(30)))
    settle()
    while True:
        try:
            with transaction.atomic():  # all that the batch wrote goes with the process
                if run_once(Index(), limit=7) == 0:
                    break
                raise Killed
        except Killed:
            run_once(Index(), limit=7)
    assert indexed() == written()
    drain_log([Index()])
    assert indexed() == written()


@pytest.mark.feature("Z-18")
@pytest.mark.django_db(transaction=True)
def test_the_same_events_twice_change_nothing(carla: Contact, web_inbox: Inbox) -> None:
    talk(carla, web_inbox, "hola", "qué tal")
    settle()
    events = list(read_after(START, limit=500, names=Index.subscribes))
    for _time in range(2):
        Index().handle(events)
    assert indexed() == written()


@pytest.mark.feature("Z-18")
def test_a_batch_takes_as_many_statements_as_one_event(
    carla: Contact, web_inbox: Inbox, django_assert_max_num_queries: Any
) -> None:
    talk(carla, web_inbox, *(f"mensaje {number}" for number in range(40)))
    with django_assert_max_num_queries(30):
        drain_log([Index()])
    assert indexed() == written()


@pytest.mark.feature("Z-18")
def test_building_goes_on_where_it_stopped_and_adds_nothing_twice(
    carla: Contact, web_inbox: Inbox, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk(carla, web_inbox, *(f"mensaje {number}" for number in range(20)))
    delete_message(Message.objects.filter(content="mensaje 3").get(), by=admin)
    monkeypatch.setattr(building, "_IDS", 4)
    steps: list[int] = []

    def stop(progress: commands.Progress) -> None:
        if progress.document == "message":
            steps.append(progress.done)
        if len(steps) == 2:
            raise Killed

    with pytest.raises(Killed):
        commands.build(stop)
    assert 0 < len(indexed()) < len(written())
    monkeypatch.undo()  # before these rows there may be thousands of numbers
    assert commands.build()
    assert indexed() == [pk for pk in written() if Message.objects.get(pk=pk).deleted_at is None]
    assert {row.rest_up_to for row in Build.objects.all()} == {0}
    commands.start_anew()
    assert commands.build()
    assert len(indexed()) == len(set(indexed())) == 19


@pytest.mark.feature("Z-18")
def test_another_edition_is_built_anew(carla: Contact, web_inbox: Inbox) -> None:
    talk(carla, web_inbox, "hola")
    Build.objects.bulk_create(
        [Build(document=name, edition="0 elsewhere", rest_up_to=0) for name in documents()]
    )
    assert commands.build()
    assert indexed() == written()


@pytest.mark.feature("Z-18")
def test_what_left_without_a_word_is_swept(
    carla: Contact, web_inbox: Inbox, drain_log: Callable[[], int]
) -> None:
    conversation = talk(carla, web_inbox, "hola", "adiós")
    drain_log()
    Message.objects.filter(conversation=conversation, content="hola").delete()
    assert commands.forget_what_left() == 1
    assert indexed() == written()


@pytest.mark.feature("Z-18")
def test_the_ranges_that_are_asked_leave_nothing_out(carla: Contact, web_inbox: Inbox) -> None:
    talk(carla, web_inbox, "hola")
    drain_log([Index()])
    [newest] = indexed()
    spans = list(engine().ranges(table_of(messages.DOCUMENT), EVERY))
    assert spans[0][1] >= newest
    assert spans[-1][0] == 0
    assert all(newer[0] == older[1] for newer, older in pairwise(spans))
    spans = list(engine().ranges_from_oldest(table_of(messages.DOCUMENT), EVERY))
    assert spans[0][0] < newest <= spans[-1][1]
    assert all(older[1] == newer[0] for older, newer in pairwise(spans))
