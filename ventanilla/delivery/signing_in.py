"""A person goes to a provider to sign a mailbox in, and comes back: whose way it was, that it counts once, and the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction

from ventanilla.accounts.models import Account, Membership, User
from ventanilla.accounts.policies import Capability, may
from ventanilla.delivery.health import note_signed_in
from ventanilla.delivery.models import SignInAttempt
from ventanilla.inboxes.channel import (
    SignedIn,
    SignIn,
    SignInFailed,
    SigningInChannel,
    Unreachable,
    channel_of,
    signing_in,
)
from ventanilla.inboxes.channel_doors import kind_signing_in
from ventanilla.inboxes.commands.inboxes import create_inbox, update_inbox
from ventanilla.inboxes.commands.members import add_inbox_members
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import links, tokens
from ventanilla.kit.clock import is_still_good, now
from ventanilla.kit.errors import Refusal

LIFETIME = timedelta(minutes=15)
_signer = Signer(salt="ventanilla.mail-sign-in")


class CameBack(Exception):
    """Someone came back without a mailbox. `code` says why; `account_id` and `inbox_id` say where to continue, if known."""

    def __init__(self, code: str, attempt: SignInAttempt | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.account_id = attempt.account_id if attempt else None
        self.inbox_id = attempt.inbox_id if attempt else None


def begin(
    account: Account,
    *,
    by: User,
    provider: str,
    address: str,
    inbox: Inbox | None = None,
    name: str = "",
    user_ids: Sequence[int] = (),
) -> str:
    """Where the browser goes. `inbox`: sign that one in again; else one is made, called `name`. Raises SignInFailed."""
    kind = inbox.kind if inbox is not None else kind_signing_in(provider)
    channel = _channel(kind)
    state = tokens.random_token(32)
    way = SignIn(
        provider=provider,
        redirect_uri=links.public_url(f"/{provider}/callback"),
        state=_signer.sign(state),
        nonce=tokens.random_token(32),
        verifier=tokens.random_token(64),
        address=address,
    )
    url = channel.sign_in_url(way)
    SignInAttempt.objects.filter(expires_at__lt=now()).delete()
    SignInAttempt.objects.create(
        account=account,
        user=by,
        inbox=inbox,
        kind=kind,
        provider=provider,
        state_digest=tokens.digest(state),
        nonce=way.nonce,
        verifier=way.verifier,
        redirect_uri=way.redirect_uri,
        wanted={"name": name.strip(), "user_ids": [int(number) for number in user_ids]},
        expires_at=now() + LIFETIME,
    )
    return url


def _channel(kind: str) -> SigningInChannel:
    channel = signing_in(kind)
    if channel is None:
        raise SignInFailed("not_set_up")
    return channel


def finish(*, user: User | None, provider: str, state: str, code: str, refusal: str = "") -> Inbox:
    """The inbox that is signed in now, made if it was not there. Raises CameBack.

    `refusal`: what the provider says instead of a code. A state counts once, for the person who began, while it lasts.
    """
    attempt = _take(user, provider, state)
    if refusal or not code:
        raise CameBack("denied" if refusal == "access_denied" else "refused", attempt)
    way = SignIn(
        provider=attempt.provider,
        redirect_uri=attempt.redirect_uri,
        state=state,
        nonce=attempt.nonce,
        verifier=attempt.verifier,
    )
    try:
        who = _channel(attempt.kind).signed_in(way, code)
    except SignInFailed as error:
        raise CameBack(error.code, attempt) from error
    except Unreachable as error:
        raise CameBack("unreachable", attempt) from error
    try:
        return _keep(attempt, who)
    except Refusal as refused:
        raise CameBack("taken", attempt) from refused


def _take(user: User | None, provider: str, state: str) -> SignInAttempt:
    try:
        digest = tokens.digest(_signer.unsign(state))
    except BadSignature:
        raise CameBack("unknown") from None
    attempt = (
        SignInAttempt.objects.select_related("account", "user", "inbox")
        .filter(state_digest=digest, provider=provider)
        .first()
    )
    if attempt is None:
        raise CameBack("unknown")
    if user is None or attempt.user_id != user.pk:
        raise CameBack("other_person")  # the way stays open for the person it belongs to
    pk = attempt.pk
    if SignInAttempt.objects.filter(pk=pk).delete()[0] != 1:  # it came twice at once
        raise CameBack("unknown")
    if not is_still_good(attempt.expires_at, life=LIFETIME):
        raise CameBack("expired", attempt)
    member = Membership.objects.filter(account_id=attempt.account_id, user_id=attempt.user_id).first()
    if member is None or not may(member, Capability.INBOXES_WRITE) or not attempt.account.is_active:
        raise CameBack("other_person")
    return attempt


@transaction.atomic
def _keep(attempt: SignInAttempt, who: SignedIn) -> Inbox:
    inbox = attempt.inbox
    if inbox is not None and (inbox.deleted_at is not None or inbox.address != who.address):
        raise CameBack("other_address", attempt)
    if inbox is None:
        inbox = Inbox.objects.filter(
            account=attempt.account, kind=attempt.kind, address=who.address, deleted_at__isnull=True
        ).first()
    if inbox is None:
        return _make(attempt, who)
    inbox = update_inbox(inbox, channel=who.fields, by=attempt.user)
    note_signed_in(inbox)
    return inbox


def _make(attempt: SignInAttempt, who: SignedIn) -> Inbox:
    wanted: dict[str, Any] = attempt.wanted
    inbox = create_inbox(
        attempt.account,
        name=wanted.get("name") or who.address.partition("@")[0],
        channel={"type": channel_of(attempt.kind).create_type, **who.fields},
        by=attempt.user,
    )
    # Colleagues who left meanwhile are no reason to lose the mailbox.
    members = Membership.objects.filter(account=attempt.account, user_id__in=wanted.get("user_ids", []))
    if user_ids := list(members.values_list("user_id", flat=True)):
        add_inbox_members(inbox, user_ids=user_ids, by=attempt.user)
    return inbox
