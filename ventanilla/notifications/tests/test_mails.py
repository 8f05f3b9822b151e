"""Notifications by mail (T-02, contract F.24), received by a real SMTP server on loopback."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from ventanilla.accounts.commands.agents import remove_agent
from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation
from ventanilla.delivery import out_tray
from ventanilla.delivery.models import Outgoing
from ventanilla.inboxes.commands.members import remove_inbox_members
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.kit.html import text_from_html
from ventanilla.notifications import commands
from ventanilla.notifications.kinds.conversation_creation import ConversationCreation
from ventanilla.notifications.registry import kinds
from ventanilla.signin.models import Passkey
from ventanilla.testing.cast import membership, set_present
from ventanilla.testing.mailbox import PostOffice, html_of, text_of

Drain = Callable[[], int]
pytestmark = pytest.mark.feature("T-02")


@pytest.fixture
def conversation(carla: Contact, web_inbox: Inbox, drain_log: Drain) -> Conversation:
    """Carla wrote, no one has it yet; who wants to know of that was told."""
    identity = ensure_contact_inbox(carla, inbox=web_inbox)
    made = conversations.start_conversation(identity, by=None)
    conversations.receive_message(
        made,
        conversations.NewMessage("¿Dónde está **mi pedido**? ![x](https://evil.example/p.png)"),
        sender=carla,
    )
    drain_log()
    return made


@pytest.fixture
def deliver(drain_log: Drain) -> Callable[[], None]:
    """What the worker does."""

    def work() -> None:
        drain_log()
        out_tray.send_due()
        with time_machine.travel(now() + ConversationCreation.mail_waits, tick=False):
            out_tray.send_due()

    return work


def wants(account: Account, user: User, *kinds: str) -> None:
    commands.change_settings(
        membership(account, user), email_flags=[f"email_{kind}" for kind in kinds], push_flags=[]
    )


@pytest.mark.parametrize("locale", ["es", "en"])
def test_the_mail_says_what_happened_and_how_to_switch_it_off(
    acme: Account,
    conversation: Conversation,
    ana: User,
    admin: User,
    post_office: PostOffice,
    deliver: Callable[[], None],
    locale: str,
) -> None:
    ana.ui_settings = {"locale": locale}
    ana.save()
    conversations.assign_agent(conversation, assignee=ana, by=admin)
    deliver()
    [letter] = post_office.read()
    assert letter["To"] == "ana@acme.example"
    assert letter["Auto-Submitted"] == "auto-generated"
    said = {
        "es": ("Te asignaron", "Adela Admin te la asignó", "Abrir la conversación", "Dejar de recibir", "Canal"),
        "en": ("been assigned", "Adela Admin assigned it to you", "Open the conversation", "Stop these emails", "Channel"),
    }[locale]  # fmt: skip
    assert said[0] in letter["Subject"]
    assert letter["Subject"].strip().startswith(f"[#{conversation.display_id}] ")
    address = f"https://desk.example/app/accounts/{acme.pk}/conversations/{conversation.display_id}"
    for part in (text_of(letter), text_from_html(html_of(letter))):
        for words in (*said[1:], "Carla Cliente", "Acme web", "¿Dónde está mi pedido?", address):
            assert words in " ".join(part.split()), words
    assert "<img" not in html_of(letter)
    left = re.fullmatch(r"<(https://desk\.example/unsubscribe/\S+)>", letter["List-Unsubscribe"].strip())
    assert left, letter["List-Unsubscribe"]
    assert left[1] in text_of(letter)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_each_kind_goes_to_those_who_chose_it(
    acme: Account,
    carla: Contact,
    web_inbox: Inbox,
    ana: User,
    bruno: User,
    admin: User,
    post_office: PostOffice,
    deliver: Callable[[], None],
) -> None:
    everything = [kind.name for kind in kinds()]
    wants(acme, ana, *everything)
    wants(acme, bruno)
    identity = ensure_contact_inbox(carla, inbox=web_inbox)
    conversation = conversations.start_conversation(identity, by=None)

    def told() -> list[str]:
        deliver()
        found = [f"{letter['To']}: {letter['Subject'].partition('] ')[2]}" for letter in post_office.read()]
        post_office.letters.clear()
        return found

    assert told() == ["ana@acme.example: New conversation with Carla Cliente"]
    conversations.assign_agent(conversation, assignee=ana, by=admin)
    assert told() == ["ana@acme.example: You've been assigned the conversation with Carla Cliente"]
    conversations.receive_message(conversation, conversations.NewMessage("¿Hola?"), sender=carla)
    assert told() == ["ana@acme.example: New message in the conversation with Carla Cliente"]
    note = f"[@Ana](mention://user/{ana.pk}/Ana) [@Bruno](mention://user/{bruno.pk}/Bruno) ¿lo ven?"
    conversations.post_message(conversation, conversations.NewMessage(note, private=True), by=admin)
    assert told() == ["ana@acme.example: Adela Admin mentioned you in the conversation with Carla Cliente"]
    conversations.assign_agent(conversation, assignee=bruno, by=admin)
    assert told() == []  # the old assignee hears of it in the desk alone, the new one wants no mail
    conversations.receive_message(conversation, conversations.NewMessage("¿Sigue ahí?"), sender=carla)
    assert told() == ["ana@acme.example: New message in the conversation with Carla Cliente"]


def test_who_did_it_gets_no_mail(
    acme: Account, conversation: Conversation, ana: User, post_office: PostOffice, deliver: Callable[[], None]
) -> None:
    wants(acme, ana, *[kind.name for kind in kinds()])
    conversations.assign_agent(conversation, assignee=ana, by=ana)
    conversations.post_message(conversation, conversations.NewMessage("Ya lo miro"), by=ana)
    conversations.post_message(
        conversation, conversations.NewMessage(f"[@Ana](mention://user/{ana.pk}/Ana)", private=True), by=ana
    )
    deliver()
    assert post_office.letters == []


def test_an_assignee_who_only_follows_by_mail_is_told_once(
    acme: Account, conversation: Conversation, ana: User, post_office: PostOffice, deliver: Callable[[], None]
) -> None:
    wants(acme, ana, "participating_conversation_new_message")
    conversations.assign_agent(conversation, assignee=ana, by=ana)
    conversations.receive_message(
        conversation, conversations.NewMessage("¿Hola?"), sender=conversation.contact
    )
    deliver()
    deliver()
    assert len(post_office.letters) == 1


def test_a_new_conversation_that_is_given_to_them_at_once_is_one_mail(
    acme: Account,
    carla: Contact,
    web_inbox: Inbox,
    ana: User,
    bruno: User,
    admin: User,
    post_office: PostOffice,
    drain_log: Drain,
    deliver: Callable[[], None],
) -> None:
    wants(acme, ana, "conversation_creation", "conversation_assignment")
    wants(acme, bruno, "conversation_creation")
    made = conversations.start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
    drain_log()
    out_tray.send_due()
    assert post_office.letters == []  # the first words are not there yet
    conversations.receive_message(made, conversations.NewMessage("Mis primeras palabras"), sender=carla)
    conversations.assign_agent(made, assignee=ana, by=admin)
    deliver()
    told = {letter["To"]: letter for letter in post_office.read()}
    assert len(post_office.letters) == 2
    assert told["ana@acme.example"]["Subject"].endswith(
        "You've been assigned the conversation with Carla Cliente"
    )
    assert told["bruno@acme.example"]["Subject"].endswith("New conversation with Carla Cliente")
    for letter in told.values():
        assert "Mis primeras palabras" in text_of(letter)


def test_of_a_blocked_customer_nobody_hears(
    acme: Account, conversation: Conversation, ana: User, post_office: PostOffice, deliver: Callable[[], None]
) -> None:
    conversations.assign_agent(conversation, assignee=ana, by=ana)
    conversations.mute(conversation, by=ana)
    deliver()
    post_office.letters.clear()
    wants(acme, ana, *[kind.name for kind in kinds()])
    conversation.contact.refresh_from_db()
    conversations.receive_message(
        conversation, conversations.NewMessage("¡Contesten!"), sender=conversation.contact
    )
    deliver()
    assert post_office.letters == []


def test_a_message_is_not_mailed_to_who_has_the_desk_open_but_an_assignment_is(
    acme: Account,
    conversation: Conversation,
    ana: User,
    admin: User,
    post_office: PostOffice,
    deliver: Callable[[], None],
) -> None:
    wants(acme, ana, "conversation_assignment", "assigned_conversation_new_message")
    set_present(acme, ana)
    conversations.assign_agent(conversation, assignee=ana, by=admin)
    conversations.receive_message(
        conversation, conversations.NewMessage("¿Hola?"), sender=conversation.contact
    )
    deliver()
    assert [letter["Subject"].partition("] ")[2] for letter in post_office.read()] == [
        "You've been assigned the conversation with Carla Cliente"
    ]


@pytest.mark.parametrize(
    "why",
    ["read", "put away", "came back", "switched off", "left", "lost the inbox", "deleted", "never confirmed"],
)
def test_what_happens_before_it_leaves_can_make_it_needless(
    acme: Account,
    conversation: Conversation,
    web_inbox: Inbox,
    ana: User,
    admin: User,
    post_office: PostOffice,
    drain_log: Drain,
    why: str,
) -> None:
    wants(acme, ana, "assigned_conversation_new_message")
    conversations.assign_agent(conversation, assignee=ana, by=ana)
    message = conversations.receive_message(
        conversation, conversations.NewMessage("¿Hola?"), sender=conversation.contact
    )
    drain_log()
    assert Outgoing.objects.filter(kind="mail").count() == 1
    match why:
        case "read":
            conversations.mark_seen(conversation, by=ana)
            drain_log()
        case "put away":
            commands.delete_all(ana, account=acme, only_read=False)
        case "never confirmed":
            User.objects.filter(pk=ana.pk).update(confirmed_at=None)
        case "came back":
            set_present(acme, ana)
        case "switched off":
            wants(acme, ana)
        case "left":
            remove_agent(membership(acme, ana), by=admin)
        case "lost the inbox":
            remove_inbox_members(web_inbox, user_ids=[ana.pk], by=admin)
        case _:
            conversations.delete_message(message, by=admin)
    out_tray.send_due()
    assert post_office.letters == []
    assert Outgoing.objects.get(kind="mail").state == Outgoing.State.SENT  # done, there was nothing to say


def test_a_server_that_is_away_is_tried_again_with_the_same_id_and_never_twice(
    acme: Account,
    conversation: Conversation,
    ana: User,
    admin: User,
    post_office: PostOffice,
    drain_log: Drain,
    deliver: Callable[[], None],
) -> None:
    post_office.answers = ["451 4.3.0 Later"]
    conversations.assign_agent(conversation, assignee=ana, by=admin)
    drain_log()
    out_tray.send_due()
    assert post_office.letters == []
    row = Outgoing.objects.get(kind="mail")
    assert row.state == Outgoing.State.QUEUED
    assert row.key.startswith("mail:")
    Outgoing.objects.update(next_attempt_at=row.created_at)
    deliver()
    deliver()
    [letter] = post_office.read()
    row.refresh_from_db()
    assert letter["Message-ID"] == f"<{row.provider_id}>"


def test_a_hostile_name_stays_a_name(
    acme: Account,
    conversation: Conversation,
    carla: Contact,
    ana: User,
    admin: User,
    post_office: PostOffice,
    deliver: Callable[[], None],
) -> None:
    Contact.objects.filter(pk=carla.pk).update(name="Eva\r\nBcc: x@evil.example\u202e<b>")
    Inbox.objects.update(name="<script>alert(1)</script>")
    Account.objects.update(name='Acme"\r\nX-Evil: 1')
    conversations.assign_agent(conversation, assignee=ana, by=admin)
    deliver()
    [letter] = post_office.read()
    assert post_office.letters[0][0] == ["ana@acme.example"]
    assert letter["Bcc"] is None
    assert letter["X-Evil"] is None
    assert "<script" not in html_of(letter)


@pytest.mark.feature("Z-15")
def test_who_owes_a_second_step_is_mailed_nothing_of_the_account(
    acme: Account,
    conversation: Conversation,
    ana: User,
    admin: User,
    post_office: PostOffice,
    deliver: Callable[[], None],
) -> None:
    """Their pages are closed: a mail would say what those do."""
    conversations.assign_agent(conversation, assignee=ana, by=admin)
    Account.objects.filter(pk=acme.pk).update(second_step_in_force=True, second_step_from=now())
    deliver()
    assert post_office.read() == []


@pytest.mark.feature("Z-15")
def test_before_the_day_and_with_one_they_are_mailed(
    acme: Account,
    conversation: Conversation,
    ana: User,
    admin: User,
    post_office: PostOffice,
    deliver: Callable[[], None],
) -> None:
    conversations.assign_agent(conversation, assignee=ana, by=admin)
    Account.objects.filter(pk=acme.pk).update(second_step_from=now() + timedelta(days=3))
    deliver()
    assert [letter["To"] for letter in post_office.read()] == [ana.email]
    Passkey.objects.create(user=ana, credential_id="one", credential="x", handle="h")
    Account.objects.filter(pk=acme.pk).update(second_step_in_force=True)
    conversations.assign_agent(conversation, assignee=None, by=admin)
    conversations.assign_agent(conversation, assignee=ana, by=admin)
    deliver()
    assert len(post_office.read()) == 2, "one more"
