"""Who reads the log, who works by the clock, and whose trays the worker empties: the whole list, by dotted path.

A room that starts to listen is entered here; nothing registers itself behind the reader's back.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from django.utils.module_loading import import_string

from ventanilla.events import timed
from ventanilla.events.consumer import Consumer

# Classes below ventanilla.events.consumer.Consumer.
CONSUMERS: list[str] = [
    "ventanilla.inboxes.consumers.AcceptedInvitations",
    "ventanilla.inboxes.consumers.DepartedAgents",
    "ventanilla.inboxes.consumers.PreChatFields",
    "ventanilla.contacts.consumers.LabelCopies",
    "ventanilla.conversations.consumers.LabelCopies",
    "ventanilla.conversations.consumers.Departures",
    "ventanilla.delivery.consumers.MessagesToSend",
    "ventanilla.delivery.consumers.InboxWebhooks",
    "ventanilla.delivery.consumers.MailsToWrite",
    "ventanilla.notifications.consumers.Notifications",
    "ventanilla.routing.consumers.Routing",
]

# Modules whose import registers timed jobs.
TIMED_JOBS: list[str] = [
    "ventanilla.events.timed",
    "ventanilla.accounts.jobs",
    "ventanilla.conversations.jobs",
    "ventanilla.delivery.jobs",
    "ventanilla.notifications.jobs",
    "ventanilla.realtime.jobs",
]

# Functions that claim a batch of waiting rows, work on them and return how many they found; 0 is "nothing due".
# Each has a thread of its own in the worker, because what it does is slow: it speaks with the outside.
TRAYS: list[str] = [
    "ventanilla.accounts.jobs.send_letters",
    "ventanilla.contacts.jobs.fetch_avatars",
    "ventanilla.delivery.in_tray.read_due",
    "ventanilla.delivery.out_tray.send_due",
    *["ventanilla.delivery.out_tray.help_send"] * 3,
    "ventanilla.delivery.pulling.keep_watching",
    "ventanilla.delivery.listener.keep_listening",
]

# Called when the worker stops, after its threads have ended.
AT_STOP: list[str] = [
    "ventanilla.delivery.pulling.stop_watching",
    "ventanilla.delivery.listener.stop_listening",
]


def make_consumers() -> list[Consumer]:
    """One fresh instance of each consumer."""
    return [import_string(path)() for path in CONSUMERS]


def make_jobs() -> list[timed.Job]:
    """Every timed job."""
    for module in TIMED_JOBS:
        import_module(module)
    return list(timed.REGISTRY.values())


def make_trays() -> dict[str, Callable[[], int]]:
    """The tray functions by their path; one that is named more than once has as many threads."""
    numbered = [(path, TRAYS[:index].count(path)) for index, path in enumerate(TRAYS)]
    return {path if number == 0 else f"{path}{number + 1}": import_string(path) for path, number in numbered}


def at_stop() -> None:
    """Let go of what trays hold beyond one call."""
    for path in AT_STOP:
        import_string(path)()
