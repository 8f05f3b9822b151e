"""The key of a member's programs, which outlives every session of theirs."""

from __future__ import annotations

from django.db import transaction

from ventanilla.accounts.commands.users import reset_access_token
from ventanilla.accounts.models import AccessToken, User
from ventanilla.signin.events import AccessTokenShown
from ventanilla.signin.recording import record_everywhere


@transaction.atomic
def show_access_token(user: User) -> str:
    """The user's access token, made for who has none yet. Records user.access_token_shown."""
    row = AccessToken.objects.filter(user=user).first()
    token = row.sealed if row else reset_access_token(user)
    record_everywhere(user, lambda account_id: AccessTokenShown(account_id=account_id, user_id=user.pk))
    return token
