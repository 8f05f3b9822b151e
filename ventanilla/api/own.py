"""The signed-in user as they are told of themselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from ventanilla.accounts.models import User
from ventanilla.accounts.rendering import user_json, user_with_keys_json
from ventanilla.api.auth import brings_key


def own_json(request: HttpRequest, user: User) -> dict[str, Any]:
    """With their keys for the contract's clients, which hold one already; never for the desk's cookie."""
    return user_with_keys_json(user) if brings_key(request) else user_json(user)
