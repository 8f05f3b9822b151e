"""`scripts/run`: set up what is missing, then start the product. Every argument goes on to `ventanilla serve`."""

from __future__ import annotations

import os

import frontends
import python_env
from places import CLI


def main(arguments: list[str]) -> int:
    """Prepare, then become `ventanilla serve`; does not return."""
    python_env.prepare()
    python_env.compile_languages()
    frontends.build()
    os.execv(CLI, [str(CLI), "serve", *arguments])
