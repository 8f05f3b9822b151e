"""Signing in once, to tell an administrator at once what is wrong with the servers they gave."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.channels.email import settings
from ventanilla.channels.email.imap import folders_of, open_mailbox
from ventanilla.inboxes.channel import SignInRefused, Unreachable
from ventanilla.kit import mail_causes, smtp
from ventanilla.kit.errors import Invalid, Refusal


def verify(given: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
    """Sign in to both servers that are switched on. Raises Invalid with the plain cause beside the field to look at."""
    wrong: dict[str, list[str]] = {}
    if (mailbox := settings.imap_server(given, secrets)) is not None:
        try:
            with open_mailbox(mailbox) as client:
                missing = [name for name in given.get("imap_folders", []) if name not in folders_of(client)]
            if missing:
                wrong["imap_folders"] = [_("IMAP: there's no folder %(name)s.") % {"name": missing[0]}]
        except SignInRefused as error:
            wrong["imap_password"] = [_("IMAP: %(reason)s") % {"reason": mail_causes.of_sign_in(str(error))}]
        except Unreachable as error:
            wrong["imap_address"] = [_("IMAP: %(reason)s") % {"reason": error}]
    if (server := settings.smtp_server(given, secrets)) is not None:
        try:
            with smtp.connect(server) as connection:
                connection.noop()
        except smtplib.SMTPAuthenticationError as error:
            cause = mail_causes.of_sign_in(mail_causes.words(error))
            wrong["smtp_password"] = [_("SMTP: %(reason)s") % {"reason": cause}]
        except (smtplib.SMTPException, ssl.SSLError, OSError, Refusal) as error:
            cause = mail_causes.of_connection(error, host=server.host, port=server.port)
            wrong["smtp_address"] = [_("SMTP: %(reason)s") % {"reason": cause}]
    if wrong:
        raise Invalid(fields=wrong)
