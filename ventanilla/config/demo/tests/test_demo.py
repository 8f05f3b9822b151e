"""The example company: its rows agree with each other as if the commands had written them one by one."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from django.db.models import Count
from django.test import Client

from ventanilla.accounts.models import Account, Membership, Team
from ventanilla.config.demo.dialogues import dialogues
from ventanilla.config.demo.fill import fill, is_empty
from ventanilla.config.demo.found import SHOP_INBOX, Demo, find_demo
from ventanilla.config.demo.people import LINES, customers
from ventanilla.config.demo.plan import plan
from ventanilla.contacts.models import Contact
from ventanilla.contacts.normal import derived
from ventanilla.conversations.models import Attachment, Conversation, Draft, Message, MessageType, Status
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.storage import default_storage
from ventanilla.testing.cast import ApiClient, in_account
from ventanilla.timeline.models import SPOKEN, TimelineEntry

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def demo() -> Demo:
    return fill(today=NOON, contacts=40, conversations=160)


def threads() -> Iterator[tuple[Conversation, list[Message]]]:
    for conversation in Conversation.objects.order_by("id"):
        yield conversation, list(conversation.messages.order_by("id"))


def test_a_full_demo_has_six_agents_three_teams_300_contacts_and_1500_conversations_of_every_state() -> None:
    demo = fill(today=NOON)
    agents = Membership.objects.filter(account=demo.account, role__in=["administrator", "agent"])
    states = Counter(Conversation.objects.values_list("status", flat=True))
    assert (agents.count(), Team.objects.count(), Contact.objects.count()) == (6, 3, 300)
    assert sum(states.values()) == 1500
    assert all(states[status] >= 15 for status in Status)
    assert states[Status.OPEN] > 80
    assert Attachment.objects.count() > 100
    assert Draft.objects.count() >= 3
    assert Message.objects.filter(private=True).count() > 200
    assert Conversation.objects.filter(unread_count__gt=0).count() > 20


def test_kept_columns_are_what_the_messages_say(demo: Demo) -> None:
    for conversation, messages in threads():
        public = [m for m in messages if not m.private]
        human = [m for m in public if m.message_type == MessageType.OUTGOING]
        incoming = [m for m in public if m.message_type == MessageType.INCOMING]
        spoken = [m for m in messages if m.message_type != MessageType.ACTIVITY]
        unseen = [
            m
            for m in incoming
            if not conversation.agent_last_seen_at or m.created_at > conversation.agent_last_seen_at
        ]
        waiting = conversation.created_at
        if human:
            later = [m.created_at for m in incoming if m.created_at > human[-1].created_at]
            waiting = later[0] if later else None
        assert conversation.first_reply_created_at == (human[0].created_at if human else None)
        assert conversation.waiting_since == waiting
        assert conversation.last_incoming_at == incoming[-1].created_at
        assert conversation.unread_count == min(10, len(unseen))
        assert conversation.last_activity_at == messages[-1].created_at
        assert conversation.last_message_id == messages[-1].pk
        assert conversation.last_non_activity_message_id == spoken[-1].pk
        assert conversation.label_titles == sorted(conversation.labels.values_list("title", flat=True))


def test_ids_of_messages_grow_in_the_order_of_the_thread(demo: Demo) -> None:
    for _, messages in threads():
        assert all(one.created_at <= two.created_at for one, two in itertools.pairwise(messages))


def test_states_carry_what_belongs_to_them(demo: Demo) -> None:
    for conversation, messages in threads():
        answered = any(m.message_type == MessageType.OUTGOING and not m.private for m in messages)
        assert (conversation.close_reason != "") == (conversation.status == Status.RESOLVED)
        assert conversation.close_reason != "ignored" or not answered
        assert conversation.snoozed_until is None or conversation.snoozed_until > NOON
        assert conversation.created_at < NOON
        assert messages[-1].created_at <= NOON


def test_numbers_are_given_out_without_gaps_and_the_account_knows_the_last(demo: Demo) -> None:
    numbers = list(Conversation.objects.order_by("created_at").values_list("display_id", flat=True))
    assert numbers == list(range(1, 161))
    assert Account.objects.get().last_display_id == 160


def test_each_contact_has_one_identity_in_each_inbox_it_wrote_to(demo: Demo) -> None:
    for conversation in Conversation.objects.select_related("contact_inbox"):
        assert conversation.contact_inbox.contact_id == conversation.contact_id
        assert conversation.contact_inbox.inbox_id == conversation.inbox_id
    assert not Contact.objects.annotate(written=Count("conversations")).filter(written=0).exists()


def test_messages_say_they_have_attachments_exactly_when_they_do_and_the_files_are_there(demo: Demo) -> None:
    said = set(Message.objects.filter(has_attachments=True).values_list("id", flat=True))
    assert said == set(Attachment.objects.values_list("message_id", flat=True))
    assert all(default_storage.exists(row.file.name) for row in Attachment.objects.all())


def test_no_sentence_is_left_with_a_brace_to_fill(demo: Demo) -> None:
    assert not Message.objects.filter(content__contains="{").exists()


def test_the_same_day_gives_the_same_company() -> None:
    def told() -> list[str]:
        random = Random(5)
        people = customers(30, random)
        return [m.text for talk in plan(people, count=50, today=NOON, random=random) for m in talk.messages]

    assert told() == told()


def test_every_dialogue_can_be_read() -> None:
    assert all(len(dialogues(line.key)) > 10 for line in LINES)


def test_a_demo_is_found_again_and_an_installation_in_use_is_not_empty(demo: Demo) -> None:
    found = find_demo()
    assert found is not None
    assert found.account == demo.account
    assert not is_empty()


def test_the_shop_page_carries_the_shops_widget_and_is_absent_without_the_demo(client: Client) -> None:
    assert client.get("/demo/shop").status_code == 404
    fill(today=NOON, contacts=5, conversations=8)
    page = client.get("/demo/shop").content.decode()
    token = Inbox.objects.get(name=SHOP_INBOX).identifier
    assert page.count(token) == 1
    assert "/packs/js/sdk.js" in page


def test_everybody_is_found_by_name_and_rows_keep_what_follows_from_them(demo: Demo) -> None:
    for contact in Contact.objects.all():
        assert {column: getattr(contact, column) for column in derived(contact)} == derived(contact)
    somebody = Contact.objects.exclude(name="").order_by("id")[7]
    agent = Membership.objects.filter(account=demo.account, role="administrator").first()
    assert agent is not None
    found = ApiClient(agent.user).get(in_account(demo.account, f"contacts/search?q={somebody.name}"))
    assert somebody.pk in [row["id"] for row in found.json()["payload"]]


@pytest.mark.feature("Z-23")
def test_everybody_has_a_past(demo: Demo) -> None:
    entries = TimelineEntry.objects
    assert set(entries.values_list("contact", flat=True)) == set(Contact.objects.values_list("pk", flat=True))
    days = entries.filter(name="messages").values_list("data", flat=True)
    said = Message.objects.filter(message_type__in=SPOKEN, private=False).count()
    assert sum(day["in"] + day["out"] for day in days) == said
