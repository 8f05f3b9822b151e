"""`scripts/run`: set up what is missing, then start the product. Every argument goes on to `ventanilla serve`."""

from __future__ import annotations

import importlib
import os
import sys

import frontends
import python_env
from places import PYTHON, ROOT


def main(arguments: list[str]) -> int:
    """Prepare, then become `ventanilla serve`. A question for help prepares nothing."""
    # The command line itself needs nothing that would have to be installed.
    if {"-h", "--help"} & set(arguments):
        sys.path.insert(0, str(ROOT))
        return int(importlib.import_module("ventanilla.config.cli.main").main(["serve", "--help"]))
    python_env.prepare()
    python_env.compile_languages()
    frontends.build()
    return os.execv(PYTHON, [str(PYTHON), "-P", "-m", "ventanilla", "serve", *arguments])
