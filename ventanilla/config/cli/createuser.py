"""`ventanilla createuser`: a person in an account, and their API token."""

from __future__ import annotations

import argparse
import sys

from django.conf import settings
from django.db import transaction
from django.utils import translation

from ventanilla.accounts.commands.accounts import create_account
from ventanilla.accounts.commands.installation import adopt_first_account
from ventanilla.accounts.commands.users import add_member, clean_email, create_user
from ventanilla.accounts.models import Account, Membership, User
from ventanilla.config.cli.asking import password
from ventanilla.config.cli.migrate import migrate
from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import language, text
from ventanilla.config.cli.with_django import refused
from ventanilla.kit.errors import Refusal


def run(arguments: argparse.Namespace) -> int:
    """Create what is missing and print `{"id", "account_id", "email", "role", "access_token"}`."""
    if arguments.password is None and not sys.stdin.isatty():
        raise Stop("no_password")
    migrate()
    with translation.override(language()):
        try:
            membership = create(arguments)
        except Refusal as refusal:
            raise refused(refusal) from refusal
    said = {
        "id": membership.user_id,
        "account_id": membership.account_id,
        "email": membership.user.email,
        "role": membership.role,
        "access_token": membership.user.access_token.sealed,
    }
    answer(arguments.json, text("user_created", **said), **said)
    return 0


@transaction.atomic
def create(arguments: argparse.Namespace) -> Membership:
    """The person's membership. Somebody who has a user already joins the account and keeps their password."""
    account = _account(arguments.account, arguments.account_id)
    user = User.objects.filter(email=clean_email(arguments.email)).first()
    if user is None:
        chosen = password(arguments.password)
        user = create_user(
            arguments.email, name=arguments.name, by=None, password=chosen, confirmed=True, proven=True
        )
    return add_member(account, user=user, role=arguments.role, by=None)


def _account(name: str | None, number: int | None) -> Account:
    if number is not None:
        account = Account.objects.filter(pk=number).first()
        if account is None:
            raise Stop("no_account", account_id=number)
        return account
    found = Account.objects.filter(name__iexact=(name or "").strip()).order_by("id").first()
    if found is not None:
        return found
    made = create_account(name or "", by=None, locale=settings.LANGUAGE_CODE)
    adopt_first_account(made, by=None)
    return made
