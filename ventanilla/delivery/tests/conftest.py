"""A mailbox and mails to put in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ventanilla.accounts.models import Account, User
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.commands.members import add_inbox_members
from ventanilla.inboxes.models import Inbox


@pytest.fixture
def mail_inbox(acme: Account, ana: User) -> Inbox:
    """soporte@acme.example, with ana as its member."""
    inbox = create_inbox(
        acme, name="Soporte", channel={"type": "email", "email": "soporte@acme.example"}, by=None
    )
    add_inbox_members(inbox, user_ids=[ana.pk], by=None)
    return inbox


@pytest.fixture
def mail() -> Callable[..., bytes]:
    """`mail(subject=…, body=…, **headers)` as bytes."""

    def make(body: str = "Hola, ¿dónde está mi pedido?", **headers: str) -> bytes:
        fields = {
            "From": "Carla Cliente <carla@example.com>",
            "To": "soporte@acme.example",
            "Subject": "Pedido 10356",
            "Message-ID": "<uno@example.com>",
            "Date": "Mon, 3 Nov 2025 10:12:00 +0100",
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Transfer-Encoding": "8bit",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
        return (head + "\r\n" + "\r\n".join(body.splitlines())).encode()

    return make
