"""Health and metrics say what is true, to those who may know."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client, override_settings

from ventanilla.config import heart
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.conversations.models import Conversation, Status
from ventanilla.delivery.models import Incoming, Outgoing
from ventanilla.events.models import Heartbeat
from ventanilla.health.looking import look
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.upkeep.commands import fail, finish, note_proof, the_turn
from ventanilla.upkeep.models import BackupRun


def figures() -> dict[str, float]:
    """What `/metrics` says, by name and labels."""
    text = Client(REMOTE_ADDR="127.0.0.1").get("/metrics").content.decode()
    lines = [line.rpartition(" ") for line in text.splitlines() if line.startswith("ventanilla_")]
    return {name.removeprefix("ventanilla_"): float(value) for name, _space, value in lines}


def found(check: str) -> list[dict[str, Any]]:
    """What `/health?details` says of a check."""
    told = Client(REMOTE_ADDR="127.0.0.1").get("/health?details").json()
    return next(one["found"] for one in told["checks"] if one["name"] == check)


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
    assert "checks" in here.get("/health?details").json()
    assert here.get("/metrics").status_code == 200
    assert proxied.get("/metrics").status_code == 401
    assert "checks" not in proxied.get("/health?details").json()


@override_settings(METRICS_TOKEN="tell-me")
def test_with_a_token_only_its_bearer_may_look() -> None:
    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics").status_code == 401
    assert Client(headers={"Authorization": "Bearer tell-me"}).get("/metrics").status_code == 200


def test_an_unreachable_database_is_a_503(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = Client().get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "database_away")
    assert answer.headers["Retry-After"]
    assert Client().get("/health/live").status_code == 200


@pytest.fixture
def clock() -> Iterator[None]:
    with time_machine.travel(now(), tick=False):
        yield


@pytest.fixture(autouse=True)
def fresh_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has tried nothing yet."""
    monkeypatch.setattr(heart, "_own", heart.Heart("web"))


def beat(
    kind: str, *, seconds_ago: float, pid: int | None = None, host: str = "", ended: bool = False
) -> None:
    moment = now()
    Heartbeat.objects.create(
        id=f"{kind}-{seconds_ago}-{pid}-{host}", kind=kind, host=host or socket.gethostname(), pid=pid or os.getpid(),
        started_at=moment - timedelta(hours=1), beat_at=moment - timedelta(seconds=seconds_ago), ended=ended,
    )  # fmt: skip


def test_a_worker_that_falls_silent_is_a_503_within_15_seconds_and_named(clock: None) -> None:
    stopped = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "ventanilla worker"])
    try:
        beat("worker", seconds_ago=5, pid=stopped.pid)
        assert Client().get("/health").json()["status"] == "ok"
        Heartbeat.objects.filter(kind="worker").update(beat_at=now() - timedelta(seconds=13))
        answer = Client().get("/health")
        assert (answer.status_code, answer.json()["status"]) == (503, "worker_silent")
        assert figures()["silent_processes"] == 1
        seen = next(one for one in look() if one.check.name == "processes")
        assert (seen.state, f"worker {stopped.pid}" in str(seen.found[0].hint)) == ("ill", True)
    finally:
        stopped.kill()
        stopped.wait()


def test_one_silent_worker_beside_one_that_works_is_told_and_no_alarm(clock: None) -> None:
    beat("worker", seconds_ago=1)
    beat("worker", seconds_ago=30, host="other", pid=7)
    answer = Client(REMOTE_ADDR="127.0.0.1").get("/health?details")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert (figures()["workers"], figures()["silent_processes"]) == (1, 1)
    assert [one["state"] for one in found("processes")] == ["look"]


def test_a_worker_that_stopped_as_asked_is_missed_only_when_none_follows(clock: None) -> None:
    beat("worker", seconds_ago=3, ended=True)
    assert Client().get("/health").status_code == 200
    Heartbeat.objects.update(beat_at=now() - timedelta(seconds=60))
    assert Client().get("/health").json()["status"] == "worker_silent"
    beat("worker", seconds_ago=2)
    assert Client().get("/health").json()["status"] == "ok"


def test_who_was_killed_on_this_machine_is_not_waited_for(clock: None) -> None:
    beat("worker", seconds_ago=1)
    beat("worker", seconds_ago=30, pid=2**22 + 1)  # no process has that number
    assert Client().get("/health").json()["status"] == "ok"


def test_a_beat_from_before_the_clock_was_put_back_is_no_sign() -> None:
    beat("worker", seconds_ago=-3600)
    assert Client().get("/health").json()["status"] == "worker_silent"


def test_a_database_of_a_newer_program_is_a_503() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('events', '9999_later', CURRENT_TIMESTAMP)"
        )
    answer = Client().get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "database_newer")


def test_a_disk_that_takes_nothing_more_is_a_503_until_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    full = {"is": True}

    def write() -> None:
        if full["is"]:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(heart, "_try_files", write)
    assert Client().get("/health").json()["status"] == "disk_full"
    full["is"] = False
    monkeypatch.setattr(heart, "_own", heart.Heart("web"))
    assert Client().get("/health").json()["status"] == "ok"


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
    told = figures()
    states = {"received": 1, "processed": 1, "ignored": 0, "quarantined": 1}
    assert {state: told[f'in_tray_rows{{state="{state}"}}'] for state in states} == states
    assert 299 < told["in_tray_oldest_seconds"] < 330
    assert 89 < told["out_tray_oldest_seconds"] < 120


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
    assert 50 * 60 <= figures()["oldest_unanswered_seconds"] < 51 * 60


def test_an_inbox_whose_channel_fails_is_named_with_its_reason(web_inbox: Inbox) -> None:
    Inbox.objects.filter(pk=web_inbox.pk).update(
        failure_reason="The password was refused.", failing_since=now()
    )
    assert [(one["name"], one["says"]) for one in found("channels")] == [
        (web_inbox.name, "The password was refused.")
    ]
    assert figures()["troubled_inboxes"] == 1


def test_every_consumer_tells_how_far_it_trails() -> None:
    told = figures()
    readers = [name for name in told if name.startswith("reader_waiting{")]
    assert len(readers) > 2
    assert all(value == 0 for name, value in told.items() if name.startswith("reader_set_aside"))


def test_the_last_backup_is_remembered() -> None:
    with the_turn(cause=BackupRun.Cause.COMMAND, place="/copies", name="copy.tar") as run:
        finish(run, size=1234, files=0, is_encrypted=False)
        note_proof(run)
    assert 0 <= figures()["last_backup_age_seconds"] < 60
    told = {one["name"]: one["value"] for one in found("backup")[0]["figures"]}
    assert (told["last_backup_bytes"], told["last_backup"] > 0) == (1234, True)
    assert found("backup")[0]["code"] == "backup_well"
    with the_turn(cause=BackupRun.Cause.SCHEDULE, place="/copies", name="copy.tar") as run:
        fail(run, error="disk_full", said="No space left on device")
    (failed,) = found("backup")
    assert (failed["state"], failed["code"]) == ("ill", "backup_failed")
