"""What a room gives to have a webhook of an account called from the out-tray, without knowing of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Caller:
    """`body`: what is posted, made when it leaves; None when nobody wants it any more. `key`: what it is signed with."""

    body: Callable[[Mapping[str, Any]], dict[str, Any] | None]
    key: Callable[[Mapping[str, Any]], str]
