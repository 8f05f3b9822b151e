from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from ventanilla.accounts.browser_sessions import SessionStore
from ventanilla.accounts.models import User
from ventanilla.config.asgi import application
from ventanilla.config.server import Server
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.conversations.commands import start_conversation
from ventanilla.conversations.models import Conversation
from ventanilla.conversations.rendering import forget_people, forget_rendered
from ventanilla.events.log import settled_position
from ventanilla.inboxes.models import Inbox
from ventanilla.realtime.hub import hub
from ventanilla.realtime.tests.serving import serving
from ventanilla.realtime.tests.wire import CableWire, LiveWire


@pytest.fixture
def port(transactional_db) -> Iterator[int]:
    """The whole web process, on a port of this machine."""
    forget_rendered()
    forget_people()
    with serving(application, server_class=Server) as port:
        yield port


def wait_until_level(seconds: float = 5.0) -> None:
    """Until the hub has read what the fixtures wrote: a socket opened earlier would hear of that, too."""
    end = time.monotonic() + seconds
    while hub.delivered != settled_position() and time.monotonic() < end:
        time.sleep(0.01)


@pytest.fixture
def cable(port: int) -> Iterator[Callable[[], CableWire]]:
    """Opens sockets to /cable that are closed at the end."""
    wires: list[CableWire] = []

    def open_one() -> CableWire:
        wait_until_level()
        wires.append(CableWire(port))
        return wires[-1]

    yield open_one
    for wire in wires:
        wire.close()


def sign_in(user: User) -> str:
    """A session of the desk; returns the cookie's value."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    assert session.session_key is not None
    return session.session_key


@pytest.fixture
def desk(port: int) -> Iterator[Callable[[User], LiveWire]]:
    """Opens desks, signed in, that are closed at the end."""
    wires: list[LiveWire] = []

    def open_one(user: User) -> LiveWire:
        wires.append(LiveWire(port, sign_in(user)))
        return wires[-1]

    yield open_one
    for wire in wires:
        wire.close()


@pytest.fixture
def identity(carla: Contact, web_inbox: Inbox) -> ContactInbox:
    """Carla as the website knows her."""
    return ContactInbox.objects.create(contact=carla, inbox=web_inbox, source_id="carla-on-the-web")


@pytest.fixture
def conversation(identity: ContactInbox) -> Conversation:
    """Carla's conversation on the website."""
    return start_conversation(identity, by=None)
