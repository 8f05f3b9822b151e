"""`ventanilla createplatformapp`: an operator's program for the platform API, and its token."""

from __future__ import annotations

import argparse

from django.db import transaction
from django.utils import translation

from ventanilla.accounts.commands.platform import create_platform_app, permit
from ventanilla.accounts.models import Account
from ventanilla.config.cli.migrate import migrate
from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import language, text
from ventanilla.config.cli.with_django import refused
from ventanilla.kit.errors import Refusal


def run(arguments: argparse.Namespace) -> int:
    """Register it and print `{"id", "name", "account_ids", "access_token"}`. The token is not shown again."""
    migrate()
    with translation.override(language()):
        try:
            said = create(arguments)
        except Refusal as refusal:
            raise refused(refusal) from refusal
    answer(arguments.json, text("platform_app_created", **said), **said)
    return 0


@transaction.atomic
def create(arguments: argparse.Namespace) -> dict[str, object]:
    """The program with what it may touch from the beginning: the accounts named, beside all that it will make."""
    app, token = create_platform_app(arguments.name)
    numbers = sorted(set(arguments.account_id))
    for number in numbers:
        account = Account.objects.filter(pk=number).first()
        if account is None:
            raise Stop("no_account", account_id=number)
        permit(app, account=account)
    return {"id": app.pk, "name": app.name, "account_ids": numbers, "access_token": token}
