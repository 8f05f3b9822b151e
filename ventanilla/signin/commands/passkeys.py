"""Passkeys (WebAuthn level 2): made, used and taken away.

The library checks challenge, origin, signature and that the person was verified. What is ours: a challenge is good for
five minutes and once, a counter never goes back, and a passkey belongs to the one who is signed in.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q

from ventanilla.accounts.models import User
from ventanilla.kit import tokens
from ventanilla.kit.clock import now
from ventanilla.kit.errors import NotFound
from ventanilla.signin.commands.factors import codes_for_first_factor, forget_codes_of_nothing, lock_user
from ventanilla.signin.commands.once import spend
from ventanilla.signin.commands.rule import refuse_without_factor
from ventanilla.signin.errors import BadPasskey, PasskeyThere
from ventanilla.signin.events import FactorAdded, FactorRemoved
from ventanilla.signin.models import Passkey
from ventanilla.signin.recording import record_everywhere

if TYPE_CHECKING:
    from fido2.server import Fido2Server

_SALT = "ventanilla.passkey"
_TIME_FOR_IT = timedelta(minutes=5)
_MOST = 20
_MAX_NAME_CHARS = 60


@dataclass(frozen=True)
class Asked:
    """What the browser is asked (`options`, as WebAuthn's JSON), and the token to answer with."""

    options: dict[str, Any]
    token: str


@dataclass(frozen=True)
class PasskeyAnswer:
    """What a browser answered to `token`, at the page of that origin."""

    token: str
    answer: dict[str, Any]
    origin: str


def _server(origin: str) -> Fido2Server:
    from fido2.server import Fido2Server  # four megabytes that only passkeys need
    from fido2.webauthn import PublicKeyCredentialRpEntity

    host = urlsplit(origin).hostname or ""
    party = PublicKeyCredentialRpEntity(id=host, name="Ventanilla")
    return Fido2Server(party, verify_origin=lambda given: given == origin)


def ask_for_new(user: User, *, origin: str) -> Asked:
    """What a browser makes a passkey of, at the page of that origin."""
    from fido2.webauthn import (
        PublicKeyCredentialUserEntity,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    there = Passkey.objects.filter(user=user).order_by("pk")
    handle = next((one.handle for one in there), "") or secrets.token_urlsafe(32)
    entity = PublicKeyCredentialUserEntity(
        id=handle.encode(), name=user.email, display_name=user.available_name
    )
    options, state = _server(origin).register_begin(
        entity,
        credentials=[_stored(one) for one in there],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Asked(dict(options), _token("new", state, user_id=user.pk, handle=handle))


@transaction.atomic
def add_passkey(user: User, *, token: str, answer: dict[str, Any], name: str, origin: str) -> list[str]:
    """Keep the passkey that the browser made; returns recovery codes with the first factor, else [].

    Raises BadPasskey, or PasskeyThere. Records user.factor_added.
    """
    lock_user(user)
    asked = _asked(token, "new")
    if asked["user_id"] != user.pk or Passkey.objects.filter(user=user).count() >= _MOST:
        raise BadPasskey
    try:
        made = _server(origin).register_complete(asked["state"], answer)
    except Exception:  # the library raises many kinds for what a browser must not send
        raise BadPasskey
    credential = made.credential_data
    if credential is None:
        raise BadPasskey
    spend(token, seconds=int(_TIME_FOR_IT.total_seconds()))
    try:
        with transaction.atomic():
            Passkey.objects.create(
                user=user,
                credential_id=_text(credential.credential_id),
                credential=_text(bytes(credential)),
                handle=asked["handle"],
                sign_count=made.counter,
                name=" ".join(name.split())[:_MAX_NAME_CHARS],
            )
    except IntegrityError:
        raise PasskeyThere
    record_everywhere(
        user, lambda account_id: FactorAdded(account_id=account_id, user_id=user.pk, kind="passkey")
    )
    return codes_for_first_factor(user)


def ask_for_one(*, origin: str, user: User | None = None) -> Asked:
    """What a browser is asked to come in with a passkey: any of this site's, or one of that user's."""
    from fido2.webauthn import UserVerificationRequirement

    known = [_stored(one) for one in Passkey.objects.filter(user=user)] if user else None
    options, state = _server(origin).authenticate_begin(
        known, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Asked(dict(options), _token("one", state))


@transaction.atomic
def use_passkey(*, token: str, answer: dict[str, Any], origin: str, user: User | None = None) -> User:
    """Whose passkey answered; `user`: it has to be theirs. Raises BadPasskey, also for an answer given before."""
    asked = _asked(token, "one")
    credential_id = str(answer.get("id") or "")[:1400]
    passkey = (
        Passkey.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(credential_id=credential_id, user__is_active=True)
        .first()
    )
    if passkey is None or (user is not None and passkey.user_id != user.pk):
        raise BadPasskey
    handle = (answer.get("response") or {}).get("userHandle")
    if handle and not tokens.same(str(handle), _text(passkey.handle.encode())):
        raise BadPasskey
    try:
        _server(origin).authenticate_complete(asked["state"], [_stored(passkey)], answer)
        count = _count_in(answer)
    except Exception:  # as above
        raise BadPasskey
    spend(token, seconds=int(_TIME_FOR_IT.total_seconds()))
    # A counter that does not grow is a copy of the key (WebAuthn §7.2, step 22); most passkeys keep it at 0.
    grows = Q(sign_count__lt=count) if count else Q(sign_count=0)
    used = Passkey.objects.filter(grows, pk=passkey.pk)
    if used.update(sign_count=count, last_used_at=now()) == 0:
        raise BadPasskey
    return passkey.user


@transaction.atomic
def rename_passkey(user: User, *, passkey_id: int, name: str) -> None:
    """Call it otherwise. Raises NotFound."""
    mine = Passkey.objects.filter(user=user, pk=passkey_id)
    if mine.update(name=" ".join(name.split())[:_MAX_NAME_CHARS]) == 0:
        raise NotFound


@transaction.atomic
def remove_passkey(user: User, *, passkey_id: int) -> None:
    """It opens nothing any more. Raises NotFound, or SecondStepAsked. Records user.factor_removed."""
    lock_user(user)
    if Passkey.objects.filter(user=user, pk=passkey_id).delete()[0] == 0:
        raise NotFound
    refuse_without_factor(user)
    forget_codes_of_nothing(user)
    record_everywhere(
        user, lambda account_id: FactorRemoved(account_id=account_id, user_id=user.pk, kind="passkey")
    )


def _token(kind: str, state: Any, **more: Any) -> str:
    return signing.dumps({"kind": kind, "state": state, "nonce": secrets.token_hex(8), **more}, salt=_SALT)


def _asked(token: str, kind: str) -> dict[str, Any]:
    try:
        asked: dict[str, Any] = signing.loads(token, salt=_SALT, max_age=_TIME_FOR_IT)
    except signing.BadSignature:
        raise BadPasskey
    if asked.get("kind") != kind:
        raise BadPasskey
    return asked


def _stored(passkey: Passkey) -> Any:
    from fido2.webauthn import AttestedCredentialData

    return AttestedCredentialData(_bytes(passkey.credential))


def _count_in(answer: dict[str, Any]) -> int:
    from fido2.webauthn import AuthenticatorData

    return AuthenticatorData(_bytes(answer["response"]["authenticatorData"])).counter


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
