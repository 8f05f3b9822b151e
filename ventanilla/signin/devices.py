"""Devices and places in words, as far as a User-Agent and an address tell."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ventanilla.kit.callers import is_inside

_MAX_CHARS = 500


def kind_of_device(agent: str) -> str:
    """The program and the system, without versions: an update is no new device."""
    from ua_parser import parse  # three megabytes that only signing in and its list need

    said = parse(agent[:_MAX_CHARS])
    program = said.user_agent.family if said.user_agent else agent.partition("/")[0][:40]
    return f"{program}|{said.os.family if said.os else ''}"


def described(agent: str) -> str:
    """Like "Chrome on Linux"."""
    program, _bar, system = kind_of_device(agent).partition("|")
    if not program:
        return _("Unknown device")
    return _("%(program)s on %(system)s") % {"program": program, "system": system} if system else program


def is_phone(agent: str) -> bool:
    """Whether it is held in a hand."""
    return any(word in agent for word in ("Mobile", "Android", "iPhone", "CFNetwork", "okhttp"))


def place_of(address: str) -> str:
    """The address itself, unless it says where: this machine, or the own network."""
    if address in ("127.0.0.1", "::1"):
        return _("this server")
    return _("the local network") if is_inside(address) else address
