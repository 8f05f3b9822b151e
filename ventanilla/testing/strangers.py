"""One of each thing of an account, for the test that asks for them as someone who has no business there.

Each room lays its own things out (`sample` of its manifest), so that what it adds tomorrow is asked for tomorrow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.module_loading import import_string

from ventanilla.accounts.models import Account, User
from ventanilla.config.rooms import manifests
from ventanilla.contacts.models import Contact
from ventanilla.inboxes.models import Inbox


@dataclass(frozen=True)
class Scene:
    """Whom and what a sample can be made of. `made` is what the rooms below have laid out."""

    account: Account
    admin: User
    ana: User
    bruno: User
    carla: Contact
    inbox: Inbox
    made: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """`lay_out` makes one of each thing and returns the ids by the names that addresses have for them (`label_id`).

    `body` has what satisfies the room's inputs, so that what is refused is refused for who asks and not for what they
    sent.
    """

    lay_out: Callable[[Scene], Mapping[str, Any]]
    body: Mapping[str, Any] = field(default_factory=dict)


def samples() -> list[Sample]:
    """Every room's, the lower rooms' first; what an upper one needs of them is `made` by then."""
    return [import_string(room.sample) for room in manifests().values() if room.sample]
