"""Who looked at what came in as it came, had it read again, or handed something over: noted in the log."""

from __future__ import annotations

from django.db import transaction

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import User
from ventanilla.delivery import in_tray
from ventanilla.delivery.events import Discarded, HandedOver, RunAgain, SourceShown
from ventanilla.delivery.models import Incoming
from ventanilla.events.facts import Fact
from ventanilla.events.log import record


@transaction.atomic
def note_source_shown(row: Incoming, *, account_id: int, by: User | None) -> None:
    """Someone takes it as it came. Records incoming.source_shown."""
    fact = SourceShown(account_id=account_id, incoming_id=row.pk, inbox_id=row.inbox_id)
    record(fact, actor=actor_of(by))


@transaction.atomic
def note_run_again(row: Incoming, *, account_id: int, by: User) -> None:
    """Someone had it read once more. Records incoming.run_again."""
    fact: Fact = RunAgain(account_id=account_id, incoming_id=row.pk, inbox_id=row.inbox_id, state=row.state)
    record(fact, actor=actor_of(by))


@transaction.atomic
def discard(row: Incoming, *, account_id: int, by: User) -> None:
    """Someone wants none of it. Records incoming.discarded, once."""
    if in_tray.discard(row):
        fact = Discarded(account_id=account_id, incoming_id=row.pk, inbox_id=row.inbox_id)
        record(fact, actor=actor_of(by))


@transaction.atomic
def note_handed_over(row: Incoming, *, account_id: int, inbox_id: int, by: User) -> None:
    """Someone gave an inbox a mail as a file. Records incoming.handed_over."""
    record(HandedOver(account_id=account_id, incoming_id=row.pk, inbox_id=inbox_id), actor=actor_of(by))
