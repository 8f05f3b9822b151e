"""The rules of passwords: those of the contract (A.2: 6 to 128 characters, an upper-case and a lower-case letter, a digit,
a sign), the length that the operator sets, and nothing that somebody would try first.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib import auth
from django.utils.translation import gettext as _

from ventanilla.accounts.leaks import is_leaked
from ventanilla.kit.errors import Invalid

MIN_CHARS = 6
MAX_CHARS = 128
# What people take when a form insists on digits and signs, with the ornaments taken off. Spanish and English.
_STEMS = frozenset(
    "password passwort contrasena contrasenia micontrasena mypassword qwerty qwertyuiop asdfgh asdfghjkl zxcvbnm abc abcdef"
    " abcd admin administrador administrator welcome bienvenido bienvenida letmein iloveyou teamo tequiero hola hello"
    " changeme cambiame default test prueba temporal invitado guest login entrar acceso user usuario root".split()
)
_COMMON = Path(auth.__file__).parent / "common-passwords.txt.gz"  # twenty thousand, in lower case
_PRODUCT = "ventanilla"
_LEET = str.maketrans("01345789@$!", "oieastbgasi")
_SHORTEST_OF_OWN = 3


def shortest() -> int:
    """The fewest characters a password may have here."""
    return max(MIN_CHARS, min(settings.PASSWORD_MIN_CHARS, MAX_CHARS))


def missing_rules(password: str, *, own: Iterable[str] = ()) -> list[str]:
    """One sentence for each rule the password breaks; empty when it may be used. `own`: email and name of its owner."""
    least = shortest()
    rules = [
        (len(password) >= least, _("The password needs at least %(chars)s characters.") % {"chars": least}),
        (len(password) <= MAX_CHARS, _("The password can have up to 128 characters.")),
        (any(char.isupper() for char in password), _("The password needs an uppercase letter.")),
        (any(char.islower() for char in password), _("The password needs a lowercase letter.")),
        (any(char.isdigit() for char in password), _("The password needs a number.")),
        (any(not char.isalnum() for char in password), _("The password needs a symbol such as ! or #.")),
    ]
    missing = [sentence for kept, sentence in rules if not kept]
    if missing:
        return missing
    if _is_made_of(password, own):
        return [
            _("The password must not be your email, your name or that of your company with something added.")
        ]
    if _is_common(password):
        return [_("This password is one of the first that would be tried. Choose another one.")]
    return []


def check_password_rules(password: str, *, own: Iterable[str] = ()) -> None:
    """Raises Invalid, naming each missing rule. Asks nobody, so it may run within a transaction."""
    missing = missing_rules(password, own=own)
    if missing:
        raise Invalid(fields={"password": missing})


def check_new_password(password: str, *, own: Iterable[str] = ()) -> None:
    """The same, and whether it was leaked anywhere. Asks a service, so never within a transaction. Raises Invalid."""
    check_password_rules(password, own=own)
    if is_leaked(password):
        raise Invalid(
            fields={
                "password": [
                    _(
                        "This password appears in data leaked from other sites. Choose one you use nowhere else."
                    )
                ]
            }
        )


def _is_made_of(password: str, own: Iterable[str]) -> bool:
    return bool(set(_cores(password)) & {_PRODUCT, *_words_of(own)})


def _is_common(password: str) -> bool:
    if not _STEMS.isdisjoint(_cores(password)):
        return True
    wanted = password.strip().lower()
    return "\n" not in wanted and f"\n{wanted}\n".encode(errors="replace") in _common()


@cache
def _common() -> bytes:
    """One to a line, as they are unpacked: a sixth of a megabyte, where a set of them takes two."""
    return b"\n" + gzip.decompress(_COMMON.read_bytes()) + b"\n"


def _cores(password: str) -> Iterator[str]:
    """What is left without digits and signs, with those that stand for letters read both ways: "P@ssw0rd1!", "Acme2026!"."""
    plain = _plain(password)
    yield _letters(plain)
    yield _letters(plain.translate(_LEET))
    yield _letters(re.sub(r"[^a-z]+$", "", plain).translate(_LEET))


def _words_of(own: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for text in own:
        plain = _plain(text)
        found.add(_letters(plain))
        if "@" in plain:
            local, domain = plain.split("@", 1)
            found |= {_letters(local), *map(_letters, re.split(r"[^a-z]+", local)), _letters(domain)}
            found |= {_letters(label) for label in domain.split(".")[:-1]}
        else:
            found |= {_letters(word) for word in plain.split()}
    return {word for word in found if len(word) >= _SHORTEST_OF_OWN}


def _plain(text: str) -> str:
    """Lower case without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalpha())
