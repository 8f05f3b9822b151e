"""The survey of an email inbox: a mail of our design in the customer's thread, by the inbox's way out (W-07)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from ventanilla.accounts.models import Account, User
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation, Message, MessageStatus, Status
from ventanilla.delivery import in_tray, out_tray
from ventanilla.inboxes.commands.inboxes import update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.html import text_from_html
from ventanilla.surveys.models import SurveyResponse
from ventanilla.testing.mailbox import PostOffice, html_of, text_of

pytestmark = pytest.mark.feature("W-07")


@pytest.fixture
def conversation(mail_inbox: Inbox, mail: Callable[..., bytes]) -> Conversation:
    """Carla wrote."""
    in_tray.keep(mail(), channel="email", inbox=mail_inbox)
    in_tray.read_due()
    return Conversation.objects.get()


@pytest.mark.parametrize(
    ("locale", "words"),
    [("es", ("¿Cómo te atendimos?", "Muy mal", "Excelente", "Abrir la encuesta")),
     ("en", ("How did we do?", "Very bad", "Very good", "Open the survey"))],
)  # fmt: skip
def test_resolving_sends_five_links_that_choose_and_record_nothing(
    acme: Account,
    mail_inbox: Inbox,
    conversation: Conversation,
    ana: User,
    post_office: PostOffice,
    drain_log: Callable[[], int],
    locale: str,
    words: tuple[str, ...],
) -> None:
    Account.objects.update(locale=locale)
    update_inbox(mail_inbox, csat_survey_enabled=True, by=None)
    conversation = Conversation.objects.get()
    conversations.change_status(conversation, status=Status.RESOLVED, by=ana)
    drain_log()
    out_tray.send_due()
    drain_log()
    out_tray.send_due()

    [letter] = post_office.read()
    assert post_office.letters[0][0] == ["carla@example.com"]
    assert letter["Subject"] == "Re: Pedido 10356"
    assert letter["In-Reply-To"] == "<uno@example.com>"
    assert letter["Auto-Submitted"] == "auto-generated"
    address = f"https://desk.example/survey/responses/{conversation.uuid}"
    for part in (text_of(letter), text_from_html(html_of(letter))):
        for word in words:
            assert word in part
        for rating in range(1, 6):
            assert f"{address}?rating={rating}" in part
    assert "<img" not in html_of(letter)
    survey = Message.objects.get(content_type="input_csat")
    assert survey.status == MessageStatus.SENT
    assert letter["Message-ID"].strip() == f"<{survey.source_id}>"

    for rating in range(1, 6):  # a scanner of mail opens them all
        assert Client().get(f"/survey/responses/{conversation.uuid}?rating={rating}").status_code == 200
    assert not SurveyResponse.objects.exists()
    Client().post(f"/survey/responses/{conversation.uuid}", {"rating": "5", "feedback": "Genial"})
    assert SurveyResponse.objects.get().rating == 5
