"""How far a browser's session reaches: to what was proved in it (docs/adr/0021).

Who proved themselves by something of their own (password, passkey, mailed link) reaches every account that takes that.
Whom the provider of an account vouched for reaches that account alone, for a working day, and nothing that belongs to
the person: whoever runs a provider says who comes, and must not come as that person elsewhere.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from ventanilla.accounts.models import Account

_KEY = "single_sign_on"
VOUCHED_FOR = timedelta(hours=20)  # a long day's work; each morning the provider is asked anew


@dataclass(frozen=True)
class Reach:
    """`own`: they proved themselves. `accounts`: whose provider vouched for them.

    `programs`: a token, which is kept out of nothing.
    """

    own: bool = True
    accounts: frozenset[int] = frozenset()
    programs: bool = False

    @property
    def is_limited(self) -> bool:
        """Whether a provider's word is all there is."""
        return not self.own and not self.programs

    def includes(self, account: Account) -> bool:
        """Whether the session opens that account, if its user is a member."""
        return self.programs or account.pk in self.accounts or (self.own and not account.only_single_sign_on)


OWN = Reach()
PROGRAM = Reach(programs=True)


def reach_of(session: SessionBase | Mapping[str, Any]) -> Reach:
    """What was proved in this session. One of before single sign-on was opened by a password."""
    kept: dict[str, Any] | None = session.get(_KEY)
    if kept is None:
        return OWN
    since = time.time() - VOUCHED_FOR.total_seconds()
    good = frozenset(int(pk) for pk, at in kept["accounts"].items() if since < at <= time.time() + 60)
    return Reach(own=bool(kept["own"]), accounts=good)


def vouch(
    session: SessionBase, account: Account, *, before: Reach | None, asked_at: float | None = None
) -> None:
    """The provider of the account said who they are. `before`: what the same person had proved here already.

    `asked_at`: when the provider last asked them to show it. None: it did not say, so it may have been long ago.
    """
    kept: dict[str, Any] = session.get(_KEY) or {"accounts": {}}
    shown = dict(kept.get("shown", {})) if before else {}
    shown.pop(str(account.pk), None)
    kept["own"] = before is not None and before.own
    kept["accounts"] = {**(kept["accounts"] if before else {}), str(account.pk): int(time.time())}
    kept["shown"] = shown if asked_at is None else {**shown, str(account.pk): int(asked_at)}
    session[_KEY] = kept


def prove_own(session: SessionBase) -> None:
    """They showed something of their own: the session is wholly theirs."""
    kept = session.get(_KEY)
    if kept is not None:
        session[_KEY] = {**kept, "own": True}


def vouched_for_seconds(session: SessionBase, account_id: int) -> float | None:
    """How long the account's provider still answers for them; None where it does not, or no more."""
    kept: dict[str, Any] = session.get(_KEY) or {"accounts": {}}
    left = float(kept["accounts"].get(str(account_id), 0)) + VOUCHED_FOR.total_seconds() - time.time()
    return left if left > 0 else None


def shown_within(session: SessionBase, account: Account, *, seconds: float) -> bool:
    """Whether they showed it to the account's provider not longer ago than that."""
    kept: dict[str, Any] = session.get(_KEY) or {}
    age = time.time() - float(kept.get("shown", {}).get(str(account.pk), 0))
    return -60 < age < seconds
