"""What a backup is: one .tar with a manifest, the database, the files and the secret key.

The manifest comes first and names every other member with its size and digest, so a damaged copy is refused before
anything is touched. It is written and read as a stream, from its beginning to its end.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from ventanilla.config.backups.sealing import decrypted
from ventanilla.config.cli.output import Stop

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE = "database.sqlite3"
POSTGRES = "database.pgdump"
SECRET_KEY = "secret_key"  # noqa: S105 - the member's name
FILES = "files/"
GONE = "gone.json"
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
    # "folder": the files are inside; "s3": they stay in their bucket; "kept": they stay where they are, as before an upgrade
    storage: str
    migrations: list[str]
    members: dict[str, Member]
    counts: dict[str, int] = {}  # rows of each table; empty in archives of older versions

    @property
    def files(self) -> list[Member]:
        """The attachments inside."""
        return [member for name, member in self.members.items() if name.startswith(FILES)]


def measure(path: Path) -> Member:
    """Size and digest of a file. Raises FileNotFoundError."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Member(size=size, sha256=digest.hexdigest())


def write(out: BinaryIO, manifest: Manifest, sources: dict[str, Path]) -> None:
    """Write the archive. A file that was deleted since it was measured is named at the end: its row is about to go, too."""
    gone: list[str] = []
    with tarfile.open(fileobj=out, mode="w|") as tar:
        _add_bytes(tar, MANIFEST, msgspec.json.encode(manifest))
        for name, path in sources.items():
            try:
                tar.add(path, arcname=name, recursive=False)
            except FileNotFoundError:
                if not name.startswith(FILES):
                    raise
                gone.append(name)
        if gone:
            _add_bytes(tar, GONE, msgspec.json.encode(gone))


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = 0o600
    tar.addfile(entry, io.BytesIO(content))


class Archive:
    """An archive being read. `shown` is what people call it."""

    def __init__(self, tar: tarfile.TarFile, stream: BinaryIO, manifest: Manifest, *, shown: object) -> None:
        self.tar = tar
        self.stream = stream
        self.manifest = manifest
        self.shown = shown

    def take(self, folder: Path, *, wanted: Callable[[str], bool] = lambda name: True) -> None:
        """Write the wanted members into `folder`. Every member is checked against the manifest, the others as they pass.

        Stops at the first that differs, and when one is missing.
        """
        seen: set[str] = set()
        with _readable(self.shown):
            for entry in self.tar:
                if entry.name == MANIFEST:
                    continue
                if entry.name == GONE:
                    content = self.tar.extractfile(entry)
                    seen |= set(msgspec.json.decode(content.read() if content else b"", type=list[str]))
                    continue
                expected = self.manifest.members.get(entry.name)
                if expected is None or not entry.isfile() or _is_outside(entry.name):
                    raise Stop("backup_unreadable", file=self.shown, reason=entry.name)
                if self._pass_on(entry, folder / entry.name if wanted(entry.name) else None) != expected:
                    raise Stop("backup_unreadable", file=self.shown, reason=entry.name)
                seen.add(entry.name)
            # tar reads no further than its own end; that an encrypted one was not cut is said by its last chunk.
            while self.stream.read(CHUNK):
                pass
        if missing := set(self.manifest.members) - seen:
            raise Stop("backup_unreadable", file=self.shown, reason=", ".join(sorted(missing)[:5]))

    def _pass_on(self, entry: tarfile.TarInfo, target: Path | None) -> Member:
        digest, size = hashlib.sha256(), 0
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
        file = self.tar.extractfile(entry)
        with _sink(target) as out:
            while file is not None and (chunk := file.read(CHUNK)):
                digest.update(chunk)
                size += len(chunk)
                if out is not None:
                    out.write(chunk)
        return Member(size=size, sha256=digest.hexdigest())


@contextmanager
def _sink(target: Path | None) -> Iterator[BinaryIO | None]:
    if target is None:
        yield None
        return
    with target.open("wb") as out:
        yield out


@contextmanager
def _readable(shown: object) -> Iterator[None]:
    """What cannot be read is no backup of ours, or damaged."""
    try:
        yield
    except (tarfile.TarError, msgspec.DecodeError, EOFError) as error:
        # tarfile lists on lines of their own what each of its readers made of the file; the first says it.
        reason = str(error).splitlines()[0].rstrip(":") if str(error) else type(error).__name__
        raise Stop("backup_unreadable", file=shown, reason=reason) from error


@contextmanager
def reading(stored: BinaryIO, *, shown: object, key: str = "") -> Iterator[Archive]:
    """The archive in a stream, decrypted by `key` when it is encrypted. Stops when it is none of ours."""
    with decrypted(stored, key, shown=shown) as plain:
        with _readable(shown):
            tar = tarfile.open(fileobj=plain, mode="r|")  # noqa: SIM115 - closed below
        with tar:
            with _readable(shown):
                first = tar.next()
                if first is None or first.name != MANIFEST:
                    raise Stop("backup_unreadable", file=shown, reason=MANIFEST)
                content = tar.extractfile(first)
                manifest = msgspec.json.decode(content.read() if content else b"", type=Manifest)
            if manifest.format != FORMAT:
                raise Stop("backup_unreadable", file=shown, reason=f"format {manifest.format}")
            yield Archive(tar, plain, manifest, shown=shown)


def _is_outside(name: str) -> bool:
    return name.startswith("/") or ".." in Path(name).parts
