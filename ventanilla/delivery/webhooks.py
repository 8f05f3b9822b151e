"""Calling the system behind an API inbox (contract E.2), and an account's webhooks that a room of above writes
(settings.CALLERS). The body is rendered when it leaves, as the rows are then.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache

import msgspec
from django.conf import settings
from django.utils.module_loading import import_string

from ventanilla.delivery.models import Outgoing
from ventanilla.delivery.webhook_bodies import body_of
from ventanilla.inboxes.channel import Receipt, SendFailed
from ventanilla.kit import safe_http, tokens, webhook_keys
from ventanilla.kit.caller import Caller
from ventanilla.kit.errors import Unavailable

_GONE = frozenset({404, 410})


def call_webhook(row: Outgoing, _hand_over: Callable[[], None]) -> Receipt:
    """POST the event. Any 2xx is success; 404 and 410 will not get better by trying again. Raises SendFailed."""
    caller = callers().get(row.payload.get("event", "")) if row.inbox_id is None else None
    body = body_of(row.payload) if caller is None else caller.body(row.payload)
    if body is None:  # what it is about was deleted meanwhile: nothing to tell
        return Receipt()
    content = msgspec.json.encode(body)
    try:
        answer = safe_http.fetch(
            "POST",
            row.destination,
            headers={
                "Content-Type": "application/json",
                "Accept": "application/json",
                **(_signature(row, content) if caller is None else _standard(row, content, caller)),
            },
            content=content,
            timeout_seconds=settings.WEBHOOK_TIMEOUT_SECONDS,
        )
    except (safe_http.FetchFailed, Unavailable) as error:
        raise SendFailed(error.message, permanent=False) from error
    if not answer.is_success:
        raise SendFailed(f"HTTP {answer.status}", permanent=answer.status in _GONE)
    return Receipt()


@lru_cache(maxsize=1)
def callers() -> dict[str, Caller]:
    """What asks for a webhook of the account, and who writes it."""
    return {event: import_string(path) for event, path in settings.CALLERS.items()}


def _standard(row: Outgoing, content: bytes, caller: Caller) -> dict[str, str]:
    return webhook_keys.headers(caller.key(row.payload), id=row.key, at=int(time.time()), body=content)


def _signature(row: Outgoing, content: bytes) -> dict[str, str]:
    """Headers by which the receiver knows us and a repetition (contract E.1, 4.x); the key is the inbox's HMAC token."""
    if row.inbox is None:
        return {}
    moment = str(int(time.time()))
    signed = tokens.hmac_sha256(row.inbox.hmac_token, f"{moment}.{content.decode()}")
    return {
        "X-Chatwoot-Signature": f"sha256={signed}",
        "X-Chatwoot-Timestamp": moment,
        "X-Chatwoot-Delivery": row.key,
    }
