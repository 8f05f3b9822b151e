"""Sessions from before sessions kept what they said (migration 0004)."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.apps import apps

from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.models import ContactInbox
from ventanilla.inboxes.models import Inbox

fill = import_module("ventanilla.contacts.migrations.0004_what_sessions_said").fill


def test_only_what_can_have_come_from_a_session_alone_is_its_own_word(acme, web_inbox, carla):
    own = create_contact(
        acme, name="Nora", email="nora@example.com", custom_attributes={"plan": "pro"}, by=None
    )
    shared = create_contact(acme, name="Dos", by=None)
    mail = Inbox.objects.create(account=acme, name="Correo", kind="email", address="hola@acme.example")
    type(carla).objects.filter(pk=carla.pk).update(created_at=carla.created_at - timedelta(days=2))

    def make(contact, source, inbox=web_inbox, **fields):
        fields = {"created_at": contact.created_at, **fields}
        return ContactInbox.objects.create(contact=contact, inbox=inbox, source_id=source, **fields)

    make(own, "own")
    make(shared, "first")
    make(shared, "second")
    make(carla, "claimed")
    make(carla, "signed", hmac_verified=True)
    make(carla, "carla@example.com", mail)
    fill(apps, None)

    found = {row.source_id: (row.has_joined, row.said) for row in ContactInbox.objects.all()}
    assert found == {
        "own": (False, {"name": "Nora", "email": "nora@example.com", "custom_attributes": {"plan": "pro"}}),
        "first": (False, {}),
        "second": (False, {}),
        "claimed": (True, {}),
        "signed": (False, {}),
        "carla@example.com": (False, {}),
    }
