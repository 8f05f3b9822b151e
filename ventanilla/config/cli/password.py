"""`ventanilla password EMAIL`: a new password for someone who cannot get one by mail."""

from __future__ import annotations

import argparse

from django.utils import translation

from ventanilla.accounts.commands.users import choose_password
from ventanilla.accounts.models import User
from ventanilla.config.cli.asking import password
from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import language, text
from ventanilla.config.cli.with_django import refused
from ventanilla.kit.errors import Refusal


def run(arguments: argparse.Namespace) -> int:
    """Set it; every device of theirs is signed out."""
    email = arguments.email.strip().lower()
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        raise Stop("no_user", email=email)
    with translation.override(language()):
        try:
            choose_password(user, password=password(arguments.password))
        except Refusal as refusal:
            raise refused(refusal) from refusal
    answer(arguments.json, text("password_set", email=email), email=email, id=user.pk)
    return 0
