"""What may be answered once: the second time it is refused, by whichever process."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction

from ventanilla.kit import tokens
from ventanilla.kit.clock import now
from ventanilla.signin.errors import Replayed
from ventanilla.signin.models import Spent


def spend(token: str, *, seconds: int) -> None:
    """Use it up; remembered for as long as it would be good. Raises Replayed."""
    try:
        with transaction.atomic():
            Spent.objects.create(digest=tokens.digest(token), expires_at=now() + timedelta(seconds=seconds))
    except IntegrityError:
        raise Replayed


def forget_spent() -> None:
    """Drop what is too old to be answered anyway."""
    Spent.objects.filter(expires_at__lt=now()).delete()
