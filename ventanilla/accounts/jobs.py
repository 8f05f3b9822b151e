"""By the clock and from the tray: letters leave, old tokens and departed users go."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import structlog

from ventanilla.accounts.commands.agents import delete_departed_users
from ventanilla.accounts.commands.letters import (
    claim_letters,
    forget_old_letters,
    note_letter_failed,
    note_letter_sent,
)
from ventanilla.accounts.commands.sessions import forget_expired
from ventanilla.accounts.commands.teams import delete_hidden_teams
from ventanilla.accounts.models import Letter
from ventanilla.events.timed import timed_job
from ventanilla.kit import links, mailer
from ventanilla.kit.clock import now

log = structlog.get_logger("accounts")


def send_letters() -> int:
    """Send what is due, each letter by itself; how many were tried. A tray of the worker."""
    letters = claim_letters()
    for letter in letters:
        try:
            mailer.send(_mail(letter))
        except Exception as error:
            log.warning("letter.failed", letter=letter.pk, attempt=letter.attempts, exc_info=True)
            note_letter_failed(letter, error=repr(error))
        else:
            note_letter_sent(letter)
    return len(letters)


def _mail(letter: Letter) -> mailer.Mail:
    content = letter.content
    path = content.get("button_path") or _path_of(content.get("button_url", ""))
    action = mailer.Action(content["button_label"], links.public_url(path)) if path else None
    return mailer.Mail(
        to=[letter.to],
        subject=content["subject"],
        heading=content["heading"],
        paragraphs=content["paragraphs"],
        locale=letter.locale,
        action=action,
        footer=content["footnote"],
    )


def _path_of(url: str) -> str:
    """What an older version had put into a letter with whatever host a request had named."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@timed_job(name="accounts.sweep", every=timedelta(hours=1))
def sweep() -> None:
    """Forget what is over: expired tokens and sessions, letters after 30 days, users and teams gone an hour ago."""
    forget_expired()
    forget_old_letters(sent_before=now() - timedelta(days=30))
    delete_hidden_teams(hidden_before=now() - timedelta(hours=1))
    while delete_departed_users(left_before=now() - timedelta(hours=1)):
        pass
