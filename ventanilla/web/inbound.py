"""/webhooks/KIND/TOKEN: a channel's provider calls. What it brings is kept before it is answered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from ventanilla.delivery.calls import keep_payloads
from ventanilla.inboxes.channel_doors import Answer, Call, CalledChannel, NotTheProvider, called
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.selectors import get_inbox_by_identifier
from ventanilla.kit.errors import NotFound

log = structlog.get_logger("web.inbound")

_LARGE_BYTES = 2 * 1024 * 1024
_TURN_SECONDS = 3.0  # a thread that waits serves no one; the provider comes back
_TOKEN_CHARS = 128


@require_http_methods(["HEAD", "GET", "POST"])
def call(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """200 once all of the call lies in the in-tray. 404 for a door that is not set up, 401 without a secret, 403 for a
    wrong one, 413 for a call that is too large. A fault of ours is a 5xx: the provider keeps what it has and comes back.
    """
    channel = called(kind)
    if channel is None or len(token) > _TOKEN_CHARS:
        return HttpResponse(status=404)
    try:
        inbox = _inbox(channel, token)
        if not channel.is_open(token, inbox):
            return HttpResponse(status=404)
        return _answered(request, channel, token, inbox)
    except NotFound:
        return HttpResponse(status=404)
    except NotTheProvider as stranger:
        log.warning("inbound.refused", channel=channel.kind)
        if stranger.missing:
            return HttpResponse(
                status=401, headers={"WWW-Authenticate": f'Basic realm="{channel.called_as}"'}
            )
        return HttpResponse(status=403)
    except _Crowded:
        return HttpResponse(status=503, headers={"Retry-After": "30"})


def _inbox(channel: CalledChannel, token: str) -> Inbox | None:
    """The inbox that the address names. Raises NotFound."""
    if not channel.calls_name_inbox:
        return None
    inbox = get_inbox_by_identifier(token, kinds=(channel.kind,))
    if not inbox.account.is_active:
        raise NotFound
    return inbox


def _answered(request: HttpRequest, channel: CalledChannel, token: str, inbox: Inbox | None) -> HttpResponse:
    if request.method != "POST":
        return _response(channel.greeted(token, inbox, request.GET.dict()))
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    if size > channel.max_call_bytes():
        log.warning("inbound.too_large", channel=channel.kind, bytes=size)
        return HttpResponse(status=413)
    authorization = request.META.get("HTTP_AUTHORIZATION", "")
    channel.check_secret(token, inbox, authorization)
    with _in_memory(size):
        payloads, answer = channel.called(
            token,
            inbox,
            Call(
                body=request.read(),
                content_type=request.META.get("CONTENT_TYPE", ""),
                authorization=authorization,
                headers={
                    name: request.headers[name] for name in channel.call_headers if name in request.headers
                },
                query=request.GET.dict(),
            ),
        )
        keep_payloads(channel.kind, payloads, inbox=inbox)
    return _response(answer)


def _response(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)


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
