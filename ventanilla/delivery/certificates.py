"""The certificate with which our SMTP listener offers STARTTLS, read anew when its files change: they are renewed often."""

from __future__ import annotations

import ssl
from datetime import datetime
from pathlib import Path

import structlog
from cryptography import x509
from django.conf import settings

from ventanilla.kit.clock import now

log = structlog.get_logger("delivery.listener")


class BadCertificate(ValueError):
    """The files cannot serve. `code`: missing, not_a_certificate, no_match, expired; `detail`: which file, or since when."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


class Certificate:
    """A chain in PEM, and its key: in a file of its own or, with `key` None, in the same one."""

    def __init__(self, chain: Path, key: Path | None = None) -> None:
        self._chain, self._key = chain, key or chain
        self._seen: tuple[int, ...] | None = None
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext | None:
        """What a connection that begins now is offered. None while the files cannot serve: mail comes in all the same, in
        the clear as most servers try first or fall back to, and the log and `doctor` say why.
        """
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            try:
                self._context = self.load()
            except BadCertificate as bad:
                self._context = None
                log.error("listener.bad_certificate", code=bad.code, detail=bad.detail)
        return self._context

    def load(self) -> ssl.SSLContext:
        """Read the files. Raises BadCertificate; one that has expired is still served, for servers seldom look."""
        for path in (self._chain, self._key):
            try:
                path.read_bytes()
            except OSError as error:
                raise BadCertificate("missing", f"{path}: {error.strerror}") from error
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(
                self._chain, self._key, password=""
            )  # one with a password is not asked for
        except ssl.SSLError as error:
            code = "no_match" if error.reason == "KEY_VALUES_MISMATCH" else "not_a_certificate"
            raise BadCertificate(code, f"{self._chain}, {self._key}") from error
        return context

    def ends_at(self) -> datetime:
        """Until when it holds. Raises BadCertificate, also for one whose time is over."""
        self.load()
        ends = x509.load_pem_x509_certificates(self._chain.read_bytes())[0].not_valid_after_utc
        if ends <= now():
            raise BadCertificate("expired", f"{ends:%Y-%m-%d}")
        return ends

    def _stamp(self) -> tuple[int, ...]:
        found: list[int] = []
        for path in (self._chain, self._key):
            try:
                status = path.stat()
            except OSError:
                found += [0, 0]
            else:
                found += [status.st_mtime_ns, status.st_ino]
        return tuple(found)


def certificate_of_settings() -> Certificate | None:
    """The listener's certificate, where one is set."""
    if settings.MAIL_LISTEN_CERTIFICATE is None:
        return None
    return Certificate(settings.MAIL_LISTEN_CERTIFICATE, settings.MAIL_LISTEN_KEY)
