"""What a program says of itself (User-Agent) in a few words: "Firefox, Windows"."""

from __future__ import annotations

import re

# In this order: most browsers also call themselves by the names of older ones.
_PROGRAMS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"), ("Opera", r"OPR/|Opera"), ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"), ("Chrome", r"Chrome/|CriOS/"), ("Safari", r"Safari/"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", r"iPhone"), ("iPad", r"iPad"), ("Android", r"Android"), ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"), ("macOS", r"Mac OS X|Macintosh"), ("Linux", r"Linux|X11"),
)  # fmt: skip
_LONGEST = 40


def device_name(agent: str) -> str:
    """Browser and system; of any other program its own first word; "" for nothing."""
    named = [
        next((name for name, mark in kinds if re.search(mark, agent)), "") for kinds in (_PROGRAMS, _SYSTEMS)
    ]
    return ", ".join(name for name in named if name) or agent.partition(" ")[0].partition("/")[0][:_LONGEST]
