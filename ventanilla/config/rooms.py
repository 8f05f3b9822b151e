"""The rooms of the house, and what their manifests (`<room>/room.py`) add up to. A new room is entered here and nowhere
else; nothing registers itself behind the reader's back.
"""

from __future__ import annotations

from importlib import import_module

from ventanilla.kit.rooms import Endpoints, Room

# From the cellar up. Consumers, jobs and tables have this order.
ROOMS = [
    "ventanilla.events",
    "ventanilla.plugins",
    "ventanilla.upkeep",
    "ventanilla.accounts",
    "ventanilla.signin",
    "ventanilla.labels",
    "ventanilla.attributes",
    "ventanilla.limits",
    "ventanilla.inboxes",
    "ventanilla.contacts",
    "ventanilla.conversations",
    "ventanilla.delivery",
    "ventanilla.notifications",
    "ventanilla.routing",
    "ventanilla.surveys",
    "ventanilla.service_levels",
    "ventanilla.boards",
    "ventanilla.exports",
    "ventanilla.integrations",
    "ventanilla.search",
    "ventanilla.timeline",
    "ventanilla.audit",
    "ventanilla.onboarding",
    "ventanilla.automation",
    "ventanilla.health",
    "ventanilla.realtime",
    "ventanilla.api",
    "ventanilla.web",
]


def manifests() -> dict[str, Room]:
    """Each room's manifest by the room's path. Imports the manifests and nothing else of the rooms."""
    return {path: import_module(f"{path}.room").ROOM for path in ROOMS}


def apps() -> list[str]:
    """What Django has to know."""
    return [path for path, room in manifests().items() if room.is_app]


def mail_writers() -> dict[str, str]:
    """Who writes the mail that an event asks for."""
    return {event: writer for room in manifests().values() for event, writer in room.mail_writers.items()}


def pushers() -> dict[str, str]:
    """Who sends the push messages that an event asks for."""
    return {event: pusher for room in manifests().values() for event, pusher in room.pushers.items()}


def callers() -> dict[str, str]:
    """Who says what a webhook of the account carries, by the event that asks for it."""
    return {event: caller for room in manifests().values() for event, caller in room.callers.items()}


def consumers() -> list[str]:
    """The paths of all consumers."""
    return [path for room in manifests().values() for path in room.consumers]


def checks() -> list[str]:
    """The folders with checks: the rooms', and our own for what only the roof knows."""
    return [*(path for room in manifests().values() for path in room.checks), "ventanilla.config.checks"]


def endpoints() -> list[Endpoints]:
    """Every module of the API, those that are asked most first."""
    every = [endpoints for room in manifests().values() for endpoints in room.api]
    return sorted(every, key=lambda one: not one.asked_often)
