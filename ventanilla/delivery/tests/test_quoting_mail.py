"""What a mail quotes, passes on and signs with, from the wire to the thread, the list and the search."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest

from ventanilla.conversations.models import Conversation, Message
from ventanilla.delivery import in_tray
from ventanilla.inboxes.models import Inbox

Mail = Callable[..., bytes]


def receive(inbox: Inbox, raw: bytes) -> Message:
    """The message that a mail became."""
    in_tray.read(in_tray.keep(BytesIO(raw), channel="email", inbox=inbox))
    return Message.objects.filter(inbox=inbox).latest("pk")


@pytest.mark.feature("V-LST-04", "I-02")
@pytest.mark.parametrize("prefix", ["RV:", "Fwd:", "WG:", "TR :", "I:", "ENC:", "PD:", "[EXTERNAL] FW:"])
def test_what_a_colleague_passes_on_is_a_conversation_each(
    mail_inbox: Inbox, mail: Mail, prefix: str
) -> None:
    for number in range(3):
        receive(mail_inbox, mail(Subject=f"{prefix} Formulario", Message_ID=f"<f{number}@x.example>"))
    receive(
        mail_inbox,
        mail(Subject=f"{prefix} Formulario", Message_ID="<f9@x.example>", References="<other@x.example>"),
    )
    assert Conversation.objects.count() == 4


@pytest.mark.feature("V-LST-04")
@pytest.mark.parametrize("prefix", ["RES:", "Rta:", "Re(2):", "[EXTERNAL] RE:", "VS:", "回复：", "Antw:"])
def test_an_answer_without_references_joins_by_its_subject_in_any_language(
    mail_inbox: Inbox, mail: Mail, prefix: str
) -> None:
    receive(mail_inbox, mail(Subject="Formulario", Message_ID="<a@x.example>"))
    receive(mail_inbox, mail(Subject=f"{prefix} Formulario", Message_ID="<b@x.example>"))
    assert Conversation.objects.get().messages.filter(message_type=0).count() == 2
