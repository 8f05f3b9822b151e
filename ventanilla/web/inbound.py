"""/webhooks/mail/PROVIDER: a provider brings mail. It is kept before it is answered."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from ventanilla.channels.email import webhooks
from ventanilla.delivery import mail_room

log = structlog.get_logger("web.inbound")

_LINES = ("X-Mandrill-Signature", "X-Amz-Sns-Message-Type", "X-Amz-Sns-Message-Id")


@require_http_methods(["HEAD", "GET", "POST"])
def mail(request: HttpRequest, provider: str) -> HttpResponse:
    """200 once every mail of the call lies in the in-tray. 404 for a provider the operator has not set up, 401 without
    a secret, 403 for a wrong one. A fault of ours is a 5xx: the provider keeps the mail and comes back.
    """
    provider = provider.replace("-", "_")
    if not webhooks.is_open(provider):
        return HttpResponse(status=404)
    if request.method != "POST":  # some look whether the address exists before they use it
        return HttpResponse()
    call = webhooks.Call(
        body=request.read(),
        content_type=request.META.get("CONTENT_TYPE", ""),
        authorization=request.META.get("HTTP_AUTHORIZATION", ""),
        headers={name: request.headers[name] for name in _LINES if name in request.headers},
    )
    try:
        webhooks.check(provider, call)
    except webhooks.NotTheProvider as stranger:
        log.warning("inbound.refused", provider=provider)
        if stranger.missing:
            return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="mail"'})
        return HttpResponse(status=403)
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
