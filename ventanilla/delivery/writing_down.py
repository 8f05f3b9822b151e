"""Writing down what is known here alone, however long the database is away meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.db import connection, transaction

from ventanilla.kit.faults import is_passing

log = structlog.get_logger("delivery")

_PAUSES_SECONDS = (0.1, 0.5, 2.0, 5.0)


def write_down(record: Callable[[], None]) -> None:
    """Run `record` in one transaction until it is committed: what came of a try would be lost with this process.

    Inside a transaction of someone else it runs once: that is theirs to begin again.
    """
    tries = 0
    while True:
        try:
            with transaction.atomic():
                record()
        except Exception as error:
            if connection.in_atomic_block or not is_passing(error):
                raise
            log.warning("delivery.not_written_down", tries=tries, error=repr(error))
            connection.close()
            time.sleep(_PAUSES_SECONDS[min(tries, len(_PAUSES_SECONDS) - 1)])
            tries += 1
        else:
            return
