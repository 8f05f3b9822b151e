"""A backup's beginning and end. One is made at a time, whatever machine makes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from ventanilla.events import claims
from ventanilla.kit.clock import now
from ventanilla.upkeep.models import BackupRun

KEPT_RUNS = 200  # of the list; the backups themselves go by their own rule
_CHARS_SAID = 2_000


class AnotherRuns(Exception):
    """A backup is being made now."""


@contextmanager
def the_turn(*, cause: BackupRun.Cause, place: str, name: str) -> Iterator[BackupRun]:
    """Have the turn to make a backup for as long as the block lasts; the run, whose end the block says.

    Raises AnotherRuns. A run whose process is gone is noted as cut short.
    """
    claim = claims.new()

    def renew() -> None:
        BackupRun.objects.filter(claim=claim, turn=1).update(claimed_until=now() + claims.LEASE)

    with claims.holding(claim, renew):
        run = _begin(claim, cause=cause, place=place, name=name)
        claims.keep_alive()
        try:
            yield run
        finally:
            # Whatever happened in the block: who has no end by now was cut short.
            BackupRun.objects.filter(pk=run.pk, turn=1).update(
                turn=None, claim="", claimed_until=None, finished_at=now(), error="cut_short"
            )


def _begin(claim: str, *, cause: BackupRun.Cause, place: str, name: str) -> BackupRun:
    moment = now()
    running = BackupRun.objects.filter(turn=1).first()
    if running is not None:
        if not claims.is_lost(running.claim, running.claimed_until, at=moment):
            raise AnotherRuns
        BackupRun.objects.filter(pk=running.pk, turn=1, claim=running.claim).update(
            turn=None, claim="", claimed_until=None, finished_at=moment, error="cut_short"
        )
    try:
        with transaction.atomic():
            return BackupRun.objects.create(
                turn=1,
                claim=claim,
                claimed_until=moment + claims.LEASE,
                cause=cause,
                place=place,
                name=name,
                started_at=moment,
            )
    except IntegrityError as error:
        raise AnotherRuns from error


def finish(run: BackupRun, *, size: int, files: int, is_encrypted: bool) -> None:
    """It is whole where it belongs. Whether it can be restored is said next, by `note_proof`."""
    run.bytes, run.files, run.is_encrypted = size, files, is_encrypted
    run.save(update_fields=["bytes", "files", "is_encrypted"])


def note_proof(run: BackupRun, *, unverified: str = "", said: str = "") -> None:
    """It was restored elsewhere and counted; or could not be, for the reason with that code."""
    run.verified_at = None if unverified else now()
    run.unverified, run.said = unverified, said[:_CHARS_SAID]
    _end(run)


def fail(run: BackupRun, *, error: str, said: str = "") -> None:
    """There is no backup: `error` is the code of why, `said` what the system said."""
    run.error, run.said = error, said[:_CHARS_SAID]
    _end(run)


def _end(run: BackupRun) -> None:
    run.turn, run.claim, run.claimed_until, run.finished_at = None, "", None, now()
    run.save()
    oldest = BackupRun.objects.order_by("-pk").values_list("pk", flat=True)[KEPT_RUNS : KEPT_RUNS + 1]
    if kept := list(oldest):
        BackupRun.objects.filter(pk__lte=kept[0], turn=None).delete()


def note_removed(place: str, names: list[str]) -> None:
    """The rule let these go."""
    BackupRun.objects.filter(place=place, name__in=names, removed_at=None).update(removed_at=now())


def forget_running() -> None:
    """After a restore: the run that the restored rows were copied in ended long ago, and well."""
    BackupRun.objects.filter(turn=1).delete()
