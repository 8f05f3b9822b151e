"""Secrets at rest: sealed with AES-256-GCM under a key derived from the installation's secret key.

The first key of the list seals, all of them open: after a rotation (`SECRET_KEY` new, the old one in
`SECRET_KEY_FALLBACKS`) old rows still open and are sealed anew when they are next saved.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.expressions import Expression

_PREFIX = "v1."
_NONCE_BYTES = 12  # the size AES-GCM is specified for
_PURPOSE = b"ventanilla/secrets-at-rest"


class CannotOpen(ValueError):
    """The sealed text is damaged or was sealed under a key this installation does not have."""


@lru_cache(maxsize=16)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode()))


def _ciphers() -> list[AESGCM]:
    return [_cipher(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def seal(text: str) -> str:
    """Encrypt `text`; the same text gives another result each time."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + _ciphers()[0].encrypt(nonce, text.encode(), _PURPOSE)
    return _PREFIX + base64.urlsafe_b64encode(sealed).decode()


def open_sealed(sealed: str) -> str:
    """Decrypt what `seal` returned. Raises CannotOpen."""
    if not sealed.startswith(_PREFIX):
        raise CannotOpen("not a sealed text")
    try:
        raw = base64.urlsafe_b64decode(sealed[len(_PREFIX) :])
    except (binascii.Error, ValueError) as error:
        raise CannotOpen("not a sealed text") from error
    for cipher in _ciphers():
        try:
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _PURPOSE).decode()
        except (InvalidTag, ValueError):
            continue
    raise CannotOpen("no key of this installation opens it")


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # generic only for the type checker
    """Text that is sealed in the database and plain in Python. It cannot be searched or sorted by."""

    description = "Sealed text"

    def get_prep_value(self, value: Any) -> str | None:
        """Seal on the way in; NULL and the empty text stay as they are."""
        if value is None or value == "":
            return value if value is None else ""
        return seal(str(value))

    def from_db_value(
        self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> str | None:
        """Open on the way out."""
        return open_sealed(value) if value else value


class EncryptedJSONField(models.TextField):  # type: ignore[type-arg]  # generic only for the type checker
    """A JSON value that is sealed in the database and plain in Python. It cannot be searched."""

    description = "Sealed JSON"
    if TYPE_CHECKING:  # what the checker lets in and out, as models.JSONField declares it
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> str | None:
        """Seal on the way in; NULL stays NULL."""
        if value is None:
            return None
        return seal(json.dumps(value, cls=DjangoJSONEncoder, separators=(",", ":")))

    def from_db_value(
        self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> Any:
        """Open on the way out; an empty column reads as None."""
        return json.loads(open_sealed(value)) if value else None

    def to_python(self, value: Any) -> Any:
        """The value as it is: a string is a JSON string, not a document to parse."""
        return value

    def value_to_string(self, obj: models.Model) -> str:
        """Serialise for fixtures."""
        return json.dumps(self.value_from_object(obj), cls=DjangoJSONEncoder)
