"""The rule of passwords (contract A.2): 6 to 128 characters, an upper-case and a lower-case letter, a digit, a sign."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ventanilla.kit.errors import Invalid

MIN_CHARS = 6
MAX_CHARS = 128


def missing_rules(password: str) -> list[str]:
    """One sentence for each rule the password breaks; empty when it may be used."""
    rules = [
        (len(password) >= MIN_CHARS, _("The password needs at least 6 characters.")),
        (len(password) <= MAX_CHARS, _("The password can have up to 128 characters.")),
        (any(char.isupper() for char in password), _("The password needs an uppercase letter.")),
        (any(char.islower() for char in password), _("The password needs a lowercase letter.")),
        (any(char.isdigit() for char in password), _("The password needs a number.")),
        (any(not char.isalnum() for char in password), _("The password needs a symbol such as ! or #.")),
    ]
    return [sentence for kept, sentence in rules if not kept]


def check_password_rules(password: str) -> None:
    """Raises Invalid, naming each missing rule."""
    missing = missing_rules(password)
    if missing:
        raise Invalid(fields={"password": missing})
