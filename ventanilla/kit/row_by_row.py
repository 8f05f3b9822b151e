"""Work on many rows that none of them can stop.

A row that cannot be worked on (odd data, a fault of ours) is written to the log and left where it is, and those behind it
get their turn in the same run. A fault of what we stand on would meet every row alike: it ends the run, and whoever
started it tries again later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from django.db.models import Model, QuerySet

from ventanilla.kit.errors import NotFound
from ventanilla.kit.faults import OncePerMinute, fault_of

Row = TypeVar("Row", bound=Model)

log = structlog.get_logger("rows")

_BATCH = 100
_MOST_LEFT = 1_000  # they are named in the next question; so many at once are no odd rows but a fault of ours
_said = OncePerMinute(seconds=3_600)  # a job that runs every few seconds meets the same row again and again


def each(
    rows: Iterable[Row],
    act: Callable[[Row], int | None],
    *,
    where: str,
    failed: Callable[[Row], object] | None = None,
) -> int:
    """Act on every row; the sum of what `act` returned. A row that raises is logged, then told to `failed`.

    Each act must be a transaction of its own. Raises what `fault_of` knows: database, disk or storage do not serve us.
    """
    return sum(_try(row, act, where, failed) or 0 for row in rows)


def walk(
    rows: QuerySet[Row], act: Callable[[Row], int | None], *, where: str, at_most: int | None = None
) -> int:
    """The same for a set of rows that shrinks by what is done: in batches, to its end or until `at_most` is reached.

    What `act` returns 0 for is still in the set, like what raised, and is looked at once a run.
    """
    done = 0
    left: list[int] = []
    while len(left) < _MOST_LEFT and (at_most is None or done < at_most):
        size = _BATCH if at_most is None else min(_BATCH, at_most - done)
        # Read to its end before writing: a reader left open makes SQLite refuse the write when others wrote too.
        batch = list(rows.exclude(pk__in=left)[:size])
        if not batch:
            break
        for row in batch:
            key = row.pk  # a deletion takes it
            changed = _try(row, act, where, None)
            done += changed or 0
            if not changed:
                left.append(key)
    return done


def _try(
    row: Row, act: Callable[[Row], int | None], where: str, failed: Callable[[Row], object] | None
) -> int | None:
    key = row.pk
    try:
        return act(row)
    except NotFound:  # someone deleted it meanwhile
        return None
    except Exception as error:
        if fault_of(error) is not None:
            raise
        quiet = _said.count(f"{where}:{key}")
        if quiet is not None:
            log.exception("rows.failed", where=where, row=key, quiet=quiet)
    if failed is not None:
        row.pk = key  # a deletion that was rolled back has taken it
        _try(row, lambda one: bool(failed(one)), f"{where}.failed", None)
    return None
