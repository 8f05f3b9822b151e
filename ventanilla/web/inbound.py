"""/webhooks/mail/PROVIDER: a provider brings mail. It is kept before it is answered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from ventanilla.channels.email import webhooks
from ventanilla.delivery import mail_room

log = structlog.get_logger("web.inbound")

_LARGE_BYTES = 2 * 1024 * 1024
_TURN_SECONDS = 3.0  # a thread that waits serves nobody; the provider comes back
_LINES = ("X-Mandrill-Signature", "X-Amz-Sns-Message-Type", "X-Amz-Sns-Message-Id")


@require_http_methods(["HEAD", "GET", "POST"])
def mail(request: HttpRequest, provider: str) -> HttpResponse:
    """200 once every mail of the call lies in the in-tray. 404 for a provider the operator has not set up, 401 without
    a secret, 403 for a wrong one, 413 for more than MAX_MAIL_CALL_MB. A fault of ours is a 5xx: the provider keeps the
    mail and comes back.
    """
    provider = provider.replace("-", "_")
    if not webhooks.is_open(provider):
        return HttpResponse(status=404)
    if request.method != "POST":  # some look whether the address exists before they use it
        return HttpResponse()
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    if size > settings.MAX_MAIL_CALL_BYTES:
        log.warning("inbound.too_large", provider=provider, bytes=size)
        return HttpResponse(status=413)
    authorization = request.META.get("HTTP_AUTHORIZATION", "")
    try:
        webhooks.check_secret(provider, authorization)
        with _in_memory(size):
            return _take(request, provider, authorization)
    except webhooks.NotTheProvider as stranger:
        log.warning("inbound.refused", provider=provider)
        if stranger.missing:
            return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="mail"'})
        return HttpResponse(status=403)
    except _Crowded:
        return HttpResponse(status=503, headers={"Retry-After": "30"})


class _Crowded(Exception):
    """Others are being read for longer than a provider should wait: it comes back."""


_one_large = threading.Lock()


@contextmanager
def _in_memory(size: int) -> Iterator[None]:
    """Reading a call takes several times its size. Large ones take turns; until then their bodies lie on the disk."""
    is_large = size > _LARGE_BYTES
    if is_large and not _one_large.acquire(timeout=_TURN_SECONDS):
        raise _Crowded
    try:
        yield
    finally:
        if is_large:
            _one_large.release()


def _take(request: HttpRequest, provider: str, authorization: str) -> HttpResponse:
    """Keep what is in it. Raises NotTheProvider."""
    call = webhooks.Call(
        body=request.read(),
        content_type=request.META.get("CONTENT_TYPE", ""),
        authorization=authorization,
        headers={name: request.headers[name] for name in _LINES if name in request.headers},
    )
    webhooks.check(provider, call)
    if webhooks.confirm(provider, call):
        return HttpResponse()
    for payload in webhooks.payloads(provider, call):
        mail_room.accept_payload(
            payload.body,
            key=payload.key,
            recipients=payload.recipients,
            meta={
                "webhook": provider,
                "content_type": payload.content_type,
                **({} if payload.envelope_from is None else {"envelope_from": payload.envelope_from}),
            },
        )
    return HttpResponse()
