"""Builds the package as setuptools does, once the front ends and the languages are in it.

A package without them would install without a complaint and show no one a page. They are built by `scripts/wheel`,
never by the package's own build, so that whoever installs it needs no Node.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403 - everything else is setuptools' own

ROOT = Path(__file__).resolve().parents[2]
NEEDED = (
    "ventanilla/static_built/desk/.vite/manifest.json",
    "ventanilla/static_built/widget/js/sdk.js",
    "ventanilla/locale/es/LC_MESSAGES/django.mo",
)


def build_wheel(wheel_directory: str, *given: Any, **named: Any) -> str:
    """The complete wheel."""
    _refuse_a_hollow_package()
    return build_meta.build_wheel(wheel_directory, *given, **named)


def build_sdist(sdist_directory: str, *given: Any, **named: Any) -> str:
    """The source archive, which holds what was built as well."""
    _refuse_a_hollow_package()
    return build_meta.build_sdist(sdist_directory, *given, **named)


def _refuse_a_hollow_package() -> None:
    missing = [name for name in NEEDED if not (ROOT / name).exists()]
    if missing:
        raise SystemExit(
            f"The package would be hollow: {', '.join(missing)} is missing. Build it with scripts/wheel."
        )
