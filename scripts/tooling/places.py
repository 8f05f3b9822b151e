"""Where things are, and stamps that say whether a step's inputs changed since it last ended well."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from say import Problem

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
NODE = ROOT / ".node"
STATE = ROOT / ".state"
PYTHON = VENV / "bin" / "python"
CLI = VENV / "bin" / "ventanilla"
_SKIPPED = {"node_modules", "dist", "dist.new", "dist.old", "__pycache__", "tests", ".vite", "static_built"}


def need_write(path: Path) -> None:
    """Raise Problem when this user cannot write in `path`."""
    if not os.access(path, os.W_OK | os.X_OK):
        raise Problem("no_write", path=path)


def files_under(*roots: Path, skip: Iterable[str] = _SKIPPED) -> list[Path]:
    """Every file of `roots` (files or folders), without folders named in `skip`, in a fixed order."""
    names = frozenset(skip)
    found: list[Path] = []
    for root in roots:
        if root.is_file():
            found.append(root)
        for folder, folders, files in os.walk(root):
            folders[:] = sorted(set(folders) - names)
            found += [Path(folder, file) for file in sorted(files)]
    return found


def digest(paths: Iterable[Path], *words: str) -> str:
    """One digest of the names and contents of `paths` and of `words`."""
    total = hashlib.sha256(repr(words).encode())
    for path in paths:
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_fresh(name: str, value: str) -> bool:
    """Whether step `name` last ended well with inputs of digest `value`."""
    path = STATE / "stamps" / name
    return path.exists() and path.read_text() == value


def stamp(name: str, value: str) -> None:
    """Remember that step `name` ended well with inputs of digest `value`."""
    path = STATE / "stamps" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value)


def scratch_environment() -> dict[str, str]:
    """An environment for steps that load the settings without touching anyone's data."""
    scratch = STATE / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    mine = {
        "VENTANILLA_DATA": str(scratch),
        "VENTANILLA_SECRET_KEY": "of-no-consequence",
        "VENTANILLA_LOG_LEVEL": "error",
    }
    return {k: v for k, v in os.environ.items() if not k.startswith("VENTANILLA_")} | mine
