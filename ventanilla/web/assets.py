"""What `desk/` and `widget/` were built into, served from memory.

A file whose name carries a hash never changes, so browsers keep it for a year; any other is asked for again and
answered with 304 while it is the same. Each is compressed once.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from django.views.decorators.http import require_http_methods

from ventanilla.kit.encodings import accepts
from ventanilla.kit.tokens import digest

_HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+(?:\.map)?$")
_COMPRESSED = {".js", ".mjs", ".css", ".html", ".svg", ".json", ".map", ".txt", ".webmanifest"}
_A_YEAR = "public, max-age=31536000, immutable"
# The script on customers' pages: five minutes old at most, and shown at once while it is looked up again.
_A_WHILE = "public, max-age=300, stale-while-revalidate=86400"
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


class Asset(NamedTuple):
    """One built file in memory. `packed` is its gzip form, or empty where that would not help; `brotli` the form that the
    build put beside it, or empty."""

    content: bytes
    packed: bytes
    brotli: bytes
    content_type: str
    etag: str
    cache_control: str


def build_folder(name: str) -> Path:
    """Where the front end `name` ("desk", "widget") was built: in the tree, or inside the installed package."""
    in_tree = Path(settings.BASE_DIR) / name / "dist"
    return in_tree if in_tree.is_dir() else Path(settings.BASE_DIR) / "ventanilla" / "static_built" / name


def _inside(folder: Path, name: str) -> Path | None:
    """The file of that name in the folder; None for what is not there or would lead out of it."""
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=512)
def _load(path: Path, _changed_at: int) -> Asset:
    content = path.read_bytes()
    suffix = path.suffix
    packed = gzip.compress(content, 9, mtime=0) if suffix in _COMPRESSED and len(content) > 512 else b""
    beside = path.with_name(f"{path.name}.br")
    brotli = beside.read_bytes() if packed and beside.is_file() else b""
    content_type = _TYPES.get(suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content_type.startswith("text/") or content_type.endswith("json"):
        content_type += "; charset=utf-8"
    cache = _A_YEAR if _HASHED.search(path.name) else _A_WHILE if suffix == ".js" else "no-cache"
    return Asset(content, packed, brotli, content_type, f'"{digest(content.hex())[:24]}"', cache)


def load(path: Path) -> Asset:
    """A file in memory, read again when it changed."""
    return _load(path, path.stat().st_mtime_ns)


def find(folder: str, name: str) -> Asset | None:
    """A built file, read again when it was built again."""
    path = _inside(build_folder(folder), name)
    return load(path) if path else None


def serve(request: HttpRequest, asset: Asset) -> HttpResponse:
    """The asset, in the smallest form that the browser takes, or 304."""
    coding, content = _form_for(request, asset)
    etag = f'{asset.etag[:-1]}-{coding}"' if coding else asset.etag
    headers = {"ETag": etag, "Cache-Control": asset.cache_control, **CROSS_ORIGIN}
    if asset.packed:
        headers["Vary"] = "Accept-Encoding"
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if etag in known or f"W/{etag}" in known:
        return HttpResponse(status=304, headers=headers)
    if coding:
        headers["Content-Encoding"] = coding
    return HttpResponse(content, content_type=asset.content_type, headers=headers)


def _form_for(request: HttpRequest, asset: Asset) -> tuple[str, bytes]:
    """The smallest form that the browser takes: its coding, "" for none, and its bytes."""
    if asset.brotli and accepts(request, "br"):
        return "br", asset.brotli
    if asset.packed and accepts(request, "gzip"):
        return "gzip", asset.packed
    return "", asset.content


# Contract A.10: customers' pages on any origin load these.
CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Timing-Allow-Origin": "*",
}


@require_http_methods(["GET", "HEAD", "OPTIONS"])
def packs(request: HttpRequest, name: str) -> HttpResponse:
    """/packs/…: the widget's files and the desk's."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={**CROSS_ORIGIN, "Access-Control-Allow-Methods": "GET, HEAD"})
    if name.startswith(".") or "/." in name:
        return HttpResponse(status=404, headers=CROSS_ORIGIN)
    for folder in ("widget", "desk"):
        asset = find(folder, name.removeprefix(f"{folder}/")) or find(folder, name)
        if asset:
            return serve(request, asset)
    return HttpResponse(status=404, headers=CROSS_ORIGIN)


def base_of(folder: str) -> str:
    """Where the files of that build are served."""
    return f"/packs/{folder}/"


class Entry(NamedTuple):
    """What a page must load for one entry of a build: addresses relative to the build."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


@lru_cache(maxsize=8)
def _read_manifest(path: Path, _changed_at: int) -> dict[str, Any]:
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])


def entry(folder: str) -> Entry | None:
    """The entry of a Vite build, from its manifest; None when it was not built."""
    path = _inside(build_folder(folder), ".vite/manifest.json")
    if path is None:
        return None
    manifest = _read_manifest(path, path.stat().st_mtime_ns)
    chunk = next((item for item in manifest.values() if item.get("isEntry")), None)
    if chunk is None:
        return None
    chunks = _with_imports(manifest, chunk)
    styles = tuple(dict.fromkeys(style for item in chunks for style in item.get("css", [])))
    return Entry(str(chunk["file"]), styles, tuple(str(item["file"]) for item in chunks[1:]))


def file_of(folder: str, source: str) -> str | None:
    """Where what was made of the file `source` of that front end lies in its build; None when it was not built."""
    path = build_folder(folder) / ".vite" / "manifest.json"
    if not path.is_file():
        return None
    item = _read_manifest(path, path.stat().st_mtime_ns).get(source)
    return str(item["file"]) if item else None


def json_of(folder: str, source: str) -> dict[str, Any]:
    """What the built JSON file says; empty when it was not built."""
    name = file_of(folder, source)
    asset = find(folder, name) if name else None
    return msgspec.json.decode(asset.content, type=dict[str, Any]) if asset else {}


def _with_imports(manifest: dict[str, Any], chunk: dict[str, Any]) -> list[dict[str, Any]]:
    """The chunk and everything it imports at once, each one time."""
    found, names = [chunk], list(chunk.get("imports", []))
    while names:
        item = manifest.get(names.pop(0))
        if item and item not in found:
            found.append(item)
            names += item.get("imports", [])
    return found
