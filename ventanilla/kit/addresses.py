"""Email addresses as they are written on the wire, and as they are compared.

A domain has letters of every alphabet on screens, and an ASCII form in DNS, headers and envelopes (RFC 5891). The part
before the @ has no such form: one that is not ASCII needs a server that offers SMTPUTF8 (RFC 6531).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import is_email

# A name in DNS, or the address of a machine in brackets. What stands before the @ is its server's affair, but for what
# would end the line of a header or a command, or hide a second address in it.
_DOMAIN = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[(ipv6:)?[0-9a-f.:]+\]")
_ENDS_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN"})
MAX_ADDRESS_CHARS = 254  # RFC 5321 §4.5.3.1.3, without its brackets


class Unwritable(Invalid):
    """No mail server would understand this address."""

    code = "address_unwritable"
    default_message = _("This address can't be used in an email.")


def ascii_domain(domain: str) -> str:
    """The domain in lower case, as DNS knows it. Raises Unwritable for what can be none."""
    domain = domain.strip().rstrip(".")
    if domain.isascii():
        return domain.lower()
    import idna  # tables of every letter there is, for the few domains that are not ASCII

    try:
        return idna.encode(domain, uts46=True, transitional=False).decode("ascii").lower()
    except idna.IDNAError:
        pass
    try:  # people have names that the stricter rules of 2008 leave out, with an emoji for example
        return ".".join(_old_label(label) for label in unicodedata.normalize("NFKC", domain).split("."))
    except UnicodeError as error:
        raise Unwritable from error


def plain_domain(domain: str) -> str:
    """The domain as it is shown: in the one spelling that its many have in DNS, without what no one sees.

    A label whose letters are of several alphabets, of which one poses as another, is shown in ASCII as browsers do it.
    Raises Unwritable for what can be none.
    """
    if domain.isascii():
        return domain.lower()
    import idna

    try:
        shown = idna.uts46_remap(domain, std3_rules=False, transitional=False)
    except idna.IDNAError as error:
        raise Unwritable from error
    return ".".join(ascii_domain(label) if _poses(label) else label for label in shown.split("."))


def _poses(label: str) -> bool:
    """Whether letters that look alike in two alphabets may stand for one another."""
    alphabets = {unicodedata.name(char, "").partition(" ")[0] for char in label if char.isalpha()}
    return len(alphabets & _ALIKE) > 1


def _old_label(label: str) -> str:
    label = label.lower()
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"


def on_the_wire(address: str) -> str:
    """The address with its domain in ASCII; what stands before the @ is left as it is. Raises Unwritable."""
    local, at, domain = address.strip().rpartition("@")
    if not at:
        raise Unwritable
    written_domain = ascii_domain(domain)
    if not _DOMAIN.fullmatch(written_domain) or not local or _ENDS_A_LINE.search(local):
        raise Unwritable
    if " " in local and not (local.startswith('"') and local.endswith('"')):
        raise Unwritable
    written = f"{local}@{written_domain}"
    if len(written) > MAX_ADDRESS_CHARS:
        raise Unwritable
    return written


def needs_utf8(address: str) -> bool:
    """Whether only a server with SMTPUTF8 takes it: the part before the @ is not ASCII."""
    return not address.rpartition("@")[0].isascii()


def is_wide_email(address: str) -> bool:
    """Whether it would be an email address if letters before the @ that are not ASCII were."""
    local, _at, domain = address.rpartition("@")
    return is_email(
        f"{''.join(char if char.isascii() or not char.isalnum() else 'a' for char in local)}@{domain}"
    )


def key(address: str) -> str:
    """What two spellings of one mailbox have in common: no provider in use tells local parts apart by case."""
    local, at, domain = unicodedata.normalize("NFC", address).strip().rpartition("@")
    try:
        domain = ascii_domain(domain)
    except Unwritable:
        domain = domain.lower()
    return f"{local.lower()}{at}{domain}"


def once(addresses: Iterable[str], *, without: Iterable[str] = ()) -> list[str]:
    """Each mailbox once, in order and as first written, but for those of `without`."""
    seen = {key(address) for address in without}
    found: list[str] = []
    for address in addresses:
        if (one := key(address)) not in seen:
            seen.add(one)
            found.append(address)
    return found
