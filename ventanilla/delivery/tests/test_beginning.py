"""A conversation that we begin: made and assigned, and silent until someone writes in it."""

from __future__ import annotations

from collections.abc import Callable
from email.parser import BytesParser
from email.policy import default

import pytest

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import Conversation
from ventanilla.delivery import out_tray
from ventanilla.delivery.models import Outgoing
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import ApiClient, in_account

Api = Callable[..., ApiClient]


@pytest.mark.feature("D-NEW-01", "D-NEW-02", "D-NEW-03")
def test_nothing_leaves_until_somebody_writes(
    acme: Account,
    mail_inbox: Inbox,
    ana: User,
    carla: Contact,
    api: Api,
    drain_log: Callable[[], int],
    mailoutbox: list[object],
) -> None:
    reachable = api(ana).get(in_account(acme, f"contacts/{carla.pk}/contactable_inboxes")).json()["payload"]
    assert [one["inbox"]["id"] for one in reachable] == [mail_inbox.pk]
    made = api(ana).post(
        in_account(acme, "conversations"),
        {
            "contact_id": carla.pk,
            "inbox_id": mail_inbox.pk,
            "source_id": reachable[0]["source_id"],
            "assignee_id": ana.pk,
            "additional_attributes": {"source": "email", "mail_subject": "Tu visita del lunes"},
        },
    )
    conversation = Conversation.objects.get()
    assert made.json()["meta"]["assignee"]["id"] == ana.pk
    drain_log()
    out_tray.send_due()
    assert not Outgoing.objects.exists()
    api(ana).post(
        in_account(acme, f"conversations/{conversation.display_id}/messages"), {"content": "Hola, Carla"}
    )
    drain_log()
    out_tray.send_due()
    [sent] = mailoutbox
    mail = BytesParser(policy=default).parsebytes(sent.as_bytes())  # type: ignore[attr-defined]
    assert mail["Subject"] == "Tu visita del lunes"
    assert sent.recipients() == ["carla@example.com"]  # type: ignore[attr-defined]
