"""Which kinds of notification there are: one for each file of `notifications/kinds/`."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from ventanilla.events.facts import Fact
from ventanilla.notifications import kinds as folder
from ventanilla.notifications.kind import NotificationKind

Kind = type[NotificationKind]


@lru_cache(maxsize=1)
def kinds() -> tuple[Kind, ...]:
    """All of them, by number. Raises ValueError when two share a number or a name."""
    found = [
        kind for module in iter_modules(folder.__path__, f"{folder.__name__}.") for kind in _of(module.name)
    ]
    for taken in ({kind.number for kind in found}, {kind.name for kind in found}):
        if len(taken) != len(found):
            raise ValueError("two kinds of notification share a number or a name")
    return tuple(sorted(found, key=lambda kind: kind.number))


def _of(module: str) -> list[Kind]:
    return [
        value
        for value in vars(import_module(module)).values()
        if isinstance(value, type)
        and issubclass(value, NotificationKind)
        and value.__module__ == module
        and value.name
    ]


def kind_of(number: int) -> Kind:
    """The kind with that number. Raises ValueError for none."""
    for kind in kinds():
        if kind.number == number:
            return kind
    raise ValueError(f"no kind of notification has the number {number}")


def kind_called(name: str) -> Kind:
    """The kind of that name. Raises ValueError for none."""
    for kind in kinds():
        if kind.name == name:
            return kind
    raise ValueError(f"no kind of notification is called {name}")


def heard() -> tuple[type[Fact], ...]:
    """The facts that some kind tells of, each once."""
    return tuple(dict.fromkeys(fact for kind in kinds() for fact in kind.hears))
