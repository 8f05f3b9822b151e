"""Mail and merged conversations: every later answer continues in the one, and no customer is shown another's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from ventanilla.accounts.models import Account, User
from ventanilla.conversations import commands
from ventanilla.conversations.commands.merging import merge_conversations, unmerge_conversation
from ventanilla.conversations.commands.scheduled import schedule_message
from ventanilla.conversations.commands.splitting import split_conversation, unsplit_conversation
from ventanilla.conversations.errors import AlreadyMerged, WaitsToBeSent
from ventanilla.conversations.models import Conversation, Message
from ventanilla.conversations.tests.scenes import fresh, texts
from ventanilla.delivery import in_tray
from ventanilla.delivery.audience import reaches_customer, shared_with_customer
from ventanilla.delivery.mail_room import inbox_of
from ventanilla.delivery.sending import thread_of
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.feature("V-LST-04")]

Receive = Callable[..., Conversation]


@pytest.fixture
def receive(mail_inbox: Inbox, mail: Callable[..., bytes]) -> Receive:
    """`receive(body, **headers)`: a mail comes; the conversation it is in."""
    number = iter(range(1, 1000))

    def come(body: str, **headers: str) -> Conversation:
        given = {"Message_ID": f"<m{next(number)}@example.com>"} | headers
        row = in_tray.keep(mail(body, **given), channel="email", inbox=mail_inbox)
        in_tray.read(row)
        row.refresh_from_db()
        assert row.message is not None, row.reason
        return row.message.conversation

    return come


@pytest.fixture
def pair(receive: Receive) -> tuple[Conversation, Conversation]:
    first = receive("first", Message_ID="<uno@example.com>", Subject="Pedido 10356")
    return first, receive("second", Message_ID="<dos@example.com>", Subject="Otra cosa")


def test_every_later_answer_to_the_merged_one_goes_on_in_the_other(
    pair: tuple[Conversation, Conversation], receive: Receive, ana: User, mail_inbox: Inbox
) -> None:
    first, second = pair
    ours = commands.post_message(
        second, commands.NewMessage("ours", source_id="conversation/ours@acme.example"), by=ana
    )
    merge_conversations(fresh(second), into=fresh(first), by=ana)
    ways = {
        "its Message-ID": {"In_Reply_To": "<dos@example.com>", "Subject": "RE: Otra cosa"},
        "the id of our answer": {"In_Reply_To": f"<{ours.source_id}>"},
        "our id with its uuid": {"References": f"<conversation/{second.uuid}/messages/9@acme.example>"},
        "its reply address": {"To": f"reply+{second.uuid}@in.acme.example"},
        "its subject": {"Subject": "RE: Otra cosa"},
    }
    for name, headers in ways.items():
        found = receive(f"by {name}", **headers)
        assert found == first, name
    assert texts(first)[-5:] == [f"by {name}" for name in ways]
    assert texts(second) == []
    assert Conversation.objects.count() == 2
    assert inbox_of(f"reply+{second.uuid}@in.acme.example") == mail_inbox
    # A subject lasts as long as the one that continues.
    with time_machine.travel(now() + timedelta(days=25), tick=False):
        receive("still here", In_Reply_To="<uno@example.com>")
    with time_machine.travel(now() + timedelta(days=45), tick=False):
        assert receive("late", Subject="RE: Otra cosa") == first

    unmerge_conversation(fresh(second), by=ana)
    assert receive("back", In_Reply_To="<dos@example.com>") == second
    assert texts(second) == ["second", "ours", "back"]


def test_another_customers_mail_is_flagged_and_neither_shown_nor_quoted(
    pair: tuple[Conversation, Conversation], receive: Receive, ana: User
) -> None:
    first, _second = pair
    other = receive("private matter", From="Otto <otto@example.org>", Message_ID="<otto@example.org>")
    assert other != first
    answer = commands.post_message(other, commands.NewMessage("for otto"), by=ana)
    sent = commands.post_message(
        other, commands.NewMessage("sent to otto", source_id="sent@acme.example"), by=ana
    )
    merge_conversations(fresh(other), into=fresh(first), by=ana)

    came = Message.objects.get(content="private matter")
    assert (came.content_attributes["stranger"], came.sender_id) == (True, other.contact_id)
    for mine in (answer, sent):
        moved = Message.objects.select_related("conversation__contact_inbox").get(pk=mine.pk)
        assert moved.content_attributes["to_emails"] == ["otto@example.org"]
        assert not reaches_customer(moved)
    thread = Message.objects.filter(conversation=first, message_type__in=(0, 1)).order_by("pk")
    assert [message.content for message in shared_with_customer(thread)] == ["first"]
    # One that had not left yet is still Otto's: the same Message-ID, his own mail below it.
    about = thread_of(Message.objects.get(pk=answer.pk))
    assert about["uuid"] == str(other.uuid)
    assert about["quoted"]["email"] == "otto@example.org"
    # And what the customer is answered quotes the customer.
    mine = commands.post_message(fresh(first), commands.NewMessage("for carla"), by=ana)
    assert thread_of(Message.objects.get(pk=mine.pk))["quoted"]["email"] == "carla@example.com"
    # Otto answers: it stands in the thread, as someone else's.
    assert receive("thanks", From="Otto <otto@example.org>", In_Reply_To="<sent@acme.example>") == first
    assert Message.objects.get(content="thanks").content_attributes["stranger"]
    # Who still has Otto's conversation open cannot write to Carla by mistake, but leave a note.
    with pytest.raises(AlreadyMerged):
        commands.post_message(fresh(other), commands.NewMessage("oops"), by=ana)
    assert (
        commands.post_message(fresh(other), commands.NewMessage("n", private=True), by=ana).conversation_id
        == first.pk
    )

    unmerge_conversation(fresh(other), by=ana)
    came.refresh_from_db()
    assert {"stranger", "not_shared"}.isdisjoint(came.content_attributes)
    assert "to_emails" not in Message.objects.get(pk=answer.pk).content_attributes


def test_one_without_a_mail_of_the_other_customer_quotes_nobody(
    pair: tuple[Conversation, Conversation], receive: Receive, ana: User
) -> None:
    first, _second = pair
    other = receive("x", From="Otto <otto@example.org>", Message_ID="<otto@example.org>")
    Message.objects.filter(conversation=other).delete()
    began = commands.post_message(other, commands.NewMessage("we begin"), by=ana)
    merge_conversations(fresh(other), into=fresh(first), by=ana)
    assert thread_of(Message.objects.get(pk=began.pk))["quoted"] is None


def test_what_is_scheduled_for_another_customer_stops_the_merge(
    pair: tuple[Conversation, Conversation], receive: Receive, ana: User, acme: Account
) -> None:
    other = receive("x", From="Otto <otto@example.org>")
    schedule_message(other, by=ana, content="later", send_at=now() + timedelta(days=1))
    with pytest.raises(WaitsToBeSent):
        merge_conversations(other, into=pair[0], by=ana)


@pytest.mark.feature("Z-05")
def test_answers_go_to_the_half_that_has_what_they_answer(
    pair: tuple[Conversation, Conversation], receive: Receive, ana: User, mail_inbox: Inbox
) -> None:
    first, _second = pair
    early = commands.post_message(
        fresh(first), commands.NewMessage("early", source_id="conversation/early@acme.example"), by=ana
    )
    came = receive("another matter", Message_ID="<tres@example.com>", In_Reply_To="<uno@example.com>")
    assert came.pk == first.pk
    late = commands.post_message(
        fresh(first), commands.NewMessage("late", source_id="conversation/late@acme.example"), by=ana
    )
    new = split_conversation(fresh(first), at=Message.objects.get(source_id="tres@example.com"), by=ana)
    assert texts(new) == ["another matter", "late"]

    # Both left from the old conversation's address: what they answer decides.
    to = f"reply+{first.uuid}@acme.example"
    ways = {
        new.pk: {"In_Reply_To": f"<{late.source_id}>", "To": to},
        first.pk: {"In_Reply_To": f"<{early.source_id}>", "To": to},
    }
    for wanted, headers in ways.items():
        assert receive(f"to {wanted}", Subject="Re: Pedido 10356", **headers).pk == wanted
    unsplit_conversation(fresh(new), by=ana)
    assert receive("and after", Subject="Re: x", **ways[new.pk]).pk == first.pk
