"""Characters that a database refuses cost no mail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ventanilla.conversations.models import Message
from ventanilla.delivery import in_tray
from ventanilla.delivery.models import Incoming
from ventanilla.inboxes.models import Inbox

pytestmark = pytest.mark.feature("Z-09", "I-02")
TYPE = b"Content-Type: text/plain; charset=utf-8"

CHANGES = {
    "body": [(b"Hola,", b"Ho\0la,")],
    "subject": [(b"Pedido 10356", b"=?utf-8?q?a=00b?=")],
    "name": [(b"Carla Cliente", b"=?utf-8?q?a=00b?=")],
    "ids": [(b"<uno@example.com>", b"<u\0no@example.com>"), (b"Date:", b"References: <a\0b@c>\r\nDate:")],
    "html": [(b"text/plain", b"text/html"), (b"Hola,", b"<p>Ho\0la&#0;,")],
    "file": [(TYPE, b"Content-Type: application/pdf; name*=utf-8''a%00b.pdf")],
    "content id": [(TYPE, b"Content-ID: <a\0b>\r\nContent-Type: image/png; name=x.png")],
    "half a character": [(b"utf-8\r\n", b"utf-7\r\n"), (b"Hola,", b"Ho+2AA-la,")],
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_mail_with_characters_no_database_takes_is_read(
    mail_inbox: Inbox, mail: Callable[..., bytes], name: str
) -> None:
    raw = mail()
    for old, new in CHANGES[name]:
        assert old in raw
        raw = raw.replace(old, new)

    row = in_tray.keep(raw, channel="email", inbox=mail_inbox)
    in_tray.read_due()

    row.refresh_from_db()
    assert (row.state, row.reason) == (Incoming.State.PROCESSED, "")
    message = Message.objects.get(content_type="incoming_email")
    assert "\0" not in f"{message.content}{message.content_attributes}{message.source_id}"


def test_what_is_kept_beside_it_is_storable_too(mail_inbox: Inbox, mail: Callable[..., bytes]) -> None:
    row = in_tray.keep(
        mail(), channel="email", inbox=mail_inbox, provider_key="a\0b", meta={"recipients": ["x\0@y.example"]}
    )

    again = in_tray.keep(mail(), channel="email", inbox=mail_inbox, provider_key="a\0b")
    assert (again.pk, row.provider_key, row.meta) == (row.pk, "ab", {"recipients": ["x@y.example"]})
