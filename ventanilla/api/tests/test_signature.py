"""A signature is the user's own, and a message says it as often as the writer put it there: once."""

from __future__ import annotations

from typing import Any

import pytest

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import Message
from ventanilla.conversations.tests.scenes import talk
from ventanilla.inboxes.models import Inbox

pytestmark = pytest.mark.django_db
SIGNATURE = "**Ana Agente**\nSoporte de la tienda"


@pytest.mark.feature("R-14")
def test_each_has_a_signature_of_their_own(api: Any, ana: User, bruno: User) -> None:
    kept = api(ana).put("/api/v1/profile", {"profile": {"message_signature": SIGNATURE}})
    assert kept.json()["message_signature"] == SIGNATURE
    assert api(ana).get("/api/v1/profile").json()["message_signature"] == SIGNATURE
    assert not api(bruno).get("/api/v1/profile").json()["message_signature"]
    # Given nothing it stays, given "" it goes.
    api(ana).put("/api/v1/profile", {"profile": {"display_name": "Anita"}})
    assert api(ana).get("/api/v1/profile").json()["message_signature"] == SIGNATURE
    api(ana).put("/api/v1/profile", {"profile": {"message_signature": ""}})
    assert not api(ana).get("/api/v1/profile").json()["message_signature"]


@pytest.mark.feature("R-15")
def test_a_signed_message_is_kept_and_sent_signed_once(
    acme: Account, api: Any, ana: User, carla: Contact, web_inbox: Inbox
) -> None:
    api(ana).put("/api/v1/profile", {"profile": {"message_signature": SIGNATURE}})
    conversation = talk(carla, web_inbox, "Hola")
    path = f"/api/v1/accounts/{acme.pk}/conversations/{conversation.display_id}/messages"
    key = {"echo_id": "one-and-the-same"}
    text = f"Va hoy.\n\n--\n\n{SIGNATURE}"
    for _again in range(2):  # a browser that heard no answer asks again
        said = api(ana).post(path, {"content": text, **key})
        assert said.json()["content"].count("Soporte de la tienda") == 1
    plain = api(ana).post(path, {"content": "Sin firma."}).json()
    assert plain["content"] == "Sin firma."
    note = api(ana).post(path, {"content": "Una nota.", "private": True}).json()
    assert note["content"] == "Una nota."
    kept = Message.objects.filter(conversation=conversation, content__contains="Soporte de la tienda")
    assert all(one.content.count("Soporte de la tienda") == 1 for one in kept)
