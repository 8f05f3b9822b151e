"""Signing in once, to tell an administrator at once what is wrong with the servers they gave."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.channels.email import settings, smtp
from ventanilla.channels.email.imap import folders_of, open_mailbox
from ventanilla.inboxes.channel import SendFailed, SignInRefused, Unreachable
from ventanilla.kit.errors import Invalid


def verify(given: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
    """Sign in to both servers that are switched on. Raises Invalid with the plain cause beside the field to look at."""
    wrong: dict[str, list[str]] = {}
    if (mailbox := settings.imap_server(given, secrets)) is not None:
        try:
            with open_mailbox(mailbox) as client:
                missing = [name for name in given.get("imap_folders", []) if name not in folders_of(client)]
            if missing:
                wrong["imap_folders"] = [_("IMAP: there is no folder %(name)s.") % {"name": missing[0]}]
        except SignInRefused as error:
            wrong["imap_password"] = [
                _("IMAP: user or password are not accepted (%(reason)s).") % {"reason": error}
            ]
        except Unreachable as error:
            wrong["imap_address"] = [_("IMAP: the server does not answer (%(reason)s).") % {"reason": error}]
    if (server := settings.smtp_server(given, secrets)) is not None:
        try:
            with smtp.connect(server) as connection:
                connection.noop()
        except smtplib.SMTPAuthenticationError as error:
            reason = (
                error.smtp_error.decode(errors="replace")
                if isinstance(error.smtp_error, bytes)
                else error.smtp_error
            )
            wrong["smtp_password"] = [
                _("SMTP: user or password are not accepted (%(reason)s).") % {"reason": reason}
            ]
        except (smtplib.SMTPException, ssl.SSLError, OSError, SendFailed) as error:
            wrong["smtp_address"] = [_("SMTP: the server does not answer (%(reason)s).") % {"reason": error}]
    if wrong:
        raise Invalid(fields=wrong)
