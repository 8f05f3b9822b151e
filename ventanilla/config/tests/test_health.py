"""Health and metrics say what is true, to those who may know."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client, override_settings

from ventanilla.config.health import report
from ventanilla.config.last_backup import note_backup
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.conversations.models import Conversation, Status
from ventanilla.delivery.models import Incoming, Outgoing
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-28")]


def test_health_is_public_and_says_nothing_of_the_inside() -> None:
    answer = Client().get("/health", REMOTE_ADDR="203.0.113.7")
    assert answer.status_code == 200
    assert set(answer.json()) == {"status", "version"}
    assert set(Client().get("/health?details", REMOTE_ADDR="203.0.113.7").json()) == {"status", "version"}


def test_details_and_metrics_are_for_this_machine_but_not_for_a_proxy_on_it() -> None:
    here, proxied = (
        Client(REMOTE_ADDR="127.0.0.1"),
        Client(REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "203.0.113.7"}),
    )
    assert "readers" in here.get("/health?details").json()
    assert here.get("/metrics").status_code == 200
    assert proxied.get("/metrics").status_code == 401
    assert "readers" not in proxied.get("/health?details").json()


@override_settings(METRICS_TOKEN="tell-me")
def test_with_a_token_only_its_bearer_may_look() -> None:
    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics").status_code == 401
    assert Client(headers={"Authorization": "Bearer tell-me"}).get("/metrics").status_code == 200


def test_an_unreachable_database_is_a_503(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = Client().get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "database unavailable")


def test_trays_tell_rows_by_state_and_the_age_of_the_oldest_that_waits(web_inbox: Inbox) -> None:
    moment = now()
    for number, state in enumerate(["received", "quarantined", "processed"]):
        Incoming.objects.create(
            account=web_inbox.account, inbox=web_inbox, channel="email", provider_key=str(number), state=state,
            received_at=moment - timedelta(minutes=5 + number),
        )  # fmt: skip
    Outgoing.objects.create(
        account=web_inbox.account,
        kind="webhook",
        key="k",
        state="queued",
        created_at=moment - timedelta(seconds=90),
    )
    found = report()
    assert found.in_tray.by_state == {"received": 1, "processed": 1, "ignored": 0, "quarantined": 1}
    assert 299 < found.in_tray.oldest_seconds < 330
    assert 89 < found.out_tray.oldest_seconds < 120
    text = Client(REMOTE_ADDR="127.0.0.1").get("/metrics").content.decode()
    assert 'ventanilla_in_tray_rows{state="quarantined"} 1.0' in text


def test_the_oldest_unanswered_is_the_open_conversation_that_waits_longest(
    web_inbox: Inbox, carla: Contact
) -> None:
    identity = ContactInbox.objects.create(contact=carla, inbox=web_inbox, source_id="c")
    waits = {Status.OPEN: [10, 50], Status.RESOLVED: [500]}
    for number, (status, minutes) in enumerate((s, m) for s, every in waits.items() for m in every):
        Conversation.objects.create(
            account=web_inbox.account, inbox=web_inbox, contact=carla, contact_inbox=identity, display_id=number + 1,
            status=status, waiting_since=now() - timedelta(minutes=minutes),
        )  # fmt: skip
    assert 50 * 60 <= report().oldest_unanswered_seconds < 51 * 60


def test_an_inbox_whose_channel_fails_is_named_with_its_reason(web_inbox: Inbox) -> None:
    Inbox.objects.filter(pk=web_inbox.pk).update(
        failure_reason="The password was refused.", failing_since=now()
    )
    assert [(one.name, one.reason) for one in report().troubled_inboxes] == [
        (web_inbox.name, "The password was refused.")
    ]


def test_every_consumer_tells_how_far_it_trails() -> None:
    readers = report().readers
    assert len(readers) > 2
    assert all(reader.set_aside == 0 for reader in readers)


def test_the_last_backup_is_remembered() -> None:
    note_backup(size=1234)
    found = report()
    assert found.last_backup_bytes == 1234
    assert found.last_backup_at is not None
    metrics = Client(REMOTE_ADDR="127.0.0.1").get("/metrics").content.decode()
    age = next(line for line in metrics.splitlines() if line.startswith("ventanilla_last_backup_age_seconds"))
    assert 0 <= float(age.split()[1]) < 60
    assert (
        json.loads(Client(REMOTE_ADDR="127.0.0.1").get("/health?details").content)["last_backup_bytes"]
        == 1234
    )
