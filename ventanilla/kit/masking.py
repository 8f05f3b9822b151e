"""Keys that are part of an address, taken out of what is written to a log: whoever reads the log must not get in by it."""

from __future__ import annotations

import re
from typing import Any

_GONE = "…"
_VALUE = r"[^&\s\"'#;,)<>\\]+"
# Names that say it wherever they stand; and words so common that only a query makes them keys.
_NAMED = re.compile(
    r"([\w\-.%\[\]]{0,60}(?:token|secret|passw|signature|hmac|api_?key|session|cw_conversation|credential)[\w\-.%\[\]]{0,40}"
    rf"=){_VALUE}",
    re.IGNORECASE,
)
_IN_QUERY = re.compile(rf"([?&](?:code|state|sig|key|auth|otp|email|q)=){_VALUE}", re.IGNORECASE)
_IN_HEADER = re.compile(
    r"((?:authorization|api[_-]access[_-]token|x-auth-token|access-token|cookie)[\"']?\s{0,3}:\s{0,3}[\"']?)"
    r"(?:(?:bearer|basic)\s{1,3})?[^\s\"',;]+",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"(://)[^/\s@\"']{1,300}@")
# A part of a path that no one would write by hand: long, with digits among letters or both cases.
_IN_PATH = re.compile(r"(?<=/)[A-Za-z0-9_\-=.:%~+]{20,}")
_JWT = re.compile(r"\beyJ[\w\-]{8,}\.[\w\-.]*")
_SHOWN = 4  # enough to tell two lines apart


def masked(text: str) -> str:
    """The text without keys: in queries, paths, headers and addresses. Linear in its length."""
    text = _JWT.sub(f"eyJ{_GONE}", text)
    text = _IN_ADDRESS.sub(rf"\1{_GONE}@", text)
    text = _NAMED.sub(rf"\1{_GONE}", text)
    text = _IN_QUERY.sub(rf"\1{_GONE}", text)
    text = _IN_HEADER.sub(rf"\1{_GONE}", text)
    return _IN_PATH.sub(_shortened, text) if "/" in text else text


def _shortened(match: re.Match[str]) -> str:
    word = match.group()
    has_digit = any(char.isdigit() for char in word)
    has_small, has_capital = any(char.islower() for char in word), any(char.isupper() for char in word)
    looks_made = (has_digit and (has_small or has_capital)) or (has_small and has_capital)
    return word[:_SHOWN] + _GONE if looks_made else word


def masked_values(value: Any, *, depth: int = 8) -> Any:
    """The same for every text inside lists and dictionaries; places in our own program stay readable."""
    if isinstance(value, str):
        return masked(value)
    if depth and isinstance(value, dict):
        return {
            key: item if key in _OUR_OWN else masked_values(item, depth=depth - 1)
            for key, item in value.items()
        }
    if depth and isinstance(value, list | tuple):
        return [masked_values(item, depth=depth - 1) for item in value]
    return value if isinstance(value, int | float | bool | type(None)) else masked(str(value))


_OUR_OWN = frozenset({"filename", "lineno", "logger", "level", "timestamp", "process"})
