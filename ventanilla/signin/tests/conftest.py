"""What someone who signs in holds in their hand: a browser, a phone, an authenticator app."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from ventanilla.accounts.models import User
from ventanilla.signin.codes import STEP_SECONDS, code_at
from ventanilla.signin.commands.factors import confirm_authenticator, propose_authenticator


class App:
    """An authenticator app: each code it gives is the next one, as after a wait."""

    def __init__(self, user: User) -> None:
        self.secret = propose_authenticator(user).secret
        self.step = int(time.time()) // STEP_SECONDS - 1
        self.recovery_codes = confirm_authenticator(user, code=self.code())

    def code(self) -> str:
        code = code_at(self.secret, self.step)
        self.step += 1
        return code


@pytest.fixture
def app() -> Callable[[User], App]:
    """`app(ana)`: ana has one from now on."""
    return App


@pytest.fixture
def travel() -> Iterator[Callable[..., None]]:
    """`travel(minutes=16)`: that much later."""
    with time_machine.travel(datetime.now(UTC)) as traveller:
        yield lambda **later: traveller.shift(timedelta(**later))
