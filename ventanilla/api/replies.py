"""Responses as bytes: built by a read model, encoded once."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse

encode = msgspec.json.Encoder().encode


def json_reply(value: Any, *, status: int = 200) -> HttpResponse:
    """`value` as JSON. `msgspec.Raw` inside it passes through as it is."""
    return HttpResponse(encode(value), status=status, content_type="application/json")


def raw_json_reply(body: bytes, *, status: int = 200) -> HttpResponse:
    """JSON that is encoded already."""
    return HttpResponse(body, status=status, content_type="application/json")


def empty_reply(*, status: int = 200) -> HttpResponse:
    """No body, as the contract's `head :ok`."""
    return HttpResponse(b"", status=status, content_type="application/json")
