"""What a check of the installation's health is, and what it finds. No domain, no tables.

A check is a file in a room's `checks` folder, which the room's manifest names. The health page, `/metrics`, `ventanilla
doctor` and the alerts read the same ones (ventanilla.health), so what one of them says the others say too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from functools import wraps
from typing import Any, ClassVar, NamedTuple, ParamSpec, TypeVar

from django.db import connection

_MOST_KEPT = 500


class State(StrEnum):
    """How something is: well; somebody should look when there is time; ill, something does not work."""

    WELL = "well"
    LOOK = "look"
    ILL = "ill"


_ORDER = (State.WELL, State.LOOK, State.ILL)


def worst(states: Sequence[State]) -> State:
    """The worst of them; well when there are none."""
    return max(states, key=_ORDER.index, default=State.WELL)


def severity(state: State) -> int:
    """0 well, 1 look, 2 ill: for what counts and sorts."""
    return _ORDER.index(state)


class Whose(Enum):
    """Who sees it on screen."""

    ACCOUNT = auto()  # each account its own part
    INSTALLATION = auto()  # whoever looks after the installation: it says nothing of one account


class Words:
    """A sentence with its arguments, put into the language that is active when it is read.

    `text` is lazy (gettext_lazy, ngettext_lazy); an argument that is Words itself is read in the same language.
    """

    def __init__(self, text: Any, **arguments: Any) -> None:
        self.text = text
        self.arguments = arguments

    def __str__(self) -> str:
        given = {name: str(one) if isinstance(one, Words) else one for name, one in self.arguments.items()}
        return str(self.text % given) if given else str(self.text)


class Unit(StrEnum):
    """What a figure is counted in. A moment is in seconds since 1970."""

    COUNT = "count"
    SECONDS = "seconds"
    BYTES = "bytes"
    MOMENT = "moment"


class Figure(NamedTuple):
    """One number. `/metrics` adds up those of the same name and labels; a name without help there is the page's alone."""

    name: str
    value: float
    unit: Unit = Unit.COUNT
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Found:
    """One thing that a check looked at.

    `key` names it among those of its check, the same at every look; `code` says for programs what `says` says for people.
    `account_id`: whose it is; None is nobody's alone. `acts`: what may be done about it, by names the desk knows.
    """

    state: State
    name: Words
    says: Words
    code: str
    key: str = ""
    hint: Words | None = None
    account_id: int | None = None
    since: datetime | None = None
    figures: tuple[Figure, ...] = ()
    acts: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)
    # Seconds after which it may be in another state without anything having happened; None: ask when you like.
    turns_in_seconds: float | None = None

    def figure(self, name: str) -> float:
        """The number of that name; 0 when there is none."""
        return next((one.value for one in self.figures if one.name == name), 0.0)


class Check:
    """Looks at one side of the installation. A subclass in a file of a room's `checks` folder is all there is to it.

    Cheap: asked every few seconds while somebody looks. It may ask the database, and is broken off after `seconds`. What
    waits for anything else (a disk, a server) says `outside`, and then may not ask the database: it has a thread of its
    own, which is left behind when it does not come back.
    """

    name: ClassVar[str]
    title: ClassVar[Any]  # lazy words
    place: ClassVar[int]  # in the order of the page
    group: ClassVar[str]  # the part of the page: channels, mails, queues or storage
    whose: ClassVar[Whose] = Whose.INSTALLATION
    outside: ClassVar[bool] = False
    seconds: ClassVar[float] = 2.0
    # So long it has to be ill before anybody is told, and well again before that is told.
    patience: ClassVar[timedelta] = timedelta(minutes=2)
    # Whoever notices it writes the mail already; webhooks are told all the same.
    mails_itself: ClassVar[bool] = False
    # Name of a figure -> what `/metrics` says of it.
    metrics: ClassVar[Mapping[str, str]] = {}

    def look(self, account_id: int | None) -> Sequence[Found]:
        """How it is: that account's part, or with None the whole installation's."""
        raise NotImplementedError


# Waiting is amber from half a minute and red from five: shorter is a rush, longer is noticed by customers.
_AMBER_SECONDS, _RED_SECONDS = 30.0, 300.0


def state_of_waiting(seconds: float) -> State:
    """How bad it is that something has waited for so long."""
    if seconds >= _RED_SECONDS:
        return State.ILL
    return State.LOOK if seconds >= _AMBER_SECONDS else State.WELL


def age_of(moment: datetime | None, *, at: datetime) -> float:
    """Seconds since then; 0 for none, and for what a clock that ran ahead wrote."""
    return max(0.0, (at - moment).total_seconds()) if moment else 0.0


Answer = TypeVar("Answer")
Key = ParamSpec("Key")


def seldom(seconds: float) -> Callable[[Callable[Key, Answer]], Callable[Key, Answer]]:
    """Ask for what is dear at most once in so many seconds for the same arguments; inside a transaction always anew."""

    def wrap(ask: Callable[Key, Answer]) -> Callable[Key, Answer]:
        kept: dict[Any, tuple[float, Answer]] = {}

        @wraps(ask)
        def asked(*args: Key.args, **named: Key.kwargs) -> Answer:
            key, moment = (args, tuple(sorted(named.items()))), time.monotonic()
            known = kept.get(key)
            if known is not None and moment - known[0] < seconds and not connection.in_atomic_block:
                return known[1]
            if len(kept) > _MOST_KEPT:
                kept.clear()
            answer = ask(*args, **named)
            kept[key] = (moment, answer)
            return answer

        return asked

    return wrap
