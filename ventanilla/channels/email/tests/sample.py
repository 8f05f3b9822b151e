"""Email in the tests that every channel passes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller

from ventanilla.inboxes.channel_doors import Call
from ventanilla.testing.channels import Sample
from ventanilla.testing.mailbox import free_port

ADDRESS = "soporte@acme.example"
SECRET = "casa:muy-secreta"
MAIL = (
    "From: Carla Cliente <carla@example.com>\r\n"
    f"To: {ADDRESS}\r\n"
    "Subject: Pedido 10356\r\n"
    "Message-ID: <uno@example.com>\r\n"
    "Date: Mon, 3 Nov 2025 10:12:00 +0100\r\n"
    "\r\n"
    "Where is my order?\r\n"
)


class _Postbox:
    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.mails.append(bytes(envelope.content))
        return "250 2.0.0 Taken"


@contextmanager
def server() -> Iterator[tuple[Mapping[str, Any], Sequence[bytes]]]:
    """A mail server that takes everything."""
    box, port = _Postbox(), free_port()
    running = Controller(box, hostname="127.0.0.1", port=port)
    running.start()
    try:
        yield (
            {
                "smtp_enabled": True,
                "smtp_address": "127.0.0.1",
                "smtp_port": port,
                "smtp_enable_starttls_auto": False,
            },
            box.mails,
        )
    finally:
        running.stop()


SAMPLE = Sample(
    form={"email": ADDRESS},
    secrets=("imap_password", "smtp_password"),
    payload=MAIL.encode(),
    says="Where is my order?",
    network=server,
    token="sparkpost",
    call=Call(
        json.dumps(
            [
                {
                    "msys": {
                        "relay_message": {
                            "rcpt_to": ADDRESS,
                            "content": {"email_rfc822": MAIL, "email_rfc822_is_base64": False},
                        }
                    }
                }
            ]
        ).encode(),
        "application/json",
        "Basic " + base64.b64encode(SECRET.encode()).decode(),
    ),
    opened_by={"MAIL_WEBHOOK_SECRET": SECRET},
    tools={
        "providers": {},
        "discover": {"email": ADDRESS},
        "send_test": {},
        "find_test": {},
        "check_sender_domain": {},
    },
)
