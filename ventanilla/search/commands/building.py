"""Building an index from what is there: newest first, in short transactions, taken up again wherever it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ventanilla.events.models import ConsumerCursor
from ventanilla.kit import statements
from ventanilla.search.commands.indexing import enter, forget
from ventanilla.search.documents import Document, documents, table_of
from ventanilla.search.engines import EVERY, engine
from ventanilla.search.models import CONSUMER, Build
from ventanilla.search.selectors.missing import Missing, edition, missing

_IDS = 500  # of one transaction: writers wait some 10 ms for one
_SWEPT = 20_000


@dataclass(frozen=True)
class Progress:
    """`done` of `total` ids of a kind of document."""

    document: str
    done: int
    total: int


def build(told: Callable[[Progress], None] = lambda progress: None, *, seconds: float | None = None) -> bool:
    """Build what is missing; whether nothing is missing any more. Stops after `seconds`, and goes on the next time."""
    ends_at = time.monotonic() + seconds if seconds is not None else None
    for lacking in missing():
        document = documents()[lacking.document]
        last = max(document.last_id(), lacking.rest)
        for rest in _steps(document, lacking):
            told(Progress(document.name, last - rest, last))
            if ends_at is not None and time.monotonic() > ends_at:
                return False
    return True


def start_anew() -> None:
    """Forget how far the indexes were built. What they hold stays to be found until its place is written anew."""
    Build.objects.all().delete()


def _steps(document: Document, lacking: Missing) -> Iterator[int]:
    """Each step's rest: up to which id the rows are missing."""
    rest = lacking.rest
    if rest == 0:
        _note(document, 0)
    while rest > 0:
        above = max(0, rest - _IDS)
        with statements.writing():
            _hold_the_consumer()
            engine().expect_many()
            enter(document, document.words(document.ids(above, rest)))
            _note(document, above)
        rest = above
        yield rest


def _hold_the_consumer() -> None:
    """What it would forget between our reading and our writing would come back. On SQLite the transaction is the lock."""
    list(ConsumerCursor.objects.select_for_update().filter(pk=CONSUMER).values_list("pk"))


def _note(document: Document, rest: int) -> None:
    Build.objects.update_or_create(pk=document.name, defaults={"edition": edition(), "rest_up_to": rest})


def forget_what_left() -> int:
    """Take out rows whose living row left without a word in the log, as with a deleted inbox. How many they were."""
    count = 0
    for document in documents().values():
        above = 0
        while above < document.last_id():
            count += _sweep(document, above, above + _SWEPT)
            above += _SWEPT
        count += _sweep(document, above, EVERY[1])
    return count


def _sweep(document: Document, above: int, up_to: int) -> int:
    entered = set(engine().ids(table_of(document), (above, up_to)))
    left = entered - set(document.ids(above, up_to))
    if left:
        with statements.writing():
            forget(document, left)
    return len(left)
