"""How large a thing may be (contract F.14), and the checks that say so."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from ventanilla.kit import limit_values
from ventanilla.kit.errors import Invalid

_UNSEEN = frozenset(
    {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs", "Me"}
)  # controls, directions, joiners, spaces
MAX_URL_CHARS = 2048
MAX_ATTRIBUTE_CHARS = 1500
MAX_ATTRIBUTE_NUMBER = 9_999_999_999
MAX_ATTRIBUTES = 500  # ours: one row must not grow without end
MAX_SHORT_TEXT_CHARS = 255


def check_message(content: str | None) -> None:
    """Raises Invalid when the text is longer than a message may be."""
    if content and len(content) > limit_values.of("MAX_MESSAGE_CHARS"):
        limit_values.met_size("MAX_MESSAGE_CHARS")
        raise Invalid(fields={"content": [_("The message is too long.")]})


def check_attributes(values: Mapping[str, Any], *, field: str = "custom_attributes") -> None:
    """Raises Invalid when a value of a free JSON object is too long, too large, or there are too many."""
    if len(values) > MAX_ATTRIBUTES:
        raise Invalid(fields={field: [_("There are too many attributes.")]})
    for key, value in values.items():
        if _is_too_large(key) or _is_too_large(value):
            raise Invalid(fields={field: [_("A value is too large.")]})


def _is_too_large(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) > MAX_ATTRIBUTE_CHARS or "\x00" in value
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | float):
        return not abs(value) <= MAX_ATTRIBUTE_NUMBER  # NaN fails too
    return len(json.dumps(value, default=str)) > MAX_ATTRIBUTE_CHARS * 4


def is_web_url(text: str) -> bool:
    """Whether it is an http(s) address with a host and of a length we keep."""
    if len(text) > MAX_URL_CHARS or any(char.isspace() for char in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def is_email(text: str) -> bool:
    """Whether mail could be sent there. What no one sees is no part of an address: it would pass for another one."""
    if not text.isascii() and any(unicodedata.category(char) in _UNSEEN for char in text):
        return False
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= MAX_SHORT_TEXT_CHARS
