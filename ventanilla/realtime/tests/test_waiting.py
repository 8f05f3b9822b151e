"""A socket in which no one sits is closed after some seconds, and a caller holds only so many of them."""

from __future__ import annotations

import time

import pytest
from websockets.exceptions import ConnectionClosed

from ventanilla.realtime import waiting
from ventanilla.realtime.tests.test_doors import knock
from ventanilla.realtime.waiting import room

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.feature("Z-29")]


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(waiting, "SEAT_SECONDS", 0.6)


def ends(wire) -> float:
    """How long until the socket is closed, and that it says why."""
    began = time.monotonic()
    last = wire.hear(lambda frame: frame.get("type") == "disconnect")
    assert (last["reason"], last["reconnect"]) == ("not_subscribed", False)
    with pytest.raises(ConnectionClosed):
        wire.connection.recv(timeout=5)
    return time.monotonic() - began


def test_a_socket_that_never_subscribes_is_closed(soon, cable):
    assert ends(cable()) < 5
    assert room._held == {}


def test_noise_and_wrong_tokens_are_no_seat(soon, cable):
    wire = cable()
    wire.say("noise")
    assert (
        wire.subscribe({"channel": "RoomChannel", "pubsub_token": "unknown"})["type"] == "reject_subscription"
    )
    assert ends(wire) < 5


def test_whoever_guesses_tokens_is_shown_out_before(cable):
    wire = cable()
    for number in range(waiting.MOST_REFUSALS):
        wire.say(
            {"command": "subscribe", "identifier": f'{{"channel":"RoomChannel","pubsub_token":"g{number}"}}'}
        )
    assert ends(wire) < waiting.SEAT_SECONDS / 2


def test_whoever_subscribed_stays_and_whoever_leaves_has_time_to_come_back(soon, cable, ana, acme, identity):
    wire = cable()
    contact = wire.subscribe_contact(identity)
    time.sleep(1.2)
    identifier = wire.subscribe_user(ana, acme)
    wire.say({"command": "unsubscribe", "identifier": contact})
    time.sleep(1.2)
    wire.say({"command": "message", "identifier": identifier, "data": '{"action":"update_presence"}'})
    wire.event("presence.update")
    assert room._held == {}
    wire.say({"command": "unsubscribe", "identifier": identifier})
    assert ends(wire) < 5


def test_a_caller_holds_only_so_many_and_is_the_one_behind_our_proxy(cable, port, identity, settings):
    settings.MAX_CONNECTIONS_PER_ADDRESS, settings.TRUSTED_PROXIES = 2, ("127.0.0.1",)

    def status(caller: str) -> int:
        return knock(port, "/cable", "localhost", **{"X-Forwarded-For": caller})

    waits = [cable(), cable()]  # of 127.0.0.1 itself
    assert status("127.0.0.1") == 429
    assert status("2001:db8::1") == 101
    waits[0].subscribe_contact(identity)
    assert status("127.0.0.1") == 101
