"""Public holidays by country, from the kept library. It is asked in a process of its own that ends at once: the library
takes 20 MB and half a second, and its answer is asked for once a year and country.

Run as a program (`python -m ventanilla.kit.public_holidays CL es 2026 2028`) it prints them as JSON; without arguments, the
countries it knows.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from functools import lru_cache
from typing import Any

YEARS_AHEAD = 2
_LONGEST_SECONDS = 30


class UnknownCountry(Exception):
    """The library has no calendar for it."""


@lru_cache(maxsize=64)
def holidays_of(country: str, *, language: str, first: int, last: int) -> tuple[tuple[date, str], ...]:
    """The days and their names from year `first` to `last`, in order. Raises UnknownCountry."""
    if country not in countries():
        raise UnknownCountry(country)
    found: dict[str, str] = _ask(country, language, str(first), str(last))
    return tuple((date.fromisoformat(day), name) for day, name in sorted(found.items()))


@lru_cache(maxsize=1)
def countries() -> tuple[str, ...]:
    """The codes (ISO 3166, two letters) of the countries it knows."""
    return tuple(_ask())


def _ask(*arguments: str) -> Any:
    # Our own program with our own arguments: a country is one of the known codes.
    command = [sys.executable, "-m", "ventanilla.kit.public_holidays", *arguments]
    done = subprocess.run(  # noqa: S603 - our own program
        command, capture_output=True, check=True, timeout=_LONGEST_SECONDS
    )
    return json.loads(done.stdout)


def _language(spoken: tuple[str, ...], wanted: str) -> str | None:
    """The country's translation that comes nearest; None is the country's own language."""
    return next((one for one in spoken if one.split("_")[0] == wanted.split("-")[0]), None)


def _found(country: str, language: str, first: int, last: int) -> dict[str, str]:
    import holidays

    bare = holidays.country_holidays(country)
    spoken = _language(tuple(bare.supported_languages), language)
    days = holidays.country_holidays(country, years=range(first, last + 1), language=spoken)
    return {day.isoformat(): name for day, name in days.items()}


def _known() -> list[str]:
    import holidays

    return sorted(code for code in holidays.list_supported_countries(include_aliases=False) if len(code) == 2)


if __name__ == "__main__":
    given = sys.argv[1:]
    answer: object = _found(given[0], given[1], int(given[2]), int(given[3])) if given else _known()
    sys.stdout.write(json.dumps(answer))
