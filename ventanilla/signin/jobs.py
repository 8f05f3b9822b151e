"""By the clock."""

from __future__ import annotations

from datetime import timedelta

from ventanilla.events.timed import timed_job
from ventanilla.signin.commands import email_changes
from ventanilla.signin.commands.once import forget_spent
from ventanilla.signin.commands.rule import put_in_force
from ventanilla.signin.commands.sessions import forget_over


@timed_job(name="signin.second_steps", every=timedelta(minutes=1))
def second_steps() -> None:
    """Accounts that ask for a second step from now on are closed to who has none."""
    put_in_force()


@timed_job(name="signin.sweep", every=timedelta(hours=1))
def sweep() -> None:
    """Forget what is over: sessions in the list, answers that were given, devices unseen for half a year."""
    forget_over()
    forget_spent()
    email_changes.forget_old()
