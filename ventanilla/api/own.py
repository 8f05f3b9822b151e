"""The signed-in user as they are told of themselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from ventanilla.accounts.models import User
from ventanilla.accounts.rendering import user_json, user_with_keys_json
from ventanilla.api.auth import brings_key
from ventanilla.signin.selectors import owes_anywhere


def own_json(request: HttpRequest, user: User) -> dict[str, Any]:
    """With their keys for the contract's clients, which hold one already; never for the desk's cookie."""
    return just_signed_in_json(user) if brings_key(request) else user_json(user)


def just_signed_in_json(user: User) -> dict[str, Any]:
    """What the contract's clients are told at the door. No keys for who owes a second step: they would lead around it."""
    return user_json(user) if owes_anywhere(user) else user_with_keys_json(user)
