"""The verbs of greetings."""

from __future__ import annotations

from ventanilla.accounts.models import Account
from ventanilla.greetings.models import Greeting


def greet(account: Account, *, text: str) -> Greeting:
    """Say it."""
    return Greeting.objects.create(account=account, text=text)
