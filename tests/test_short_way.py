"""The way of a message from its door to its row is short: whoever reads it crosses four functions of ours at most.

Counted on the stack when the row is inserted, from the function that answers the request or reads the mail.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

import ventanilla
from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands import start_conversation
from ventanilla.delivery import in_tray
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import in_account

MOST = 4
OURS = f"{Path(ventanilla.__file__).parent}/"
TOOLS = f"{OURS}kit/statements.py"

pytestmark = pytest.mark.django_db


@contextmanager
def ways_from(door: str) -> Iterator[list[list[str]]]:
    """Our functions on the way to each message that is inserted meanwhile, the door (`file:function`) first."""
    ways: list[list[str]] = []

    def watch(execute: Callable[..., Any], sql: str, *given: Any) -> Any:
        if sql.startswith("INSERT INTO conversations_message ("):
            ways.append(list(_way_from(door)))
        return execute(sql, *given)

    with connection.execute_wrapper(watch):
        yield ways
    assert ways, "nothing was written"


def _way_from(door: str) -> list[str]:
    way: list[str] = []
    frame = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(OURS) and file != TOOLS:
            way.insert(0, f"{file.removeprefix(OURS)}:{frame.f_code.co_name}")
            if way[0] == door:
                return way
        frame = frame.f_back
    raise AssertionError(f"{door} is not on the way: {way}")


def test_from_an_agents_request(acme: Account, ana: User, carla: Contact, web_inbox: Inbox, api: Any) -> None:
    start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
    with ways_from("api/application/messages.py:create") as ways:
        api(ana).post(in_account(acme, "conversations/1/messages"), {"content": "Hello"})

    assert all(len(way) <= MOST for way in ways), ways


def test_from_a_visitors_request(web_inbox: Inbox) -> None:
    Inbox.objects.filter(pk=web_inbox.pk).update(enable_email_collect=False)  # it writes by itself
    browser = Client(headers={"User-Agent": "Firefox"})
    path = f"/api/v1/widget/{{}}?website_token={web_inbox.identifier}"
    session = browser.post(path.format("config"), content_type="application/json").json()
    token = {"X-Auth-Token": session["website_channel_config"]["auth_token"]}
    with ways_from("api/widget/messages.py:create") as ways:
        for text in ("The first one begins a conversation", "The next one goes on"):
            body = {"message": {"content": text}}
            browser.post(path.format("messages"), body, content_type="application/json", headers=token)

    assert all(len(way) <= MOST for way in ways), ways


def test_from_a_mail_that_was_kept(acme: Account) -> None:
    inbox = create_inbox(acme, name="Help", channel={"type": "email", "email": "help@acme.example"}, by=None)
    raw = b"From: carla@example.com\r\nSubject: Hi\r\nMessage-ID: <1@example.com>\r\n\r\nHello\r\n"
    in_tray.keep(raw, channel="email", inbox=inbox)
    with ways_from("delivery/in_tray.py:read") as ways:
        in_tray.read_due()

    assert all(len(way) <= MOST for way in ways), ways
