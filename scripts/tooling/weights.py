"""How heavy the pages are that people download, against what we promise. Figures are gzip, level 9."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from places import ROOT
from results import Tally

KB = 1024
DESK_FIRST_LOAD = 200 * KB
LOADER = 3 * KB
MESSENGER = 30 * KB
FIRST_SCREEN = ("/AppShell.vue", "/ConversationDesk.vue")


def measure() -> list[Tally]:
    """One Tally per promise, over the builds as they are now."""
    widget = ROOT / "widget" / "dist"
    return [
        _judge("weight: desk, first load", _first_load(ROOT / "desk" / "dist"), DESK_FIRST_LOAD),
        _judge("weight: widget loader", _loader(widget), LOADER),
        _judge("weight: messenger", _messenger(widget), MESSENGER),
    ]


def _judge(name: str, files: list[Path], limit: int) -> Tally:
    if not files:
        return Tally(name, failed=1, note="nothing was built")
    size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)
    note = f"{size / KB:.1f} KB of {limit // KB} KB"
    return Tally(name, failed=1, note=note) if size > limit else Tally(name, passed=1, note=note)


def _first_load(dist: Path) -> list[Path]:
    """The scripts behind the first screen of somebody signed in: the entry, shell and desk, and all they import."""
    path = dist / ".vite" / "manifest.json"
    if not path.exists():
        return []
    manifest = json.loads(path.read_text())
    names = [name for name, chunk in manifest.items() if chunk.get("isEntry") or name.endswith(FIRST_SCREEN)]
    for name in names:
        names += [more for more in manifest[name].get("imports", []) if more not in names]
    return [dist / manifest[name]["file"] for name in names if manifest[name]["file"].endswith(".js")]


def _loader(dist: Path) -> list[Path]:
    return [path for path in dist.rglob("sdk*.js") if path.is_file()][:1]


def _messenger(dist: Path) -> list[Path]:
    loader = _loader(dist)
    return [path for path in dist.rglob("*") if path.suffix in {".js", ".css"} and path not in loader]
