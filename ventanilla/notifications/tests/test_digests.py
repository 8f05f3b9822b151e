"""One mail instead of many (T-02, T-05): gathered, due by the member's clock, and only of what still waits to be read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from ventanilla.accounts.models import Account
from ventanilla.contacts.commands.identities import find_or_create_contact_inbox
from ventanilla.conversations.commands import (
    NewMessage,
    assign_agent,
    mark_seen,
    merge_conversations,
    post_message,
    receive_message,
    start_conversation,
)
from ventanilla.conversations.models import Conversation
from ventanilla.delivery.out_tray import send_due
from ventanilla.inboxes.commands.members import remove_inbox_members
from ventanilla.notifications import commands
from ventanilla.notifications.digests import digest_mail
from ventanilla.notifications.models import DigestItem
from ventanilla.notifications.selectors import setting_of
from ventanilla.testing.cast import membership, set_present
from ventanilla.testing.mailbox import html_of, text_of

pytestmark = pytest.mark.feature("T-02", "T-05")
MORNING = datetime(2026, 12, 3, 9, 2, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as moving:
        yield moving


@pytest.fixture
def work(clock, drain_log) -> Callable[..., None]:
    """Minutes go by, and the worker does what it does."""

    def pass_minutes(minutes: float = 0) -> None:
        drain_log()
        clock.shift(timedelta(minutes=minutes))
        commands.ask_for_digests()
        drain_log()
        send_due()

    return pass_minutes


@pytest.fixture
def gathers(clock, acme, ana):
    """Ana has assignments and messages mailed every half hour."""
    mine = membership(acme, ana)
    for kind in ("conversation_assignment", "conversation_mention", "assigned_conversation_new_message"):
        commands.switch(mine, kind=kind, way="email", on=True)
    commands.change_hours(mine, changes={"mail_pace": "every", "mail_every_minutes": 30})
    return mine


def given_to(user, inbox, text: str, by, *, visitor: str = "") -> Conversation:
    identity = find_or_create_contact_inbox(inbox, source_id=visitor or text)
    conversation = start_conversation(identity, by=None)
    receive_message(conversation, NewMessage(text), sender=conversation.contact)
    assign_agent(conversation, assignee=user, by=by)
    return conversation


@pytest.mark.parametrize("locale", ["es", "en"])
def test_what_happened_in_half_an_hour_comes_as_one_mail(
    acme, ana, admin, web_inbox, gathers, work, post_office, locale
):
    ana.ui_settings = {"locale": locale}
    ana.save()
    first = given_to(ana, web_inbox, "¿Dónde está mi **pedido**?", admin)
    work(10)
    second = given_to(ana, web_inbox, "Quiero cambiarlo", admin)
    receive_message(first, NewMessage("¿Hay alguien?"), sender=first.contact)
    work(5)
    assert post_office.read() == []
    work(20)  # past the half hour
    [letter] = post_office.read()
    assert letter["To"] == ana.email
    said = {"es": "2 conversaciones necesitan tu atención", "en": "2 conversations need your attention"}[
        locale
    ]
    assert said in letter["Subject"]
    for part in (text_of(letter), html_of(letter)):
        for one in (first, second):
            assert f"https://desk.example/app/accounts/{acme.pk}/conversations/{one.display_id}" in part
    work(30)
    assert len(post_office.read()) == 1  # nothing is told twice
    assert not DigestItem.objects.exists()


def test_what_was_read_meanwhile_is_left_out_and_an_empty_digest_is_not_sent(
    ana, admin, web_inbox, gathers, work, post_office
):
    read, waits = (given_to(ana, web_inbox, text, admin) for text in ("Uno", "Dos"))
    work()
    mark_seen(read, by=ana)
    work(40)
    [letter] = post_office.read()
    assert "Dos" in text_of(letter) and "Uno" not in text_of(letter)
    post_office.letters.clear()

    receive_message(waits, NewMessage("¿Y bien?"), sender=waits.contact)
    work()
    mark_seen(waits, by=ana)
    work(40)
    assert post_office.read() == []


def test_once_a_day_is_at_the_hour_where_the_member_is(
    acme, ana, admin, web_inbox, gathers, work, post_office
):
    ana.timezone = "America/Santiago"
    ana.save()
    commands.change_hours(membership(acme, ana), changes={"mail_pace": "daily", "mail_daily_at": "08:30"})
    given_to(ana, web_inbox, "Uno", admin)  # 06:02 in Santiago
    work(60 * 2)
    assert post_office.read() == []
    work(30)
    assert len(post_office.read()) == 1
    post_office.letters.clear()
    given_to(ana, web_inbox, "Dos", admin)
    work(60 * 23)
    assert post_office.read() == []
    work(60)
    assert len(post_office.read()) == 1


def test_whoever_wants_mail_at_once_again_gets_what_waited(
    acme, ana, admin, web_inbox, gathers, work, post_office
):
    given_to(ana, web_inbox, "Uno", admin)
    work()
    assert post_office.read() == []
    commands.change_hours(membership(acme, ana), changes={"mail_pace": "at_once"})
    work()
    assert len(post_office.read()) == 1
    given_to(ana, web_inbox, "Dos", admin)
    work()
    assert any("Dos" in text_of(letter) for letter in post_office.read())


def test_who_lost_sight_of_it_or_switched_it_off_or_is_here_is_not_mailed(
    clock, acme, ana, bruno, admin, web_inbox, gathers, work, post_office
):
    theirs = given_to(ana, web_inbox, "Uno", admin)
    work()
    remove_inbox_members(web_inbox, user_ids=[ana.pk], by=admin)
    work(40)
    assert post_office.read() == []

    commands.switch(membership(acme, bruno), kind="conversation_assignment", way="email", on=True)
    commands.change_hours(membership(acme, bruno), changes={"mail_pace": "every"})
    assign_agent(theirs, assignee=bruno, by=admin)
    work()
    commands.switch(membership(acme, bruno), kind="conversation_assignment", way="email", on=False)
    work(40)
    assert post_office.read() == []

    commands.switch(membership(acme, bruno), kind="assigned_conversation_new_message", way="email", on=True)
    receive_message(theirs, NewMessage("¿Hola?"), sender=theirs.contact)
    work(35)
    assert len(post_office.read()) == 1
    post_office.letters.clear()
    receive_message(theirs, NewMessage("¿Hola otra vez?"), sender=theirs.contact)
    work()
    clock.shift(timedelta(minutes=30))
    set_present(acme, bruno)
    work()
    assert post_office.read() == []


def test_a_mention_is_not_hidden_by_a_later_message(ana, bruno, admin, web_inbox, gathers, work, post_office):
    conversation = given_to(ana, web_inbox, "Uno", admin)
    note = NewMessage(f"[@Ana](mention://user/{ana.pk}/Ana) mira esto", private=True)
    post_message(conversation, note, by=bruno)
    work(1)
    receive_message(conversation, NewMessage("¿Hola?"), sender=conversation.contact)
    work(40)
    [letter] = post_office.read()
    assert "mira esto" in text_of(letter)


def test_a_merged_conversation_is_told_of_where_it_continues(
    ana, admin, web_inbox, gathers, work, post_office
):
    gone, stays = (given_to(ana, web_inbox, text, admin, visitor="one") for text in ("Uno", "Dos"))
    work(1)
    mark_seen(stays, by=ana)
    work()
    merge_conversations(gone, into=stays, by=admin)
    work(40)
    [letter] = post_office.read()
    assert f"#{stays.display_id}" in text_of(letter) and f"#{gone.display_id} " not in text_of(letter)


def test_the_link_in_it_stops_all_of_them_and_only_mail(
    acme, ana, admin, web_inbox, gathers, work, post_office
):
    given_to(ana, web_inbox, "Uno", admin)
    work(40)
    [letter] = post_office.read()
    link = letter["List-Unsubscribe"].strip().strip("<>")
    assert link in text_of(letter)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    browser, path = Client(enforce_csrf_checks=True), link.removeprefix("https://desk.example")
    assert '<form method="post">' in browser.get(path).content.decode()
    assert setting_of(membership(acme, ana)).email_flags
    for _twice in range(2):
        assert browser.post(path).status_code == 200
    setting = setting_of(membership(acme, ana))
    assert (setting.email_flags, setting.push_flags) == ([], ["push_conversation_assignment"])
    post_office.letters.clear()
    given_to(ana, web_inbox, "Dos", admin)
    work(40)
    assert post_office.read() == []


def test_thirty_conversations_cost_as_many_statements_as_three(
    acme, ana, admin, web_inbox, gathers, work, count_queries
):
    def cost(how_many: int) -> int:
        items = []
        for number in range(how_many):
            conversation = given_to(ana, web_inbox, f"{how_many} {number}", admin)
            items.append([conversation.pk, 2, None, admin.pk])
        work()
        payload = {"membership_id": gathers.pk, "items": items}
        return count_queries(lambda: digest_mail(payload))

    few = cost(3)
    assert cost(30) == few


@pytest.mark.feature("Z-15")
def test_who_owes_a_second_step_gets_no_digest(acme, ana, admin, web_inbox, gathers, work, post_office):
    given_to(ana, web_inbox, "Uno", admin)
    Account.objects.filter(pk=acme.pk).update(second_step_in_force=True, second_step_from=MORNING)
    work(40)
    assert post_office.read() == []
