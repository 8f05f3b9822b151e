"""What every fact says of itself: its name, what it carries, whom it is told and in which shapes.

Each room declares its facts in `events.py`. Whoever reads the log (sockets, webhooks, consumers) looks here and has no
list of names of its own, so a new event is one class where it happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, Flag, auto
from typing import Any, ClassVar

import msgspec
from django.utils.module_loading import autodiscover_modules


class Hearers(Enum):
    """Who hears of it (contract D.3)."""

    NOBODY = "nobody"
    MEMBERS = "M"  # who may see the conversation
    AGENTS = "AG"  # agents and administrators
    WITH_CONTACTS = "AGC"  # those of them who may see contacts
    USER = "U"  # the user it names
    EVERYONE = "everyone"  # every user of the account


class Shape(Flag):
    """The shapes in which a fact leaves the house."""

    DESK = auto()  # our own desk's socket
    CABLE = auto()  # ActionCable, for the contract's clients
    VISITOR = auto()  # ActionCable of the contact it concerns, without what is not theirs to know
    WEBHOOK = auto()  # the system behind an API inbox


DESK, CABLE, VISITOR, WEBHOOK = Shape.DESK, Shape.CABLE, Shape.VISITOR, Shape.WEBHOOK


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told of a fact, and what of: `about` names the form that is shown (realtime.stream has one for each).

    `key`: the field with the id of what it is about.
    """

    about: str
    to: Hearers
    shapes: Shape
    key: str = ""


def collection(kind: str, key: str) -> Told:
    """Of a collection so small that desks simply fetch it again: they are told its kind and the id."""
    return Told(about=kind, to=Hearers.EVERYONE, shapes=DESK, key=key)


@dataclass(frozen=True, slots=True)
class About:
    """What an act of administration was done to: the model of the thing (`inboxes.Inbox`) and, unless `told` has it, the
    field with its id. `noun` is the contract's word for it (F.24), when that is another than the model's.
    """

    model: str
    key: str = ""
    noun: str = ""


NOT_TOLD = Told(about="", to=Hearers.NOBODY, shapes=Shape(0))
ALWAYS = frozenset({"*"})  # for `alters_permissions`: whatever changed


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every room's event classes. Fields beside `account_id` become the payload: ids and what changed."""

    name: ClassVar[str]
    told: ClassVar[Told] = NOT_TOLD
    # Changes of these fields change what someone may hear, so permissions are asked again.
    alters_permissions: ClassVar[frozenset[str]] = frozenset()
    # People of the account (agents, teams) are called, look or stand otherwise than before: what shows them is drawn anew.
    changes_people: ClassVar[bool] = False
    # Who is there has to be told anew.
    alters_presence: ClassVar[bool] = False
    # Sessions of the user it names: "one" of them ended, or "all". Concerns them in whichever account they listen.
    # "unfitting": those in the account that it no longer takes.
    ends_sessions: ClassVar[str] = ""
    # An act of administration, or a look at what few may see: it stands in the audit log, with who did it and from where.
    administrative: ClassVar[About | None] = None
    # Fields of the payload that hold personal data.
    personal: ClassVar[frozenset[str]] = frozenset()

    account_id: int

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        name = cls.__dict__.get("name")
        if not isinstance(name, str):
            return
        known = _kinds.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"{name} is {known.__module__}.{known.__qualname__} already")
        _kinds[name] = cls


_kinds: dict[str, type[Fact]] = {}


def load_all() -> None:
    """Import every room's facts; at the start of a process, so that what another one recorded is known here."""
    autodiscover_modules("events")


def kind_of(name: str) -> type[Fact]:
    """The class of that name; Fact itself, which is told no one, for a name of another version of the program."""
    return _kinds.get(name, Fact)


def names_where(condition: Any) -> frozenset[str]:
    """The names of the facts whose class fulfils the condition."""
    return frozenset(name for name, kind in _kinds.items() if condition(kind))


def alters_permissions(name: str, changes: dict[str, Any] | None) -> bool:
    """Whether someone may hear other things after an event of that name with these changes than before."""
    fields = kind_of(name).alters_permissions
    return fields == ALWAYS or not fields.isdisjoint(changes or {})
