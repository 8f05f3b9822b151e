"""A copy of the product's sources to take apart or add to, and programs that run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ventanilla.testing import template

ROOT = Path(__file__).parents[2]
_SETTINGS = "ventanilla.config.settings"


class Tree:
    """The copy below `folder`, with an empty SQLite database of its own. Tests, but for rooms' samples, stay behind."""

    def __init__(self, folder: Path) -> None:
        self.root, self.data = folder / "tree", folder / "data"
        unneeded = shutil.ignore_patterns("__pycache__", "test_*.py", "static_built", "letters")
        shutil.copytree(ROOT / "ventanilla", self.root / "ventanilla", ignore=unneeded)
        shutil.copy(ROOT / "pyproject.toml", self.root)
        template.place(self.data)

    def edit(self, path: str, before: str, after: str) -> None:
        """Replace `before`, which must stand there once."""
        file = self.root / path
        text = file.read_text()
        if text.count(before) != 1:
            raise ValueError(f"{path} has {before!r} {text.count(before)} times")
        file.write_text(text.replace(before, after))

    def python(self, *arguments: str) -> str:
        """What Python prints when it runs with these arguments in the copy. Raises AssertionError with what went wrong."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("VENTANILLA_")}
        mine = {
            "VENTANILLA_DATA": str(self.data),
            "VENTANILLA_BASE_URL": "http://testserver",
            "VENTANILLA_LOG_LEVEL": "error",
            "DJANGO_SETTINGS_MODULE": _SETTINGS,
            "PYTHONPATH": str(self.root),
        }
        done = subprocess.run(  # noqa: S603
            [sys.executable, *arguments],
            cwd=self.root,
            env=kept | mine,
            capture_output=True,
            text=True,
            timeout=50,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout
