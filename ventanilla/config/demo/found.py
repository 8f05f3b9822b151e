"""Whether the example company is in this installation, and how to sign in to it."""

from __future__ import annotations

from dataclasses import dataclass

from ventanilla.accounts.models import Account
from ventanilla.config.demo.people import AGENTS, ANALYST, COMPANY, LINES, PASSWORD

SHOP_INBOX = LINES[0].inbox


@dataclass(frozen=True)
class Demo:
    """What a person needs to look around."""

    account: Account
    email: str
    password: str
    others: tuple[str, ...]


def find_demo() -> Demo | None:
    """The example company, if it is here."""
    account = Account.objects.filter(name=COMPANY, memberships__user__email=AGENTS[0].email).first()
    return describe(account) if account else None


def describe(account: Account) -> Demo:
    """How to look around in `account`."""
    return Demo(account, AGENTS[0].email, PASSWORD, tuple(agent.email for agent in (*AGENTS[1:3], ANALYST)))
