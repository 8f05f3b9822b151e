"""`ventanilla worker`: one worker process."""

from __future__ import annotations

import argparse

from ventanilla.config import heart, open_files
from ventanilla.config.cli import storage_check
from ventanilla.config.cli.children import follow
from ventanilla.config.worker import Worker
from ventanilla.kit import memory


def run(arguments: argparse.Namespace) -> int:
    """Read the log, run jobs and clock work until SIGTERM."""
    memory.keep_small_pools()
    follow(arguments.lifeline)
    open_files.raise_limit()
    storage_check.say_if_wrong()
    worker = Worker()
    beating = heart.begin("worker", pulses=[worker.pulse], pipe=arguments.pulse)
    code = worker.run_until_signal()
    beating.stop()
    return code
