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
LANGUAGE = 4 * KB
FIRST_SCREEN = ("/AppShell.vue", "/ConversationDesk.vue")


def measure() -> list[Tally]:
    """One Tally per promise, over the builds as they are now."""
    widget = ROOT / "widget" / "dist"
    return [
        _judge("weight: desk, first load", _first_load(ROOT / "desk" / "dist"), DESK_FIRST_LOAD),
        _judge("weight: widget loader", _loader(widget), LOADER),
        _judge("weight: messenger, first opening", _first_opening(widget), MESSENGER),
        _judge("weight: messenger, longest language", _longest_language(widget), LANGUAGE),
    ]


def _judge(name: str, files: list[Path], limit: int) -> Tally:
    if not files:
        return Tally(name, failed=1, note="nothing was built")
    size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)
    note = f"{size / KB:.1f} KB of {limit // KB} KB"
    return Tally(name, failed=1, note=note) if size > limit else Tally(name, passed=1, note=note)


def _first_load(dist: Path) -> list[Path]:
    """The scripts behind the first screen of someone signed in: the entry, shell and desk, and all they import."""
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


def _first_opening(dist: Path) -> list[Path]:
    """What stands between a click on the launcher and the first view: the entry, all it imports, styles and bridge.

    Conversation, questions, forms and emoji come later, each with the first need of it.
    """
    path = dist / ".vite" / "manifest.json"
    if not path.exists():
        return []
    manifest = json.loads(path.read_text())
    names = [name for name, chunk in manifest.items() if chunk.get("isEntry")]
    for name in names:
        names += [more for more in manifest[name].get("imports", []) if more not in names]
    files = [file for name in names for file in (manifest[name]["file"], *manifest[name].get("css", []))]
    return [dist / file for file in (*files, "js/bridge.js")]


def _longest_language(dist: Path) -> list[Path]:
    path = dist / ".vite" / "manifest.json"
    if not path.exists():
        return []
    manifest = json.loads(path.read_text())
    files = [dist / chunk["file"] for name, chunk in manifest.items() if "/words/" in name]
    return [max(files, key=lambda file: len(gzip.compress(file.read_bytes(), 9)))] if files else []
