"""What a command asks the operator for."""

from __future__ import annotations

import getpass
import sys

from ventanilla.config.cli.output import Stop
from ventanilla.config.cli.texts import text


def password(given: str | None) -> str:
    """The password: as given, from the input for `-`, else asked for at the terminal. Stops where there is none."""
    if given == "-":
        given = sys.stdin.readline().rstrip("\n")
    elif given is None and sys.stdin.isatty():
        given = getpass.getpass(text("ask_password"))
    if not given:
        raise Stop("no_password")
    return given


def yes(question: str) -> bool:
    """Whether the operator at the terminal says yes; anything else, and the end of the input, is a no."""
    try:
        return input(question).strip().lower() in {"s", "sí", "si", "y", "yes"}
    except EOFError:
        return False
