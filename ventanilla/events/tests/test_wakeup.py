from __future__ import annotations

import asyncio
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from ventanilla.events import wakeup
from ventanilla.events.log import record
from ventanilla.events.tests.facts import Rang
from ventanilla.events.transports import Transport
from ventanilla.events.transports.datagrams import DatagramTransport
from ventanilla.events.transports.postgres import PostgresTransport
from ventanilla.events.transports.redis import RedisTransport

REDIS_URL = os.environ.get("VENTANILLA_TEST_REDIS_URL", "redis://127.0.0.1:6379/13")


def redis_answers() -> bool:
    try:
        socket.create_connection(("127.0.0.1", 6379), timeout=0.3).close()
    except OSError:
        return False
    return True


class Ear:
    """The receiving end of a transport, as another process would have it."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.woken = threading.Event()
        self.messages: queue.Queue[tuple[str, bytes]] = queue.Queue()
        transport.start(on_wake=self.woken.set, on_message=lambda *message: self.messages.put(message))
        time.sleep(0.05)
        self.woken.clear()

    def hears_a_wake_up(self) -> bool:
        heard = self.woken.wait(2)
        self.woken.clear()
        return heard


@pytest.fixture(params=["datagrams", "postgres", "redis"])
def two_processes(request, tmp_path, transactional_db):
    """Two ends of the same road, as two processes have them."""
    if request.param == "datagrams":
        ends = [DatagramTransport(tmp_path), DatagramTransport(tmp_path)]
    elif request.param == "postgres":
        if connection.vendor != "postgresql":
            pytest.skip("needs PostgreSQL")
        ends = [PostgresTransport(connection.settings_dict), PostgresTransport(connection.settings_dict)]
    else:
        if not redis_answers():
            pytest.skip("needs Redis")
        ends = [RedisTransport(REDIS_URL), RedisTransport(REDIS_URL)]
    ears = [Ear(end) for end in ends]
    yield ears
    for end in ends:
        end.stop()


@pytest.mark.feature("V-RTM-01")
def test_a_message_reaches_the_other_process_and_does_not_come_back(two_processes):
    here, there = two_processes

    here.transport.publish("typing", '{"who": "Íñigo"}'.encode())

    assert there.messages.get(timeout=2) == ("typing", '{"who": "Íñigo"}'.encode())
    time.sleep(0.05)
    assert here.messages.empty()


def test_a_wake_up_reaches_the_other_process(two_processes):
    here, there = two_processes
    if isinstance(here.transport, PostgresTransport):
        with transaction.atomic():
            record(Rang(account_id=1, bell_id=1))  # there it rides on the event itself
    else:
        here.transport.wake()

    assert there.hears_a_wake_up()


def test_the_socket_of_a_dead_process_is_cleared_away(tmp_path):
    alive = DatagramTransport(tmp_path)
    ear = Ear(alive)
    left_behind = alive.folder / "12345-dead.sock"
    gone = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    gone.bind(str(left_behind))
    gone.close()

    sender = DatagramTransport(tmp_path)
    sender.wake()

    assert ear.hears_a_wake_up()
    assert not left_behind.exists()
    alive.stop()


def test_a_data_folder_with_a_long_name_still_gets_sockets(tmp_path):
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    ear = Ear(DatagramTransport(deep))

    DatagramTransport(deep).wake()

    assert ear.hears_a_wake_up()
    ear.transport.stop()


def test_a_message_that_is_too_large_is_refused():
    with pytest.raises(ValueError, match="bytes"):
        wakeup.publish_ephemeral("typing", b"x" * (wakeup.MAX_EPHEMERAL_BYTES + 1))


@pytest.mark.django_db(transaction=True)
def test_a_waiter_sleeps_until_an_event_is_committed_and_not_before():
    with wakeup.Waiter() as waiter:
        waiter.wait(0.1)  # a listener that has just connected looks once
        with transaction.atomic():
            record(Rang(account_id=1, bell_id=1))
            assert not waiter.wait(0.05)

        assert waiter.wait(2)


@pytest.mark.django_db(transaction=True)
def test_a_waiter_of_an_event_loop_is_woken_from_another_thread():
    async def sleep_and_wake() -> tuple[bool, bool]:
        with wakeup.Waiter() as waiter:
            await waiter.wait_async(0.1)
            early = await waiter.wait_async(0.05)
            threading.Timer(0.05, wakeup.notify).start()
            return early, await waiter.wait_async(2)

    assert asyncio.run(sleep_and_wake()) == (False, True)


SET_UP = """
import os, sys
os.environ["VENTANILLA_DATA"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "ventanilla.config.settings"
import django
django.setup()
"""
MIGRATE = (
    SET_UP
    + """
from django.core.management import call_command
call_command("migrate", "events", verbosity=0)
"""
)
WRITER = (
    SET_UP
    + """
from django.db import transaction
from ventanilla.events.log import record
from ventanilla.events.tests.facts import Rang
for bell_id in range(int(sys.argv[2])):
    with transaction.atomic():
        record(Rang(account_id=int(sys.argv[3]), bell_id=bell_id))
"""
)
READER = (
    SET_UP
    + """
from ventanilla.events import wakeup
from ventanilla.events.log import START, read_after
position, seen, woken, looks = START, [], 0, 0
with wakeup.Waiter() as waiter:
    print("ready", flush=True)
    while len(seen) < int(sys.argv[2]):
        woke, found = waiter.wait(5), False
        while events := read_after(position):
            found = True
            position = events[-1].position
            seen += [(event.account_id, event.payload["bell_id"]) for event in events]
        woken, looks = woken + (woke and found), looks + found
print(len(seen), len(set(seen)), int(all(
    [bell for account, bell in seen if account == who] == list(range(int(sys.argv[3]))) for who in (1, 2, 3))
), woken, looks)
"""
)


@pytest.mark.sqlite
@pytest.mark.slow
@pytest.mark.feature("V-RTM-01")
def test_a_process_sees_every_event_of_the_others_once_and_in_order_and_is_woken_for_them(tmp_path):
    root = Path(settings.BASE_DIR)
    subprocess.run([sys.executable, "-c", MIGRATE, str(tmp_path)], cwd=root, check=True)
    each = 100
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(tmp_path), str(3 * each), str(each)],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "ready\n"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(each), str(account)], cwd=root)
        for account in (1, 2, 3)
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    out, _ = reader.communicate(timeout=120)
    seen, different, in_order, woken, looks = map(int, out.split())

    assert (seen, different, in_order) == (3 * each, 3 * each, 1)
    assert woken >= 1
    assert woken == looks  # never by the slow poll


def test_a_folder_of_somebody_else_is_refused(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    transport = DatagramTransport(tmp_path)
    transport.folder.symlink_to(elsewhere)
    try:
        with pytest.raises(PermissionError):
            transport.start(on_wake=lambda: None, on_message=lambda _topic, _payload: None)
    finally:
        transport.folder.unlink()
