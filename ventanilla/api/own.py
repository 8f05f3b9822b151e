"""The signed-in user as they are told of themselves, and what of them the session that asks may change."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from ventanilla.accounts.installation import known
from ventanilla.accounts.models import Account, Membership, User
from ventanilla.accounts.rendering import user_json, user_with_keys_json
from ventanilla.accounts.selectors import keeps_installation
from ventanilla.api.auth import brings_key, reach_of_request
from ventanilla.kit.errors import NotFound
from ventanilla.signin.errors import ProofNeeded
from ventanilla.signin.reach import OWN, Reach
from ventanilla.signin.selectors import asked_for_second_step, owes_anywhere

# What is the person's, and not of the account whose provider vouches for them.
_KEPT_BACK: dict[str, Any] = {
    "unconfirmed_email": None, "phone_number": None, "custom_attributes": {}, "type": None,
}  # fmt: skip


def own_json(request: HttpRequest, user: User) -> dict[str, Any]:
    """With their keys for the contract's clients, which hold one already; never for the desk's cookie.

    Only accounts that this session opens.
    """
    reach = reach_of_request(request)
    if brings_key(request):
        return just_signed_in_json(user, reach)
    body = user_json(user, reaches=reach.includes)
    return {**body, **_KEPT_BACK} if reach.is_limited else body


def just_signed_in_json(user: User, reach: Reach = OWN) -> dict[str, Any]:
    """What the contract's clients are told at the door. No keys for who owes a second step: they would lead around it."""
    shown = user_json if owes_anywhere(user) else user_with_keys_json
    return shown(user, reaches=reach.includes)


def check_reach(request: HttpRequest, account_id: int) -> None:
    """Raises NotFound when this session does not open that account of theirs."""
    reach = reach_of_request(request)
    if reach.is_limited and account_id not in reach.accounts:
        raise NotFound


def check_belongs_here(request: HttpRequest, user: User) -> None:
    """What colleagues in other accounts see is theirs to change in a session of their own. Raises ProofNeeded."""
    reach = reach_of_request(request)
    if reach.is_limited and _is_elsewhere(user, reach):
        raise ProofNeeded


def _is_elsewhere(user: User, reach: Reach) -> bool:
    return Membership.objects.filter(user=user).exclude(account_id__in=reach.accounts).exists()


def keeps_installation_here(request: HttpRequest, user: User) -> bool:
    """Whether they look after the installation, and this session opens the account whose administrators do."""
    reach = reach_of_request(request)
    return (not reach.is_limited or known().account_id in reach.accounts) and keeps_installation(user)


def asked_here(request: HttpRequest, user: User) -> list[Account]:
    """Accounts that ask them for a second step which nobody took in this session; none to a provider's word alone."""
    reach = reach_of_request(request)
    if reach.is_limited:
        return []
    return [one for one in asked_for_second_step(user) if one.pk not in reach.accounts]
