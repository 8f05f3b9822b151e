"""By the clock and from the tray: emails leave, old tokens and departed users go."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

import structlog

from ventanilla.accounts.commands.agents import delete_departed_users
from ventanilla.accounts.commands.sessions import forget_expired, write_requested_links
from ventanilla.accounts.commands.system_mail import (
    BELL as MAIL_BELL,
)
from ventanilla.accounts.commands.system_mail import (
    claim_mail,
    forget_old_mail,
    note_mail_failed,
    note_mail_sent,
)
from ventanilla.accounts.commands.teams import delete_hidden_teams
from ventanilla.accounts.models import SystemMail
from ventanilla.events import wakeup
from ventanilla.events.timed import timed_job
from ventanilla.kit import links, mailer, own_mail_server
from ventanilla.kit.clock import now
from ventanilla.kit.undelivered import cause_of

log = structlog.get_logger("accounts")

_MOST_AT_ONCE = 20


@wakeup.rung_by(MAIL_BELL, every_seconds=3.0)
def send_system_mail() -> int:
    """Write the links that were asked for and send what is due, each email by itself; how many were tried.

    A tray of the worker. An email is taken only when its turn has come, so that a slow server keeps none longer than
    its claim.
    """
    write_requested_links()
    tried = 0
    while tried < _MOST_AT_ONCE and (mail := claim_mail()) is not None:
        tried += 1
        _send(mail)
    return tried


def _send(mail: SystemMail) -> None:
    try:
        mailer.send(_mail(mail))
    except Exception as error:
        cause = cause_of(error)
        log.warning(
            "system_mail.failed", mail=mail.pk, attempt=mail.attempts, cause=cause.code, said=cause.said,
            exc_info=cause.code == "fault",
        )  # fmt: skip
        note_mail_failed(mail, cause=cause)
    else:
        note_mail_sent(mail)


def _mail(mail: SystemMail) -> mailer.Mail:
    content = mail.content
    path = content.get("button_path") or _path_of(content.get("button_url", ""))
    action = mailer.Action(content["button_label"], links.public_url(path)) if path else None
    return mailer.Mail(
        to=[mail.to],
        subject=content["subject"],
        heading=content["heading"],
        paragraphs=content["paragraphs"],
        locale=mail.locale,
        action=action,
        footer=content["footnote"],
        headers={"Message-ID": _message_id(mail)},
    )


def _message_id(mail: SystemMail) -> str:
    """The same for every try, so that whoever gets a copy after a crash can tell."""
    domain = parseaddr(own_mail_server.sender())[1].rpartition("@")[2] or "localhost"
    return f"<mail/{mail.created_at:%Y%m%d%H%M%S}.{mail.pk}@{domain}>"


def _path_of(url: str) -> str:
    """What an older version had put into an email with whatever host a request had named."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@timed_job(name="accounts.sweep", every=timedelta(hours=1))
def sweep() -> None:
    """Forget what is over: expired tokens and sessions, emails after 30 days, users and teams gone an hour ago."""
    forget_expired()
    forget_old_mail(sent_before=now() - timedelta(days=30))
    delete_hidden_teams(hidden_before=now() - timedelta(hours=1))
    delete_departed_users(left_before=now() - timedelta(hours=1))
