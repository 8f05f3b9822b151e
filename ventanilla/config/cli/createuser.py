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
from ventanilla.accounts.passwords import check_new_password
from ventanilla.config.cli.asking import password, yes
from ventanilla.config.cli.migrate import migrate
from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import language, text
from ventanilla.config.cli.with_django import refused
from ventanilla.kit.errors import Refusal


def run(arguments: argparse.Namespace) -> int:
    """Create what is missing and print `{"id", "account_id", "email", "role", "access_token"}`."""
    if arguments.password is None and not arguments.existing and not sys.stdin.isatty():
        raise Stop("no_password")
    migrate()
    with translation.override(language()):
        try:
            known = User.objects.filter(email=clean_email(arguments.email)).first()
            # Whatever has to be asked is asked before the transaction: no one else could write meanwhile.
            chosen = None
            if known is not None:
                _require_agreement(known, arguments)
            else:
                chosen = _password_of_new(arguments)
            membership = create(arguments, known=known, chosen=chosen)
        except Refusal as refusal:
            raise refused(refusal) from refusal
    said = {
        "id": membership.user_id,
        "account_id": membership.account_id,
        "email": membership.user.email,
        "role": membership.role,
        "access_token": membership.user.access_token.sealed,
    }
    sentence = text("user_created", **said) if known is None else text("user_joined", name=known.name, **said)
    answer(arguments.json, sentence, **said)
    return 0


def _password_of_new(arguments: argparse.Namespace) -> str:
    if arguments.existing:
        raise Stop("no_user", email=arguments.email)
    chosen = password(arguments.password)
    check_new_password(chosen, own=(arguments.email, arguments.name or ""))
    return chosen


def _require_agreement(known: User, arguments: argparse.Namespace) -> None:
    """Someone signs in with that address already: say so and change nothing, unless the operator means that person."""
    account = _found(arguments.account, arguments.account_id)
    if account is None and arguments.account_id is not None:
        raise Stop("no_account", account_id=arguments.account_id)
    if account is not None and Membership.objects.filter(account=account, user=known).exists():
        reason = text("user_is_here", email=known.email, account=account.name)
        raise Stop("refused", reason=reason)
    told = {"email": known.email, "name": known.name}
    asked = not arguments.existing and not arguments.json and sys.stdin.isatty()
    if not arguments.existing and not (asked and yes(text("ask_existing", **told))):
        raise Stop("user_known", **told)


@transaction.atomic
def create(arguments: argparse.Namespace, *, known: User | None, chosen: str | None) -> Membership:
    """The membership of a new person, or of someone known who keeps their name and password."""
    account = _account(arguments.account, arguments.account_id)
    user = known or create_user(
        arguments.email, name=arguments.name, by=None, password=chosen, confirmed=True, proven=True
    )
    return add_member(account, user=user, role=arguments.role, by=None)


def _found(name: str | None, number: int | None) -> Account | None:
    wanted = {"pk": number} if number is not None else {"name__iexact": (name or "").strip()}
    return Account.objects.filter(**wanted).order_by("id").first()


def _account(name: str | None, number: int | None) -> Account:
    found = _found(name, number)
    if found is not None:
        return found
    if number is not None:
        raise Stop("no_account", account_id=number)
    made = create_account(name or "", by=None, locale=settings.LANGUAGE_CODE)
    adopt_first_account(made, by=None)
    return made
