"""Keys that open a door and must be found by their value: sealed the same each time, so that a copy of the database
opens nothing and a query still finds the row.

AES-SIV (RFC 5297) is made for this: equal texts seal to equal ones and nothing else is told. Two rows that hold one key
would show that they do, so it is for random keys that are unique (docs/adr/0014). Secret keys rotate as in kit.seal.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.db.models import lookups

from ventanilla.kit.seal import CannotOpen

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.models.expressions import Expression

_PREFIX = "k1."
_PURPOSE = b"ventanilla/keys-at-rest"
_ROWS = 1000


@lru_cache(maxsize=16)
def _cipher(secret: str) -> AESSIV:
    return AESSIV(HKDF(algorithm=SHA256(), length=64, salt=None, info=_PURPOSE).derive(secret.encode()))


def _sealed_under(secret: str, key: str) -> str:
    raw = _cipher(secret).encrypt(key.encode("utf-8", "surrogatepass"), [_PURPOSE])
    return _PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def seal_key(key: str) -> str:
    """The form in the database: the same for the same key. 24 characters become 57."""
    return _sealed_under(settings.SECRET_KEY, key)


def open_key(sealed: str) -> str:
    """The key that `seal_key` sealed, under any secret key of the installation. Raises CannotOpen."""
    if not sealed.startswith(_PREFIX):
        raise CannotOpen("not a sealed key")
    text = sealed[len(_PREFIX) :]
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise CannotOpen("not a sealed key") from error
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(secret).decrypt(raw, [_PURPOSE]).decode("utf-8", "surrogatepass")
        except (InvalidTag, ValueError):
            continue
    raise CannotOpen("no secret key of this installation opens it")


class SealedKeyField(models.CharField):  # type: ignore[type-arg]  # generic only for the type checker
    """A random key, sealed in the database and plain in Python; `filter(column=key)` finds its row."""

    description = "Sealed key"

    def get_prep_value(self, value: Any) -> str | None:
        """Seal on the way in; NULL and the empty text stay as they are."""
        return seal_key(str(value)) if value else value

    def from_db_value(
        self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> str | None:
        """Open on the way out. A row that an older program wrote beside this one is read, and found by nothing."""
        return open_key(value) if value and value.startswith(_PREFIX) else value


@SealedKeyField.register_lookup
class _UnderAnySecret(lookups.In):
    """`= key`: as each secret key of the installation would have sealed it."""

    lookup_name = "exact"

    def get_prep_lookup(self) -> list[str]:
        if not self.rhs:
            return [""]
        secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return [_sealed_under(secret, str(self.rhs)) for secret in secrets]


def seal_column(editor: BaseDatabaseSchemaEditor, model: type[models.Model], column: str) -> None:
    """Seal what a column holds in plain; for the migration that gives it this field. What is sealed already stays."""
    table, name = editor.quote_name(model._meta.db_table), editor.quote_name(column)
    last = 0
    with editor.connection.cursor() as cursor:
        while True:
            cursor.execute(
                f"SELECT id, {name} FROM {table} WHERE id > %s ORDER BY id LIMIT {_ROWS}",
                [last],
            )
            rows = cursor.fetchall()
            plain = [(seal_key(value), pk) for pk, value in rows if value and not value.startswith(_PREFIX)]
            cursor.executemany(f"UPDATE {table} SET {name} = %s WHERE id = %s", plain)
            if len(rows) < _ROWS:
                return
            last = rows[-1][0]
