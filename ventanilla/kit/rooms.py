"""What a room says of itself in its `room.py`: what of it the processes run, and which addresses the API serves for it.

Everything is named by its dotted path and imported only by the process that needs it. `config.rooms` has the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

# Where an endpoint of one account lives: for customers' programs and the desk, and what the desk alone asks for.
ACCOUNT = "/api/v1/accounts/{int:account_id}"
DESK = "/api/desk/accounts/{int:account_id}"


class Callers(Enum):
    """Who may call, unless an endpoint says otherwise."""

    MEMBERS = auto()  # of the account in the address
    USERS = auto()  # whoever is signed in
    VISITORS = auto()  # of a website, by their token
    OPERATORS = auto()  # of the installation, by a platform token
    ANYONE = auto()


@dataclass(frozen=True)
class Endpoints:
    """A module with a `router`, and the prefix of its addresses."""

    prefix: str
    module: str
    callers: Callers = Callers.MEMBERS
    # Addresses are tried one after another, so the ones asked for most come first.
    asked_often: bool = False


@dataclass(frozen=True, kw_only=True)
class Room:
    """The manifest. Empty is a room that others merely import."""

    # Classes below ventanilla.events.consumer.Consumer.
    consumers: Sequence[str] = ()
    # Modules whose import registers timed jobs.
    jobs: Sequence[str] = ()
    # Functions that claim a batch of waiting rows, work on them and return how many they found; 0 is "nothing due". Each
    # has a thread of its own in the worker, because what it does is slow: it speaks with the outside. One that is named
    # more than once has as many threads.
    trays: Sequence[str] = ()
    # Called when the worker stops, after its threads have ended.
    at_stop: Sequence[str] = ()
    # Events that ask for a mail, and the kit.mailer.Writer who writes it.
    mail_writers: Mapping[str, str] = field(default_factory=dict)
    # Events that ask for push messages, and the kit.pusher.Pusher who sends them.
    pushers: Mapping[str, str] = field(default_factory=dict)
    # Events that ask for a webhook of the account, and the kit.caller.Caller who says what and signs with what.
    callers: Mapping[str, str] = field(default_factory=dict)
    # Folders with a kit.health.Check in each file.
    checks: Sequence[str] = ()
    api: Sequence[Endpoints] = ()
    # One of each thing of the room, for the test that asks for them as a stranger (ventanilla.testing.strangers).
    sample: str = ""
    # Whether Django knows it as an app: it has tables, commands, templates.
    is_app: bool = True
