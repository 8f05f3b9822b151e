"""When a backup is due, and which ones stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ventanilla.config.backups.clock import is_due
from ventanilla.config.backups.keeping import moment_of, name_at, to_remove
from ventanilla.config.backups.pipes import piped
from ventanilla.config.last_backup import backup_state, last_backup
from ventanilla.kit.setting_values import BadValue, Keep, keep, place, times
from ventanilla.upkeep import commands
from ventanilla.upkeep.models import BackupRun
from ventanilla.upkeep.schedule import slot_after, slot_before

pytestmark = pytest.mark.feature("Z-28")
OURS = "ventanilla-1a2b3c4d-"
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def name(moment: datetime, *, is_encrypted: bool = False) -> str:
    return name_at(moment, beginning=OURS, is_encrypted=is_encrypted)


def test_the_rule_keeps_the_newest_of_each_day_week_and_month() -> None:
    nightly = [name(NOON - timedelta(days=days)) for days in range(400)]
    removed = set(to_remove(nightly, Keep(7, 4, 12), beginning=OURS))
    stay = [moment_of(kept, beginning=OURS) for kept in nightly if kept not in removed]
    days = [moment.date().isoformat() for moment in stay if moment]
    assert days[:7] == [f"2026-03-0{day}" for day in (4, 3, 2, 1)] + [
        "2026-02-28",
        "2026-02-27",
        "2026-02-26",
    ]
    assert days[7:9] == ["2026-02-22", "2026-02-15"]  # Sundays: the newest of their weeks
    assert days[-1] == "2025-04-30"
    assert len(days) == 7 + 2 + 10


def test_the_newest_stays_whatever_the_rule_is_and_strangers_are_not_looked_at() -> None:
    several = [name(NOON - timedelta(minutes=minutes)) for minutes in range(3)]
    strangers = [
        "notes.txt",
        "ventanilla-99999999-20200101T000000Z.tar",
        f"{OURS}yesterday.tar",
        f"{OURS}20201301T000000Z.tar",
    ]
    assert to_remove([*several, *strangers], Keep(0, 0, 1), beginning=OURS) == several[1:]
    assert to_remove(several[:1], Keep(0, 0, 0), beginning=OURS) == []


def test_the_clock_has_a_moment_before_and_one_after() -> None:
    at = times("15:30, 3:05")
    assert slot_before(NOON, at) == NOON.replace(hour=3, minute=5)
    assert slot_after(NOON, at) == NOON.replace(hour=15, minute=30)
    assert slot_before(NOON.replace(hour=1), at) == NOON.replace(day=3, hour=15, minute=30)
    assert slot_after(NOON.replace(hour=23), at) == NOON.replace(day=5, hour=3, minute=5)


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (keep, ""),
        (keep, "7 days"),
        (keep, "0d"),
        (times, ""),
        (times, "24:00"),
        (times, "noon"),
        (place, "ftp://x/y"),
    ],
)
def test_what_is_no_rule_time_or_place_is_refused(read: Any, value: str) -> None:
    with pytest.raises(BadValue):
        read(value)


def _try(at: datetime, *, error: str = "", unverified: str = "") -> BackupRun:
    with commands.the_turn(cause=BackupRun.Cause.SCHEDULE, place="/copies", name=name(at)) as run:
        if error:
            commands.fail(run, error=error, said="No space left on device")
        else:
            commands.finish(run, size=1234, files=2, is_encrypted=False)
            commands.note_proof(run, unverified=unverified)
    BackupRun.objects.filter(pk=run.pk).update(started_at=at, finished_at=at)
    return run


@pytest.mark.django_db
def test_a_missed_moment_is_made_up_for_and_a_failed_try_waits_longer_each_time(settings: Any) -> None:
    settings.BACKUP_TO, settings.BACKUP_AT = "/copies", times("03:30")
    assert is_due(NOON)  # none yet
    _try(NOON - timedelta(days=2))
    assert is_due(NOON)
    _try(NOON, error="disk_full")
    assert not is_due(NOON + timedelta(minutes=4))
    assert is_due(NOON + timedelta(minutes=5))
    _try(NOON + timedelta(minutes=5), error="disk_full")
    assert not is_due(NOON + timedelta(minutes=14))
    assert is_due(NOON + timedelta(minutes=15))
    _try(NOON + timedelta(minutes=15))
    assert not is_due(NOON + timedelta(hours=15))
    assert is_due(NOON.replace(day=5, hour=3, minute=30))


@pytest.mark.django_db
def test_health_knows_the_last_backup_and_why_the_next_one_fails(settings: Any) -> None:
    settings.BACKUP_TO, settings.BACKUP_AT = "/copies", times("03:30")
    assert (last_backup(), backup_state().error) == (None, "")
    _try(NOON)
    _try(NOON + timedelta(days=1), error="disk_full")
    _try(NOON + timedelta(days=2), error="disk_full")
    found = backup_state()
    assert found.last is not None
    assert (found.last.bytes, found.last.files, found.last.place) == (1234, 2, "/copies")
    assert found.last.verified_at is not None
    assert (found.error_code, bool(found.error), found.failures) == ("disk_full", True, 2)
    assert found.failed_at == NOON + timedelta(days=2)
    assert found.next_at is not None
    _try(NOON + timedelta(days=3), unverified="no_scratch_database")
    after = backup_state()
    assert after.error == ""
    assert after.last is not None
    assert "CREATEDB" in after.last.unverified


@pytest.mark.django_db
def test_two_machines_make_one_backup() -> None:
    with commands.the_turn(cause=BackupRun.Cause.SCHEDULE, place="/copies", name="one") as run:
        # The other machine's: its row says a process of a host that we cannot look at, and its time is not over.
        BackupRun.objects.filter(pk=run.pk).update(claim="elsewhere/b/1/7/1#1")
        with (
            pytest.raises(commands.AnotherRuns),
            commands.the_turn(cause=BackupRun.Cause.SCHEDULE, place="/copies", name="two"),
        ):
            raise AssertionError
        later = run.started_at - timedelta(hours=1)
        BackupRun.objects.filter(pk=run.pk).update(claimed_until=later)  # that machine is gone
        with commands.the_turn(cause=BackupRun.Cause.SCHEDULE, place="/copies", name="three") as next_run:
            commands.note_proof(next_run)
    assert dict(BackupRun.objects.values_list("name", "error")) == {"one": "cut_short", "three": ""}


def test_a_writer_that_fails_is_no_end_of_the_stream() -> None:
    def write(out: Any) -> None:
        out.write(b"half")
        out.flush()
        raise OSError(28, "No space left on device")

    with piped(write) as stream:
        assert stream.read(4) == b"half"
        with pytest.raises(OSError, match="No space"):
            stream.read()


def test_a_stream_that_is_left_early_ends_its_writer() -> None:
    with piped(lambda out: out.write(b"x" * 10_000_000)) as stream:
        assert stream.read(3) == b"xxx"
