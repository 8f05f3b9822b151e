"""Who did it, contacts among them."""

from __future__ import annotations

from ventanilla.accounts.actors import actor_of as _actor_of
from ventanilla.accounts.models import AgentBot, User
from ventanilla.contacts.models import Contact
from ventanilla.events.log import Actor


def actor_of(by: User | AgentBot | Contact | None) -> Actor:
    """The actor of an event; None is the system itself."""
    return Actor("contact", by.pk) if isinstance(by, Contact) else _actor_of(by)
