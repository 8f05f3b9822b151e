"""Mail on its way through: inline pictures, appointments, the chain of references, and whom no program answers."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from ventanilla.accounts.models import Account, AgentBot, User
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.errors import WrittenByProgram
from ventanilla.conversations.models import Conversation, Message
from ventanilla.delivery import in_tray
from ventanilla.delivery.models import Outgoing
from ventanilla.delivery.sending import MAX_REFERENCES, outgoing_of
from ventanilla.inboxes.commands.inboxes import update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import ApiClient, in_account

Mail = Callable[..., bytes]
Api = Callable[..., ApiClient]
Receive = Callable[..., Message]

PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00\x0cIDATx"
    b"\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def receive(mail_inbox: Inbox, mail: Mail) -> Receive:
    """`receive(body, **headers)`: a mail comes; the message it became."""
    number = iter(range(1_000))

    def come(body: str = "¿Dónde está mi pedido?", **headers: str) -> Message:
        given = {"Message_ID": f"<{next(number)}@example.com>"} | headers
        row = in_tray.keep(mail(body, **given), channel="email", inbox=mail_inbox)
        in_tray.read_due()
        row.refresh_from_db()
        assert row.message_id is not None, row.reason
        return Message.objects.get(pk=row.message_id)

    return come


# ── inline pictures ───────────────────────────────────────────────────────────────────────────────────
def with_picture(text: str, html: str) -> dict[str, str]:
    body = (
        f"--b\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
        f"--a\r\nContent-Type: text/html\r\n\r\n{html}\r\n--a--\r\n--b\r\nContent-Type: image/png; name=logo.png\r\n"
        f"Content-ID: <logo@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n{b64encode(PICTURE).decode()}\r\n--b\r\n"
        "Content-Type: application/pdf; name=a.pdf\r\nContent-ID: <a.pdf@x>\r\n\r\n%PDF-1.4\r\n--b--"
    )
    return {"body": body, "Content_Type": 'multipart/related; boundary="b"'}


@pytest.mark.feature("Z-25")
def test_a_picture_inside_the_html_is_no_file_beside_it(
    receive: Receive, acme: Account, ana: User, api: Api
) -> None:
    message = receive(**with_picture("Mi logo: [cid:logo@x]", '<p>Mi logo: <img src="cid:logo@x"></p>'))
    number = message.conversation.display_id
    shown = api(ana).get(in_account(acme, f"conversations/{number}/messages")).json()["payload"][-1]
    assert shown["content"] == "Mi logo: [image: logo.png]"
    assert [one["filename"] for one in shown["attachments"]] == ["a.pdf"]
    email = shown["content_attributes"]["email"]
    [picture] = email["inline_images"]
    assert email["html_content"]["full"] == f'<p>Mi logo: <img src="{picture["data_url"]}"></p>'
    assert picture["filename"] == "logo.png"
    path = picture["data_url"].partition("/rails")[2]
    answer = api(ana).get(f"/rails{path}")
    assert answer.status_code in {200, 302}


@pytest.mark.feature("Z-25")
def test_it_goes_along_when_the_mail_is_forwarded_with_its_id(
    receive: Receive, acme: Account, ana: User, api: Api
) -> None:
    message = receive(**with_picture("Hola", '<p><img src="cid:logo@x"></p>'))
    path = in_account(acme, f"conversations/{message.conversation.display_id}/messages")
    shown = api(ana).get(path).json()["payload"][-1]
    [picture] = shown["content_attributes"]["email"]["inline_images"]
    chosen = {"forwarded_message_id": message.pk, "forwarded_attachment_ids": [picture["id"]]}
    body = {"content": "Mira", "to_emails": "otro@example.com", "content_attributes": chosen}
    answer = api(ana).post(path, body)
    assert answer.status_code == 200
    forwarded = Message.objects.get(pk=answer.json()["id"])
    assert [item.filename for item in forwarded.attachments.all()] == ["logo.png"]


# ── appointments ──────────────────────────────────────────────────────────────────────────────────────
def invitation(
    method: str = "REQUEST", *, uid: str = "u1", lines: str = "", at: str = "100000"
) -> dict[str, str]:
    body = (
        f"BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nUID:{uid}\nSUMMARY:Visita\nDTSTART:20261203T{at}Z\n"
        f"ORGANIZER:mailto:carla@example.com\n{lines}END:VEVENT\nEND:VCALENDAR"
    )
    return {
        "body": body,
        "Content_Type": "text/calendar; charset=utf-8",
        "Subject": f"{method} {lines}".strip(),
    }


def states(*messages: Message) -> list[str]:
    found = []
    for message in messages:
        message.refresh_from_db()
        [card] = message.content_attributes["calendar"]
        found.append(card.get("state", ""))
    return found


@pytest.mark.feature("I-02")
def test_a_change_and_a_cancellation_join_the_invitation_and_mark_it(receive: Receive) -> None:
    first = receive(**invitation())
    moved = receive(**invitation(lines="SEQUENCE:1\n", at="120000"))
    again = receive(**invitation(lines="SEQUENCE:1\nX-COPY:1\n", at="120000"))
    gone = receive(**invitation("CANCEL", lines="SEQUENCE:2\n", at="120000"))
    assert {one.conversation_id for one in (first, moved, again, gone)} == {first.conversation_id}
    assert states(first, moved, again, gone) == ["updated", "", "cancelled", ""]
    assert receive(**invitation(uid="u2")).conversation_id != first.conversation_id


def test_what_comes_late_does_not_undo_what_came_before(receive: Receive) -> None:
    gone = receive(**invitation("CANCEL", lines="SEQUENCE:2\n"))
    late = receive(**invitation(lines="SEQUENCE:1\n"))
    assert states(gone, late) == ["", "cancelled"]
    assert late.conversation_id == gone.conversation_id


def test_a_stranger_who_knows_the_uid_changes_nothing(receive: Receive) -> None:
    first = receive(**invitation())
    forged = receive(**invitation("CANCEL", lines="SEQUENCE:9\n"), From="Mal <mal@evil.example>")
    assert states(first) == [""]
    assert forged.conversation_id != first.conversation_id
    own = receive(**invitation("CANCEL", lines="SEQUENCE:10\n"))
    assert own.conversation_id == first.conversation_id
    assert states(first) == ["cancelled"]


# ── references ────────────────────────────────────────────────────────────────────────────────────────
def references_of(message: Message) -> list[str]:
    return list(outgoing_of(Outgoing(key="k"), message, []).conversation["references"])


@pytest.mark.feature("Z-25")
def test_an_answer_refers_to_the_whole_chain_of_the_mail_it_answers(receive: Receive, ana: User) -> None:
    came = receive(Message_ID="<tres@x>", References="<uno@x> <dos@x>", In_Reply_To="<dos@x>")
    first = conversations.post_message(came.conversation, conversations.NewMessage("Sale hoy."), by=ana)
    assert references_of(first) == ["uno@x", "dos@x", "tres@x"]
    conversations.set_message_status(first, status=0, source_id="conversation/x/messages/1@acme")
    receive(Message_ID="<cuatro@x>", In_Reply_To="<conversation/x/messages/1@acme>", References="<otro@y>")
    second = conversations.post_message(came.conversation, conversations.NewMessage("Ya salió."), by=ana)
    assert references_of(second) == ["otro@y", "tres@x", "conversation/x/messages/1@acme", "cuatro@x"]


def test_the_chain_is_bounded_and_can_be_written(receive: Receive, ana: User) -> None:
    long = " ".join(f"<{number}@x>" for number in range(300))
    came = receive(
        Message_ID="<fin@x>", References=f"<prim@x> <ñ@x> <{'y' * 950}@x> {long}", In_Reply_To="<299@x>"
    )
    chain = references_of(
        conversations.post_message(came.conversation, conversations.NewMessage("Va."), by=ana)
    )
    assert len(chain) == MAX_REFERENCES
    assert chain[-2:] == ["299@x", "fin@x"]


def test_an_id_that_two_mails_share_stands_in_headers_as_it_is(receive: Receive, ana: User) -> None:
    receive("Soy Ana", Message_ID="<web@localhost>", From="ana@example.com")
    came = receive("Soy Eva", Message_ID="<web@localhost>", From="eva@example.com")
    ours = conversations.post_message(came.conversation, conversations.NewMessage("Va."), by=ana)
    thread = outgoing_of(Outgoing(key="k"), ours, []).conversation
    assert (thread["last_incoming_id"], thread["references"]) == ("web@localhost", ["web@localhost"])


# ── programs ──────────────────────────────────────────────────────────────────────────────────────────
PROGRAMS: list[dict[str, str]] = [
    {"Return_Path": "<>"},
    {"Auto_Submitted": "auto-generated"},
    {"List_Unsubscribe": "<mailto:x@y.cl>"},
    {"Precedence": "bulk"},
    {"X_Auto_Response_Suppress": "OOF"},
    {"Feedback_ID": "1:2:3"},
    {"From": "notificaciones@tienda.example"},
    {"Subject": "Ausente: Re: Pedido"},
]


@pytest.mark.feature("I-02")
@pytest.mark.parametrize("headers", PROGRAMS, ids=str)
def test_no_program_of_ours_answers_a_program(
    receive: Receive, mail_inbox: Inbox, acme: Account, admin: User, headers: dict[str, str]
) -> None:
    update_inbox(
        mail_inbox, by=None, greeting_enabled=True, greeting_message="Hola", working_hours_enabled=True,
        out_of_office_message="Cerrado", csat_survey_enabled=True,
    )  # fmt: skip
    Inbox.objects.filter(pk=mail_inbox.pk).update(
        working_hours=[{"day_of_week": d, "closed_all_day": True} for d in range(7)]
    )
    message = receive(**headers)
    conversation = message.conversation
    bot = AgentBot.objects.create(account=acme, name="Bot")
    with pytest.raises(WrittenByProgram):
        conversations.post_message(conversation, conversations.NewMessage("Hola, soy un bot"), by=bot)
    conversations.post_message(conversation, conversations.NewMessage("Lo miro", private=True), by=bot)
    conversations.change_status(conversation, status=1, by=admin)
    said = Message.objects.filter(conversation=conversation, message_type__in=[1, 3], private=False)
    assert not said.exists(), [one.content for one in said]
    # A person of ours may.
    conversations.post_message(conversation, conversations.NewMessage("Gracias"), by=admin)


@pytest.mark.feature("I-02")
def test_what_a_bot_says_to_a_person_says_that_a_program_said_it(
    receive: Receive, acme: Account, ana: User
) -> None:
    conversation: Any = Conversation.objects.get(pk=receive().conversation_id)
    bot = AgentBot.objects.create(account=acme, name="Bot")
    by_bot = conversations.post_message(conversation, conversations.NewMessage("Hola"), by=bot)
    by_person = conversations.post_message(conversation, conversations.NewMessage("Hola"), by=ana)
    assert [outgoing_of(Outgoing(key="k"), one, []).is_automatic for one in (by_bot, by_person)] == [
        True,
        False,
    ]
