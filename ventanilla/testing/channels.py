"""What a channel brings to the tests that every channel passes: a `SAMPLE` in `tests/sample.py` of its folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from ventanilla.inboxes.channel import Channel
from ventanilla.inboxes.channel_doors import Call

# Gives the settings that lead to it, and what it was given so far.
Network = Callable[[], AbstractContextManager[tuple[Mapping[str, Any], Sequence[bytes]]]]


@dataclass(frozen=True)
class Sample:
    """`form`: enough to make an inbox. `secrets`: fields that are sealed.

    `payload`: recorded from the provider, handed to `parse` with `meta`; it says `says`. None: nothing comes by the in-tray.
    `network`: stands for the provider while something is sent; None: nothing is sent by the out-tray.
    `call`: how the provider brings something at the door of `token`, with Django's settings that open it.
    `tools`: for each tool what it is given.
    """

    form: Mapping[str, Any]
    secrets: Sequence[str] = ()
    payload: bytes | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    says: str = ""
    network: Network | None = None
    token: str = ""
    call: Call | None = None
    opened_by: Mapping[str, Any] = field(default_factory=dict)
    tools: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def sample_of(channel: Channel) -> Sample:
    """The sample in the channel's own folder."""
    folder = type(channel).__module__
    found: Sample = import_module(f"{folder}.tests.sample").SAMPLE
    return found
