"""Two conversations become one and two again: what goes along, what stays, what the lists and the log say."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db.models import Q
from django.utils import timezone

from ventanilla.contacts.commands.identities import create_contact_inbox, ensure_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations import commands
from ventanilla.conversations.commands.merging import merge_conversations, unmerge_conversation
from ventanilla.conversations.commands.scheduled import schedule_message
from ventanilla.conversations.errors import (
    AlreadyMerged,
    DraftGone,
    MergedFurther,
    MergedIntoItself,
    MergedMessagesDeleted,
    NotMerged,
    OtherCustomer,
    OtherInbox,
    TargetIsMerged,
)
from ventanilla.conversations.models import (
    Conversation,
    Draft,
    Mention,
    Merge,
    Message,
    MessageType,
    Participant,
    ScheduledMessage,
    Status,
)
from ventanilla.conversations.rendering import conversations_json
from ventanilla.conversations.tests.scenes import activity, events, fresh, reply, talk, texts
from ventanilla.conversations.tests.test_concurrency import together
from ventanilla.conversations.tests.test_folding import recomputed
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.notifications.models import Notification
from ventanilla.surveys.selectors import survey_of

pytestmark = [pytest.mark.django_db, pytest.mark.feature("V-LST-04")]

COPIED = (
    "last_message_id",
    "last_non_activity_message_id",
    "last_incoming_at",
    "unread_count",
    "label_titles",
)


def copied(conversation) -> None:
    """What the columns say is what the messages say."""
    stored = fresh(conversation)
    counted = recomputed(stored)
    assert {name: getattr(stored, name) for name in COPIED} == {name: counted[name] for name in COPIED}


@pytest.fixture
def pair(carla, web_inbox, ana):
    """`first` went on for a while; `second` began meanwhile, with messages between those of the first."""
    at, scene = timezone.now() - timedelta(hours=2), {}

    def step(minutes, work):
        with time_machine.travel(at + timedelta(minutes=minutes), tick=False):
            return work()

    scene["first"] = step(0, lambda: talk(carla, web_inbox, "one"))
    step(1, lambda: reply(scene["first"], by=ana, text="two"))
    scene["second"] = step(2, lambda: talk(carla, web_inbox, "three"))
    step(
        3, lambda: commands.receive_message(fresh(scene["first"]), commands.NewMessage("four"), sender=carla)
    )
    step(
        4,
        lambda: commands.post_message(
            fresh(scene["second"]), commands.NewMessage("five", private=True), by=ana
        ),
    )
    step(
        5, lambda: commands.receive_message(fresh(scene["second"]), commands.NewMessage("six"), sender=carla)
    )
    return fresh(scene["first"]), fresh(scene["second"])


def test_what_was_said_stands_in_order_with_its_ids_times_and_senders(pair, ana):
    first, second = pair
    said = Message.objects.filter(Q(conversation=first) | Q(conversation=second)).exclude(
        message_type=MessageType.ACTIVITY
    )
    kept = ("pk", "created_at", "sender_type", "sender_id", "private", "content")
    before = list(said.order_by("pk").values_list(*kept))

    answered = merge_conversations(second, into=first, by=ana)

    assert (answered.pk, answered.status) == (first.pk, Status.OPEN)
    assert texts(first) == ["one", "two", "three", "four", "five", "six"]
    assert texts(second) == []
    assert (
        list(Message.objects.filter(pk__in=[row[0] for row in before]).order_by("pk").values_list(*kept))
        == before
    )
    assert Message.objects.get(content="five").private
    stored = fresh(second)
    assert (stored.status, stored.close_reason, stored.merged_into_id) == (
        Status.RESOLVED,
        "merged",
        first.pk,
    )
    assert (stored.unread_count, stored.waiting_since) == (0, None)
    copied(first)
    copied(second)
    assert activity(first)[-1:] == ["merged_in"]
    assert activity(second)[-1:] == ["merged_away"]
    line = Message.objects.filter(conversation=first).latest("pk")
    assert line.content == f"Ana Agente merged conversation #{second.display_id} into this one"


def test_the_customer_waits_since_the_earlier_and_what_was_unseen_is_unseen(carla, web_inbox, ana):
    first, second = talk(carla, web_inbox, "a"), talk(carla, web_inbox, "b", "c")
    reply(first, by=ana)
    commands.mark_seen(first, by=ana)
    assert (fresh(first).waiting_since, fresh(first).unread_count) == (None, 0)
    waits = fresh(second).waiting_since

    merge_conversations(second, into=first, by=ana)

    stored = fresh(first)
    assert (stored.waiting_since, stored.unread_count) == (waits, 2 + 1)  # "a" came less than a second before
    copied(first)


@pytest.mark.feature("Z-26", "Z-05")
def test_a_draft_that_was_shown_joins_one_that_was_not_unseen(carla, web_inbox, ana, admin):
    first, second = talk(carla, web_inbox, "A"), talk(carla, web_inbox, "B")
    commands.save_draft(second, user=admin, mode="reply", content="begun by another")
    shown = commands.share_draft(second, user=admin, on=True)
    commands.take_draft(second, draft_id=shown.pk, user=ana)
    commands.save_draft(first, user=ana, mode="reply", content="for myself")
    commands.merge_conversations(second, into=first, by=admin)
    joined = Draft.objects.get(user=ana)
    assert (joined.content, joined.is_shared) == ("for myself\n\nbegun by another", False)
    told = events("shared_drafts.changed")[-2:]
    assert {event.payload["conversation_id"] for event in told} == {first.pk, second.pk}
    with pytest.raises(DraftGone):
        commands.give_draft_back(first, user=ana)


def test_labels_followers_mentions_drafts_and_what_is_scheduled_come_along(
    acme, carla, web_inbox, ana, bruno
):
    first, second = talk(carla, web_inbox, "a"), talk(carla, web_inbox, "b")
    commands.add_labels(first, titles=["one"], by=ana)
    commands.add_labels(second, titles=["one", "two"], by=ana)
    commands.assign_agent(second, assignee=bruno, by=ana)
    commands.post_message(
        second, commands.NewMessage(f"[@B](mention://user/{bruno.pk}/B)", private=True), by=ana
    )
    commands.save_draft(first, user=ana, mode="reply", content="mine")
    commands.save_draft(second, user=ana, mode="reply", content="and this")
    commands.save_draft(second, user=bruno, mode="note", content="a note")
    later = schedule_message(second, by=ana, content="later", send_at=now() + timedelta(days=1))

    merge_conversations(second, into=first, by=ana)

    stored = fresh(first)
    assert (stored.label_titles, stored.assignee_id) == (["one", "two"], bruno.pk)
    assert Participant.objects.filter(conversation=first, user=bruno).exists()
    assert Mention.objects.get(conversation=first).user_id == bruno.pk
    drafts = dict(Draft.objects.filter(conversation=first).values_list("user_id", "content"))
    assert drafts == {ana.pk: "mine\n\nand this", bruno.pk: "a note"}
    assert ScheduledMessage.objects.get(pk=later.pk).conversation_id == first.pk

    unmerge_conversation(fresh(second), by=ana)

    stored = fresh(first)
    assert (stored.label_titles, stored.assignee_id) == (["one"], None)
    assert not Participant.objects.filter(conversation=first, user=bruno).exists()
    assert not Mention.objects.filter(conversation=first).exists()
    assert Mention.objects.get(conversation=second).user_id == bruno.pk
    assert ScheduledMessage.objects.get(pk=later.pk).conversation_id == second.pk
    assert fresh(second).label_titles == ["one", "two"]


@pytest.mark.parametrize(
    ("of_first", "of_second", "afterwards"),
    [
        (Status.RESOLVED, Status.OPEN, Status.OPEN),
        (Status.SNOOZED, Status.PENDING, Status.PENDING),
        (Status.OPEN, Status.SNOOZED, Status.OPEN),
        (Status.RESOLVED, Status.RESOLVED, Status.RESOLVED),
    ],
)
def test_the_more_awake_state_stays_and_undoing_gives_both_theirs_back(
    carla, web_inbox, ana, of_first, of_second, afterwards
):
    first, second = talk(carla, web_inbox, "a"), talk(carla, web_inbox, "b")
    until = now() + timedelta(days=1)
    for conversation, status in ((first, of_first), (second, of_second)):
        commands.change_status(conversation, status=status, by=ana, snoozed_until=until)
    before = [fresh(row) for row in (first, second)]

    merge_conversations(second, into=first, by=ana)
    assert fresh(first).status == afterwards
    assert fresh(second).status == Status.RESOLVED

    unmerge_conversation(fresh(second), by=ana)
    for row in before:
        stored = fresh(row)
        for name in (
            "status",
            "close_reason",
            "snoozed_until",
            "waiting_since",
            "unread_count",
            "assignee_id",
        ):
            assert getattr(stored, name) == getattr(row, name), name
        copied(row)


def test_undoing_leaves_what_came_since(pair, ana, carla):
    first, second = pair
    merge_conversations(second, into=first, by=ana)
    commands.receive_message(fresh(second), commands.NewMessage("seven"), sender=carla)  # finds its way
    reply(fresh(first), by=ana, text="eight")

    undone = unmerge_conversation(fresh(second), by=ana)

    assert texts(first) == ["one", "two", "four", "seven", "eight"]
    assert texts(second) == ["three", "five", "six"]
    assert (undone.status, undone.merged_into_id) == (Status.OPEN, None)
    assert activity(second)[-2:] == ["merged_away", "unmerged_away"]
    assert activity(first)[-1] == "unmerged_in"
    assert not Merge.objects.exists()
    copied(first)
    copied(second)
    merge_conversations(fresh(second), into=fresh(first), by=ana)
    assert texts(first) == ["one", "two", "three", "four", "five", "six", "seven", "eight"]


def test_refusals_say_why(pair, carla, acme, web_inbox, api_inbox, ana):
    first, second = pair
    other = Contact.objects.create(account=acme, name="Otra")
    with pytest.raises(MergedIntoItself):
        merge_conversations(first, into=fresh(first), by=ana)
    with pytest.raises(OtherInbox):
        merge_conversations(first, into=talk(carla, api_inbox), by=ana)
    with pytest.raises(OtherCustomer):
        merge_conversations(first, into=talk(other, web_inbox), by=ana)
    elsewhere = create_contact_inbox(carla, inbox=web_inbox, source_id="another-browser")
    with pytest.raises(OtherCustomer):
        merge_conversations(first, into=commands.start_conversation(elsewhere, by=None), by=ana)
    with pytest.raises(NotMerged):
        unmerge_conversation(second, by=ana)
    merge_conversations(second, into=first, by=ana)
    third = talk(carla, web_inbox, "third")
    with pytest.raises(AlreadyMerged):
        merge_conversations(fresh(second), into=third, by=ana)
    with pytest.raises(TargetIsMerged):
        merge_conversations(third, into=fresh(second), by=ana)
    with pytest.raises(AlreadyMerged):
        commands.change_status(fresh(second), status=Status.OPEN, by=ana)
    with pytest.raises(AlreadyMerged):
        commands.archive(fresh(second), by=ana)


def test_merged_further_the_first_pointer_follows_and_merges_are_undone_from_the_last(
    pair, carla, web_inbox, ana
):
    first, second = pair
    third = talk(carla, web_inbox, "third")
    merge_conversations(second, into=first, by=ana)
    merge_conversations(fresh(first), into=third, by=ana)
    assert fresh(second).merged_into_id == fresh(first).merged_into_id == third.pk
    assert texts(third) == ["one", "two", "three", "four", "five", "six", "third"]
    commands.receive_message(fresh(second), commands.NewMessage("late"), sender=carla)
    assert texts(third)[-1] == "late"

    with pytest.raises(MergedFurther):
        unmerge_conversation(fresh(second), by=ana)
    unmerge_conversation(fresh(first), by=ana)
    assert fresh(second).merged_into_id == first.pk
    assert texts(first) == ["one", "two", "three", "four", "five", "six"]
    unmerge_conversation(fresh(second), by=ana)
    assert (texts(first), texts(second), texts(third)) == (
        ["one", "two", "four"],
        ["three", "five", "six"],
        ["third", "late"],
    )


def test_a_deleted_message_ends_the_way_back(pair, admin, ana):
    first, second = pair
    merge_conversations(second, into=first, by=ana)
    commands.delete_message(Message.objects.get(content="six"), by=admin)
    with pytest.raises(MergedMessagesDeleted):
        unmerge_conversation(fresh(second), by=ana)
    assert texts(second) == []


def test_what_was_merged_into_a_deleted_conversation_points_nowhere(pair, ana, admin, carla):
    first, second = pair
    merge_conversations(second, into=first, by=ana)
    version = fresh(second).version
    commands.delete_conversation(fresh(first), by=admin)
    stored = fresh(second)
    assert (stored.merged_into_id, stored.status) == (None, Status.RESOLVED)
    assert stored.version > version
    commands.receive_message(stored, commands.NewMessage("Hello?"), sender=carla)
    assert fresh(second).status == Status.OPEN


def test_the_same_key_in_both_does_not_stop_it(carla, web_inbox, ana):
    first, second = talk(carla, web_inbox), talk(carla, web_inbox)
    for conversation in (first, second):
        commands.post_message(conversation, commands.NewMessage("x", echo_id="same"), by=ana)
    merge_conversations(second, into=first, by=ana)
    assert texts(first) == ["x", "x"]
    again = commands.post_message(fresh(second), commands.NewMessage("x", echo_id="same"), by=ana)
    assert (again.conversation_id, texts(first)) == (first.pk, ["x", "x"])


def test_the_log_tells_both_and_nothing_is_written_twice(pair, ana):
    first, second = pair
    count, created = len(events()), len(events("message.created"))
    merge_conversations(second, into=first, by=ana)
    told = events()[count:]
    assert [e.payload["conversation_id"] for e in told if e.name == "conversation.merged"] == [
        first.pk,
        second.pk,
    ]
    of_second = [e.name for e in told if e.payload["conversation_id"] == second.pk]
    assert {"conversation.status_changed", "conversation.resolved", "conversation.updated"} <= set(of_second)
    assert len(events("message.created")) == created + 2  # the two lines


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_rendered_is_never_stale(pair, ana, acme):
    first, second = pair

    def shown(conversation):
        return conversations_json([conversation.pk], account_id=acme.pk)[conversation.pk].decode()

    shown(first), shown(second)
    merge_conversations(second, into=first, by=ana)
    assert f'"merged_into":{first.display_id}' in shown(second)
    assert '"six"' in shown(first)
    assert '"six"' not in shown(second)
    unmerge_conversation(fresh(second), by=ana)
    assert '"merged_into":null' in shown(second)
    assert '"six"' in shown(second)


def test_notifications_go_where_the_messages_went(carla, web_inbox, ana, bruno, drain_log):
    first, second = talk(carla, web_inbox, "a"), talk(carla, web_inbox, "b")
    drain_log()
    Notification.objects.all().delete()
    commands.post_message(
        second, commands.NewMessage(f"[@B](mention://user/{bruno.pk}/B)", private=True), by=ana
    )
    drain_log()
    merge_conversations(second, into=first, by=ana)
    drain_log()
    assert Notification.objects.get(user=bruno).conversation_id == first.pk
    unmerge_conversation(fresh(second), by=ana)
    drain_log()
    assert Notification.objects.get(user=bruno).conversation_id == second.pk


@pytest.mark.feature("Z-02")
@pytest.mark.django_db(transaction=True)
def test_messages_that_come_during_the_merge_are_all_in_the_one_that_goes_on(carla, api_inbox, ana):
    first, second = talk(carla, api_inbox, "a"), talk(carla, api_inbox, "b")
    stale = [Conversation.objects.get(pk=second.pk) for _ in range(8)]

    together(
        *(
            lambda row=row, n=n: commands.receive_message(row, commands.NewMessage(f"n{n}"), sender=carla)
            for n, row in enumerate(stale[:4])
        ),
        lambda: merge_conversations(fresh(second), into=fresh(first), by=ana),
        *(
            lambda row=row, n=n: commands.post_message(row, commands.NewMessage(f"p{n}"), by=ana)
            for n, row in enumerate(stale[4:])
        ),
    )

    assert sorted(texts(first)) == ["a", "b", *(f"n{n}" for n in range(4)), *(f"p{n}" for n in range(4))]
    assert texts(second) == []
    assert fresh(second).status == Status.RESOLVED
    copied(first)
    copied(second)


@pytest.mark.django_db(transaction=True)
def test_merged_both_ways_at_once_one_wins(carla, api_inbox, ana):
    first, second = talk(carla, api_inbox, "a"), talk(carla, api_inbox, "b")

    def merge(one, other):
        def attempt():
            try:
                merge_conversations(fresh(one), into=fresh(other), by=ana)
            except (AlreadyMerged, TargetIsMerged):
                return False
            return True

        return attempt

    assert sorted(together(merge(first, second), merge(second, first))) == [False, True]
    assert Merge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_receipt_for_a_message_that_moved_meanwhile_is_noted_where_it_is(carla, api_inbox, ana):
    first, second = talk(carla, api_inbox), talk(carla, api_inbox)
    message = reply(second, by=ana)
    stale = Message.objects.select_related("conversation").get(pk=message.pk)
    merge_conversations(second, into=first, by=ana)
    version = fresh(first).version
    commands.set_message_status(stale, status=2)
    assert fresh(first).version == version + 1
    assert events("message.updated")[-1].payload["conversation_id"] == first.pk


def test_a_customer_with_a_single_conversation_goes_on_there(carla, web_inbox, ana):
    identity = ensure_contact_inbox(carla, inbox=web_inbox)
    first, second = talk(carla, web_inbox, "a"), talk(carla, web_inbox, "b")
    assert first.contact_inbox_id == second.contact_inbox_id == identity.pk
    merge_conversations(second, into=first, by=ana)
    message = commands.receive_message(fresh(second), commands.NewMessage("c"), sender=carla)
    assert (message.conversation_id, message.content_attributes) == (first.pk, {})


def test_the_question_how_we_did_stays_where_it_was_asked(carla, web_inbox, ana):
    Inbox.objects.filter(pk=web_inbox.pk).update(csat_survey_enabled=True)
    first, second = talk(carla, web_inbox, "a"), talk(carla, web_inbox, "b")
    commands.change_status(second, status=Status.RESOLVED, by=ana)
    merge_conversations(fresh(second), into=first, by=ana)
    survey = Message.objects.get(content_type="input_csat")
    assert survey.conversation_id == second.pk
    assert survey_of(str(second.uuid)) == survey
    assert texts(first) == ["a", "b"]
    copied(second)
    # Merging asks nothing by itself, and the other asks for itself.
    commands.change_status(fresh(first), status=Status.RESOLVED, by=ana)
    assert Message.objects.filter(content_type="input_csat").count() == 2
