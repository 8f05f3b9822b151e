"""Where backups are kept: a folder or S3. A name is there whole or not at all, also after kill -9."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from ventanilla.config.backups.pipes import CHUNK
from ventanilla.config.cli.output import Stop
from ventanilla.upkeep.schedule import shown_place

PARTIAL = ".partial"


class Kept(NamedTuple):
    """A file of a place: bytes."""

    name: str
    size: int


class Place(Protocol):
    """A folder, or a bucket."""

    shown: str
    scratch: Path  # where the copy of the database may lie for a while

    def check(self, needed: int) -> None:
        """Stop when it is not there, cannot be written, or plainly has no room for so many bytes."""
        ...

    def put(self, name: str, content: BinaryIO) -> int:
        """Keep the stream whole under that name; its bytes."""
        ...

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """The kept bytes. Stops when there are none."""
        ...

    def names(self, beginning: str) -> list[Kept]:
        """What is kept whole and begins so."""
        ...

    def remove(self, name: str) -> None:
        """Let it go."""
        ...

    def sweep(self, beginning: str) -> None:
        """Take away what a killed process left unfinished. Only for who has the turn."""
        ...


def place_of(written: str) -> Place:
    """The place that VENTANILLA_BACKUP_TO means, or a folder's path."""
    return S3Place(written) if written.startswith("s3://") else FolderPlace(Path(written))


class FolderPlace:
    """A folder of this machine, or one that is mounted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shown = str(folder)
        self.scratch = folder

    def check(self, needed: int) -> None:
        if not self.folder.is_dir():
            raise Stop("no_folder", path=self.folder)
        if not os.access(self.folder, os.W_OK):
            raise Stop("backup_no_write", path=self.folder)
        refuse_little_room(self.folder, needed)

    def put(self, name: str, content: BinaryIO) -> int:
        target = self.folder / name
        if target.exists():
            raise Stop("backup_exists", file=target)
        partial = self.folder / f".{name}{PARTIAL}"
        try:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                shutil.copyfileobj(content, out, CHUNK)
                out.flush()
                os.fsync(out.fileno())  # a name that points at nothing after a power cut is no backup
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return target.stat().st_size

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        path = self.folder / name
        if not path.is_file():
            raise Stop("no_file", file=path)
        with path.open("rb") as content:
            yield content

    def names(self, beginning: str) -> list[Kept]:
        found = [path for path in self.folder.glob(f"{beginning}*") if path.is_file()]
        return [Kept(path.name, path.stat().st_size) for path in found]

    def remove(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def sweep(self, beginning: str) -> None:
        for path in self.folder.glob(f".{beginning}*{PARTIAL}"):
            path.unlink(missing_ok=True)
        for path in self.folder.glob(f"{SCRATCH}*"):
            shutil.rmtree(path, ignore_errors=True)


SCRATCH = ".backup-"


def refuse_little_room(folder: Path, needed: int) -> None:
    """Stop where so many bytes plainly do not fit."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Stop("backup_no_room", path=folder, free=f"{free / 1e6:.0f}", needed=f"{needed / 1e6:.0f}")


class S3Place:
    """A bucket, by the same client that keeps attachments. An upload that is cut short never has a name."""

    def __init__(self, url: str) -> None:
        self._url = url
        parts = urlsplit(url)
        self.shown = shown_place(url)
        self.scratch = Path(settings.DATA)
        self._bucket, _, prefix = parts.path.strip("/").partition("/")
        self._prefix = f"{prefix}/" if prefix else ""

    def _client(self) -> Any:
        from storages.backends.s3 import S3Storage

        from ventanilla.config.settings import s3_options

        return S3Storage(**s3_options(self._url)).connection.meta.client

    def check(self, needed: int) -> None:
        with _storage_words():
            self._client().head_bucket(Bucket=self._bucket)

    def put(self, name: str, content: BinaryIO) -> int:
        from boto3.s3.transfer import TransferConfig

        client, key = self._client(), self._prefix + name
        # A stream is held in memory part by part; ten thousand parts of this size are 160 GB.
        config = TransferConfig(multipart_chunksize=16 * CHUNK, max_concurrency=2)
        with _storage_words():
            client.upload_fileobj(content, self._bucket, key, Config=config)
            return int(client.head_object(Bucket=self._bucket, Key=key)["ContentLength"])

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        from botocore.exceptions import ClientError

        with _storage_words():
            try:
                body = self._client().get_object(Bucket=self._bucket, Key=self._prefix + name)["Body"]
            except ClientError as error:
                if str(error.response.get("Error", {}).get("Code")) in {"NoSuchKey", "404"}:
                    raise Stop("no_file", file=f"{self.shown}/{name}") from error
                raise
        with closing(body):
            yield body

    def names(self, beginning: str) -> list[Kept]:
        with _storage_words():
            pages = self._client().get_paginator("list_objects_v2")
            found = pages.paginate(Bucket=self._bucket, Prefix=self._prefix + beginning)
            rows = [row for page in found for row in page.get("Contents", ())]
        return [Kept(str(row["Key"]).removeprefix(self._prefix), int(row["Size"])) for row in rows]

    def remove(self, name: str) -> None:
        with _storage_words():
            self._client().delete_object(Bucket=self._bucket, Key=self._prefix + name)

    def sweep(self, beginning: str) -> None:
        from botocore.exceptions import ClientError

        client = self._client()
        with suppress(ClientError):  # some servers do not list them, and forget them by themselves
            found = client.list_multipart_uploads(Bucket=self._bucket, Prefix=self._prefix + beginning)
            for upload in found.get("Uploads", ()):
                client.abort_multipart_upload(
                    Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                )
        for path in self.scratch.glob(f"{SCRATCH}*"):
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _storage_words() -> Iterator[None]:
    """What the storage's library raises as a reason to stop; what the stream itself raised stays that."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise Stop("backup_storage", reason=str(error).splitlines()[0][:300]) from error
