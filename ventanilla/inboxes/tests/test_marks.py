"""Clients may put anything under any key: a view answers with its type or with nothing."""

from __future__ import annotations

import pytest

from ventanilla.inboxes.marks import ConversationMarks, MessageMarks

ODD = [None, 7, "", [], {}, [None, "", 3], {"from": 4, "text_content": "x", "html_content": [1]}, True]


@pytest.mark.parametrize("value", ODD)
def test_an_odd_value_is_read_as_its_type_or_as_nothing(value):
    keys = (
        "to_emails",
        "cc_emails",
        "bcc_emails",
        "subject",
        "in_reply_to",
        "email",
        "items",
        "display_type",
    )
    marks = MessageMarks(dict.fromkeys(keys, value))
    assert all(isinstance(one, str) for one in marks.addressed)
    assert isinstance(marks.subject, str)
    assert marks.answers is None or isinstance(marks.answers, int)
    assert isinstance(marks.items, list)
    mail = marks.mail
    assert all(isinstance(one, str) for one in (*mail.senders, *mail.to, *mail.cc, *mail.references))
    assert all(isinstance(one, str) for one in (mail.html, mail.whole_text, mail.own_text, mail.subject))
    of_conversation = ConversationMarks(
        dict.fromkeys(("mail_subject", "customer_addresses", "widget_language"), value)
    )
    assert isinstance(of_conversation.subject + of_conversation.widget_language, str)
    assert all(isinstance(one, str) for one in of_conversation.also_theirs)


def test_one_address_alone_is_a_list_of_one():
    assert MessageMarks({"to_emails": "a@example.com"}).addressed == ["a@example.com"]


def test_what_is_passed_on_is_known_by_its_key():
    assert MessageMarks({"forwarded_message_id": None}).passes_on
    assert not MessageMarks({}).passes_on
