"""Two web processes on one database: what happens in one reaches the sockets of the other."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from ventanilla.conversations.commands import NewMessage, receive_message
from ventanilla.realtime.tests.conftest import sign_in
from ventanilla.realtime.tests.wire import CableWire, LiveWire

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

REDIS_URL = os.environ.get("VENTANILLA_TEST_REDIS_URL", "redis://127.0.0.1:6379/13")

SERVE = """
import socket, sys
from ventanilla.config import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import uvicorn
from ventanilla.config.asgi import application
from ventanilla.config.server import Server
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
options = {"loop": "uvloop", "ws": "websockets-sansio", "ws_per_message_deflate": False, "log_level": "warning"}
config = uvicorn.Config(application, **options)
Server(config).run(sockets=[listener])
"""


def redis_answers() -> bool:
    try:
        socket.create_connection(("127.0.0.1", 6379), timeout=0.3).close()
    except OSError:
        return False
    return True


@pytest.fixture(params=["the database's own way", "Redis"])
def ports(request, acme, ana, bruno, conversation) -> Iterator[list[int]]:
    """Two web processes."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "ventanilla.config.settings"}
    if request.param == "Redis":
        if not redis_answers():
            pytest.skip("needs Redis")
        environment["VENTANILLA_REDIS_URL"] = REDIS_URL
    command = [sys.executable, "-c", SERVE, str(connection.settings_dict["NAME"])]
    root = Path(settings.BASE_DIR)
    processes = [
        subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    found = []
    for process in processes:
        assert process.stdout is not None
        found.append(int(process.stdout.readline()))
    for port in found:
        _wait_for(port)
    yield found
    for process in processes:
        process.terminate()
    # uvicorn ends in good order and then lets the signal have its way.
    assert {process.wait(10) for process in processes} <= {0, -signal.SIGTERM}


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 15
    while True:
        try:
            CableWire(port).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


@pytest.mark.feature("V-RTM-01")
def test_events_presence_and_typing_cross_from_one_process_to_the_other(
    ports, acme, ana, bruno, conversation, carla, identity
):
    with (
        LiveWire(ports[0], sign_in(ana)) as here,
        LiveWire(ports[1], sign_in(bruno)) as there,
        CableWire(ports[1]) as customer,
    ):
        here.hello(acme)
        there.hello(acme)
        customer.subscribe_contact(identity)

        receive_message(conversation, NewMessage("Hola a los dos"), sender=carla)
        for wire in (here, there):
            assert wire.event("message.created")["message"]["content"] == "Hola a los dos"

        everybody = {str(ana.pk), str(bruno.pk)}
        while here.ephemeral("presence", seconds=8)["users"].keys() != everybody:
            pass

        here.say({"type": "typing", "conversation_id": conversation.display_id, "on": True})
        assert there.ephemeral("typing")["user"]["id"] == ana.pk
        assert customer.event("conversation.typing_on")["user"]["id"] == ana.pk

        here.say({"type": "viewing", "conversation_id": conversation.display_id})
        assert there.ephemeral("viewing")["users"] == [{"id": ana.pk, "name": ana.available_name}]


@pytest.mark.parametrize("ports", ["the database's own way"], indirect=True)
def test_a_message_written_in_one_process_is_on_the_other_ones_sockets_within_a_moment(
    ports, acme, ana, conversation, carla
):
    with LiveWire(ports[1], sign_in(ana)) as wire:
        wire.hello(acme)
        receive_message(conversation, NewMessage("warm"), sender=carla)
        wire.event("message.created")
        took = []
        for number in range(10):
            began = time.monotonic()
            receive_message(conversation, NewMessage(str(number)), sender=carla)
            wire.event("message.created")
            took.append(time.monotonic() - began)

    assert sorted(took)[5] < 0.3  # woken: the slow look comes once a second
