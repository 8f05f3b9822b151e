"""Handing a mail to an SMTP server in the channel's words: what failed, for whom, why, and whether to try again."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from django.utils.translation import gettext as _

from ventanilla.inboxes.channel import SendFailed, SendNeedsSignIn, SendUnknown
from ventanilla.kit import mail_causes, smtp
from ventanilla.kit.errors import Refusal
from ventanilla.kit.smtp import SmtpServer

MOST_REASON_CHARS = 900


@dataclass(frozen=True)
class DkimKey:
    """The key we hold for a sender domain."""

    domain: str
    selector: str
    private_key: bytes


@dataclass(frozen=True)
class Taken:
    """Recipients the server did not take the mail for, with its words: for good, or for now; and what it offers."""

    refused: Mapping[str, str]
    refused_now: Mapping[str, str]
    takes_utf8: bool


def sign(raw: bytes, key: DkimKey) -> bytes:
    """`raw` with a DKIM-Signature on top (RFC 6376, relaxed/relaxed). Raises SendFailed when the key cannot be used."""
    import dkim  # with it comes the asking of name servers, two megabytes for every process

    try:
        signature: bytes = dkim.sign(
            raw,
            key.selector.encode(),
            key.domain.encode("idna"),
            key.private_key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[
                b"From",
                b"To",
                b"Cc",
                b"Subject",
                b"Date",
                b"Message-ID",
                b"In-Reply-To",
                b"References",
                b"MIME-Version",
            ],
        )
    except (dkim.DKIMException, ValueError) as error:
        reason = _("The email couldn't be signed with the key for %(domain)s (%(reason)s).")
        raise SendFailed(reason % {"domain": key.domain, "reason": error}, permanent=True) from error
    return signature + raw


def send(
    raw: bytes,
    *,
    server: SmtpServer,
    sender: str,
    recipients: Sequence[str],
    before_data: Callable[[], None],
) -> Taken:
    """Give the mail to the server, for everyone it takes it for. Raises SendFailed, SendUnknown.

    A recipient who is refused while others are accepted does not fail the mail: it reached the others, and sending it
    again would reach them twice.
    """
    about = {"host": server.host, "port": server.port}
    try:
        accepted = smtp.hand_over(
            raw, server=server, sender=sender, recipients=recipients, before_data=before_data
        )
    except smtp.Unanswered as error:
        raise SendUnknown(_("%(host)s didn't say whether it accepted the email.") % about) from error
    except smtp.NeedsUtf8 as error:
        said = {"address": error.address, **about}
        raise SendFailed(
            _("%(host)s doesn't accept email for %(address)s.") % said, permanent=True
        ) from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _reason in error.recipients.values()]
        reason = "; ".join(f"{who}: {_said(code, text)}" for who, (code, text) in error.recipients.items())
        permanent = all(500 <= code < 600 for code in codes)
        raise SendFailed(reason[:MOST_REASON_CHARS], permanent=permanent) from error
    except smtplib.SMTPAuthenticationError as error:
        raise SendNeedsSignIn(mail_causes.of_sign_in(_said(error.smtp_code, error.smtp_error))) from error
    except smtplib.SMTPResponseException as error:
        said = {"reason": _said(error.smtp_code, error.smtp_error), **about}
        reason = _("%(host)s didn't accept the email: %(reason)s") % said
        raise SendFailed(reason[:MOST_REASON_CHARS], permanent=500 <= error.smtp_code < 600) from error
    except (smtplib.SMTPException, ssl.SSLError, OSError, Refusal) as error:
        reason = mail_causes.of_connection(error, host=server.host, port=server.port)
        raise SendFailed(reason[:MOST_REASON_CHARS], permanent=False) from error
    now = {who: text for who, text in accepted.refused.items() if 400 <= text[0] < 500}
    return Taken(
        refused={who: _said(*text) for who, text in accepted.refused.items() if who not in now},
        refused_now={who: _said(*text) for who, text in now.items()},
        takes_utf8=accepted.takes_utf8,
    )


def _said(code: int, text: bytes | str) -> str:
    return f"{code} {' '.join(smtp.words(text).split())}".strip()


def without_blind(message: EmailMessage) -> bytes:
    """The mail as it leaves: no one reads who got it blind."""
    del message["Bcc"]
    return message.as_bytes()
