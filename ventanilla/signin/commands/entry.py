"""The second step of signing in, between the right password and the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.db import transaction

from ventanilla.accounts.errors import WrongPassword
from ventanilla.accounts.models import User
from ventanilla.events.log import Fact
from ventanilla.kit import tokens
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Refusal
from ventanilla.signin import codes
from ventanilla.signin.commands.passkeys import PasskeyAnswer, use_passkey
from ventanilla.signin.errors import StepOver, WrongCode
from ventanilla.signin.events import RecoveryCodeUsed, SignInFailedOften, StepUpFailed, StepUpPassed
from ventanilla.signin.models import Authenticator, RecoveryCode
from ventanilla.signin.recording import record_everywhere
from ventanilla.signin.selectors import recovery_codes_left, ways_of

_SALT = "ventanilla.second_step"
TIME_FOR_IT = timedelta(minutes=5)


@dataclass(frozen=True)
class SecondStep:
    """What still has to be shown. `token` says that the first step was taken; alone it opens nothing."""

    token: str
    ways: list[str]


def second_step(user: User) -> SecondStep | None:
    """What this user still has to show after the password or a mailed link; None when that was all."""
    ways = ways_of(user)
    if not ways:
        return None
    return SecondStep(signing.dumps([user.pk, _state(user)], salt=_SALT), ways)


def in_second_step(token: str) -> User:
    """Whose first step the token is of. Raises StepOver, also when the password was changed since."""
    try:
        user_id, state = signing.loads(token, salt=_SALT, max_age=TIME_FOR_IT)
    except (signing.BadSignature, TypeError, ValueError):
        raise StepOver
    user = User.objects.filter(pk=user_id, is_active=True, confirmed_at__isnull=False).first()
    if user is None or not tokens.same(state, _state(user)):
        raise StepOver
    return user


def _state(user: User) -> str:
    return tokens.digest(user.get_session_auth_hash())[:16]


@transaction.atomic
def take_second_step(
    user: User, *, code: str = "", recovery_code: str = "", passkey: PasskeyAnswer | None = None
) -> str:
    """Check the one that is given; which it was: authenticator, passkey or recovery_code.

    Each is good once. Raises WrongCode or BadPasskey. Records user.recovery_code_used.
    """
    if passkey is not None:
        use_passkey(token=passkey.token, answer=passkey.answer, origin=passkey.origin, user=user)
        return "passkey"
    if code and _takes_code(user, code):
        return "authenticator"
    if recovery_code and _takes_recovery_code(user, recovery_code):
        return "recovery_code"
    raise WrongCode


def _takes_code(user: User, code: str) -> bool:
    row = Authenticator.objects.filter(user=user, confirmed_at__isnull=False).first()
    step = codes.step_of(code, secret=row.secret, at=now().timestamp()) if row else None
    # The update decides which of two requests with the same code came first.
    return (
        row is not None
        and step is not None
        and Authenticator.objects.filter(pk=row.pk, last_step__lt=step).update(last_step=step) == 1
    )


def _takes_recovery_code(user: User, code: str) -> bool:
    unused = RecoveryCode.objects.filter(user=user, digest=codes.recovery_digest(code), used_at__isnull=True)
    if not ways_of(user) or unused.update(used_at=now()) == 0:
        return False
    left = recovery_codes_left(user)
    record_everywhere(
        user, lambda account_id: RecoveryCodeUsed(account_id=account_id, user_id=user.pk, left=left)
    )
    return True


@transaction.atomic
def note_failed_often(*, email: str, step: str) -> None:
    """Record user.sign_in_failed_often where someone has that address."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is not None:
        record_everywhere(
            user, lambda account_id: SignInFailedOften(account_id=account_id, user_id=user.pk, step=step)
        )


def prove(
    user: User,
    *,
    password: str = "",
    code: str = "",
    recovery_code: str = "",
    passkey: PasskeyAnswer | None = None,
) -> None:
    """They show once more that it is them: with a second factor if they have one, else with the password.

    Raises WrongPassword or WrongCode. Records user.step_up_passed or user.step_up_failed.
    """
    try:
        if ways_of(user):
            how = take_second_step(user, code=code, recovery_code=recovery_code, passkey=passkey)
        elif not user.check_password(password):
            raise WrongPassword
        else:
            how = "password"
    except Refusal:
        _note_proof(user, lambda account_id: StepUpFailed(account_id=account_id, user_id=user.pk))
        raise
    _note_proof(user, lambda account_id: StepUpPassed(account_id=account_id, user_id=user.pk, how=how))


@transaction.atomic
def _note_proof(user: User, fact: Callable[[int], Fact]) -> None:
    record_everywhere(user, fact)
