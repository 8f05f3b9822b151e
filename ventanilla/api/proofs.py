"""Whether it is really them, asked before dangerous acts: a cookie that was stolen must not change how its owner signs in.

Any door asks by `freshly_proved(request)`. The desk answers the refusal (`proof_needed`) with a dialog, and repeats the act.
"""

from __future__ import annotations

import time
from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from ventanilla.accounts.models import ClientSession, User
from ventanilla.api.auth import Request, UserRequest, brings_key
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Unauthorised
from ventanilla.signin.errors import ProofNeeded, SecondStepOwed
from ventanilla.signin.reach import shown_within
from ventanilla.signin.selectors import owes_anywhere

FRESH = timedelta(minutes=15)
_PROVED_AT = "proved_at"  # epoch seconds, in the browser's session


def themselves(request: UserRequest | Request) -> User:
    """The user, in a session of theirs. A token that a program keeps must not change how its owner signs in.

    Raises Unauthorised.
    """
    if "HTTP_API_ACCESS_TOKEN" in request.META:
        raise Unauthorised(_("Sign in to change this; an access token can't."))
    caller = request.auth
    return caller if isinstance(caller, User) else caller.person


def freshly_proved(request: UserRequest | Request) -> User:
    """The same, who proved it in the last quarter of an hour. Raises ProofNeeded, or Unauthorised."""
    user = themselves(request)
    if not _is_fresh(request) and not _is_freshly_vouched(request):
        raise ProofNeeded
    return user


def owes_nothing(user: User) -> None:
    """Before what outlives a session is handed out: raises SecondStepOwed for who lacks a second step that is asked for."""
    if owes_anywhere(user):
        raise SecondStepOwed


def _is_freshly_vouched(request: UserRequest | Request) -> bool:
    """Whether they showed the account's provider just now who they are: enough for its affairs, not for the person's."""
    caller = request.auth
    if isinstance(caller, User) or "HTTP_ACCESS_TOKEN" in request.META:
        return False
    return shown_within(request.session, caller.account, seconds=FRESH.total_seconds())


def remember_proof(request: HttpRequest) -> None:
    """They just did, in this browser."""
    request.session[_PROVED_AT] = int(time.time())


def _is_fresh(request: HttpRequest) -> bool:
    if brings_key(request):  # a phone proves it by signing in
        client = request.META.get("HTTP_CLIENT", "")
        since = now() - FRESH
        return ClientSession.objects.filter(
            client=client, user__email=request.META.get("HTTP_UID", "").strip().lower(), created_at__gt=since
        ).exists()
    age = time.time() - float(request.session.get(_PROVED_AT, 0))
    return -60 < age < FRESH.total_seconds()
