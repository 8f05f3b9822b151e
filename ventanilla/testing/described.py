"""The API's own description, which the walks over every route read while they are collected.

Making it takes three seconds of processor time, in each test process and for each of the files that read it. It is kept
for each state of the code.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_FOLDER = ROOT / ".state" / "described"


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document of the product as it stands. Shared: nobody changes it."""
    path = _FOLDER / f"{_digest()}.json"
    if not path.exists():
        _keep(path)
    return dict(json.loads(path.read_bytes()))


def _keep(path: Path) -> None:
    from ventanilla.config.urls import api

    content = json.dumps(api.get_openapi_schema(path_prefix=""), default=str)
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob("*.json"):
        old.unlink(missing_ok=True)
    mine = path.with_suffix(f".{os.getpid()}")
    mine.write_text(content)
    mine.replace(path)  # two processes may make it at once


def _digest() -> str:
    total = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for file in sorted((ROOT / "ventanilla").rglob("*.py")):
        if "tests" not in file.parts:
            total.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return total.hexdigest()[:24]
