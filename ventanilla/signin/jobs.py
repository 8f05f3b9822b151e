"""By the clock and from the tray."""

from __future__ import annotations

from datetime import timedelta

from ventanilla.events import wakeup
from ventanilla.events.timed import timed_job
from ventanilla.signin.commands import email_changes
from ventanilla.signin.commands.company_mail import BELL, write_links
from ventanilla.signin.commands.once import forget_spent
from ventanilla.signin.commands.rule import put_in_force
from ventanilla.signin.commands.sessions import forget_over


@timed_job(name="signin.second_steps", every=timedelta(minutes=1))
def second_steps() -> None:
    """Accounts that ask for a second step from now on are closed to who has none."""
    put_in_force()


@wakeup.rung_by(BELL, every_seconds=30.0)
def write_company_links() -> int:
    """Mail the links of companies' providers that were asked for; how many requests there were. A tray of the worker."""
    return write_links()


@timed_job(name="signin.sweep", every=timedelta(hours=1))
def sweep() -> None:
    """Forget what is over: sessions in the list, answers that were given, devices unseen for half a year."""
    forget_over()
    forget_spent()
    email_changes.forget_old()
