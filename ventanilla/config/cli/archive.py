"""What a backup is: one .tar with a manifest, the database, the files and the secret key.

The manifest comes first and names every other member with its size and digest, so a damaged copy is refused before
anything is touched.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from ventanilla.config.cli.output import Stop

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE = "database.sqlite3"
POSTGRES = "database.pgdump"
SECRET_KEY = "secret_key"  # noqa: S105 - the member's name
FILES = "files/"
CHUNK = 1024 * 1024


class Member(msgspec.Struct, frozen=True):
    """One file of the archive: bytes and SHA-256."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive holds and where it comes from."""

    format: int
    version: str
    made_at: str
    engine: str
    storage: str  # "folder": the files are inside; "s3": they stay in their bucket
    migrations: list[str]
    members: dict[str, Member]


def measure(path: Path) -> Member:
    """Size and digest of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Member(size=size, sha256=digest.hexdigest())


def write(target: Path, manifest: Manifest, sources: dict[str, Path]) -> None:
    """Write the archive beside `target` and move it there whole, readable by its owner alone."""
    partial = target.with_name(f".{target.name}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as tar:
            _add_bytes(tar, MANIFEST, msgspec.json.encode(manifest))
            for name, path in sources.items():
                tar.add(path, arcname=name, recursive=False)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = 0o600
    tar.addfile(entry, io.BytesIO(content))


def read_manifest(archive: Path) -> Manifest:
    """The manifest of `archive`. Stops when it is no backup of ours."""
    if not archive.is_file():
        raise Stop("no_file", file=archive)
    try:
        with tarfile.open(archive) as tar:
            first = tar.next()
            if first is None or first.name != MANIFEST:
                raise Stop("backup_unreadable", file=archive, reason=MANIFEST)
            content = tar.extractfile(first)
            manifest = msgspec.json.decode(content.read() if content else b"", type=Manifest)
    except (OSError, tarfile.TarError, msgspec.DecodeError) as error:
        # tarfile lists on lines of their own what each of its readers made of the file; the first says it.
        reason = str(error).splitlines()[0].rstrip(":") if str(error) else type(error).__name__
        raise Stop("backup_unreadable", file=archive, reason=reason) from error
    if manifest.format != FORMAT:
        raise Stop("backup_unreadable", file=archive, reason=f"format {manifest.format}")
    return manifest


def unpack(archive: Path, manifest: Manifest, folder: Path) -> None:
    """Write the members into `folder`, each checked against the manifest. Stops at the first that differs."""
    seen: set[str] = set()
    try:
        with tarfile.open(archive) as tar:
            for entry in tar:
                if entry.name == MANIFEST:
                    continue
                expected = manifest.members.get(entry.name)
                if expected is None or not entry.isfile() or _is_outside(entry.name):
                    raise Stop("backup_unreadable", file=archive, reason=entry.name)
                path = folder / entry.name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    for chunk in _chunks(tar, entry):
                        file.write(chunk)
                if measure(path) != expected:
                    raise Stop("backup_unreadable", file=archive, reason=entry.name)
                seen.add(entry.name)
    except (OSError, tarfile.TarError) as error:
        raise Stop("backup_unreadable", file=archive, reason=error) from error
    if missing := set(manifest.members) - seen:
        raise Stop("backup_unreadable", file=archive, reason=", ".join(sorted(missing)[:5]))


def _is_outside(name: str) -> bool:
    return name.startswith("/") or ".." in Path(name).parts


def _chunks(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> Iterator[bytes]:
    file = tar.extractfile(entry)
    while file is not None and (chunk := file.read(CHUNK)):
        yield chunk
