"""`ventanilla worker`: one worker process."""

from __future__ import annotations

import argparse

from ventanilla.config.cli.children import follow
from ventanilla.config.worker import Worker


def run(arguments: argparse.Namespace) -> int:
    """Read the log, run jobs and clock work until SIGTERM."""
    follow(arguments.lifeline)
    return Worker().run_until_signal()
