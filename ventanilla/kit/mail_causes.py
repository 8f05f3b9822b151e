"""The plain cause of a failure, in the reader's language: what a person can look at, not what the library threw."""

from __future__ import annotations

import imaplib
import re
import smtplib
import ssl

from django.utils.translation import gettext as _

from ventanilla.kit import safe_http

# X.509 verification codes of OpenSSL, as in its verify(1).
_EXPIRED, _NAME_MISMATCH, _ADDRESS_MISMATCH = 10, 62, 64
_UNKNOWN_AUTHORITY = {18, 19, 20, 21}


def of_connection(error: BaseException, *, host: str, port: int) -> str:
    """Why the server cannot be spoken to."""
    from imapclient.exceptions import CapabilityError  # a library that only mailboxes need

    about = {"host": host, "port": port}
    if isinstance(error, safe_http.AddressRefused):
        return _("%(host)s is on a private network, and this server doesn't connect to those.") % about
    if isinstance(error, safe_http.FetchFailed):
        return _("There's no server called %(host)s.") % about
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate(error, host)
    if isinstance(error, ConnectionRefusedError):
        return _("%(host)s doesn't accept connections on port %(port)s.") % about
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return _("%(host)s isn't responding on port %(port)s.") % about
    if isinstance(error, (smtplib.SMTPNotSupportedError, CapabilityError)):
        return _("%(host)s doesn't offer STARTTLS on port %(port)s. Try TLS.") % about
    if isinstance(error, ssl.SSLError):
        return _("%(host)s doesn't start with TLS on port %(port)s. Try STARTTLS or another port.") % about
    if isinstance(error, (smtplib.SMTPServerDisconnected, imaplib.IMAP4.abort, ConnectionError, EOFError)):
        return _("%(host)s closed the connection on port %(port)s. Try another port or encryption.") % about
    if isinstance(error, imaplib.IMAP4.error):
        return _("%(host)s refused (%(reason)s).") % {"host": host, "reason": words(error)}
    return words(error)


def _certificate(error: ssl.SSLCertVerificationError, host: str) -> str:
    about = {"host": host, "reason": error.verify_message}
    if error.verify_code in (_NAME_MISMATCH, _ADDRESS_MISMATCH):
        return _("The certificate of %(host)s is for another name.") % about
    if error.verify_code == _EXPIRED:
        return _("The certificate of %(host)s has expired.") % about
    if error.verify_code in _UNKNOWN_AUTHORITY:
        return _("The certificate of %(host)s isn't from an authority we know.") % about
    return _("The certificate of %(host)s isn't valid (%(reason)s).") % about


def of_sign_in(reason: str) -> str:
    """Why user and password, or the token, were refused; what the large providers say in their own way is translated."""
    said = reason.lower()
    if "application-specific password" in said or "app password" in said:
        return _("The provider needs an app password, not your usual one.")
    if "basic authentication is disabled" in said or "5.7.139" in said:
        return _("The provider no longer accepts passwords from programs. Use “Sign in with Microsoft”.")
    return _("The username or password was not accepted (%(reason)s).") % {"reason": reason}


# What the libraries put before the server's own words.
_FRAME = re.compile(r"^(?:[a-z_]{2,20} failed: |[A-Z]{2,20} (?:command error|=> )[: ]*(?:BAD|NO)?[ \[]*)")


def words(error: BaseException) -> str:
    """What the other side says, without the marks of Python's bytes; never empty."""
    said = getattr(error, "smtp_error", None) or str(error)
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    text = _FRAME.sub("", text)
    return text.replace("b'", "").strip("'\" ")[:300] or type(error).__name__
