"""How the text of a setting is read: one function per kind of value. Standard library only.

Each raises BadValue with the key of a sentence in cli/texts.toml (`setting_…`), an example included, so that an
operator learns at the start what is wrong and how it is written, in their language.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from ventanilla.kit.mail_server import server_of

_LOCAL = {"postgres", "postgresql", "unix"}  # may do without a host: a socket on this machine
_HOST = re.compile(r"(?!-)[\w-]{1,63}(?:\.(?!-)[\w-]{1,63})*\.?")


class BadValue(ValueError):
    """A text that is no value of its kind. `key` names the sentence, `values` fill it."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def text(value: str) -> str:
    """Any text, without the space around it."""
    return value.strip()


def switch(value: str) -> bool:
    """On or off."""
    lowered = value.strip().lower()
    if lowered in {"1", "true", "yes", "on", "si", "sí"}:
        return True
    if lowered in {"", "0", "false", "no", "off"}:
        return False
    raise BadValue("switch")


def whole(value: str) -> int:
    """A whole number, zero or more."""
    written = value.strip()
    if not (written.isascii() and written.isdigit() and len(written) <= 15):
        raise BadValue("whole")
    return int(written)


def rate(value: str) -> str:
    """How many in how long, "60/1h" (s, m, h or d); "" for off."""
    written = value.strip().lower()
    if written in {"off", "no", "false"}:
        return ""
    if not re.fullmatch(r"[1-9]\d{0,8}/([1-9]\d{0,4})?[smhd]", written, re.ASCII):
        raise BadValue("rate")
    return written


def words(value: str) -> tuple[str, ...]:
    """Words between commas."""
    return tuple(word.strip() for word in value.split(",") if word.strip())


def folder(value: str) -> Path:
    """A path, made absolute."""
    return Path(value.strip()).expanduser().absolute()


def file(value: str) -> Path | None:
    """The path of a file, made absolute; None when empty. Whether it is there may change while we run: `doctor` looks."""
    return folder(value) if value.strip() else None


def one_of(*choices: str) -> Callable[[str], str]:
    """A reader of one word out of `choices`, whatever its case."""

    def read(value: str) -> str:
        if (lowered := value.strip().lower()) not in choices:
            raise BadValue("choice", choices=", ".join(choices))
        return lowered

    return read


def address(*schemes: str, example: str, path: bool = True) -> Callable[[str], str]:
    """A reader of an address (URL) with one of `schemes`; `path` says whether anything may stand behind the host."""

    def read(value: str) -> str:
        written = value.strip()
        if not written:
            return ""
        try:
            parts = urlsplit(written)
            sound = parts.scheme in schemes and bool(parts.hostname or parts.scheme in _LOCAL)
            _ = parts.port  # raises when it is no number
        except ValueError:
            sound = False
        else:
            sound = sound and not re.search(r"\s", written)
            sound = sound and (
                path or not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
            )
        if not sound:
            raise BadValue("address", example=example)
        return written

    return read


def mail_server(value: str) -> str:
    """The address of a mail server, or of a folder that stands for one."""
    written = value.strip()
    try:
        if written:
            server_of(written)
    except ValueError:
        raise BadValue("address", example="smtp://user:password@mail.example.com:587?tls=starttls") from None
    return written


def hosts(value: str) -> tuple[str, ...]:
    """Host names or addresses between commas; `*` for any, `.example.com` for a domain and all below it."""
    found = words(value)
    for word in found:
        if word != "*" and not is_host(word.removeprefix(".")):
            raise BadValue("host", value=word)
    return found


def is_host(word: str) -> bool:
    """Whether `word` is a host name or an IP address (IPv6 with or without brackets)."""
    bare = word.removeprefix("[").removesuffix("]")
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        # A name whose last part is a number is an address written wrongly: 300.1.2.3.
        return (
            bool(_HOST.fullmatch(word))
            and len(word) <= 253
            and not word.rstrip(".").rsplit(".", 1)[-1].isdigit()
        )
    return True


def networks(value: str) -> tuple[str, ...]:
    """IP addresses or networks (10.0.0.0/8) between commas."""
    found = words(value)
    for word in found:
        try:
            ipaddress.ip_network(word, strict=False)
        except ValueError:
            raise BadValue("network", value=word) from None
    return found


def listener(value: str) -> str:
    """`host:port`, or empty."""
    written = value.strip()
    host, _, port = written.rpartition(":")
    if written and not (port.isdigit() and 0 <= int(port) <= 65535 and (not host or is_host(host))):
        raise BadValue("listener")
    return written


def name_servers(value: str) -> tuple[str, ...]:
    """`host` or `host:port` between commas."""
    found = words(value)
    for word in found:
        host, _, port = word.rpartition(":") if word.count(":") == 1 or "]:" in word else (word, "", "53")
        if not (port.isdigit() and is_host(host)):
            raise BadValue("host", value=word)
    return found


def domain(value: str) -> str:
    """A domain name, or empty."""
    written = value.strip().lower()
    if written and not is_host(written):
        raise BadValue("host", value=written)
    return written


def sender(value: str) -> str:
    """An email address with or without a name: `Support <help@example.com>`."""
    written = value.strip()
    mailbox = parseaddr(written)[1]
    local, _, host = mailbox.rpartition("@")
    if not (local and is_host(host)) or re.search(r"[\r\n]", written):
        raise BadValue("sender")
    return written


def user_and_password(value: str) -> str:
    """`user:password`, or empty."""
    written = value.strip()
    if written and not all(written.partition(":")[::2]):
        raise BadValue("user_and_password")
    return written


class Keep(NamedTuple):
    """How many days, weeks and months keep a backup each."""

    days: int
    weeks: int
    months: int


def keep(value: str) -> Keep:
    """`7d 4w 12m`, in any order; what is left out is none."""
    found = {"d": 0, "w": 0, "m": 0}
    for word in value.lower().replace(",", " ").split():
        match = re.fullmatch(r"(\d{1,4})([dwm])", word, re.ASCII)
        if not match:
            raise BadValue("keep")
        found[match[2]] = int(match[1])
    if not any(found.values()):
        raise BadValue("keep")
    return Keep(found["d"], found["w"], found["m"])


def times(value: str) -> tuple[tuple[int, int], ...]:
    """Times of day, `03:30` or `03:30, 15:30`, as hours and minutes in order."""
    found = []
    for word in words(value):
        match = re.fullmatch(r"(\d{1,2}):(\d{2})", word, re.ASCII)
        if not match or int(match[1]) > 23 or int(match[2]) > 59:
            raise BadValue("times")
        found.append((int(match[1]), int(match[2])))
    if not found:
        raise BadValue("times")
    return tuple(sorted(found))


def place(value: str) -> str:
    """A folder, made absolute, or the address of a bucket; or empty."""
    written = value.strip()
    if not written:
        return ""
    if "://" not in written:
        return str(folder(written))
    return address("s3", example="s3://key:secret@s3.example.com/bucket/folder?region=eu-west-1")(written)


def age_key(value: str) -> str:
    """A secret key of age, in capitals as it is written; or empty."""
    written = value.strip().upper()
    if written and not re.fullmatch(r"AGE-SECRET-KEY-1[A-Z0-9]{50,70}", written):
        raise BadValue("age_key")
    return written
