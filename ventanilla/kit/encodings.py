"""In which encodings a caller takes an answer (RFC 9110 §12.5.3)."""

from __future__ import annotations

from django.http import HttpRequest


def accepts(request: HttpRequest, coding: str) -> bool:
    """Whether the caller names that coding ("gzip", "br") in Accept-Encoding and does not refuse it with q=0."""
    for part in request.META.get("HTTP_ACCEPT_ENCODING", "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == coding:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
