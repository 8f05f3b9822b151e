"""Whoever reads the log takes typed facts (`event.fact`). Where a payload is still read by key is counted here, and may only
become less.
"""

from __future__ import annotations

import re
from pathlib import Path

from ventanilla.events import facts

HOUSE = Path(facts.__file__).parents[1]
_READ = re.compile(r"\bevent\.payload(?:\[|\.get\()|\bwork\.payload(?:\[|\.get\()")
BY_KEY = {
    "delivery/consumers.py": 2,
    "notifications/consumers.py": 1,
    "notifications/scene.py": 5,
    "realtime/forms.py": 4,
    "realtime/stream.py": 23,
}


def test_no_more_payloads_are_read_by_key_than_before() -> None:
    found = {
        str(path.relative_to(HOUSE)): reads
        for path in HOUSE.rglob("*.py")
        if "tests" not in path.parts and (reads := len(_READ.findall(path.read_text())))
    }

    more = {file: reads for file, reads in found.items() if reads > BY_KEY.get(file, 0)}
    assert not more, "take event.fact, or event.as_fact(SomeFact)"
