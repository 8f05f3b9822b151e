"""`scripts/screenshots`: take the README's pictures anew from the demo, in Chromium."""

from __future__ import annotations

import subprocess

import frontends
import python_env
from places import PYTHON, ROOT


def main(arguments: list[str]) -> int:
    """Build what is missing, then start the demo and photograph it."""
    python_env.prepare(dev=True)
    python_env.compile_languages()
    frontends.build()
    return subprocess.run([PYTHON, "-m", "e2e.pictures", *arguments], cwd=ROOT, check=False).returncode
