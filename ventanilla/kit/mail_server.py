"""What a mail server of our own is, and how a setting names one. The settings read this, so it asks nothing of Django."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

TLS, STARTTLS, PLAIN = "tls", "starttls", "none"
SECURITIES = (STARTTLS, TLS, PLAIN)


@dataclass(frozen=True)
class MailServer:
    """How to reach it. `security`: starttls, tls or none. `folder`: mails become files there instead (trials)."""

    host: str = ""
    port: int = 587
    security: str = STARTTLS
    user: str = ""
    password: str = ""
    sender: str = ""
    folder: str = ""

    def __str__(self) -> str:
        return self.folder or f"{self.host}:{self.port}"


def server_of(url: str) -> MailServer:
    """Read `smtp://user:password@host:587?tls=starttls` or `file:///folder`. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return MailServer(folder=unquote(parts.path))
    if parts.scheme != "smtp" or not parts.hostname:
        raise ValueError("expected smtp://user:password@host:587?tls=starttls")
    named = parse_qs(parts.query).get("tls", [STARTTLS if parts.username else PLAIN])[-1]
    security = TLS if named == "implicit" else named
    if security not in SECURITIES:
        raise ValueError("tls is starttls, implicit or none")
    return MailServer(
        host=parts.hostname,
        port=parts.port or (465 if security == TLS else 587),
        security=security,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
