"""Redis (or Valkey) pub/sub, for installations of several machines that have one."""

from __future__ import annotations

import threading

import redis
import structlog

from ventanilla.events.transports.base import EPHEMERAL_CHANNEL, LOG_CHANNEL, OnMessage, OnWake, Transport

log = structlog.get_logger("events")

_RETRY_SECONDS = 1.0
_LOOK_UP_SECONDS = 5.0  # how often a quiet listener checks whether it should stop


class RedisTransport(Transport):
    """Losing Redis loses no event: readers look at the log by themselves once a second."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
        self._listener_client = redis.Redis.from_url(url, socket_connect_timeout=2)
        # Two installations may share one Redis server under different database numbers; channels do not know
        # those.
        number = self._client.connection_pool.connection_kwargs.get("db", 0) or 0
        self._log_channel = f"{LOG_CHANNEL}:{number}"
        self._ephemeral_channel = f"{EPHEMERAL_CHANNEL}:{number}"
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

    def wake(self) -> None:
        self._send(self._log_channel, b"")

    def publish(self, topic: str, payload: bytes) -> None:
        self._send(self._ephemeral_channel, self.seal(topic, payload))

    def _send(self, channel: str, message: bytes) -> None:
        try:
            self._client.publish(channel, message)
        except redis.RedisError as error:
            log.warning("wakeup.redis_unreachable", error=str(error))

    def _listen(self, stopping: threading.Event, ready: threading.Event) -> None:
        while not stopping.is_set():
            try:
                with self._listener_client.pubsub(ignore_subscribe_messages=True) as pubsub:  # type: ignore[no-untyped-call]
                    pubsub.subscribe(self._log_channel, self._ephemeral_channel)
                    ready.set()
                    self._woken()  # whatever was missed while not listening
                    while not stopping.is_set():
                        self._take(pubsub.get_message(timeout=_LOOK_UP_SECONDS))
            except (
                Exception
            ) as error:  # a defect must not end the thread: without it every client waits a second
                defect = not isinstance(error, redis.RedisError)
                log.warning(
                    "wakeup.redis_unreachable",
                    error=str(error),
                    retry_seconds=_RETRY_SECONDS,
                    exc_info=defect,
                )
                stopping.wait(_RETRY_SECONDS)

    def _take(self, message: dict[str, object] | None) -> None:
        if message is None:
            return
        if message["channel"] == self._log_channel.encode():
            self._woken()
            return
        data = message["data"]
        if isinstance(data, bytes):
            try:
                self.received(data)
            except ValueError:
                log.warning("wakeup.unreadable_message", size=len(data))

    def _woken(self) -> None:
        if self.on_wake is not None:
            self.on_wake()
