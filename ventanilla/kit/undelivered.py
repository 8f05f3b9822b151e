"""Why a mail of ours did not leave: a code that is kept, and its sentence in whatever language the reader has."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ventanilla.kit import mail_causes
from ventanilla.kit.health import Words
from ventanilla.kit.links import AddressUnknown
from ventanilla.kit.own_mail_server import MailNotSetUp
from ventanilla.kit.smtp import Unanswered

NOT_SET_UP, NO_ADDRESS = "mail_not_set_up", "address_unknown"
_SENTENCES = {
    NOT_SET_UP: _("Ventanilla has no mail server yet."),
    NO_ADDRESS: _("Ventanilla doesn't know its own address yet, so it can't make the link."),
    "unreachable": _("The mail server isn't responding (%(said)s)."),
    "tls": _("No secure connection to the mail server (%(said)s)."),
    "sign_in": _("The mail server didn't accept the username or password (%(said)s)."),
    "recipient": _("The mail server doesn't accept email for this address (%(said)s)."),
    "sender": _("The mail server doesn't accept email from our address (%(said)s)."),
    "refused": _("The mail server didn't accept the email (%(said)s)."),
    "unanswered": _("The mail server didn't say whether it accepted the email; it may have arrived."),
    "fault": _("Ventanilla failed while writing the email. The log has the details."),
}
MAX_SAID_CHARS = 500


@dataclass(frozen=True)
class Cause:
    """`code` is one of ours, `said` what the server said. `is_final`: trying again would change nothing."""

    code: str
    said: str = ""
    is_final: bool = False


def cause_of(error: Exception) -> Cause:
    """What happened, from what sending raised."""
    said = mail_causes.words(error)[:MAX_SAID_CHARS]
    match error:
        case MailNotSetUp():
            return Cause(NOT_SET_UP)
        case AddressUnknown():
            return Cause(NO_ADDRESS)
        case Unanswered():
            return Cause("unanswered", is_final=True)  # a second copy may be one too many
        case smtplib.SMTPAuthenticationError():
            return Cause("sign_in", said)
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _said in error.recipients.values()]
            words = [mail_causes.words(_Said(said)) for _code, said in error.recipients.values()]
            return Cause(
                "recipient", "; ".join(words)[:MAX_SAID_CHARS], is_final=min(codes, default=0) >= 500
            )
        case smtplib.SMTPSenderRefused():
            return Cause("sender", said)
        case smtplib.SMTPResponseException():
            return Cause("refused", said, is_final=500 <= error.smtp_code < 600)
        case ssl.SSLError() | smtplib.SMTPNotSupportedError():
            return Cause("tls", said)
        case smtplib.SMTPException() | OSError():
            return Cause("unreachable", said)
    return Cause("fault", is_final=True)


class _Said(Exception):
    """A server's words about one recipient, in the shape in which smtplib has those about a mail."""

    def __init__(self, smtp_error: bytes | str) -> None:
        super().__init__()
        self.smtp_error = smtp_error


def sentence(code: str, said: str = "") -> str:
    """The cause in the language active now; "" for no code."""
    return str(_SENTENCES[code]) % {"said": said} if code in _SENTENCES else ""


def lazy_sentence(code: str, said: str = "") -> Words | None:
    """The same, in the language of whoever reads it; None for no code."""
    return Words(_SENTENCES[code], said=said) if code in _SENTENCES else None
