"""Signing a mailbox in at Google or Microsoft: where the browser has to go (behaviour.md, email channels)."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.delivery import signing_in
from ventanilla.inboxes.channel import SignInFailed
from ventanilla.inboxes.channel_doors import kind_signing_in
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import rate_limits
from ventanilla.kit.errors import NotFound, Refusal

router = Router(tags=["Inboxes"])


class NotSetUp(Refusal):
    """The operator has not registered the installation with this provider."""

    code = "sign_in_not_set_up"


class MailSignInShape(Schema):
    """`url`: the provider's page. It leads back to the desk."""

    success: bool
    url: str


class MailSignInBody(Body):
    """`inbox_id`: sign this mailbox in again; else one is made, called `name`, with these members."""

    email: str = ""
    inbox_id: int | None = None
    name: str = ""
    user_ids: list[int] = []


def _begin(request: Request, given: MailSignInBody, provider: str, shown: str) -> HttpResponse:
    request.auth.require(Capability.INBOXES_WRITE)
    rate_limits.check("mail_probes_per_account", request.auth.account.pk)
    inbox = None
    if given.inbox_id is not None:
        inbox = Inbox.objects.filter(
            pk=given.inbox_id,
            account=request.auth.account,
            kind=kind_signing_in(provider),
            deleted_at__isnull=True,
        ).first()
        if inbox is None:
            raise NotFound
    try:
        url = signing_in.begin(
            request.auth.account,
            by=request.auth.person,
            provider=provider,
            address=inbox.address if inbox else given.email.strip().lower()[:254],
            inbox=inbox,
            name=given.name[:200],
            user_ids=given.user_ids[:500],
        )
    except SignInFailed:
        raise NotSetUp(_("This server isn't registered with %(name)s.") % {"name": shown})
    return json_reply({"success": True, "url": url})


@router.post("/google/authorization", operation_id="authorize_google", response=MailSignInShape)
def google(request: Request, account_id: int, given: MailSignInBody = Given()) -> HttpResponse:
    """Begin to sign a mailbox in at Google."""
    return _begin(request, given, "google", "Google")


@router.post("/microsoft/authorization", operation_id="authorize_microsoft", response=MailSignInShape)
def microsoft(request: Request, account_id: int, given: MailSignInBody = Given()) -> HttpResponse:
    """Begin to sign a mailbox in at Microsoft."""
    return _begin(request, given, "microsoft", "Microsoft")
