"""`ventanilla search`: how much of the index is built; `--rebuild` builds it anew, `--go-on` what is missing.

It may run beside the server. Whatever stops it, the next run, or the worker by itself, continues where it was.
"""

from __future__ import annotations

import argparse
import sys
import time

from ventanilla.config.cli.output import answer
from ventanilla.config.cli.texts import text
from ventanilla.search import commands, selectors

_TELL_SECONDS = 0.5


def run(arguments: argparse.Namespace) -> int:
    """Build when asked to, then say how it stands."""
    if arguments.rebuild:
        commands.start_anew()
    if arguments.rebuild or arguments.go_on:
        telling = _Telling()
        commands.build(telling.tell)
        telling.end()
    missing = {row.document: row.rest for row in selectors.missing()}
    sentence = (
        text("search_missing", rows=sum(missing.values())) if any(missing.values()) else text("search_whole")
    )
    answer(arguments.json, sentence, missing=missing)
    return 0


class _Telling:
    """A line on the error stream now and then."""

    def __init__(self) -> None:
        self.next = time.monotonic() + _TELL_SECONDS
        self.told = False

    def tell(self, progress: commands.Progress) -> None:
        if time.monotonic() >= self.next and sys.stderr.isatty():
            percent = 100 * progress.done // max(progress.total, 1)
            line = text("search_building", document=progress.document, percent=percent)
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
            self.next, self.told = time.monotonic() + _TELL_SECONDS, True

    def end(self) -> None:
        if self.told:
            print(file=sys.stderr)
