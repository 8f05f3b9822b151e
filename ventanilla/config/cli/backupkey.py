"""`ventanilla backupkey`: a key to encrypt backups with. It is kept nowhere."""

from __future__ import annotations

import argparse

from ventanilla.config.backups import sealing
from ventanilla.config.cli.output import answer
from ventanilla.config.cli.texts import text


def run(arguments: argparse.Namespace) -> int:
    """Make one and print it."""
    key, public = sealing.new_key()
    answer(arguments.json, text("backup_new_key", secret=key, public=public), key=key, public=public)
    return 0
