"""Who did it, in the form the log keeps."""

from __future__ import annotations

from ventanilla.accounts.models import AgentBot, PlatformApp, User
from ventanilla.events.log import Actor

SYSTEM = Actor("system", None)


def actor_of(by: User | AgentBot | PlatformApp | None) -> Actor:
    """The actor of an event; None is the system itself."""
    if isinstance(by, User):
        return Actor("user", by.pk)
    if isinstance(by, AgentBot):
        return Actor("agent_bot", by.pk)
    if isinstance(by, PlatformApp):
        return Actor("platform_app", by.pk)
    return SYSTEM
