"""The domain that mail leaves from: what its owner must publish, and what DNS says of it now.

SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489). A domain is used once SPF and DKIM are right; DMARC is advice.
Until then mail leaves from the installation's own address. The return path is the inbox's own address, so SPF covers it;
where the operator has a domain for bounces, a part of the sender's domain may point there and becomes the return path.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils.translation import gettext as _

from ventanilla.kit import name_servers
from ventanilla.kit.errors import Invalid

if TYPE_CHECKING:
    from dns.resolver import Resolver

SELECTOR = "ventanilla"
BOUNCE_LABEL = "bounce"
# A domain is proven without these.
_ADVICE = ("dmarc", "return_path")
_DOMAIN = re.compile(r"^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")
# No one but their owners can publish records for these, and mail that pretends to come from them is thrown away.
FREE_MAIL = frozenset(
    "gmail.com googlemail.com outlook.com outlook.es hotmail.com hotmail.es live.com msn.com yahoo.com yahoo.es yahoo.com.mx"
    " yahoo.com.ar ymail.com icloud.com me.com mac.com aol.com gmx.com gmx.es proton.me protonmail.com zoho.com mail.com"
    " yandex.com terra.com vtr.net".split()
)


class State(StrEnum):
    """What DNS says of a record."""

    OK = "ok"
    MISSING = "missing"
    WRONG = "wrong"
    UNKNOWN = "unknown"  # the name servers did not answer


@dataclass(frozen=True)
class Record:
    """One record to publish. `found` is what stands there now."""

    purpose: str
    name: str
    type: str
    value: str
    state: State
    found: str = ""


def clean_domain(text: str) -> str:
    """The domain in lower case. Raises Invalid for what is none, and for free mail providers with the reason."""
    domain = text.strip().lower().rstrip(".").removeprefix("www.")
    if not _DOMAIN.match(domain):
        raise Invalid(fields={"sender_domain": [_("Enter a domain, for example example.com.")]})
    if domain in FREE_MAIL:
        reason = _(
            "%(domain)s belongs to a free email provider, so email you send in its name is rejected. Use your own domain."
        )
        raise Invalid(fields={"sender_domain": [reason % {"domain": domain}]})
    return domain


def new_key() -> tuple[str, str]:
    """(private key as PEM, public key as DNS wants it) of a fresh DKIM key: RSA 2048, as RFC 8301 asks."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), base64.b64encode(public).decode()


def belongs_to(address: str, domain: str) -> bool:
    """Whether an address is of the domain or of a part of it."""
    host = address.rpartition("@")[2].lower()
    return host == domain or host.endswith(f".{domain}")


def check(
    domain: str,
    *,
    public_key: str,
    mail_domain: str,
    bounce_domain: str = "",
    resolver: Resolver | None = None,
) -> list[Record]:
    """What to publish for the domain, each with its live state. `bounce_domain`: where bounces may be led to."""
    ask = _Asker(resolver or name_servers.resolver())
    return [
        _spf(domain, mail_domain, ask),
        _dkim(domain, public_key, ask),
        _dmarc(domain, ask),
        *([_return_path(domain, bounce_domain, ask)] if bounce_domain else []),
    ]


def is_proven(records: list[Record]) -> bool:
    """Whether mail may leave from the domain."""
    return all(record.state == State.OK for record in records if record.purpose not in _ADVICE)


def return_path_of(records: list[Record]) -> str:
    """The domain that bounces may be sent to; "" when none points to ours."""
    return next((one.name for one in records if one.purpose == "return_path" and one.state == State.OK), "")


class _Asker:
    """Asks DNS; no answer and no such name are told apart."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._resolver.lifetime = name_servers.TIMEOUT_SECONDS

    def texts(self, name: str) -> list[str] | None:
        """The TXT records of a name; None when the name servers did not answer."""
        try:
            answers = name_servers.ask(name, "TXT", by=self._resolver)
        except name_servers.NoAnswer:
            return None
        return ["".join(part.decode("utf-8", "replace") for part in answer.strings) for answer in answers]

    def alias(self, name: str) -> list[str] | None:
        """What a name points to (CNAME), at most one; None when the name servers did not answer."""
        try:
            answers = name_servers.ask(name, "CNAME", by=self._resolver)
        except name_servers.NoAnswer:
            return None
        return [answer.target.to_text(omit_final_dot=True).lower() for answer in answers]


def _judge(found: list[str] | None, right: bool) -> State:
    if found is None:
        return State.UNKNOWN
    if right:
        return State.OK
    return State.WRONG if found else State.MISSING


def _spf(domain: str, mail_domain: str, ask: _Asker) -> Record:
    texts = ask.texts(domain)
    found = None if texts is None else [text for text in texts if text.lower().startswith("v=spf1")]
    # Two SPF records are an error that voids both (RFC 7208 §4.5).
    right = (
        bool(found)
        and len(found or []) == 1
        and f"include:{mail_domain}" in (found or [""])[0].lower().split()
    )
    value = f"v=spf1 include:{mail_domain} ~all"
    if found and not right:
        value = re.sub(r"\s+([-~?+]?all)\s*$", rf" include:{mail_domain} \1", found[0])
    return Record("spf", domain, "TXT", value, _judge(found, right), " | ".join(found or []))


def _dkim(domain: str, public_key: str, ask: _Asker) -> Record:
    name = f"{SELECTOR}._domainkey.{domain}"
    found = ask.texts(name)
    tags = _tags((found or [""])[0])
    right = tags.get("p", "").replace(" ", "") == public_key
    return Record(
        "dkim", name, "TXT", f"v=DKIM1; k=rsa; p={public_key}", _judge(found, right), " | ".join(found or [])
    )


def _dmarc(domain: str, ask: _Asker) -> Record:
    name = f"_dmarc.{domain}"
    texts = ask.texts(name)
    found = None if texts is None else [text for text in texts if text.upper().startswith("V=DMARC1")]
    right = bool(found) and "p" in _tags((found or [""])[0])
    value = f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}"
    return Record("dmarc", name, "TXT", value, _judge(found, right), " | ".join(found or []))


def _return_path(domain: str, bounce_domain: str, ask: _Asker) -> Record:
    name = f"{BOUNCE_LABEL}.{domain}"
    found = ask.alias(name)
    state = _judge(found, found == [bounce_domain.lower()])
    return Record("return_path", name, "CNAME", bounce_domain, state, " | ".join(found or []))


def _tags(text: str) -> Mapping[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _equals, value in pairs if name.strip()}
