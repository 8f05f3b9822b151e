"""Two at once: nothing is undone, nothing is made twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from ventanilla.contacts.commands.contacts import update_contact
from ventanilla.contacts.commands.identities import find_or_create_contact_inbox
from ventanilla.contacts.models import Contact, ContactInbox


def at_once(*works: Callable[[], object]) -> list[BaseException]:
    """Run all of them in threads that start together; what they raised."""
    raised: list[BaseException] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        try:
            start.wait()
            work()
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_changes_made_at_once_are_all_kept_and_versions_never_repeat(acme, carla):
    stale = [Contact.objects.get(pk=carla.pk) for _number in range(6)]

    def change(number: int) -> Callable[[], object]:
        return lambda: update_contact(stale[number], custom_attributes={f"k{number}": number}, by=None)

    assert at_once(*(change(number) for number in range(6))) == []
    stored = Contact.objects.get(pk=carla.pk)
    assert stored.custom_attributes == {f"k{number}": number for number in range(6)}
    assert stored.version == carla.version + 6


@pytest.mark.django_db(transaction=True)
def test_the_first_two_messages_of_one_sender_make_one_contact(web_inbox):
    def arrive() -> object:
        return find_or_create_contact_inbox(web_inbox, source_id="same", email="same@example.com")

    assert at_once(arrive, arrive, arrive) == []
    assert Contact.objects.filter(email="same@example.com").count() == 1
    assert ContactInbox.objects.filter(source_id="same").count() == 1
