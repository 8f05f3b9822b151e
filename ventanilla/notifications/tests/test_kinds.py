"""A kind of notification is one file of notifications/kinds/, and each says everything a notification needs."""

from __future__ import annotations

import pytest
from django.utils import translation

from ventanilla.contacts.commands.identities import find_or_create_contact_inbox
from ventanilla.conversations.commands import start_conversation
from ventanilla.notifications.consumers import Notifications
from ventanilla.notifications.kind import Bell, NotificationKind, Told
from ventanilla.notifications.registry import heard, kind_called, kind_of, kinds
from ventanilla.testing.cast import membership

BELL = Bell(display_id=4, actor="Ana", text="Hola", is_theirs=True)


@pytest.fixture(params=[kind.name for kind in kinds()])
def kind(request: pytest.FixtureRequest) -> type[NotificationKind]:
    return kind_called(request.param)


def test_a_kind_is_found_by_number_and_name_and_its_file_has_its_name(kind):
    assert kind_of(kind.number) is kind
    assert kind.__module__.rsplit(".", 1)[-1] == kind.name


def test_the_numbers_of_the_contract_stand():
    assert [(kind.number, kind.name) for kind in kinds()][:8] == [
        (1, "conversation_creation"),
        (2, "conversation_assignment"),
        (3, "assigned_conversation_new_message"),
        (4, "conversation_mention"),
        (5, "participating_conversation_new_message"),
        (6, "sla_missed_first_response"),
        (7, "sla_missed_next_response"),
        (8, "sla_missed_resolution"),
    ]


def test_a_kind_has_its_words_in_both_languages(kind, acme, ana, web_inbox):
    conversation = start_conversation(find_or_create_contact_inbox(web_inbox, source_id="x"), by=None)
    told = Told(membership(acme, ana), conversation, None, "Ana")
    said = {}
    for locale in ("en", "es"):
        with translation.override(locale):
            said[locale] = [str(kind.label), kind.title(BELL), kind.heading(told), kind.paragraph(told)]
    assert all(said["en"])
    assert all(ours != theirs for ours, theirs in zip(said["en"], said["es"], strict=True))


def test_what_a_kind_tells_of_is_heard(kind):
    assert set(kind.hears) <= set(Notifications.hears)
    assert bool(kind.hears) == kind.is_offered
    assert len(heard()) == len(set(heard()))


def test_the_desk_is_told_of_those_that_something_tells_of(acme, ana, api):
    shown = api(ana).get(f"/api/desk/accounts/{acme.pk}/notification_preferences").json()["kinds"]
    assert [one["name"] for one in shown] == [kind.name for kind in kinds() if kind.is_offered]
    assert all(one["label"] and one["icon"] for one in shown)
