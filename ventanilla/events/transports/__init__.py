"""How processes reach each other. One class per means; `choose` picks by what the installation has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.module_loading import import_string

from ventanilla.events.transports.base import LOG_CHANNEL, Transport
from ventanilla.events.transports.datagrams import DatagramTransport

__all__ = ["LOG_CHANNEL", "Transport", "choose"]


def choose(*, redis_url: str, database: dict[str, Any], vendor: str) -> Transport:
    """Redis if there is one, else what the database offers.

    Both clients are loaded by name, when they are wanted: together they cost a process 25 MB.
    """
    if redis_url:
        return _loaded("redis.RedisTransport", redis_url)
    if vendor == "postgresql":
        return _loaded("postgres.PostgresTransport", database)
    name = str(database["NAME"])
    if name == ":memory:" or name.startswith("file:"):  # a test's database: no other process can see it
        return Transport()
    return DatagramTransport(Path(name).absolute().parent)


def _loaded(name: str, argument: object) -> Transport:
    made: Transport = import_string(f"ventanilla.events.transports.{name}")(argument)
    return made
