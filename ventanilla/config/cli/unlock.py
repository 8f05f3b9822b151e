"""`ventanilla unlock EMAIL`: a way back in for who has lost the phone, or whose single sign-on is broken."""

from __future__ import annotations

import argparse

from ventanilla.accounts.models import User
from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import text
from ventanilla.signin.commands.unlocking import unlock


def run(arguments: argparse.Namespace) -> int:
    """Nothing but their password is asked of them from now on."""
    email = arguments.email.strip().lower()
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        raise Stop("no_user", email=email)
    unlock(user)
    answer(arguments.json, text("unlocked", email=email), email=email, id=user.pk)
    return 0
