"""What the messenger shows before a conversation is chosen, and the earlier conversations of a visitor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ventanilla.accounts.models import User
from ventanilla.api.tests.test_widget import Visitor, acme, ana, inbox, visitor
from ventanilla.conversations.commands import NewMessage, change_status, post_message
from ventanilla.conversations.models import Conversation, Status
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now

__all__ = ["acme", "ana", "inbox", "visitor"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def home(visitor: Visitor) -> dict[str, Any]:
    return dict(visitor("GET", "/home").json())


def begins(visitor: Visitor, text: str) -> Conversation:
    number = visitor("POST", "/conversations", {"message": {"content": text}}).json()["id"]
    return Conversation.objects.select_related("inbox", "account").get(display_id=number)


def test_a_new_visitor_has_no_conversations_and_meets_the_team(visitor: Visitor, ana: User) -> None:
    shown = home(visitor)
    assert shown["conversations"] == []
    assert shown["members"] == [
        {"id": ana.pk, "name": "Anita", "avatar_url": "", "availability_status": "offline"}
    ]
    assert shown["contact"]["has_email"] is False
    assert shown["reply_seconds"] is None


@pytest.mark.feature("W-12")
def test_earlier_conversations_are_listed_in_short_newest_word_first(visitor: Visitor, ana: User) -> None:
    old = begins(visitor, "¿Tienen tienda en Ñuñoa?")
    change_status(old, status=Status.RESOLVED, by=ana)
    new = begins(visitor, "Pedido 10 356,\n\n no llegó")
    post_message(new, NewMessage("Secreto", private=True), by=ana)
    post_message(new, NewMessage("Ya lo reviso"), by=ana)
    post_message(new, NewMessage("Tu pieza nueva sale hoy"), by=ana)
    first, second = home(visitor)["conversations"]
    assert (first["id"], first["status"], first["title"]) == (
        new.display_id,
        "open",
        "Pedido 10 356, no llegó",
    )
    assert (first["text"], first["author"], first["is_own"]) == ("Tu pieza nueva sale hoy", "Anita", False)
    assert first["unread_count"] == 2
    assert first["agent"] == {"id": ana.pk, "name": "Anita", "avatar_url": ""}
    assert (second["id"], second["status"]) == (old.display_id, "resolved")
    assert (second["is_own"], second["unread_count"]) == (True, 0)
    assert "Secreto" not in str(first)

    visitor("POST", "/conversations/update_last_seen", {}, conversation_id=str(new.display_id))
    assert home(visitor)["conversations"][0]["unread_count"] == 0


def test_a_list_of_many_asks_no_more_than_one_of_few(visitor: Visitor, ana: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            home(visitor)
        return len(asked)

    post_message(begins(visitor, "Una"), NewMessage("Sí"), by=ana)
    home(visitor)  # what is kept for a while is looked up once
    few = cost()
    for number in range(8):
        post_message(begins(visitor, f"Otra {number}"), NewMessage("Sí"), by=ana)
    assert cost() == few


def test_an_earlier_conversation_is_read_and_gone_on_with(visitor: Visitor, ana: User) -> None:
    old, new = begins(visitor, "La vieja"), begins(visitor, "La nueva")
    at = {"conversation_id": str(old.display_id)}
    assert [row["content"] for row in visitor.read(**at)] == ["La vieja"]
    assert [row["content"] for row in visitor.read()] == ["La nueva"]
    sent = visitor("POST", "/messages", {"message": {"content": "Una cosa más"}}, **at).json()
    assert sent["conversation_id"] == old.display_id
    assert visitor.write("Y aquí").json()["conversation_id"] == new.display_id
    change_status(old, status=Status.RESOLVED, by=ana)
    visitor("POST", "/messages", {"message": {"content": "Reabro"}}, **at)
    old.refresh_from_db()
    assert old.status == Status.OPEN


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/messages", None),
        ("GET", "/conversations", None),
        ("POST", "/messages", {"message": {"content": "Hola"}}),
        ("POST", "/conversations/update_last_seen", {}),
        ("POST", "/conversations/toggle_typing", {"typing_status": "on"}),
        ("POST", "/conversations/transcript", {}),
        ("POST", "/conversations/toggle_status", {}),
        ("POST", "/conversations/set_custom_attributes", {"custom_attributes": {"a": 1}}),
        ("POST", "/labels", {"label": "vip"}),
    ],
)
def test_a_strangers_conversation_is_not_found(
    visitor: Visitor, inbox: Inbox, method: str, path: str, body: Any
) -> None:
    theirs = begins(Visitor(inbox), "Mía")
    begins(visitor, "La mía")
    for number in (str(theirs.display_id), "0", "x", "99999999999999999999"):
        assert visitor(method, path, body, conversation_id=number).status_code == 404
    assert theirs.messages.count() == 1


def answered(visitor: Visitor, ana: User, *, minutes: float) -> None:
    conversation = begins(visitor, "¿Hola?")
    asked_at = now() - timedelta(days=1)
    Conversation.objects.filter(pk=conversation.pk).update(
        created_at=asked_at, first_reply_created_at=asked_at + timedelta(minutes=minutes)
    )


def test_the_usual_time_is_the_median_of_ten_answers_or_more(visitor: Visitor, ana: User) -> None:
    for minutes in (1, 2, 3, 4, 4, 4, 5, 6, 600):
        answered(visitor, ana, minutes=minutes)
    assert home(visitor)["reply_seconds"] is None
    answered(visitor, ana, minutes=900)
    assert home(visitor)["reply_seconds"] is None  # looked up anew only after a while
    cache.clear()
    assert home(visitor)["reply_seconds"] == 4 * 60 + 0


def test_the_night_is_no_waiting_time_where_the_inbox_keeps_hours(
    visitor: Visitor, inbox: Inbox, ana: User
) -> None:
    closed = [{**day, "closed_all_day": True} for day in inbox.working_hours]
    Inbox.objects.filter(pk=inbox.pk).update(working_hours_enabled=True, working_hours=closed)
    for _number in range(10):
        answered(visitor, ana, minutes=700)
    assert home(visitor)["reply_seconds"] == 0


@pytest.mark.feature("Z-34", "W-03", "W-10")
def test_automatic_texts_speak_the_visitors_language_and_follow_it(inbox: Inbox, ana: User) -> None:
    Inbox.objects.filter(pk=inbox.pk).update(enable_email_collect=True, csat_survey_enabled=True)
    visitor = Visitor(inbox, language="fr-CA,fr;q=0.9")
    visitor.write("Bonjour")
    conversation = Conversation.objects.get()
    assert conversation.additional_attributes["widget_language"] == "fr"
    assert [row["content"] for row in visitor.read()][-1] == "Votre e-mail"
    visitor("POST", "/messages", {"message": {"content": "Hallo"}}, locale="de")
    change_status(conversation, status=Status.RESOLVED, by=ana)
    assert "Wie waren wir" in visitor.read()[-1]["content"]
    refused = visitor("POST", "/messages", {"message": {"content": "  "}}, locale="de")
    assert "Bitte schreiben Sie" in refused.content.decode()
