"""Finding the servers of an address, so that most people type the address and a password and no more.

Asked in this order: providers we know, by the domain and then by who takes its mail (MX); what the domain itself
publishes, as SRV records (RFC 6186, RFC 8314) and as a file (Mozilla's autoconfiguration). What is found fills a form;
a person looks at it, and the servers are tried before they are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.translation import gettext as _

from ventanilla.channels.email import presets
from ventanilla.channels.email.presets import Preset
from ventanilla.kit import name_servers, safe_http
from ventanilla.kit.errors import Invalid, Refusal
from ventanilla.kit.limits import is_email
from ventanilla.kit.texts import seen

FETCH_SECONDS = 5.0
MAX_FILE_BYTES = 256 * 1024
_SECURITY = {"SSL": "tls", "STARTTLS": "starttls", "plain": "none"}

Fetch = Callable[..., safe_http.Answer]


@dataclass(frozen=True)
class Server:
    """A server to sign in to. `security`: tls, starttls or none."""

    host: str
    port: int
    security: str
    login: str


@dataclass(frozen=True)
class Found:
    """What is known of an address. `source`: preset, mx, srv, autoconfig, or guess when no one says anything.

    `provider`: key of the preset; `sign_in` and `oauth` as in presets.Preset. `name` is for people.
    """

    source: str
    imap: Server
    smtp: Server
    provider: str = ""
    name: str = ""
    sign_in: str = "password"
    oauth: str = ""


def discover(address: str, *, fetch: Fetch = safe_http.fetch) -> Found:
    """The servers of an address; a guess to correct when nothing is published. Takes seconds. Raises Invalid."""
    address = seen(address).lower()
    domain = address.rpartition("@")[2]
    if not is_email(address):
        raise Invalid(fields={"email": [_("Enter the email address that customers write to.")]})
    known = presets.of_domain(domain)
    if known is not None:
        return _of_preset(known, "preset", address)
    try:
        exchanger = _of_exchangers(domain)
        if exchanger is not None:
            return _of_preset(exchanger, "mx", address)
        found = _by_records(domain, address) or _by_file(domain, address, fetch)
    except name_servers.NoAnswer:  # a person waits: what comes after would only be silent too
        found = None
    return found or _guess(domain, address)


def _of_preset(preset: Preset, source: str, address: str) -> Found:
    return Found(
        source=source,
        imap=Server(*preset.imap, login=address),
        smtp=Server(*preset.smtp, login=address),
        provider=preset.key,
        name=preset.name,
        sign_in=preset.sign_in,
        oauth=preset.oauth,
    )


def _guess(domain: str, address: str) -> Found:
    return Found(
        source="guess",
        imap=Server(f"imap.{domain}", 993, "tls", address),
        smtp=Server(f"smtp.{domain}", 587, "starttls", address),
    )


def _of_exchangers(domain: str) -> Preset | None:
    records = sorted(name_servers.ask(domain, "MX"), key=lambda record: record.preference)
    hosts = [record.exchange.to_text() for record in records]
    return next((preset for host in hosts if (preset := presets.of_exchanger(host)) is not None), None)


def _by_records(domain: str, address: str) -> Found | None:
    """RFC 6186 and, for submission over TLS, RFC 8314. Both sides, or the file is asked."""
    imap = _service(domain, address, ("_imaps", "tls"), ("_imap", "starttls"))
    smtp = _service(domain, address, ("_submissions", "tls"), ("_submission", "starttls"))
    return Found(source="srv", imap=imap, smtp=smtp) if imap and smtp else None


def _service(domain: str, address: str, *ways: tuple[str, str]) -> Server | None:
    for label, security in ways:
        records = name_servers.ask(f"{label}._tcp.{domain}", "SRV")
        best = min(records, key=lambda record: (record.priority, -record.weight), default=None)
        host = best.target.to_text(omit_final_dot=True) if best is not None else ""
        if best is not None and host not in ("", "."):  # "." says that there is no such service
            return Server(host, best.port, security, address)
    return None


def _by_file(domain: str, address: str, fetch: Fetch) -> Found | None:
    """Mozilla's autoconfiguration, over TLS alone: it fills a form that asks for a password."""
    for url in (
        f"https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={quote(address)}",
        f"https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
    ):
        try:
            answer = fetch("GET", url, timeout_seconds=FETCH_SECONDS, max_bytes=MAX_FILE_BYTES)
        except Refusal:
            continue
        if answer.is_success and answer.url.startswith("https://"):
            found = read_file(answer.content, address)
            if found is not None:
                return found
    return None


def read_file(content: bytes, address: str) -> Found | None:
    """The servers of a configuration file; None when it is none, or lacks a side."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    imap = _first(root.iterfind(".//incomingServer[@type='imap']"), address)
    smtp = _first(root.iterfind(".//outgoingServer[@type='smtp']"), address)
    if imap is None or smtp is None:
        return None
    name = (root.findtext(".//displayName") or root.findtext(".//displayShortName") or "").strip()[:100]
    oauth = next((who for who, host in _SIGNS_IN.items() if imap.host == host), "")
    return Found(source="autoconfig", imap=imap, smtp=smtp, name=name, oauth=oauth)


_SIGNS_IN = {preset.oauth: preset.imap[0] for preset in presets.PRESETS if preset.oauth}


def _first(elements: Iterable[Element], address: str) -> Server | None:
    """The first server that encrypts; one that does not is no better than none."""
    for element in elements:
        host = (element.findtext("hostname") or "").strip().lower()
        port = (element.findtext("port") or "").strip()
        security = _SECURITY.get((element.findtext("socketType") or "").strip(), "none")
        # Not isdigit: it takes a ² for one, and int() refuses it, as it does numbers of thousands of digits.
        is_port = port.isascii() and port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65536
        if host and len(host) <= 253 and is_port and security != "none":
            server = Server(host, int(port), security, address)
            return replace(server, login=_login(element.findtext("username") or "", address))
    return None


def _login(pattern: str, address: str) -> str:
    local, _at, domain = address.partition("@")
    values = {"%EMAILADDRESS%": address, "%EMAILLOCALPART%": local, "%EMAILDOMAIN%": domain}
    for placeholder, value in values.items():
        pattern = pattern.replace(placeholder, value)
    return pattern.strip()[:254] or address
