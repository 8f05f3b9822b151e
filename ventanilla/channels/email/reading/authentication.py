"""What the receiving server found out about the sender: Authentication-Results (RFC 8601).

Anyone can write such a line. Only those of the server that took the mail are believed: the topmost ones, by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from ventanilla.channels.email.reading.headers import raw_values
from ventanilla.channels.email.reading.mail import Authentication

NOBODY = "none"  # as a setting: no server's word counts
_METHODS = ("spf", "dkim", "dmarc")
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_RESULT = re.compile(r"\s*([a-z][a-z0-9-]{1,20})\s*(?:/\s*\d+)?\s*=\s*([a-z]+)", re.IGNORECASE)
_BY = re.compile(r"\bby\s+([A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z][A-Za-z0-9-]*)", re.IGNORECASE)
_FAILED = frozenset({"fail", "softfail", "hardfail"})
# Providers whose servers have another domain than the mailboxes they serve.
_SERVED_BY = {
    "gmail.com": "google.com",
    "googlemail.com": "google.com",
    "office365.com": "outlook.com",
    "hotmail.com": "outlook.com",
    "live.com": "outlook.com",
    "outlook.de": "outlook.com",
    "me.com": "icloud.com",
    "mail.me.com": "icloud.com",
    "fastmail.com": "messagingengine.com",
    "aol.com": "yahoo.com",
    "zoho.com": "zohomail.com",
    "zoho.eu": "zohomail.eu",
}
# Domains under which others register theirs: three parts name who they belong to.
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "gob", "gov", "gub", "edu", "ac", "nom", "or", "ne"})


def organisation_of(host: str) -> str:
    """The domain that a host's owner registered, and for known providers the one of their servers."""
    labels = host.strip().rstrip(".").lower().split(".")
    is_second = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    domain = ".".join(labels[-3 if is_second else -2 :])
    return _SERVED_BY.get(domain, domain)


def read(message: Message, *, trusted: str = "", mailbox_host: str = "") -> Authentication:
    """The receiving server's results. `trusted`: its name as an administrator gave it, No one, or "" to find out: it has
    the domain of the mailbox's server (`mailbox_host`) or of whoever says in the topmost Received that it took the mail.
    """
    if trusted == NOBODY:
        return Authentication()
    by, lines = _lines(message, trusted.lower(), mailbox_host)
    found: dict[str, list[tuple[str, str]]] = {}
    for line in lines:
        for method, result, rest in _results(line):
            found.setdefault(method, []).append((result, rest))
    if not any(method in found for method in _METHODS):
        return Authentication()
    said = {method: _word(found.get(method, [])) for method in _METHODS}
    return Authentication(by=by, **said, failed=_failures(message, found, said))


def _lines(message: Message, trusted: str, mailbox_host: str) -> tuple[str, list[str]]:
    """The name and the lines of the receiving server: a block on top of what came with the mail."""
    takers = {organisation_of(mailbox_host)} if mailbox_host else set()
    if (host := _taker(message)) is not None:
        takers.add(organisation_of(host))
    by = ""
    lines: list[str] = []
    for name, value in message.raw_items():
        lower = name.lower()
        if lower == "received" and lines:
            break  # what stands below came with the mail
        if lower != "authentication-results":
            continue
        text = _COMMENT.sub(" ", " ".join(str(value).split()))
        server = _server(text)
        if trusted:
            is_theirs = server == trusted
        else:
            is_theirs = ("outlook.com" if not server else organisation_of(server)) in takers
        if not is_theirs:
            if not lines:
                return "", []  # whoever wrote on top is no one we know
            continue
        by = by or server or "outlook.com"
        lines.append(text)
    return by, lines


def _taker(message: Message) -> str | None:
    """Who took the mail last, by the topmost Received that names a host."""
    for value in raw_values(message, "Received")[:5]:
        if (found := _BY.search(_COMMENT.sub(" ", value))) is not None:
            return found[1]
    return None


def _server(line: str) -> str:
    """The authserv-id; "" for Microsoft's lines, which have none."""
    first = line.partition(";")[0].strip()
    return "" if "=" in first else first.partition(" ")[0].lower()


def _results(line: str) -> Iterator[tuple[str, str, str]]:
    for part in line.split(";"):
        if (found := _RESULT.match(part)) is not None and found[1].lower() in _METHODS:
            yield found[1].lower(), found[2].lower(), part[found.end() :].lower()


def _word(results: list[tuple[str, str]]) -> str:
    """One result of several: a signature that holds is enough."""
    words = [word for word, _rest in results]
    return "pass" if "pass" in words else (words[0] if words else "")


def _failures(
    message: Message, found: dict[str, list[tuple[str, str]]], said: dict[str, str]
) -> tuple[str, ...]:
    if said["dmarc"] == "pass":
        return ()
    failed = tuple(method for method in _METHODS if said[method] in _FAILED)
    if "dmarc" in failed or said["dkim"] != "pass":
        return failed
    sender = organisation_of(" ".join(raw_values(message, "From")[:1]).rpartition("@")[2].strip("<> "))
    signers = [
        organisation_of(signer)
        for word, rest in found["dkim"]
        if word == "pass"
        for signer in re.findall(r"header\.[di]\s*=\s*\"?@?([^\s;\"]+)", rest)
    ]
    return () if sender in {signer.rpartition("@")[2] for signer in signers} else failed
