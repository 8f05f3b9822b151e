"""Which actions there are: one for each file of `automation/actions/`, and those that plug-ins register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, cast

from django.utils.translation import gettext as _

from ventanilla.automation import actions as folder
from ventanilla.automation.action import Acting, Action, Step
from ventanilla.automation.errors import UnknownAction
from ventanilla.kit.announced import ACTIONS
from ventanilla.kit.errors import Invalid, Refusal
from ventanilla.plugins.loading import Given, given
from ventanilla.plugins.selectors import Active, active

_registered: dict[str, type[Action]] = {}


class NameTaken(ValueError):
    """Another action has that name already."""


def register(action: type[Action]) -> type[Action]:
    """Add an action from outside this house; also usable as a decorator. Raises NameTaken."""
    for name in (action.name, *action.also_called):
        if not name:
            raise ValueError(f"{action.__name__} has no name")
        if (found := _all().get(name)) is not None and found is not action:
            raise NameTaken(f"{name} is {found.__module__}.{found.__name__}")
    _registered.update(dict.fromkeys((action.name, *action.also_called), action))
    return action


def unregister(action: type[Action]) -> None:
    """Take an action from outside away again. Steps that name it are refused from then on."""
    for name in [name for name, found in _registered.items() if found is action]:
        del _registered[name]


def actions() -> list[type[Action]]:
    """All of them, each once, by name."""
    return sorted(set(_all().values()), key=lambda action: action.name)


def action_called(name: str) -> type[Action]:
    """The action of that name, or with that other name. Raises UnknownAction."""
    try:
        return _all()[name]
    except KeyError:
        raise UnknownAction(name) from None


def plan(steps: Iterable[Step], *, acting: Acting) -> list[Action]:
    """The steps, read and permitted, in their order. Raises UnknownAction and what the actions refuse."""
    return [action_called(step.name)(step.given, acting=acting) for step in steps]


def sentence_of(step: Step, *, acting: Acting) -> str:
    """What the step does, in words; where what it names is gone, or is not theirs, what it would do."""
    try:
        action = action_called(step.name)
    except UnknownAction:
        return step.name
    try:
        return action(step.given, acting=acting).sentence()
    except Refusal:
        return str(action.title)


def can_be_undone(step: Step) -> bool:
    """Whether there is a way back from it."""
    try:
        return action_called(step.name).can_be_undone
    except UnknownAction:
        return False


def steps_from(wire: Any) -> list[Step]:
    """Steps from the contract's `actions`: [{action_name, action_params}, …]. Raises Invalid, UnknownAction."""
    if not isinstance(wire, list):
        raise Invalid(fields={"actions": [_("We couldn't read the actions.")]})
    return [_step(item) for item in wire]


def _step(item: Any) -> Step:
    name = item.get("action_name") if isinstance(item, Mapping) else None
    if not isinstance(name, str):
        raise UnknownAction(str(name))
    action = action_called(name)
    return Step(name=action.name, given=action.from_list(item.get("action_params")))


def _all() -> dict[str, type[Action]]:
    return _announced(active()) | _registered


@lru_cache(maxsize=4)
def _announced(plugins: tuple[Active, ...]) -> dict[str, type[Action]]:
    """Our own, and those of active plug-ins."""
    found = dict(_own())
    for one in given(ACTIONS, check=_check_announced) if plugins else ():
        action = cast("type[Action]", one.value)
        found |= dict.fromkeys((action.name, *action.also_called), action)
    return found


def _check_announced(one: Given) -> None:
    """Raises TypeError for what is no action, NameTaken for one that takes the place of ours."""
    action = one.value
    if not (isinstance(action, type) and issubclass(action, Action) and action.name):
        raise TypeError(f"{one.name} is no action with a name")
    if taken := {action.name, *action.also_called} & _own().keys():
        raise NameTaken(", ".join(sorted(taken)))


@lru_cache(maxsize=1)
def _own() -> dict[str, type[Action]]:
    found: dict[str, type[Action]] = {}
    for module in iter_modules(folder.__path__, f"{folder.__name__}."):
        for action in _said_in(module.name):
            for name in (action.name, *action.also_called):
                if name in found:
                    raise NameTaken(name)
                found[name] = action
    return found


def _said_in(module: str) -> Iterator[type[Action]]:
    for value in vars(import_module(module)).values():
        if (
            isinstance(value, type)
            and issubclass(value, Action)
            and value.__module__ == module
            and value.name
        ):
            yield value
