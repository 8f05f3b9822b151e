"""The mail server by which the installation sends its own mail: set by the operator, or kept on screen, or none yet.

The setting VENTANILLA_MAIL_URL stands above what was kept. Without either nothing is sent, and whoever asks is told.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.mail.backends import filebased, smtp
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import Refusal
from ventanilla.kit.mail_server import STARTTLS, TLS, MailServer

BACKEND = "ventanilla.kit.own_mail_server.OwnMailServer"
TIMEOUT_SECONDS = 20
TRIAL_SECONDS = 10  # someone looks at the screen


class MailNotSetUp(smtplib.SMTPException):
    """Something is to be sent, and there is no server for it."""

    def __init__(self) -> None:
        super().__init__("mail is not set up: VENTANILLA_MAIL_URL, or Settings, Installation")


class MailMissing(Refusal):
    """What was asked for needs a mail, and this installation cannot send one."""

    code = "mail_not_set_up"
    default_message = _("Ventanilla can't send email here yet: no one has set up a mail server.")


def _nothing_kept() -> MailServer | None:
    return None


_kept: Callable[[], MailServer | None] = _nothing_kept


def keep_with(source: Callable[[], MailServer | None]) -> None:
    """Say who knows the server that was kept on screen; the room with that table calls this."""
    global _kept
    _kept = source


def current() -> MailServer | None:
    """The server that counts, or None."""
    server: MailServer | None = settings.MAIL_SERVER
    return server or _kept()


def is_set_up() -> bool:
    """Whether mail can be sent at all. (A back end of Django's own, as tests have it, always can.)"""
    return bool(settings.EMAIL_BACKEND != BACKEND or current() is not None)


def require() -> None:
    """Raises MailMissing when no mail can be sent."""
    if not is_set_up():
        raise MailMissing


def sender() -> str:
    """Who our own mail is from, name and address."""
    kept = None if settings.MAIL_SERVER or settings.EMAIL_BACKEND != BACKEND else _kept()
    return (kept.sender if kept else "") or str(settings.DEFAULT_FROM_EMAIL)


def connection_to(server: MailServer, *, timeout_seconds: float = TIMEOUT_SECONDS) -> BaseEmailBackend:
    """What hands mails to that server."""
    if server.folder:
        return filebased.EmailBackend(file_path=server.folder)
    return smtp.EmailBackend(
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.security == STARTTLS,
        use_ssl=server.security == TLS,
        timeout=timeout_seconds,
    )


class OwnMailServer(BaseEmailBackend):
    """Django's way to whichever server counts at that moment. Raises MailNotSetUp, or what the server says."""

    def __init__(self, fail_silently: bool = False, **_others: Any) -> None:
        super().__init__(fail_silently=fail_silently)

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """Send them; how many were."""
        server = current()
        if server is None:
            raise MailNotSetUp
        return connection_to(server).send_messages(email_messages) or 0
