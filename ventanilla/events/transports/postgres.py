"""LISTEN/NOTIFY: wake-ups ride on the INSERT of the event itself (events.log), messages on a NOTIFY of their
own."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import structlog
from django.db import connection

from ventanilla.events.transports.base import EPHEMERAL_CHANNEL, LOG_CHANNEL, OnMessage, OnWake, Transport

log = structlog.get_logger("events")

_RECONNECT_SECONDS = (0.2, 1.0, 3.0, 5.0)
_LOOK_UP_SECONDS = 5.0  # how often a quiet listener checks whether it should stop


# Options of the connection that mean something to Django and nothing to the server.
_DJANGOS_OWN = frozenset({"pool", "isolation_level", "server_side_binding", "assume_role"})


class PostgresTransport(Transport):
    """One connection per process that only listens."""

    def __init__(self, database: dict[str, Any]) -> None:
        super().__init__()
        self._database = database
        self._stopping = threading.Event()

    def start(self, *, on_wake: OnWake, on_message: OnMessage) -> None:
        super().start(on_wake=on_wake, on_message=on_message)
        self._stopping = threading.Event()
        ready = threading.Event()
        threading.Thread(
            target=self._listen, args=(self._stopping, ready), name="wake-up", daemon=True
        ).start()
        ready.wait(2.0)

    def stop(self) -> None:
        self._stopping.set()

    def publish(self, topic: str, payload: bytes) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_notify(%s, %s)", [EPHEMERAL_CHANNEL, self.seal(topic, payload).decode()]
            )

    def _connect(self) -> psycopg.Connection[Any]:
        database = self._database
        options = {key: value for key, value in database["OPTIONS"].items() if key not in _DJANGOS_OWN}
        options |= {
            "host": database["HOST"] or None,
            "port": database["PORT"] or None,
            "user": database["USER"] or None,
            "password": database["PASSWORD"] or None,
            "dbname": database["NAME"],
            "autocommit": True,
            "application_name": "ventanilla wake-up",
        }
        return psycopg.connect(**options)

    def _listen(self, stopping: threading.Event, ready: threading.Event) -> None:
        attempt = 0
        while not stopping.is_set():
            try:
                with self._connect() as listener:
                    listener.execute(f"LISTEN {LOG_CHANNEL}")
                    listener.execute(f"LISTEN {EPHEMERAL_CHANNEL}")
                    ready.set()
                    attempt = 0
                    self._woken()  # whatever was missed while not listening
                    self._receive(listener, stopping)
            except (
                Exception
            ) as error:  # a defect must not end the thread: without it every client waits a second
                pause = _RECONNECT_SECONDS[min(attempt, len(_RECONNECT_SECONDS) - 1)]
                defect = not isinstance(error, psycopg.Error)
                log.warning("wakeup.listener_lost", error=str(error), retry_seconds=pause, exc_info=defect)
                attempt += 1
                stopping.wait(pause)

    def _receive(self, listener: psycopg.Connection[Any], stopping: threading.Event) -> None:
        while not stopping.is_set():
            for notification in listener.notifies(timeout=_LOOK_UP_SECONDS):
                if stopping.is_set():
                    return
                if notification.channel == LOG_CHANNEL:
                    self._woken()
                else:
                    try:
                        self.received(notification.payload)
                    except ValueError:
                        log.warning("wakeup.unreadable_message", size=len(notification.payload))

    def _woken(self) -> None:
        if self.on_wake is not None:
            self.on_wake()
