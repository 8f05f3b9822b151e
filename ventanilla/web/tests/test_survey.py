"""The survey's own page (W-07, contract C.3): opened by a link, answered by a form, without script or sign-in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation, Status
from ventanilla.inboxes.commands.inboxes import update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.surveys.models import SurveyResponse

pytestmark = pytest.mark.feature("W-07")


@pytest.fixture
def conversation(carla: Contact, api_inbox: Inbox, ana: User) -> Conversation:
    """Resolved, and Carla was asked."""
    update_inbox(api_inbox, csat_survey_enabled=True, by=None)
    made = conversations.start_conversation(ensure_contact_inbox(carla, inbox=api_inbox), by=None)
    conversations.receive_message(made, conversations.NewMessage("Hola"), sender=carla)
    return conversations.change_status(made, status=Status.RESOLVED, by=ana)


def address(conversation: Conversation, query: str = "") -> str:
    return f"/survey/responses/{conversation.uuid}{query}"


def chosen(page: str) -> list[str]:
    return re.findall(r'value="(\d)" required checked', page)


def test_a_link_chooses_a_face_and_records_nothing(conversation: Conversation) -> None:
    browser = Client(enforce_csrf_checks=True)
    for query, face in (("", []), ("?rating=4", ["4"]), ("?rating=9", []), ("?rating=x", [])):
        for method in (browser.head, browser.get):
            response = method(address(conversation, query))
            assert response.status_code == 200
            assert response["Referrer-Policy"] == "no-referrer"
            assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert chosen(response.content.decode()) == face
    assert not SurveyResponse.objects.exists()


@pytest.mark.parametrize(
    ("locale", "words"),
    [("es", ("¿Cómo te atendimos?", "Excelente", "Gracias por tu respuesta.", "Cambiar mi respuesta")),
     ("en", ("How did we do?", "Very good", "Thanks for your feedback.", "Change my feedback"))],
)  # fmt: skip
def test_it_is_answered_and_changed_in_the_accounts_language(
    conversation: Conversation, locale: str, words: tuple[str, ...]
) -> None:
    Account.objects.update(locale=locale)
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(address(conversation)).content.decode()
    assert f'<html lang="{locale}"' in page
    assert words[0] in page
    assert words[1] in page
    sent = browser.post(address(conversation), {"rating": "5", "feedback": "<b>Genial</b>"})
    assert (sent.status_code, sent["Location"]) == (303, address(conversation))
    after = browser.get(address(conversation)).content.decode()
    for word in (*words[1:], "&lt;b&gt;Genial&lt;/b&gt;"):
        assert word in after
    again = browser.get(address(conversation, "?rating=2")).content.decode()
    assert chosen(again) == ["2"]
    browser.post(address(conversation), {"rating": "2", "feedback": ""})
    response = SurveyResponse.objects.get()
    assert (response.rating, response.feedback_message) == (2, "")


def test_without_a_face_the_words_stay_and_the_page_says_so(conversation: Conversation) -> None:
    sent = Client().post(address(conversation), {"feedback": "Casi bien"}, headers={"Accept-Language": "es"})
    assert sent.status_code == 422
    page = sent.content.decode()
    assert "Elige una de las cinco opciones." in page  # in the browser's language, not the account's
    assert "Casi bien</textarea>" in page
    assert not SurveyResponse.objects.exists()


def test_after_fourteen_days_it_only_says_that_it_is_closed(conversation: Conversation) -> None:
    with time_machine.travel(now() + timedelta(days=15)):
        page = Client().get(address(conversation, "?rating=5")).content.decode()
        assert "This survey is closed." in page
        assert "<form" not in page
        late = Client().post(address(conversation), {"rating": "5"})
    assert late.status_code == 422
    assert not SurveyResponse.objects.exists()


def test_an_unknown_address_is_a_404_that_tells_nothing(conversation: Conversation, web_inbox: Inbox) -> None:
    for tail in ("x", "6f9619ff-8b86-4d01-b42d-00c04fc964ff", str(conversation.pk)):
        response = Client().get(f"/survey/responses/{tail}")
        assert response.status_code == 404
        assert "Acme" not in response.content.decode()


def test_answers_are_throttled(conversation: Conversation, settings: object) -> None:
    settings.RATE_LIMITS_ENABLED = True  # type: ignore[attr-defined]
    settings.RATE_LIMITS = {"survey_answers_per_ip": "2/1h"}  # type: ignore[attr-defined]
    told = [Client().post(address(conversation), {"rating": str(rating)}).status_code for rating in (1, 2, 3)]
    assert told == [303, 303, 429]
    assert SurveyResponse.objects.get().rating == 2
