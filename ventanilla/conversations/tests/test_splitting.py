"""One conversation becomes two from a message on, and one again: what goes, what stays, what columns and log say."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.utils import timezone

from ventanilla.conversations import commands
from ventanilla.conversations.commands.merging import unmerge_conversation
from ventanilla.conversations.commands.splitting import split_conversation, unsplit_conversation
from ventanilla.conversations.errors import AlreadyMerged, NotSplit, SplitsNothing
from ventanilla.conversations.models import Attachment, Mention, Message, Participant, Status, Upload
from ventanilla.conversations.tests.scenes import activity, events, fresh, reply, talk, texts
from ventanilla.conversations.tests.test_merging import copied
from ventanilla.notifications.models import Notification

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-05")]


@pytest.fixture
def talked(carla, web_inbox, ana, bruno):
    """one, two (Ana), three with a file, a note that mentions Bruno, four; labelled, urgent, Ana's."""
    at = timezone.now() - timedelta(hours=2)

    def step(minutes, work):
        with time_machine.travel(at + timedelta(minutes=minutes), tick=False):
            return work()

    made = step(0, lambda: talk(carla, web_inbox, "one"))
    step(1, lambda: reply(made, by=ana, text="two"))
    commands.set_labels(made, titles=["pago"], by=ana)
    commands.assign_agent(fresh(made), assignee=ana, by=ana)
    commands.set_priority(fresh(made), priority=3, by=ana)
    file = Upload(file=BytesIO(b"%PDF-1.4 x"), filename="x.pdf", content_type="application/pdf")
    step(
        2,
        lambda: commands.receive_message(
            fresh(made), commands.NewMessage("three", attachments=[file]), sender=carla
        ),
    )
    note = f"[@Bruno](mention://user/{bruno.pk}/Bruno)"
    step(3, lambda: commands.post_message(fresh(made), commands.NewMessage(note, private=True), by=ana))
    step(4, lambda: commands.receive_message(fresh(made), commands.NewMessage("four"), sender=carla))
    return fresh(made)


def said(conversation, text: str) -> Message:
    return Message.objects.get(conversation=conversation, content=text)


def test_what_follows_is_a_conversation_of_its_own(talked, ana, bruno):
    before = fresh(talked)
    new = split_conversation(talked, at=said(talked, "three"), by=ana)

    assert texts(talked) == ["one", "two"]
    assert texts(new)[0] == "three"
    assert texts(new)[-1] == "four"
    assert (new.contact_inbox_id, new.inbox_id, new.status) == (
        talked.contact_inbox_id,
        talked.inbox_id,
        before.status,
    )
    assert (new.assignee_id, new.priority, new.label_titles) == (ana.pk, 3, ["pago"])
    assert new.display_id == before.display_id + 1
    assert Attachment.objects.get().message.conversation_id == new.pk
    assert Mention.objects.get().conversation_id == new.pk
    assert set(Participant.objects.filter(conversation=new).values_list("user_id", flat=True)) >= {
        ana.pk,
        bruno.pk,
    }
    assert activity(talked)[-1] == "split_away"
    assert activity(new) == ["split_in"]
    for row in (talked, new):
        copied(row)


def test_waiting_and_first_answer_are_read_from_what_each_has(talked, ana):
    three, two = said(talked, "three"), said(talked, "two")
    new = split_conversation(talked, at=three, by=ana)

    old = fresh(talked)
    assert (old.waiting_since, old.first_reply_created_at) == (None, two.created_at)
    assert (new.waiting_since, new.first_reply_created_at) == (three.created_at, None)
    assert new.created_at == three.created_at


def test_it_is_undone_with_what_came_since_and_that_too(talked, ana, carla):
    new = split_conversation(talked, at=said(talked, "three"), by=ana)
    commands.receive_message(fresh(new), commands.NewMessage("five"), sender=carla)

    old = unsplit_conversation(fresh(new), by=ana)

    assert [text for text in texts(old) if "mention" not in text] == ["one", "two", "three", "four", "five"]
    assert fresh(new).merged_into_id == old.pk
    assert (activity(old)[-1], activity(new)[-1]) == ("unsplit_in", "unsplit_away")
    copied(old)
    with pytest.raises(AlreadyMerged):
        unsplit_conversation(fresh(new), by=ana)
    unmerge_conversation(fresh(new), by=ana)
    assert texts(old) == ["one", "two"]
    with pytest.raises(NotSplit):
        unsplit_conversation(fresh(old), by=ana)


def test_something_has_to_stay_and_to_go(talked, ana):
    for message in (said(talked, "one"), Message.objects.filter(conversation=talked, message_type=2).first()):
        with pytest.raises(SplitsNothing):
            split_conversation(fresh(talked), at=message, by=ana)


def test_the_log_says_it_to_search_and_bell(talked, ana, bruno, drain_log):
    drain_log()
    assert Notification.objects.get(user=bruno).conversation_id == talked.pk
    new = split_conversation(talked, at=said(talked, "three"), by=ana)
    drain_log()

    assert Notification.objects.get(user=bruno).conversation_id == new.pk
    names = [event.name for event in events() if event.payload.get("conversation_id") == new.pk]
    assert names.count("conversation.created") == 1
    assert "conversation.split" in names


def test_only_who_may_write_splits(talked, acme, api, ana, vera):
    path = f"/api/desk/accounts/{acme.pk}/conversations/{talked.display_id}/split"
    body = {"message_id": said(talked, "three").pk}
    assert api(vera).post(path, body).status_code == 403
    assert api(ana).post(path, {"message_id": 10**9}).status_code == 404
    made = api(ana).post(path, body).json()
    assert made["id"] == talked.display_id + 1
    back = api(ana).post(f"/api/desk/accounts/{acme.pk}/conversations/{made['id']}/unsplit").json()
    assert back["id"] == talked.display_id
    assert fresh(talked).status == Status.OPEN
