"""Second factors: set up, taken away, and the codes for the day the phone is lost."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from ventanilla.accounts.models import User
from ventanilla.kit.clock import now
from ventanilla.signin import codes
from ventanilla.signin.commands.rule import refuse_without_factor
from ventanilla.signin.errors import FactorThere, NoFactor, WrongCode
from ventanilla.signin.events import FactorAdded, FactorRemoved, RecoveryCodesMade
from ventanilla.signin.models import Authenticator, RecoveryCode
from ventanilla.signin.recording import record_everywhere
from ventanilla.signin.selectors import authenticator_of, ways_of

_WHERE = "Ventanilla"


@dataclass(frozen=True)
class Proposed:
    """What an app needs to know, told this once: until a code is given it opens and closes nothing."""

    secret: str
    address: str
    drawing: str


@transaction.atomic
def propose_authenticator(user: User) -> Proposed:
    """A secret for the user's app, in place of one that was proposed and never used. Raises FactorThere."""
    lock_user(user)
    if authenticator_of(user) is not None:
        raise FactorThere
    Authenticator.objects.filter(user=user).delete()
    secret = codes.new_secret()
    Authenticator.objects.create(user=user, secret=secret)
    address = codes.address_for_app(secret, who=user.email, where=_WHERE)
    return Proposed(secret, address, codes.drawn(address))


@transaction.atomic
def confirm_authenticator(user: User, *, code: str) -> list[str]:
    """The app works: from now on signing in takes it. Returns recovery codes with the first factor, shown this once.

    Raises FactorThere, NoFactor when none was proposed, or WrongCode. Records user.factor_added.
    """
    lock_user(user)
    if authenticator_of(user) is not None:
        raise FactorThere
    row = Authenticator.objects.filter(user=user).first()
    if row is None:
        raise NoFactor
    step = codes.step_of(code, secret=row.secret, at=now().timestamp())
    if step is None:
        raise WrongCode
    row.confirmed_at, row.last_step = now(), step
    row.save(update_fields=["confirmed_at", "last_step"])
    record_everywhere(
        user, lambda account_id: FactorAdded(account_id=account_id, user_id=user.pk, kind="authenticator")
    )
    return codes_for_first_factor(user)


@transaction.atomic
def remove_authenticator(user: User, *, by: User | None = None) -> None:
    """The app is asked for no more; without another factor the recovery codes go too.

    Raises NoFactor, or SecondStepAsked. Records user.factor_removed.
    """
    lock_user(user)
    if Authenticator.objects.filter(user=user, confirmed_at__isnull=False).delete()[0] == 0:
        raise NoFactor
    refuse_without_factor(user)
    forget_codes_of_nothing(user)
    record_everywhere(
        user,
        lambda account_id: FactorRemoved(account_id=account_id, user_id=user.pk, kind="authenticator"),
        by=by,
    )


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """Ten fresh codes in place of those before. Raises NoFactor. Records user.recovery_codes_made."""
    lock_user(user)
    if not ways_of(user):
        raise NoFactor
    return _fresh_recovery_codes(user)


def codes_for_first_factor(user: User) -> list[str]:
    """Recovery codes for who has none from a factor before; else []."""
    return [] if RecoveryCode.objects.filter(user=user).exists() else _fresh_recovery_codes(user)


def lock_user(user: User) -> None:
    """Of two changes of their factors one waits."""
    User.objects.select_for_update().only("pk").get(pk=user.pk)


def _fresh_recovery_codes(user: User) -> list[str]:
    made = [codes.new_recovery_code() for _ in range(codes.RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=codes.recovery_digest(code)) for code in made
    )
    record_everywhere(user, lambda account_id: RecoveryCodesMade(account_id=account_id, user_id=user.pk))
    return made


def forget_codes_of_nothing(user: User) -> None:
    """Without a factor there is nothing to recover from."""
    if not ways_of(user):
        RecoveryCode.objects.filter(user=user).delete()
