"""Questions about what someone proves themselves with."""

from __future__ import annotations

from ventanilla.accounts.models import User
from ventanilla.signin.models import Authenticator, RecoveryCode


def authenticator_of(user: User) -> Authenticator | None:
    """Their app, once they have given its first code."""
    return Authenticator.objects.filter(user=user, confirmed_at__isnull=False).first()


def ways_of(user: User) -> list[str]:
    """How they can take the second step: [] when a password is all that is asked of them."""
    ways = []
    if authenticator_of(user) is not None:
        ways.append("authenticator")
    if ways:
        ways.append("recovery_code")
    return ways


def recovery_codes_left(user: User) -> int:
    """How many still work."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


def proof_ways_of(user: User) -> list[str]:
    """What they can show to prove anew that it is them; [] for who has only single sign-on."""
    return ways_of(user) or (["password"] if user.has_usable_password() else [])
