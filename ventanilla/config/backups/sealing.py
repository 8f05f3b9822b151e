"""Encrypted backups are age files (https://age-encryption.org/v1), for one key: the `age` program opens them, too."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from ventanilla.config.backups.pipes import piped
from ventanilla.config.cli.output import Stop

HEAD = b"age-encryption.org/"
SUFFIX = ".age"


def new_key() -> tuple[str, str]:
    """A key and the public half of it."""
    identity = _age().x25519.Identity.generate()
    return str(identity), str(identity.to_public())


@contextmanager
def encrypted(plain: BinaryIO, key: str) -> Iterator[BinaryIO]:
    """`plain` as an age file that `key` opens; as it is when there is none."""
    if not key:
        yield plain
        return
    recipient = _identity(key).to_public()
    with piped(lambda out: _age().encrypt_io(plain, out, [recipient])) as sealed:
        yield sealed


@contextmanager
def decrypted(stored: BinaryIO, key: str, *, shown: object) -> Iterator[BinaryIO]:
    """What was stored, in clear. Stops when it is encrypted and `key` does not open it."""
    raw: Any = _Raw(stored)
    peeking = stored if isinstance(stored, io.BufferedReader) else io.BufferedReader(raw, 1 << 16)
    if not peeking.peek(len(HEAD)).startswith(HEAD):
        yield peeking
        return
    if not key:
        raise Stop("backup_locked", file=shown)
    identity = _identity(key)

    def open_it(out: BinaryIO) -> None:
        try:
            _age().decrypt_io(peeking, out, [identity])
        except _age().DecryptError as error:
            code = "backup_wrong_key" if "matching" in str(error).lower() else "backup_unreadable"
            raise Stop(code, file=shown, reason=error) from error
        except (OSError, EOFError) as error:
            if getattr(error, "errno", None) is not None:  # of a disk, or of a pipe that is read no further
                raise
            raise Stop("backup_unreadable", file=shown, reason=error) from error

    with piped(open_it) as plain:
        yield plain


class _Raw(io.RawIOBase):
    """Whatever can be read, for a buffer around it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        found = self._inner.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def _identity(key: str) -> Any:
    try:
        return _age().x25519.Identity.from_str(key)
    except Exception as error:  # its letters are right (the setting was read), its sum is not
        raise Stop("backup_bad_key", reason=error) from error


def _age() -> Any:
    import pyrage  # two megabytes, for those who encrypt

    return pyrage
