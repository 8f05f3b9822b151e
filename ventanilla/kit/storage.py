"""Files at rest: a folder or S3 behind Django's default storage, and the signed names by which they leave.

A stored file is described by a `Blob`. Its signed id carries the whole description, so it needs no table and
cannot be made up; where a file is attached, the room that attaches it keeps the description in its own row.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import IO, TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import quote

import msgspec
from django.core import signing
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from ventanilla.kit import clock, files, images, limit_values, tokens
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid, TooLarge

if TYPE_CHECKING:
    from storages.backends.s3 import S3Storage

UPLOAD_LINK_LIFETIME = timedelta(minutes=30)
DOWNLOAD_LINK_LIFETIME = timedelta(minutes=5)  # what a redirect hands out; the id behind it does not expire

DIRECT_FOLDER = "direct"  # announced by clients; what is never attached is thrown away after some days
VARIATIONS = frozenset(
    {"thumb"}
)  # the drawings anyone may ask for; an open list would be work for the asking

_BLOB_SALT = "ventanilla.blob"
_UPLOAD_SALT = "ventanilla.blob.upload"
_DOWNLOAD_SALT = "ventanilla.blob.download"


class Blob(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stored file: `key` is its path in the storage, `checksum` the MD5 of its bytes in base64 (or "")."""

    key: str
    filename: str
    content_type: str
    byte_size: int
    checksum: str = ""
    width: int | None = None
    height: int | None = None

    @property
    def kind(self) -> files.FileKind:
        """The contract's `file_type`."""
        return files.kind_of(self.content_type)

    @property
    def extension(self) -> str:
        """Without its dot."""
        return files.extension(self.filename)


class Readable(Protocol):
    """What an uploaded file of Django, an open file and BytesIO have in common."""

    def read(self, size: int = -1, /) -> bytes:
        """The next `size` bytes."""
        ...

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place in it."""
        ...


def new_key(*, folder: str = "uploads") -> str:
    """A path no one can guess. The day in it lets the unused be found and thrown away."""
    return f"{folder}/{now():%Y/%m/%d}/{tokens.random_token(28).lower()}"


def keys_of_day(folder: str, day: date) -> list[str]:
    """What was stored in that folder on that day (UTC)."""
    path = f"{folder}/{day:%Y/%m/%d}"
    try:
        _folders, names = default_storage.listdir(path)
    except FileNotFoundError:
        return []
    return [f"{path}/{name}" for name in names]


def store(content: Readable, *, filename: str, max_bytes: int | None = None) -> Blob:
    """Keep the file and describe it: real type, size, checksum, and the measures of a picture.

    Raises TooLarge above `max_bytes` (the installation's limit when not given).
    """
    size, checksum = _measure(content, max_bytes=max_bytes or limit_values.of("MAX_UPLOAD_BYTES"))
    content.seek(0)
    head = content.read(files.HEAD_BYTES)
    content.seek(0)
    name = files.clean_filename(filename)
    blob = Blob(
        key=new_key(),
        filename=name,
        content_type=files.real_type(head, filename=name),
        byte_size=size,
        checksum=checksum,
    )
    default_storage.save(blob.key, File(cast("IO[bytes]", content), name=blob.key))
    return with_measures(blob)


def store_bytes(content: bytes, *, filename: str, max_bytes: int | None = None) -> Blob:
    """`store` for bytes at hand."""
    return store(cast("Readable", ContentFile(content)), filename=filename, max_bytes=max_bytes)


def with_measures(blob: Blob) -> Blob:
    """The same blob with width and height when it is a picture that can be read."""
    if blob.kind != "image":
        return blob
    with open_blob(blob) as content:
        measures = images.measures(content)
    return msgspec.structs.replace(blob, width=measures[0], height=measures[1]) if measures else blob


def _measure(content: Readable, *, max_bytes: int) -> tuple[int, str]:
    content.seek(0)
    size, md5 = 0, hashlib.md5(usedforsecurity=False)
    while chunk := content.read(1 << 16):
        size += len(chunk)
        if size > max_bytes:
            if max_bytes == limit_values.of("MAX_UPLOAD_BYTES"):
                limit_values.met_size("MAX_UPLOAD_BYTES")
            raise TooLarge
        md5.update(chunk)
    return size, base64.b64encode(md5.digest()).decode()


def open_blob(blob: Blob) -> IO[bytes]:
    """The bytes, to read. Raises FileNotFoundError when they are gone."""
    return cast("IO[bytes]", default_storage.open(blob.key, "rb"))


def exists(key: str) -> bool:
    """Whether the bytes are there."""
    return default_storage.exists(key)


def size_of(key: str) -> int:
    """Bytes stored under that key. Raises FileNotFoundError when there are none."""
    return default_storage.size(key)


def delete(key: str) -> None:
    """Forget the bytes and what was drawn from them; nothing happens when they are gone already."""
    default_storage.delete(key)
    for variation in VARIATIONS:
        default_storage.delete(variant_path(key, variation))


def variant_path(key: str, variation: str) -> str:
    """Where a drawing made from that key is kept."""
    return f"variants/{key}-{variation}"


def ensure_variant(blob: Blob, variation: str) -> str | None:
    """Draw it the first time it is asked for; its path in the storage, or None when it cannot be drawn (now)."""
    path = variant_path(blob.key, variation)
    if default_storage.exists(path):
        return path
    try:
        with open_blob(blob) as content:
            drawn = images.thumbnail(content)
    except images.Busy:
        return None
    if drawn is None:
        return None
    default_storage.save(path, ContentFile(drawn))
    return path


def read_chunks(content: IO[bytes], *, start: int, length: int) -> Iterator[bytes]:
    """`length` bytes from `start`, in pieces; closes the file at the end."""
    with content:
        content.seek(start)
        left = length
        while left > 0 and (chunk := content.read(min(left, 1 << 16))):
            left -= len(chunk)
            yield chunk


# ── signed names ──────────────────────────────────────────────────────────────────────────────────────


def signed_id(blob: Blob) -> str:
    """A name that proves the file was stored by us. It does not expire and is always the same."""
    return signing.Signer(salt=_BLOB_SALT).sign_object(msgspec.to_builtins(blob))


def from_signed_id(signed: str) -> Blob:
    """The blob behind a signed id. Raises Invalid when it was not signed by us."""
    try:
        return msgspec.convert(signing.Signer(salt=_BLOB_SALT).unsign_object(signed), Blob)
    except (signing.BadSignature, ValueError, msgspec.ValidationError) as error:
        raise Invalid from error


def blob_path(blob: Blob) -> str:
    """The lasting address of the file on this server (contract B.12)."""
    return f"/rails/active_storage/blobs/redirect/{signed_id(blob)}/{quote(blob.filename)}"


def thumbnail_path(blob: Blob) -> str:
    """The lasting address of its 250-pixel picture; "" for what is no picture."""
    if blob.kind != "image":
        return ""
    return f"/rails/active_storage/representations/redirect/{signed_id(blob)}/thumb/{quote(blob.filename)}"


def _timed_token(payload: dict[str, Any], salt: str) -> str:
    return signing.TimestampSigner(salt=salt).sign_object(payload)


def _timed_payload(token: str, salt: str, lifetime: timedelta) -> dict[str, Any]:
    # Twice the life at most: a token that a clock running ahead signed must not stay good for days.
    signer = signing.TimestampSigner(salt=salt)
    try:
        payload = signer.unsign_object(token, max_age=lifetime)
        signed_at = clock.from_epoch(signing.b62_decode(token.rsplit(signer.sep, 2)[-2]))
        if signed_at > now() + lifetime:
            raise Invalid
        return cast("dict[str, Any]", payload)
    except (signing.BadSignature, ValueError) as error:
        raise Invalid from error


def upload_token(blob: Blob) -> str:
    """Leave to put exactly these bytes (size, checksum) for half an hour."""
    return _timed_token(msgspec.to_builtins(blob), _UPLOAD_SALT)


def from_upload_token(token: str) -> Blob:
    """Raises Invalid when the token is not ours or too old."""
    return msgspec.convert(_timed_payload(token, _UPLOAD_SALT, UPLOAD_LINK_LIFETIME), Blob)


def download_token(blob: Blob, *, variation: str = "") -> str:
    """Leave to read the bytes for five minutes."""
    return _timed_token({"blob": msgspec.to_builtins(blob), "variation": variation}, _DOWNLOAD_SALT)


def from_download_token(token: str) -> tuple[Blob, str]:
    """The blob and the variation. Raises Invalid when the token is not ours or too old."""
    payload = _timed_payload(token, _DOWNLOAD_SALT, DOWNLOAD_LINK_LIFETIME)
    return msgspec.convert(payload["blob"], Blob), str(payload["variation"])


def accept_upload(blob: Blob, content: Readable) -> None:
    """Keep the bytes a client puts for a prepared blob.

    Raises Invalid when size or checksum differ from what was announced, TooLarge when there are more.
    """
    size, checksum = _measure(content, max_bytes=min(blob.byte_size, limit_values.of("MAX_UPLOAD_BYTES")))
    if size != blob.byte_size or (blob.checksum and checksum != blob.checksum):
        raise Invalid
    content.seek(0)
    if exists(blob.key):
        return  # a client that repeats its request after a lost answer
    default_storage.save(blob.key, File(cast("IO[bytes]", content), name=blob.key))


def confirm(blob: Blob) -> Blob:
    """The blob as it really is: a direct upload announces its type and size, this looks at the bytes.

    Raises Invalid when nothing was uploaded.
    """
    try:
        size = size_of(blob.key)
        with open_blob(blob) as content:
            head = content.read(files.HEAD_BYTES)
    except FileNotFoundError as error:
        raise Invalid from error
    if size > limit_values.of("MAX_UPLOAD_BYTES"):
        limit_values.met_size("MAX_UPLOAD_BYTES")
        raise TooLarge
    return with_measures(
        msgspec.structs.replace(
            blob, byte_size=size, content_type=files.real_type(head, filename=blob.filename)
        )
    )


# ── S3 ────────────────────────────────────────────────────────────────────────────────────────────────


def _s3() -> S3Storage | None:
    """The S3 storage when that is where files live, else None."""
    return cast("S3Storage", default_storage) if hasattr(default_storage, "bucket_name") else None


def is_remote() -> bool:
    """Whether files live on S3, so that browsers fetch and put them there themselves."""
    return _s3() is not None


def remote_download_url(blob: Blob, *, variation: str = "", inline: bool = True) -> str:
    """A presigned S3 address good for five minutes, with the same careful headers as our own."""
    storage = _s3()
    if storage is None:
        raise RuntimeError("files do not live on S3")
    headers = files.serving_headers(blob.content_type, filename=blob.filename, inline=inline)
    path = variant_path(blob.key, variation) if variation else blob.key
    content_type = "image/webp" if variation else headers["Content-Type"]
    parameters = {
        "ResponseContentType": content_type,
        "ResponseContentDisposition": headers["Content-Disposition"],
    }
    return str(storage.url(path, parameters=parameters, expire=int(DOWNLOAD_LINK_LIFETIME.total_seconds())))


def remote_upload(blob: Blob) -> tuple[str, dict[str, str]]:
    """A presigned S3 address to put the bytes to, and the headers that must go with them."""
    storage = _s3()
    if storage is None:
        raise RuntimeError("files do not live on S3")
    client = storage.connection.meta.client
    parameters: dict[str, Any] = {
        "Bucket": storage.bucket_name,
        "Key": storage._normalize_name(blob.key),
        "ContentType": blob.content_type,
        "ContentLength": blob.byte_size,
    }
    headers = {"Content-Type": blob.content_type}
    if blob.checksum:
        parameters["ContentMD5"] = blob.checksum
        headers["Content-MD5"] = blob.checksum
    url = client.generate_presigned_url(
        "put_object", Params=parameters, ExpiresIn=int(UPLOAD_LINK_LIFETIME.total_seconds())
    )
    return str(url), headers
